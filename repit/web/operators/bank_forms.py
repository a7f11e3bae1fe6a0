"""What an operator sends and types to reconcile the bank."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, SelectField, StringField

from repit.domain.banking.queries import LineFilter
from repit.domain.banking.rules import LineState, Share
from repit.domain.programmes.contribution_queries import ContributionView
from repit.web.fields import CentsField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen

SIDES = [("", _("Entrées et sorties")), ("in", _("Entrées")), ("out", _("Sorties"))]
PART = "part_"
MOST_AT_ONCE = 99_999_999_99


class FileForm(RepitForm):
    file = FileField(_("Fichier de la banque"))
    account = SelectField(_("Compte"), default="")
    it_is_ours = BooleanField(_("C’est bien notre compte"))


class LineSearch(SearchForm):
    q = LineField(_("Donneur d’ordre, libellé, référence"), max_length=120, required=False)
    side = SelectField(_("Sens"), choices=listed(SIDES))
    state = StringField()

    def wanted(self) -> LineFilter:
        """Return what to keep of the list: by default, what waits."""
        states = {one.value for one in LineState}
        return LineFilter(
            state=self.state.data if self.state.data in states else LineState.NEW,
            credit={"in": True, "out": False}.get(chosen(self.side)),
            text=self.q.data,
        )


class AsideForm(RepitForm):
    motive = TextField(_("Pourquoi ce n’est pas un versement"), max_length=500)


class BackForm(RepitForm):
    """Its field has its own name: the page may show it beside another form with a motive."""

    back_motive = TextField(_("Motif"), max_length=500)


class SharesForm(RepitForm):
    """One amount for each promise shown; see `shares_form`."""

    rest_motive = TextField(_("Ce qui reste de la ligne"), max_length=500, required=False)

    def parts(self) -> dict[str, CentsField]:
        """Return the amounts by the public id of their promise."""
        return {
            name.removeprefix(PART): field
            for name, field in self._fields.items()
            if name.startswith(PART) and isinstance(field, CentsField)
        }

    def shares(self, shown: Iterable[ContributionView]) -> list[Share]:
        """Return what was typed; only after validate()."""
        parts = self.parts()
        return [
            Share(one.id, amount)
            for one in shown
            if one.public_id in parts and (amount := parts[one.public_id].data)
        ]


def shares_form(shown: Iterable[ContributionView]) -> type[SharesForm]:
    """Return a form with an amount for each of these promises."""
    fields = {
        PART + one.public_id: CentsField(
            _("Part"), at_least=0, at_most=MOST_AT_ONCE, required=False
        )
        for one in shown
    }
    return type("SharesOfLine", (SharesForm,), fields)
