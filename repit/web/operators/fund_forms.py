"""What an operator types about funders, funds and the money that arrives."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired

from repit.domain.categories import Category, as_bits
from repit.domain.programmes.queries import FundFilter
from repit.domain.programmes.rules import Received, Restrictions
from repit.web import categories
from repit.web.fields import CentsField, DayField, EmailField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen, given

MOST_AT_ONCE = 99_999_999_99  # a hundred million euros is a slip of the hand
STATES = [("", _("Toutes")), ("open", _("Ouvertes")), ("closed", _("Fermées"))]
CHOOSE_ONE = _("Cochez au moins une réponse.")


class FundSearch(SearchForm):
    q = LineField(_("Titre, financeur, dispositif"), max_length=120, required=False)
    programme = SelectField(_("Dispositif"))
    state = SelectField(_("État"), choices=listed(STATES))

    def wanted(self) -> FundFilter:
        """Return what to keep of the list."""
        return FundFilter(
            text=self.q.data,
            programme=chosen(self.programme) or None,
            closed={"open": False, "closed": True}.get(chosen(self.state)),
        )


class FundForm(RepitForm):
    """Its programme and funder are chosen once, when the fund is opened."""

    title = LineField(_("Titre"), max_length=120)
    categories = SelectMultipleField(
        _("Ce qu’elle paie"), [DataRequired(CHOOSE_ONE)], choices=listed(categories.choices())
    )
    only_isolated = BooleanField(_("Seulement les parents isolés"))
    only_priority_area = BooleanField(_("Seulement les quartiers prioritaires"))

    def restrictions(self) -> Restrictions:
        """Return what was typed; only after validate()."""
        return Restrictions(
            title=given(self.title.data),
            categories=as_bits(Category(one) for one in given(self.categories.data)),
            only_isolated=bool(self.only_isolated.data),
            only_priority_area=bool(self.only_priority_area.data),
        )


class NewFundForm(FundForm):
    programme = SelectField(_("Dispositif"))
    funder = SelectField(_("Financeur"))


class ContributionForm(RepitForm):
    amount = CentsField(_("Montant"), at_least=1, at_most=MOST_AT_ONCE)
    received_on = DayField(_("Reçu le"))
    reference = LineField(_("Référence"), max_length=80)
    note = TextField(_("Note"), max_length=500, required=False)

    def gift(self) -> Received:
        """Return what was typed; only after validate()."""
        return Received(
            amount=given(self.amount.data),
            received_on=given(self.received_on.data),
            reference=given(self.reference.data),
            note=self.note.data,
        )


class RestForm(RepitForm):
    """Its field has its own name: the page shows it beside another form with a motive."""

    rest_motive = TextField(_("Motif"), max_length=500)


class FunderSearch(SearchForm):
    q = LineField(_("Nom ou e-mail"), max_length=120, required=False)


class FunderForm(RepitForm):
    name = LineField(_("Nom court"), max_length=120)
    long_name = LineField(_("Nom complet"), max_length=300, required=False)
    contact_email = EmailField(_("E-mail de contact"), required=False)
