"""Refusals met when a place is booked, waited for, offered or given back.

`SessionFull` and `CareFull` also stand for reasons that a parent must not learn: that the other
parent of their child comes, or that the child has a place through its other home. Their facts
are for the staff's records and are never worded.
"""

from dataclasses import dataclass
from datetime import datetime

from repit.domain.errors import NotFound, Refused


@dataclass(eq=False)
class UnknownBooking(NotFound):
    code = "unknown_booking"


@dataclass(eq=False)
class NotOpenForBooking(Refused):
    """A draft, cancelled or closed; or it has begun."""

    code = "not_open_for_booking"


@dataclass(eq=False)
class NothingAsked(Refused):
    """Neither a seat nor a child."""

    code = "nothing_asked"


@dataclass(eq=False)
class RequestMismatch(Refused):
    """The same request id was sent before for something else, or by somebody else."""

    code = "request_mismatch"


@dataclass(eq=False)
class SessionFull(Refused):
    hidden: bool = False
    """There is a seat, but not for this parent."""
    code = "session_full"


@dataclass(eq=False)
class CareFull(Refused):
    """No place for all of these children together.

    `reason`: `room`, `carers`, `cap`, `age`, or `other` for what is nobody's business.
    """

    slot_id: int
    children: int
    reason: str
    code = "care_full"


@dataclass(eq=False)
class ChildNotOfAge(Refused):
    """The slot is for other ages; that may be said, it stands on its page."""

    slot_id: int
    children: int
    first_name: str
    code = "child_not_of_age"


@dataclass(eq=False)
class NotEligible(Refused):
    """The workshop's published conditions; `why`: `isolated`, `town`, `child` or `audience`."""

    why: str
    code = "not_eligible"


@dataclass(eq=False)
class AlreadyBooked(Refused):
    """This parent has a seat, or this home has a place for the child."""

    public_id: str
    code = "already_booked"


@dataclass(eq=False)
class TwoAtOnce(Refused):
    """The parent, or the child through this home, is expected elsewhere at that time."""

    public_id: str
    code = "two_at_once"


@dataclass(eq=False)
class BookingOver(Refused):
    """It has begun: it can no longer be cancelled here."""

    began_at: datetime
    code = "booking_over"


@dataclass(eq=False)
class NewDateOver(Refused):
    """It would be moved to a moment that is past."""

    starts_at: datetime
    code = "new_date_over"


@dataclass(eq=False)
class ChildCame(Refused):
    """So many children were noted there: their places are not given back, by nobody."""

    children: int
    code = "child_came"


@dataclass(eq=False)
class OfferOver(Refused):
    """The time to answer is over, or it was answered."""

    code = "offer_over"


@dataclass(eq=False)
class AlreadyWaiting(Refused):
    public_id: str
    code = "already_waiting"


@dataclass(eq=False)
class NotWaiting(Refused):
    """It left the list, or was served."""

    code = "not_waiting"


@dataclass(eq=False)
class AlreadyCancelled(Refused):
    """The session or the slot."""

    code = "already_cancelled"


@dataclass(eq=False)
class NothingHeld(Refused):
    """No voucher is held for this place any more: taken, or given back."""

    code = "nothing_held"


@dataclass(eq=False)
class ChildrenElsewhere(Refused):
    """At the new time, children who have a place are expected in another room too."""

    children: int
    code = "children_elsewhere"
