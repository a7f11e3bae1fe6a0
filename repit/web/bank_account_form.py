"""The form of a bank account, for a provider and for the operator: checked before it is asked."""

from typing import Any

from flask_babel import lazy_gettext as _

from repit.domain.settlements.errors import PayeeRefused
from repit.domain.settlements.payees import (
    NAME_LENGTH,
    Payee,
    checked_bic,
    checked_iban,
    checked_name,
)
from repit.web.fields import LineField
from repit.web.forms import RepitForm, given, refuse
from repit.web.words.settlements import TROUBLES

LONGEST_IBAN = 50
"""As people write it, in groups."""


class BankAccountForm(RepitForm):
    holder = LineField(_("Titulaire du compte"), max_length=NAME_LENGTH)
    iban = LineField(_("IBAN"), max_length=LONGEST_IBAN)
    bic = LineField(_("BIC"), max_length=15, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields as forms do, then as a bank would."""
        valid = super().validate(extra_validators)
        if not valid:
            return False
        try:
            self.payee()
        except PayeeRefused as refusal:
            refuse(self, refusal.field, str(TROUBLES[refusal.field, refusal.trouble]))
            return False
        return True

    def payee(self) -> Payee:
        """Return what was typed, checked.

        Raises:
            PayeeRefused: a bank would not pay there.
        """
        iban = checked_iban(given(self.iban.data))
        return Payee(checked_name(given(self.holder.data)), iban, checked_bic(self.bic.data, iban))
