"""Refusals met at the moment a voucher is spent. `wrong_code` ones count against a device."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from repit.domain.errors import NotFound, Refused
from repit.domain.money import Cents


@dataclass(eq=False)
class UnknownCode(NotFound):
    """No such code, or one of a cancelled voucher: both answer alike."""

    code = "unknown_code"
    wrong_code: ClassVar[bool] = True


@dataclass(eq=False)
class MistypedCode(Refused):
    code = "mistyped_code"


@dataclass(eq=False)
class NotACode(Refused):
    code = "not_a_code"


@dataclass(eq=False)
class NoCode(Refused):
    code = "no_code"


@dataclass(eq=False)
class TooManyCodes(Refused):
    most: int
    code = "too_many_codes"


@dataclass(eq=False)
class VoucherSpent(Refused):
    """Already used, by another provider: when and where is not told."""

    code = "voucher_spent"


@dataclass(eq=False)
class VoucherSpentHere(Refused):
    """Already used by the same provider."""

    at: datetime
    code = "voucher_spent_here"
    public_code: ClassVar[str] = "voucher_spent"


@dataclass(eq=False)
class VoucherNotYetValid(Refused):
    first_day: date
    code = "voucher_not_yet_valid"


@dataclass(eq=False)
class VoucherExpired(Refused):
    """Too old to claim: its last day, and the last day on which a claim was still taken."""

    last_day: date
    grace_until: date
    code = "voucher_expired"


@dataclass(eq=False)
class ServiceAfterLastDay(Refused):
    """Still claimable, but only for a service up to its last day."""

    last_day: date
    grace_until: date
    code = "service_after_last_day"


@dataclass(eq=False)
class ServiceInFuture(Refused):
    today: date
    code = "service_in_future"


@dataclass(eq=False)
class VoucherBlocked(Refused):
    code = "voucher_blocked"


@dataclass(eq=False)
class HeldForAnother(Refused):
    code = "held_for_another"


@dataclass(eq=False)
class HeldForAppointment(Refused):
    """Promised to this provider for the childcare of one day, and for nothing else."""

    service_on: date
    code = "held_for_appointment"


@dataclass(eq=False)
class HeldWaits(Refused):
    """So many vouchers of the parent are held by this provider for that day: they come first."""

    vouchers: int
    service_on: date
    code = "held_waits"


@dataclass(eq=False)
class CategoryNotCovered(Refused):
    category: str
    covered: tuple[str, ...]
    code = "category_not_covered"


@dataclass(eq=False)
class NotAccredited(Refused):
    category: str
    code = "not_accredited"


@dataclass(eq=False)
class AccreditationNotValid(Refused):
    category: str
    service_on: date
    code = "accreditation_not_valid"


@dataclass(eq=False)
class NoTariff(Refused):
    category: str
    service_on: date
    code = "no_tariff"


@dataclass(eq=False)
class CountsHours(Refused):
    """The agreed price is per hour: minutes are needed, not sessions."""

    category: str
    code = "counts_hours"


@dataclass(eq=False)
class CountsSessions(Refused):
    """The agreed price is per session: sessions are needed, not minutes."""

    category: str
    code = "counts_sessions"


@dataclass(eq=False)
class MoreThanItCosts(Refused):
    """`most`: how many of these vouchers the service is worth."""

    cost: Cents
    asked: Cents
    most: int
    code = "more_than_it_costs"


@dataclass(eq=False)
class FamilyShareTooHigh(Refused):
    asked: Cents
    most: Cents
    code = "family_share_too_high"


@dataclass(eq=False)
class DifferentParents(Refused):
    code = "different_parents"


@dataclass(eq=False)
class OwnHousehold(Refused):
    code = "own_household"


@dataclass(eq=False)
class PairLimitReached(Refused):
    limit: int
    code = "pair_limit_reached"


@dataclass(eq=False)
class ProviderLimitReached(Refused):
    limit: int
    code = "provider_limit_reached"


@dataclass(eq=False)
class PresentationExpired(Refused):
    at: datetime
    code = "presentation_expired"


@dataclass(eq=False)
class DeviceRevoked(Refused):
    code = "device_revoked"


@dataclass(eq=False)
class DeviceLocked(Refused):
    code = "device_locked"


@dataclass(eq=False)
class ProviderSuspended(Refused):
    code = "provider_suspended"


@dataclass(eq=False)
class ReplayMismatch(Refused):
    code = "replay_mismatch"


@dataclass(eq=False)
class UnknownRedemption(NotFound):
    code = "unknown_redemption"


@dataclass(eq=False)
class AlreadyReversed(Refused):
    at: datetime
    code = "already_reversed"


@dataclass(eq=False)
class UndoWindowOver(Refused):
    until: datetime
    code = "undo_window_over"


@dataclass(eq=False)
class BeingPaid(Refused):
    """It is in a payout that is being prepared: approved or given up, it can be taken back."""

    code = "being_paid"
