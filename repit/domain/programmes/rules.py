"""What an operator settles for a programme, a fund or a contribution, as plain values."""

from dataclasses import dataclass
from datetime import date

from repit.domain.money import Cents

SHORTEST_USUAL_VALIDITY = 12
"""Months a voucher lasts at least, unless the operator means less."""


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
    pair_month_vouchers: int | None = None
    provider_month_vouchers: int | None = None
    cancel_hours: int = 24
    late_is_paid: bool = False
    no_show_is_paid: bool = False
    no_show_minutes: int = 30
    carer_checks: tuple[str, ...] = ("honorability",)


@dataclass(frozen=True)
class Restrictions:
    """What a fund is called and what it may be used for."""

    title: str
    categories: int
    only_isolated: bool = False
    only_priority_area: bool = False


@dataclass(frozen=True)
class Received:
    """Money that arrived. The reference is compared without regard to spaces and capitals."""

    amount: Cents
    received_on: date
    reference: str
    note: str | None = None


def plain_reference(typed: str) -> str:
    """Return the stored form of a reference: « vir  12a » and « VIR 12A » are one bank line."""
    return " ".join(typed.split()).upper()
