"""Cancel a booking or one child's place: always possible before it begins, and only once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import ending, shares, telling
from repit.domain.bookings.cohorts import lead_of, together
from repit.domain.bookings.errors import BookingOver, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.paying import confirm
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import Stage, lock_of
from repit.domain.bookings.taken import taken_from
from repit.domain.money import Cents
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.times import hours_before_local

NOTHING = Cents(0)
By = Literal["parent", "service"]


@dataclass(frozen=True)
class Cancelled:
    """What comes back. `kept`: vouchers the provider is paid with, by the published policy."""

    given_back: int
    kept: int
    late: bool
    share: Cents = NOTHING
    """What was paid online and comes back."""
    taken: int = 0
    """Vouchers that the provider was paid with already: only the staff can bring them back."""


def cancel(
    db: Session,
    public_id: str,
    *,
    by: By,
    parent_id: int | None,
    actor: Actor,
    now: datetime,
) -> Cancelled:
    """Cancel all of a booking; asking again changes nothing.

    What was only offered to a fixed group is given back for all of its sessions.

    Args:
        parent_id: whose booking it must be; None for the staff.

    Raises:
        UnknownBooking: there is none, or it is somebody else's.
        BookingOver: it has begun and the parent asks.
        ChildCame: a child was noted there, whoever asks.
    """
    stage, booking = lock_of(db, public_id)
    _check_owner(booking, parent_id)
    if booking.state == "cancelled":
        return Cancelled(0, 0, booking.late)
    ending.check_nobody_came(db, ending.live_places(db, booking.id))
    terms = _terms(db, stage, booking, by, now)
    late_and_paid, offered = terms.kept > 0, booking.state == "offered"
    lead = lead_of(db, booking)
    free = ending.end(
        db, stage, booking, by=by, now=now, late=terms.late, keep_vouchers=late_and_paid
    )
    for other in together(db, lead_of(db, lead)) if offered else ():
        free += ending.end(db, stage.part(other.session_id), other, by=by, now=now)
    facts = _facts(terms, free) | {"by": by}
    _record(db, "cancelled", booking, actor, now, facts)
    done = replace(terms, given_back=free)
    telling.cancelled(db, stage, booking, done.given_back, done.kept, done.share, now=now)
    promote_around(db, stage, now=now)
    return done


def cancel_child(
    db: Session,
    public_id: str,
    place_public_id: str,
    *,
    by: By,
    parent_id: int | None,
    actor: Actor,
    now: datetime,
) -> Cancelled:
    """Give one child's place back; the last one of a booking without a seat ends the booking.

    Raises:
        UnknownBooking: there is no such booking or place, or it is somebody else's.
        BookingOver: it has begun and the parent asks.
        ChildCame: the child was noted there, whoever asks.
    """
    stage, booking = lock_of(db, public_id)
    _check_owner(booking, parent_id)
    place = db.scalar(
        select(ChildPlace).where(
            ChildPlace.public_id == place_public_id, ChildPlace.booking_id == booking.id
        )
    )
    if place is None:
        raise UnknownBooking
    if place.ended_at is not None:
        return Cancelled(0, 0, booking.late)
    if not booking.seat and len(ending.live_places(db, booking.id)) == 1:
        return cancel(db, public_id, by=by, parent_id=parent_id, actor=actor, now=now)
    ending.check_nobody_came(db, [place])
    terms = _terms(db, stage, booking, by, now, place.id)
    free = ending.end_places(db, stage, [place], now=now, by=by, keep_vouchers=terms.kept > 0)
    booking.version += 1
    facts = _facts(terms, free) | {"child": place.child_id}
    _record(db, "child_cancelled", booking, actor, now, facts)
    if booking.taken_at and booking.state == "offered" and not shares.to_pay(db, booking.id):
        confirm(db, stage, booking, now=now)  # nothing is left that it waits for
    promote_around(db, stage, now=now)
    return replace(terms, given_back=free)


def foretell(db: Session, public_id: str, *, place: str | None = None, now: datetime) -> Cancelled:
    """Return what cancelling now would give back; change nothing.

    Args:
        place: the one child's place that is asked about; None: all of it.

    Raises:
        UnknownBooking: there is no such booking.
        BookingOver: it has begun.
        ChildCame: a child was noted there.
    """
    stage, booking = lock_of(db, public_id)
    asked = [
        one for one in ending.live_places(db, booking.id) if place is None or one.public_id == place
    ]
    ending.check_nobody_came(db, asked)
    place_id = asked[0].id if place is not None and asked else None
    return _terms(db, stage, booking, "parent", now, place_id)


def _terms(
    db: Session,
    stage: Stage,
    booking: Booking,
    by: By,
    now: datetime,
    place_id: int | None = None,
) -> Cancelled:
    """Return what the published policy gives back at this moment."""
    held = _held(db, booking.id, place_id)
    taken = taken_from(db, booking.id, place_id)
    share = shares.share_held(db, booking.id, place_id)
    if by == "service":
        return Cancelled(held, 0, late=False, share=share, taken=taken)
    if stage.starts_at <= now:
        raise BookingOver(stage.starts_at)
    clock, programme = stage.clock, stage.programme
    until = hours_before_local(clock.day, clock.starts, clock.zone, programme.cancel_hours)
    late = booking.state == "confirmed" and now > until
    if late and programme.late_is_paid:
        return Cancelled(0, held, late=True, taken=taken)
    return Cancelled(held, 0, late, share, taken)


def _facts(terms: Cancelled, free: int) -> dict[str, Any]:
    facts = {"late": terms.late, "given_back": free, "kept": terms.kept}
    return facts | {"share_cents": terms.share} if terms.share else facts


def _held(db: Session, booking_id: int, place_id: int | None) -> int:
    query = (
        select(func.count())
        .select_from(Hold)
        .join(ChildPlace, ChildPlace.id == Hold.child_place_id)
        .where(
            ChildPlace.booking_id == booking_id,
            ChildPlace.ended_at.is_(None),
            Hold.state == "held",
        )
    )
    if place_id is not None:
        query = query.where(ChildPlace.id == place_id)
    return db.scalar(query) or 0


def _check_owner(booking: Booking, parent_id: int | None) -> None:
    if parent_id is not None and booking.parent_id != parent_id:
        raise UnknownBooking


def _record(
    db: Session, kind: str, booking: Booking, actor: Actor, now: datetime, facts: dict[str, Any]
) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("booking", booking.id),
        now=now,
        facts=facts,
        for_parent_id=booking.parent_id,
    )
