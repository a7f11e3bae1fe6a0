"""Refusals met when vouchers are issued, shown, blocked or given back."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import NotFound, Refused


@dataclass(eq=False)
class UnknownVoucher(NotFound):
    code = "unknown_voucher"


@dataclass(eq=False)
class NotOpen(Refused):
    """Only a voucher that waits to be spent can be changed; this one is in another state."""

    state: str
    code = "voucher_not_open"


@dataclass(eq=False)
class NotEnoughVouchers(Refused):
    """The parent chose more than they have to show."""

    asked: int
    left: int
    code = "not_enough_vouchers"


@dataclass(eq=False)
class NotLonger(Refused):
    """An extension must end later than now."""

    last_day: date
    code = "extension_not_longer"


@dataclass(eq=False)
class BeyondItsYear(Refused):
    """The programme's legal frame ends the voucher with its year."""

    latest: date
    code = "extension_beyond_year"


@dataclass(eq=False)
class AlreadyHeld(Refused):
    code = "already_held"


@dataclass(eq=False)
class OutsideProgramme(Refused):
    """Vouchers are issued for periods that start within the programme's days."""

    first_day: date
    last_day: date
    code = "outside_programme"


@dataclass(eq=False)
class NotEnoughToHold(Refused):
    """The parent has too few vouchers that are good on the day of the care."""

    wanted: int
    left: int
    code = "not_enough_to_hold"


@dataclass(eq=False)
class HeldForBooking(Refused):
    """Only the end of the booking lets the voucher go."""

    code = "held_for_booking"


@dataclass(eq=False)
class HeldForItsYear(Refused):
    """Vouchers that are held for a booking cannot pay for a day of another year, by law."""

    vouchers: int
    year: int
    code = "held_for_its_year"
