"""Call a session or a care slot off: everybody is told once, everything comes back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import ending, shares, telling, telling_team
from repit.domain.bookings.cohorts import left_of
from repit.domain.bookings.errors import AlreadyCancelled, BookingOver
from repit.domain.bookings.models import Booking, ChildPlace, WaitingChild, WaitingParty
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import Stage, lock_whole
from repit.domain.care.models import CareSlot
from repit.domain.money import Cents
from repit.domain.vouchers import holds
from repit.domain.vouchers.models import Hold


def cancel_session(
    db: Session, session_id: int, *, motive: str, actor: Actor, now: datetime
) -> int:
    """Cancel a session with the care beside it; return how many bookings were ended.

    Raises:
        NotOpenForBooking: there is no such session.
        AlreadyCancelled: it is.
        BookingOver: it has ended.
        ChildCame: children were noted there: they are handed over first.
    """
    stage = lock_whole(db, session_id)
    session = stage.session
    if session is None or session.state == "cancelled":
        raise AlreadyCancelled
    if session.ends_at <= now:
        raise BookingOver(session.starts_at)
    session.version += 1
    bookings = _live(db, Booking.session_id == session_id)
    _check_nobody_came(db, bookings)
    told = _end_all(db, stage, bookings, now)
    _close_list(db, stage, f"session:{session_id}", now)
    standing = [slot for slot in stage.slots.values() if slot.state != "cancelled"]
    for slot in standing:
        _close_slot(db, slot, motive, now)
    telling_team.called_off(db, stage, standing, now=now)
    session.state, session.cancelled_at, session.cancel_motive = "cancelled", now, motive
    if stage.group:
        _wait_for_the_rest(db, stage, now)
    of = ("workshop_session", session_id)
    record(db, actor=actor, kind="cancelled", of=of, now=now, motive=motive, facts={"told": told})
    db.flush()
    return told


def cancel_slot(db: Session, slot_id: int, *, motive: str, actor: Actor, now: datetime) -> int:
    """Cancel a care slot; who has a seat beside it keeps the seat. Return how many were told.

    Raises:
        NotOpenForBooking: there is no such slot.
        AlreadyCancelled: it is.
        BookingOver: it has ended.
        ChildCame: children were noted there: they are handed over first.
    """
    session_id = db.scalar(select(CareSlot.session_id).where(CareSlot.id == slot_id))
    stage = lock_whole(db, session_id, [slot_id])
    slot = stage.slots[slot_id]
    if slot.state == "cancelled":
        raise AlreadyCancelled
    if slot.ends_at <= now:
        raise BookingOver(slot.starts_at)
    slot.version += 1
    here = select(ChildPlace.booking_id).where(
        ChildPlace.slot_id == slot_id, ChildPlace.ended_at.is_(None)
    )
    bookings = _live(db, Booking.id.in_(here))
    _check_nobody_came(db, bookings, slot_id)
    for booking in bookings:
        _end_in_slot(db, stage, booking, slot_id, now)
    told = len(bookings)
    _close_list(db, stage, f"slot:{slot_id}", now)
    _wait_without(db, stage, slot_id, now)
    _close_slot(db, slot, motive, now)
    telling_team.care_called_off(db, stage, [slot], now=now)
    of = ("care_slot", slot_id)
    record(db, actor=actor, kind="cancelled", of=of, now=now, motive=motive, facts={"told": told})
    db.flush()
    return told


def _live(db: Session, which: ColumnElement[bool]) -> list[Booking]:
    return list(
        db.scalars(
            select(Booking)
            .where(which, Booking.state != "cancelled")
            .order_by(Booking.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _check_nobody_came(db: Session, bookings: list[Booking], slot_id: int | None = None) -> None:
    here = select(ChildPlace).where(
        ChildPlace.booking_id.in_([one.id for one in bookings]), ChildPlace.ended_at.is_(None)
    )
    places = db.scalars(here if slot_id is None else here.where(ChildPlace.slot_id == slot_id))
    ending.check_nobody_came(db, places.all())


def _end_all(db: Session, stage: Stage, bookings: list[Booking], now: datetime) -> int:
    for booking in bookings:
        share = shares.share_held(db, booking.id)
        free = ending.end(db, stage, booking, by="service", now=now)
        telling.called_off(db, stage, booking, given_back=free, share=share, now=now)
    return len(bookings)


def _end_in_slot(db: Session, stage: Stage, booking: Booking, slot_id: int, now: datetime) -> None:
    """End the places in one slot; the seat, and places in another slot, stay."""
    live = ending.live_places(db, booking.id)
    places = [place for place in live if place.slot_id == slot_id]
    if not booking.seat and len(places) == len(live):
        _end_all(db, stage, [booking], now)
        return
    back = sum(shares.share_held(db, booking.id, place.id) for place in places)
    free = ending.end_places(db, stage, places, now=now, by="service")
    booking.version += 1
    share = Cents(back)
    telling.care_called_off(db, stage, booking, given_back=free, share=share, now=now)


def _close_list(db: Session, stage: Stage, waits_for: str, now: datetime) -> None:
    for party in _waiting(db, WaitingParty.waits_for == waits_for):
        _close(db, stage, party, now)


def _wait_without(db: Session, stage: Stage, slot_id: int, now: datetime) -> None:
    """Let those who would come without care wait on for a seat; nobody else waits for nothing.

    Of a fixed group, its care on another day stands for what they asked.
    """
    other = _care_left(stage, slot_id, now)
    naming = select(WaitingChild.party_id).where(WaitingChild.slot_id == slot_id)
    for party in _waiting(db, WaitingParty.id.in_(naming)):
        if other is not None and party.waits_for == stage.line:
            _name_instead(db, party, slot_id, other)
            continue
        if not (party.seat and party.without_care):
            _close(db, stage, party, now)
            continue
        for child in db.scalars(select(WaitingChild).where(WaitingChild.party_id == party.id)):
            db.delete(child)


def _wait_for_the_rest(db: Session, stage: Stage, now: datetime) -> None:
    """Let those who wait for a fixed group wait for its other sessions, which may be free now."""
    for slot_id in stage.slots:
        _wait_without(db, stage, slot_id, now)
    left = left_of(stage, now)
    if not left:
        for party in _waiting(db, WaitingParty.waits_for == stage.line):
            _close(db, stage, party, now)
    stands = (one.session.id for one in left or stage.group if _stands(one) and one.session)
    db.flush()
    _name_session(db, stage, next(stands, None))
    promote_around(db, stage, now=now)


def _stands(stage: Stage) -> bool:
    return stage.session is not None and stage.session.state == "open"


def _name_session(db: Session, stage: Stage, other: int | None) -> None:
    """Let who waits, or was made an offer, stand in the list of the group by another date."""
    if other is None or stage.session is None:
        return
    here = WaitingParty.waits_for == stage.line, WaitingParty.session_id == stage.session.id
    db.execute(
        update(WaitingParty)
        .where(*here, WaitingParty.state.in_(("waiting", "offered")))
        .values(session_id=other)
        .execution_options(synchronize_session="fetch")
    )


def _care_left(stage: Stage, slot_id: int, now: datetime) -> int | None:
    """Return other care of the same provider beside a session of the group, if there is some."""
    keeper = stage.slots[slot_id].provider_id
    found = (
        slot.id
        for one in left_of(stage, now)
        for slot in one.slots.values()
        if slot.state == "open" and slot.provider_id == keeper and slot.id != slot_id
    )
    return next(found, None)


def _name_instead(db: Session, party: WaitingParty, slot_id: int, other: int) -> None:
    named = db.scalars(select(WaitingChild).where(WaitingChild.party_id == party.id)).all()
    there = {child.child_id for child in named if child.slot_id == other}
    for child in named:
        if child.slot_id == slot_id and child.child_id in there:
            db.delete(child)
        elif child.slot_id == slot_id:
            child.slot_id = other
    db.flush()


def _waiting(db: Session, which: ColumnElement[bool]) -> Sequence[WaitingParty]:
    """Return the parties that wait, locked; those with an offer ended with its booking."""
    return db.scalars(
        select(WaitingParty)
        .where(which, WaitingParty.state == "waiting")
        .order_by(WaitingParty.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _close(db: Session, stage: Stage, party: WaitingParty, now: datetime) -> None:
    telling.no_longer_waits(db, stage, party, now=now)
    party.state, party.ended_at = "closed", now


def _close_slot(db: Session, slot: CareSlot, motive: str, now: datetime) -> None:
    """Also what a late cancellation had left to the provider comes back: nothing took place."""
    slot.state, slot.cancelled_at, slot.cancel_motive = "cancelled", now, motive
    left = db.scalars(
        select(ChildPlace.id)
        .join(Hold, Hold.child_place_id == ChildPlace.id)
        .where(ChildPlace.slot_id == slot.id, Hold.state == "held")
    ).all()
    holds.release(db, left, now=now, restore=True)
    with_share = select(ChildPlace.booking_id).where(
        ChildPlace.id.in_(left), ChildPlace.share_cents > 0
    )
    for booking_id in set(db.scalars(with_share)):
        shares.square(db, booking_id, now=now)
