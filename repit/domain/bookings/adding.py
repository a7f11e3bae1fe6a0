"""Add children to a booking that stands: places and vouchers for all of them, or for none."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import ending, telling
from repit.domain.bookings.book import Booked
from repit.domain.bookings.errors import BookingOver, UnknownBooking
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked, join
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import lock_of


def add_children(
    db: Session,
    public_id: str,
    children: Collection[tuple[int, int]],
    *,
    parent_id: int,
    origin: str = "self",
    actor: Actor,
    now: datetime,
) -> Booked:
    """Add children, each with the slot it goes to; those who are there already ask nothing.

    Raises:
        UnknownBooking: there is no such booking, or it is somebody else's.
        BookingOver: it was given back, or is only an offer.
        Refused: as `book`, but for the seat, which they have. The entry point keeps `CareFull`
            with `book.keep_refusal`.
    """
    stage, booking = lock_of(db, public_id)
    if booking.parent_id != parent_id:
        raise UnknownBooking
    if booking.state != "confirmed":
        raise BookingOver(stage.starts_at)
    there = {(place.child_id, place.slot_id) for place in ending.live_places(db, booking.id)}
    new = tuple(pair for pair in dict.fromkeys(children) if pair not in there)
    if children and not new:
        return Booked(booking.id, booking.public_id, booking.state, 0, replayed=True)
    asked = Asked(
        request_id=ids.request_id(),
        parent_id=parent_id,
        session_id=booking.session_id,
        seat=False,
        children=new,
        origin=origin,
    )
    if stage.may_hold_lapsed(now) and end_expired(db, stage, now=now):
        promote_around(db, stage, now=now)  # what came free is for those who wait
    join(db, stage, booking, asked, now=now)
    booking.version += 1
    _record(db, booking, asked, actor, now)
    telling.booked(db, stage, booking, now=now)
    each = (stage.slots[slot_id].vouchers_per_child for _, slot_id in new)
    return Booked(booking.id, booking.public_id, booking.state, sum(each))


def _record(db: Session, booking: Booking, asked: Asked, actor: Actor, now: datetime) -> None:
    record(
        db,
        actor=actor,
        kind="children_added",
        of=("booking", booking.id),
        now=now,
        facts={"children": len(asked.children)},
        for_parent_id=booking.parent_id,
    )
