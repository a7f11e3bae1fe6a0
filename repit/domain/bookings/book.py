"""Book a seat, places for the children and the vouchers that pay: all of it, or none of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.bookings.cohorts import spread, tie
from repit.domain.bookings.errors import (
    CareFull,
    RequestMismatch,
    SessionFull,
)
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.placing import Asked, Choice, meet, refusal_row, take
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import Stage, lock_whole
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

    Where the family pays its share online, the places are kept for half an hour: an offer that
    the payment turns into a booking.

    Of a workshop with a fixed group, every session to come is booked with the one that is named,
    and the answer is about that one.

    Raises:
        RequestMismatch: the request's id was used for something else.
        NotOpenForBooking, NotEligible, AlreadyBooked, TwoAtOnce: see their names.
        SessionFull, CareFull, ChildNotOfAge: there is no place for all who were named; the entry
            point keeps `CareFull` with `keep_refusal`.
        NotEnoughToHold: too few vouchers that are good on the day.
    """
    stage = lock_whole(db, asked.session_id, asked.slot_ids)
    if stage.may_hold_lapsed(now) and end_expired(db, stage, now=now):
        promote_around(db, stage, now=now)  # what came free is for those who wait
    met = meet(db, stage, asked)
    if met.earlier is not None:
        return _earlier(db, asked)
    if not asked.forced and met.line_first:
        raise SessionFull
    bookings = []
    for part, where in spread(db, stage, asked, now=now):
        # Of a group, what was just booked in one session may stand against the next.
        about = meet(db, where, part) if stage.group else met
        booking, choice = take(
            db, where, part, about, actor=actor, now=now, confirmed=where is stage
        )
        bookings.append(booking)
        if where is stage:
            named, chosen = booking, choice
    tie(bookings, named)
    if met.called and asked.seat:
        _wait_no_more(db, stage, named, now)
    return _answer(named, stage, chosen)


def _wait_no_more(db: Session, stage: Stage, booking: Booking, now: datetime) -> None:
    """Of those who were called, this one was the first: their place in the line is over."""
    db.execute(
        update(WaitingParty)
        .where(
            WaitingParty.waits_for == stage.line,
            WaitingParty.parent_id == booking.parent_id,
            WaitingParty.state == "waiting",
        )
        .values(state="served", why=None, booking_id=booking.id, ended_at=now)
    )


def keep_refusal(db: Session, asked: Asked, refusal: CareFull, *, now: datetime) -> None:
    """Write down a request refused for lack of care, in a change of its own.

    Raises:
        Nothing of its own.
    """
    slot = db.get_one(CareSlot, refusal.slot_id)
    db.add(refusal_row(slot, asked, refusal, now, came_without=False))


def _earlier(db: Session, asked: Asked) -> Booked:
    """Return the answer that this request was given.

    Raises:
        RequestMismatch: its id was used for something else.
    """
    booking = db.scalar(select(Booking).where(Booking.request_id == asked.request_id))
    theirs = (booking.parent_id, booking.session_id, booking.seat) if booking else None
    if booking is None or theirs != (asked.parent_id, asked.session_id, asked.seat):
        raise RequestMismatch
    held = select(func.coalesce(func.sum(ChildPlace.vouchers), 0)).where(
        ChildPlace.booking_id == booking.id
    )
    vouchers = int(db.scalar(held) or 0)
    return Booked(booking.id, booking.public_id, booking.state, vouchers, replayed=True)


def _answer(booking: Booking, stage: Stage, choice: Choice) -> Booked:
    each = (stage.slots[slot_id].vouchers_per_child for _, slot_id in choice.children)
    return Booked(
        booking.id,
        booking.public_id,
        booking.state,
        sum(each),
        came_without=choice.missing is not None,
    )
