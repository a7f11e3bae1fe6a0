"""Book a seat, places for the children and the vouchers that pay: all of it, or none of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.bookings import telling
from repit.domain.bookings.errors import CareFull, SessionFull
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.placing import Asked, place, refusal_row
from repit.domain.bookings.promote import line_comes_first, promote_around
from repit.domain.bookings.stage import lock
from repit.domain.care.models import CareSlot


@dataclass(frozen=True)
class Booked:
    """The answer, the same for the same request."""

    id: int
    public_id: str
    state: str
    vouchers: int
    came_without: bool = False
    replayed: bool = False


def book(db: Session, asked: Asked, *, actor: Actor, now: datetime) -> Booked:
    """Book for a party; the same request again gives the same answer.

    Raises:
        NotOpenForBooking, NotEligible, AlreadyBooked, TwoAtOnce: see their names.
        SessionFull, CareFull, ChildNotOfAge: there is no place for all who were named; the entry
            point keeps `CareFull` with `keep_refusal`.
        NotEnoughToHold: too few vouchers that are good on the day.
    """
    stage = lock(db, asked.session_id, asked.slot_ids)
    if (earlier := _earlier(db, asked.request_id)) is not None:
        return earlier
    if end_expired(db, stage, now=now):
        promote_around(db, stage, now=now)  # what came free is for those who wait
    if not asked.forced and line_comes_first(db, stage):
        raise SessionFull
    booking, choice = place(db, stage, asked, actor=actor, now=now, expires_at=None)
    telling.booked(db, stage, booking, now=now)
    return _answer(db, booking, came_without=choice.missing is not None, replayed=False)


def keep_refusal(db: Session, asked: Asked, refusal: CareFull, *, now: datetime) -> None:
    """Write down a request refused for lack of care, in a change of its own.

    Raises:
        Nothing of its own.
    """
    slot = db.get_one(CareSlot, refusal.slot_id)
    db.add(refusal_row(slot, asked, refusal, now, came_without=False))


def _earlier(db: Session, request_id: UUID) -> Booked | None:
    booking = db.scalar(select(Booking).where(Booking.request_id == request_id))
    if booking is None:
        return None
    return _answer(db, booking, came_without=False, replayed=True)


def _answer(db: Session, booking: Booking, *, came_without: bool, replayed: bool) -> Booked:
    held = select(func.coalesce(func.sum(ChildPlace.vouchers), 0)).where(
        ChildPlace.booking_id == booking.id
    )
    return Booked(
        booking.id,
        booking.public_id,
        booking.state,
        int(db.scalar(held) or 0),
        came_without=came_without,
        replayed=replayed,
    )
