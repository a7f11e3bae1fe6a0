"""What an operator types about money that is promised, that arrives and that is taken back."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField

from repit.domain.errors import Refused
from repit.domain.programmes.contribution_queries import ContributionFilter
from repit.domain.programmes.rules import Promise, Reason, Received, TakenBack
from repit.web.fields import CentsField, DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, SearchForm, chosen, given
from repit.web.operators.acting import today

MOST_AT_ONCE = 99_999_999_99  # a hundred million euros is a slip of the hand
WRONG_DAYS = {"not_yet_received", "day_to_come", "day_too_early"}
STANDINGS = [
    ("", _("Tous")),
    ("missing", _("Encore attendus")),
    ("late", _("En retard")),
    ("over", _("Reçus en trop")),
    ("cancelled", _("Annulés")),
]
REASONS = [
    (Reason.RECALLED, _("La banque l’a reprise")),
    (Reason.MISTAKE, _("C’était une erreur de saisie")),
]


def beside_arrival(refusal: Refused) -> str:
    """Return the field that a refused arrival is about."""
    return "received_on" if refusal.code in WRONG_DAYS else "reference"


class ContributionSearch(SearchForm):
    q = LineField(_("Financeur, enveloppe, convention, référence"), max_length=120, required=False)
    state = SelectField(_("État"), choices=listed(STANDINGS))

    def wanted(self) -> ContributionFilter:
        """Return what to keep of the list."""
        standing = chosen(self.state) or None
        return ContributionFilter(text=self.q.data, standing=standing, today=today())


class PromiseForm(RepitForm):
    amount = CentsField(_("Montant promis"), at_least=1, at_most=MOST_AT_ONCE)
    due_on = DayField(_("Attendu le"), required=False)
    agreement = LineField(_("Convention"), max_length=80, required=False)
    note = TextField(_("Note"), max_length=500, required=False)

    def promise(self) -> Promise:
        """Return what was typed; only after validate()."""
        return Promise(
            amount=given(self.amount.data),
            due_on=self.due_on.data,
            agreement=self.agreement.data,
            note=self.note.data,
        )


class ArrivalForm(RepitForm):
    amount = CentsField(_("Montant"), at_least=1, at_most=MOST_AT_ONCE)
    received_on = DayField(_("Reçu le"))
    reference = LineField(_("Référence"), max_length=80)
    note = TextField(_("Note"), max_length=500, required=False)

    def received(self) -> Received:
        """Return what was typed; only after validate()."""
        return Received(
            amount=given(self.amount.data),
            received_on=given(self.received_on.data),
            reference=given(self.reference.data),
            note=self.note.data,
        )


class TakeBackForm(RepitForm):
    reason = RadioField(_("Pourquoi"), choices=listed(REASONS), default=Reason.RECALLED.value)
    amount = CentsField(_("Montant repris"), at_least=1, at_most=MOST_AT_ONCE)
    returned_on = DayField(_("Le"))
    motive = TextField(_("Motif"), max_length=500)

    def taken_back(self) -> TakenBack:
        """Return what was typed; only after validate()."""
        return TakenBack(
            reason=Reason(self.reason.data),
            returned_on=given(self.returned_on.data),
            amount=given(self.amount.data),
            motive=given(self.motive.data),
        )
