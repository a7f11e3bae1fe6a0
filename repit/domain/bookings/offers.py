"""Answer an offer: once, in time. Accepting twice is accepting once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import ending, shares, telling
from repit.domain.bookings.cohorts import lead_of, together
from repit.domain.bookings.errors import OfferOver, UnknownBooking
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.placing import keep_to_pay
from repit.domain.bookings.promote import promote, promote_around
from repit.domain.bookings.share_facts import shares_online
from repit.domain.bookings.stage import Stage, lock_of
from repit.domain.family_shares.errors import ShareToPay
from repit.domain.money import Cents


def accept(
    db: Session,
    public_id: str,
    *,
    parent_id: int | None,
    actor: Actor,
    now: datetime,
    online: bool = False,
) -> Cents:
    """Turn an offer into a booking; to a fixed group, into all of its bookings.

    Where a share is to be paid online the place is kept for the time to pay: given once, and
    never less than the offer had left. Only the payment makes it a booking then.

    Args:
        parent_id: whose offer it must be; None for the staff, and for who holds its link.
        online: this parent can pay online; otherwise a share is paid on the spot.

    Returns:
        What is to be paid first, in cents; nothing when it is booked.

    Raises:
        UnknownBooking: there is none, or it is somebody else's.
        OfferOver: it ran out, was declined, or what it was for was cancelled.
        ShareToPay: it was taken already, and waits for its payment.
    """
    stage, booking = _theirs(db, public_id, parent_id)
    if booking.state == "confirmed":
        return Cents(0)
    if booking.state != "offered" or booking.expires_at is None or booking.expires_at <= now:
        raise OfferOver
    here = stage.part(booking.session_id)
    if online and (share := _take(db, here, booking, actor, now)):
        return share
    shares.close_pages(db, booking.id, now=now)
    for one in together(db, booking):
        shares.set_on_the_spot(db, one.id)
        one.state, one.expires_at = "confirmed", None
    db.execute(
        update(WaitingParty)
        .where(WaitingParty.booking_id == booking.id, WaitingParty.state == "offered")
        .values(state="served", ended_at=now)
        .execution_options(synchronize_session=False)
    )
    db.flush()
    _record(db, "offer_accepted", booking, actor, now)
    telling.booked(db, here, booking, now=now)
    return Cents(0)


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


def _take(db: Session, stage: Stage, booking: Booking, actor: Actor, now: datetime) -> Cents:
    """Keep the place for the time to pay its share; return the share, which may be nothing."""
    if booking.taken_at is not None and booking.expires_at is not None:
        share = shares.to_pay(db, booking.id)
        if share:
            raise ShareToPay(share=share, until=booking.expires_at)
        return share
    share = shares.set_online(db, booking.id, shares_online(stage))
    if share:
        keep_to_pay(booking, stage, now)
        _record(db, "kept_to_pay", booking, actor, now)
    return share


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
