"""Offers that nobody answered in time: they count no more from that moment on.

Whoever locks a stage ends them before counting; the sweeper only tidies what nobody met.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from repit.domain.actors import COMMAND
from repit.domain.audit.service import record
from repit.domain.bookings import ending, telling
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.stage import Stage


def end_expired(db: Session, stage: Stage, *, now: datetime) -> int:
    """End the offers of this stage whose time is over; return how many.

    Raises:
        Nothing of its own.
    """
    over = db.scalars(
        select(Booking)
        .where(Booking.state == "offered", Booking.expires_at <= now, _on(stage))
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for booking in over:
        here = stage.part(booking.session_id)
        ending.end(db, here, booking, by="expired", now=now)
        of = ("booking", booking.id)
        record(db, actor=COMMAND, kind="offer_expired", of=of, now=now)
        if booking.lead_id is None:
            telling.offer_over(db, here, booking, now=now)
    return len(over)


def _on(stage: Stage) -> ColumnElement[bool]:
    if stage.group:
        return Booking.session_id.in_([one.session.id for one in stage.group if one.session])
    if stage.session is not None:
        return Booking.session_id == stage.session.id
    here = select(ChildPlace.booking_id).where(ChildPlace.slot_id.in_(stage.slots))
    return Booking.id.in_(here)
