"""Who comes before a new request: itself sent earlier, offers that ran out, those who wait."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.promote import MOST_SKIPS
from repit.domain.bookings.stage import Stage


@dataclass(frozen=True)
class Before:
    """What is settled first, read at once on a locked stage."""

    earlier: int | None
    """The booking that this very request made already."""
    ran_out: bool
    """There may be offers whose time is over: they hold places that are free."""
    line_first: bool
    """A place that is free is kept for those who wait: in a strict line for the first of it,
    otherwise for a party that was passed over already."""


def before(db: Session, stage: Stage, request_id: UUID, *, now: datetime) -> Before:
    """Return who comes before a request, in one statement."""
    if stage.session is None or stage.workshop is None:
        return Before(
            db.scalar(_EARLIER, {"request_id": request_id}), ran_out=True, line_first=False
        )
    row = db.execute(
        _BEFORE,
        {
            "request_id": request_id,
            "session_id": stage.session.id,
            "waits_for": stage.line,
            "strict": stage.workshop.promotion == "strict",
            "now": now,
        },
    ).one()
    # An offer to a fixed group may have run out in another session of it.
    ran_out = bool(row.ran_out) or bool(stage.group)
    return Before(row.earlier, ran_out, bool(row.line_first))


_EARLIER = select(Booking.id).where(Booking.request_id == bindparam("request_id"))
_RAN_OUT = exists().where(
    Booking.session_id == bindparam("session_id"),
    Booking.state == "offered",
    Booking.expires_at <= bindparam("now"),
)
_LINE_FIRST = exists().where(
    WaitingParty.waits_for == bindparam("waits_for"),
    WaitingParty.state == "waiting",
    or_(
        WaitingParty.skips >= MOST_SKIPS,
        and_(
            bindparam("strict", type_=Boolean),
            or_(WaitingParty.why.is_(None), WaitingParty.why == "places"),
        ),
    ),
)
_BEFORE = select(
    _EARLIER.scalar_subquery().label("earlier"),
    _RAN_OUT.label("ran_out"),
    _LINE_FIRST.label("line_first"),
)
