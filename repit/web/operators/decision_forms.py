"""What an operator types to decide requests, and a parent's rights."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired

from repit.web.fields import DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, refuse
from repit.web.operators.parent_forms import not_ahead

STATES = {
    "requested": (_("À décider"), _("à décider"), "warn"),
    "granted": (_("Accordés"), _("accordé"), "ok"),
    "refused": (_("Refusés"), _("refusé"), "bad"),
    "ended": (_("Avec une fin"), _("avec une fin"), ""),
}
MOST_AT_ONCE = 100


class RequestSearch(SearchForm):
    q = LineField(_("Nom, numéro, commune"), max_length=120, required=False)
    state = SelectField(
        _("État"),
        choices=listed([(name, words[0]) for name, words in STATES.items()] + [("all", _("Tous"))]),
        default="requested",
    )


class DecisionForm(RepitForm):
    """Which requests, and why. The two buttons say what."""

    ids = SelectMultipleField(
        _("Demandes"),
        [DataRequired(_("Cochez au moins une demande."))],
        coerce=int,
        validate_choice=False,
    )
    motive = TextField(_("Motif"), max_length=500, required=False)
    first_day = DayField(_("À partir du"), required=False)
    act = SelectField(choices=listed([("grant", ""), ("refuse", "")]))

    def validate(self, extra_validators: Any = None) -> bool:
        """A refusal needs its motive: the parent is told it."""
        valid = super().validate(extra_validators)
        if self.act.data == "refuse" and not self.motive.data:
            refuse(self, "motive", gettext("Écrivez pourquoi : le parent a le droit de le savoir."))
            return False
        if len(self.ids.data or []) > MOST_AT_ONCE:
            refuse(self, "ids", gettext("Décidez au plus 100 demandes à la fois."))
            return False
        return valid


class AskForm(RepitForm):
    programme = SelectField(_("Dispositif"))
    requested_on = DayField(_("Demandé le"), validators=[not_ahead])


class EndForm(RepitForm):
    right_id = IntegerField()
    last_day = DayField(_("Dernier jour"))
    motive = TextField(_("Motif"), max_length=500)
