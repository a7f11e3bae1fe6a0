"""Who comes before a new request: itself, when it was sent earlier, and those who wait."""

from typing import Any

from sqlalchemy import Boolean, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.stage import Stage

MOST_SKIPS = 1
"""A party that was passed over so often is passed over no more: it waits, and so do the others."""

EARLIER = select(Booking.id).where(Booking.request_id == bindparam("request_id"))
"""The booking that this very request made already."""

TOO_LATE = "too_late"
"""Why nobody is made an offer: it would end after the start. Those in the line are told that a
place is free, and the first of them to book has it; nobody else has it before them."""

_OWN = aliased(WaitingParty)
CALLED = exists().where(
    _OWN.waits_for == bindparam("waits_for"),
    _OWN.state == "waiting",
    _OWN.why == TOO_LATE,
    _OWN.parent_id == bindparam("parent_id"),
)
"""The one who asks waits here, and was told that the first to book has the place."""

_BEFORE_ALL = exists().where(
    WaitingParty.waits_for == bindparam("waits_for"),
    WaitingParty.state == "waiting",
    or_(
        WaitingParty.skips >= MOST_SKIPS,
        and_(WaitingParty.why == TOO_LATE, WaitingParty.seat),
        and_(
            bindparam("strict", type_=Boolean),
            or_(WaitingParty.why.is_(None), WaitingParty.why == "places"),
        ),
    ),
)
LINE_FIRST = and_(_BEFORE_ALL, ~CALLED)
"""A place that is free is kept for those who wait: in a strict line for the first of it, otherwise
for a party that was passed over already, and for all of them when it is too late for offers."""


def line_of(stage: Stage) -> dict[str, Any]:
    """Return what `LINE_FIRST` asks about; nobody comes first for care that stands alone."""
    if stage.session is None or stage.workshop is None:
        return {"waits_for": None, "strict": False}
    return {"waits_for": stage.line, "strict": stage.workshop.promotion == "strict"}


def line_first(db: Session, stage: Stage) -> bool:
    """Return whether a seat that is free on a locked stage is kept for those who wait."""
    return bool(db.scalar(select(LINE_FIRST), line_of(stage) | {"parent_id": None}))
