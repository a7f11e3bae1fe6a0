"""Refusals met when care is offered and carers are asked to keep it."""

from dataclasses import dataclass
from datetime import date, datetime

from repit.domain.errors import Refused
from repit.domain.money import Cents


@dataclass(eq=False)
class AgesOutOfOrder(Refused):
    """The youngest age that may come is above the oldest."""

    code = "ages_out_of_order"


@dataclass(eq=False)
class SlotWithoutName(Refused):
    """Care that stands alone has a title of its own."""

    code = "slot_without_name"


@dataclass(eq=False)
class PresetNotOffered(Refused):
    """Kept for the record only: no source was found for it."""

    code = "preset_not_offered"


@dataclass(eq=False)
class NoAgreedPrice(Refused):
    """The provider has no tariff for childcare beside a workshop on that day."""

    day: date
    code = "no_agreed_price"


@dataclass(eq=False)
class PriceAboveTariff(Refused):
    """`most`: the vouchers that the agreed cost of one child covers."""

    asked: int
    most: int
    cost: Cents
    code = "price_above_tariff"


@dataclass(eq=False)
class ShareAboveTariff(Refused):
    """Both in cents for one child; `most` is nothing when no voucher is asked."""

    asked: Cents
    most: Cents
    code = "care_share_above_tariff"


@dataclass(eq=False)
class SlotNotDraft(Refused):
    """Opened or cancelled already."""

    code = "slot_not_draft"


@dataclass(eq=False)
class SlotCancelled(Refused):
    code = "slot_cancelled"


@dataclass(eq=False)
class SlotIsBooked(Refused):
    """Children have places: its hours, its provider and its price stay."""

    places: int
    code = "slot_is_booked"


@dataclass(eq=False)
class CarerOfAnother(Refused):
    """The carer works for another provider than the slot's."""

    name: str
    code = "carer_of_another"


@dataclass(eq=False)
class CarerGone(Refused):
    name: str
    left_on: date
    code = "carer_gone"


@dataclass(eq=False)
class CarerBusy(Refused):
    """Confirmed elsewhere at that time: nobody is in two rooms."""

    name: str
    at: datetime
    code = "carer_busy"


@dataclass(eq=False)
class CarerAskedAlready(Refused):
    name: str
    code = "carer_asked_already"


@dataclass(eq=False)
class CarerTakenOff(Refused):
    """The operator no longer asks them: the provider cannot bring them back."""

    name: str
    code = "carer_taken_off"


@dataclass(eq=False)
class AnsweredTooLate(Refused):
    """The care has begun: who comes is no question any more."""

    code = "carer_answered_too_late"


@dataclass(eq=False)
class CheckDaysOutOfOrder(Refused):
    first_day: date
    last_day: date
    code = "check_days_out_of_order"


@dataclass(eq=False)
class CheckSeenLater(Refused):
    """Nobody has seen a paper tomorrow."""

    code = "check_seen_later"
