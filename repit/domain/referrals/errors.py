"""Refusals met when a referral is noted, or what became of it."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class ReferralToCome(Refused):
    """A referral is noted once it was made."""

    on_day: date
    code = "referral_to_come"


@dataclass(eq=False)
class ReferralTooOld(Refused):
    """So long ago that it is a slip of the hand."""

    earliest: date
    code = "referral_too_old"


@dataclass(eq=False)
class ReferralBeforeSession(Refused):
    """It cannot come from a session that was still to come."""

    session_day: date
    code = "referral_before_session"


@dataclass(eq=False)
class SessionDidNotTakePlace(Refused):
    """Nothing comes of a session that was cancelled or is not open yet."""

    code = "session_did_not_take_place"


@dataclass(eq=False)
class ReferralReused(Refused):
    """The same page was sent twice with different answers: the first stays."""

    code = "referral_reused"


@dataclass(eq=False)
class ReferralAnnulled(Refused):
    """It was noted by mistake and counts no more."""

    code = "referral_annulled"
