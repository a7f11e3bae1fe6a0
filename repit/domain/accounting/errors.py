"""Refusals met when accounts are settled and given."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class IdentifierMissing(Refused):
    """The journal's file is named after the operator's SIREN or BCE number."""

    code = "accounting_identifier_missing"


@dataclass(eq=False)
class WrongIdentifierNumber(Refused):
    """Neither a SIREN nor a BCE number: its check digits disagree."""

    code = "accounting_identifier_wrong"


@dataclass(eq=False)
class AccountNumberTwice(Refused):
    """Two kinds of balance would be written on one account and could not be told apart."""

    number: str
    code = "account_number_twice"


@dataclass(eq=False)
class NoLegalFrame(Refused):
    """The programme stands in no frame that asks for an account."""

    code = "no_legal_frame"


@dataclass(eq=False)
class YearNotOver(Refused):
    """Providers may still claim vouchers of that year."""

    last_claim: date
    code = "accounting_year_not_over"


@dataclass(eq=False)
class AccountGiven(Refused):
    """The account of that year was given already."""

    year: int
    code = "annual_account_given"
