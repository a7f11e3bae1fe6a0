"""What an operator types about a batch of payouts."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired

from repit.domain.money import Cents
from repit.domain.settlements.outcomes import Result
from repit.web.fields import CentsField, DayField, LineField, listed
from repit.web.forms import RepitForm, SearchForm, refuse
from repit.web.operators.parent_forms import not_ahead

ANSWERS = [
    (Result.SETTLED, _("Elle l’a payé")),
    (Result.REJECTED, _("Elle l’a refusé, l’argent n’est pas parti")),
    (Result.RETURNED, _("L’argent est revenu sur le compte")),
]


class CutOffForm(SearchForm):
    until = DayField(_("Payer ce qui est sûr jusqu’au"), required=False)


class DraftForm(RepitForm):
    until = DayField(_("Jusqu’au"))


class ApproveForm(RepitForm):
    """Money is about to leave: the amount is typed again."""

    requested_on = DayField(_("Jour du virement"))
    amount = CentsField(_("Montant du lot"), at_least=1)

    def agrees(self, amount: Cents) -> bool:
        """Tell whether what was typed is the amount of the batch; only after validate()."""
        if self.amount.data == amount:
            return True
        refuse(self, "amount", gettext("Ce n’est pas le montant de ce lot. Relisez-le."))
        return False


class BankAnswerForm(RepitForm):
    result = SelectField(
        _("Ce que dit la banque"),
        [InputRequired()],
        choices=listed(ANSWERS),
        default=Result.SETTLED,
    )
    day = DayField(_("Jour de l’opération"), validators=[not_ahead])
    reason = LineField(_("Code de la banque"), max_length=4, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the reason of a refusal: the provider is told why."""
        valid = super().validate(extra_validators)
        if valid and self.result.data != Result.SETTLED and not self.reason.data:
            words = gettext("Écrivez le code du refus, par exemple AC04. Sans code, écrivez MS03.")
            refuse(self, "reason", words)
            return False
        return valid
