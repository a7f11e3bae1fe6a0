"""Answer an offer: once, in time. Accepting twice is accepting once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import ending, telling
from repit.domain.bookings.cohorts import lead_of, together
from repit.domain.bookings.errors import OfferOver, UnknownBooking
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.promote import promote, promote_around
from repit.domain.bookings.stage import Stage, lock_of


def accept(
    db: Session, public_id: str, *, parent_id: int | None, actor: Actor, now: datetime
) -> None:
    """Turn an offer into a booking; to a fixed group, into all of its bookings.

    Args:
        parent_id: whose offer it must be; None for the staff.

    Raises:
        UnknownBooking: there is none, or it is somebody else's.
        OfferOver: it ran out, was declined, or what it was for was cancelled.
    """
    stage, booking = _theirs(db, public_id, parent_id)
    if booking.state == "confirmed":
        return
    if booking.state != "offered" or booking.expires_at is None or booking.expires_at <= now:
        raise OfferOver
    for one in together(db, booking):
        one.state, one.expires_at = "confirmed", None
    db.execute(
        update(WaitingParty)
        .where(WaitingParty.booking_id == booking.id, WaitingParty.state == "offered")
        .values(state="served", ended_at=now)
        .execution_options(synchronize_session=False)
    )
    db.flush()
    _record(db, "offer_accepted", booking, actor, now)
    telling.booked(db, stage.part(booking.session_id), booking, now=now)


def decline(
    db: Session, public_id: str, *, parent_id: int | None, actor: Actor, now: datetime
) -> None:
    """Say no, so that the next in line is asked; declining twice is declining once.

    Raises:
        UnknownBooking: there is none, or it is somebody else's.
        OfferOver: it was accepted: cancel the booking instead.
    """
    stage, booking = _theirs(db, public_id, parent_id)
    if booking.state == "cancelled":
        return
    if booking.state != "offered":
        raise OfferOver
    for one in together(db, booking):
        ending.end(db, stage.part(one.session_id), one, by="declined", now=now)
    _record(db, "offer_declined", booking, actor, now)
    promote_around(db, stage, now=now)


def expire_one(db: Session, *, now: datetime) -> bool:
    """End one offer whose time is over and ask the next in line; False when there is none.

    Raises:
        Nothing of its own.
    """
    public_id = db.scalar(
        select(Booking.public_id)
        .where(Booking.state == "offered", Booking.expires_at <= now)
        .order_by(Booking.expires_at, Booking.id)
        .limit(1)
    )
    if public_id is None:
        return False
    stage, _ = lock_of(db, public_id)
    end_expired(db, stage, now=now)
    promote_around(db, stage, now=now)
    return True


def some_ran_out(db: Session, now: datetime) -> bool:
    """Return whether an offer is still to be ended, without taking any lock."""
    over = select(Booking.id).where(Booking.state == "offered", Booking.expires_at <= now)
    return db.scalar(over.limit(1)) is not None


def promote_next(db: Session, *, after: str, now: datetime) -> str | None:
    """Look at the next list after this key; return its key, or None at the end.

    One list is one change: the periodic job walks through all of them.

    Raises:
        Nothing of its own.
    """
    key = db.scalar(
        select(WaitingParty.waits_for)
        .where(WaitingParty.state == "waiting", WaitingParty.waits_for > after)
        .order_by(WaitingParty.waits_for)
        .limit(1)
    )
    if key is not None:
        promote(db, key, now=now, most=4)
    return key


def _theirs(db: Session, public_id: str, parent_id: int | None) -> tuple[Stage, Booking]:
    stage, booking = lock_of(db, public_id)
    if parent_id is not None and booking.parent_id != parent_id:
        raise UnknownBooking
    return stage, lead_of(db, booking)


def _record(db: Session, kind: str, booking: Booking, actor: Actor, now: datetime) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("booking", booking.id),
        now=now,
        for_parent_id=booking.parent_id,
    )
