"""What an operator settles for a programme, a fund or a contribution, as plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from repit.domain.money import Cents

SHORTEST_USUAL_VALIDITY = 12
"""Months a voucher lasts at least, unless the operator means less."""

MOST_DAYS_BEFORE = 366
"""Days before its programme's first day on which money may have come: a funder pays up to a
year ahead. What is typed as older is a slip in the year."""

NOTHING = Cents(0)


@dataclass(frozen=True)
class Settings:
    """The settings of a programme. `categories` are bits, see `categories`."""

    name: str
    zone: str
    first_day: date
    last_day: date
    face_cents: Cents
    categories: int
    isolated_kinds: tuple[str, ...]
    validity_months: int = 12
    grace_days: int = 60
    undo_hours: int = 48
    presentation_minutes: int = 15
    pays_within_days: int = 30
    holdback_days: int = 0
    least_payout_cents: Cents = NOTHING
    pair_month_vouchers: int | None = None
    provider_month_vouchers: int | None = None
    cancel_hours: int = 24
    late_is_paid: bool = False
    no_show_is_paid: bool = False
    no_show_minutes: int = 30
    sheet_days: int = 30
    share_online: bool = False
    carer_checks: tuple[str, ...] = ("honorability",)
    profile: str | None = None
    """The legal frame that decides until when vouchers serve, see `profiles`."""


@dataclass(frozen=True)
class Restrictions:
    """What a fund is called and what it may be used for."""

    title: str
    categories: int
    only_isolated: bool = False
    only_priority_area: bool = False


class Way(StrEnum):
    """How money came in."""

    HAND = "hand"
    """Typed from a statement."""
    TRANSFER = "transfer"
    """A line of a bank file."""
    CARD = "card"
    SEPA_DEBIT = "sepa_debit"


class Reason(StrEnum):
    """Why money of an arrival left again."""

    RECALLED = "recalled"
    """The bank took a transfer or a debit back."""
    DISPUTED = "disputed"
    """The payer disputed a card payment or a direct debit."""
    MISTAKE = "mistake"
    """It had never been money of this contribution: a slip of ours."""


class Standing(StrEnum):
    """How a promise is kept."""

    PROMISED = "promised"
    PART = "part"
    RECEIVED = "received"
    OVER = "over"
    RETURNED = "returned"
    """It arrived, and all of it left again."""
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Promise:
    """What a funder promises for a fund."""

    amount: Cents
    due_on: date | None = None
    agreement: str | None = None
    """The number of the agreement or of the letter."""
    note: str | None = None


@dataclass(frozen=True)
class Received:
    """Money that arrived. The reference is compared without regard to spaces and capitals."""

    amount: Cents
    received_on: date
    reference: str
    note: str | None = None
    way: Way = Way.HAND


@dataclass(frozen=True)
class TakenBack:
    """Money of one arrival that left again; no amount: all that is left of it."""

    reason: Reason
    returned_on: date
    amount: Cents | None = None
    motive: str | None = None


def plain_reference(typed: str) -> str:
    """Return the stored form of a reference: « vir  12a » and « VIR 12A » are one bank line."""
    return " ".join(typed.split()).upper()
