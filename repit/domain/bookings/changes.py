"""Change a session or a slot that people have booked: nobody is ever removed by it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import families, telling, telling_team
from repit.domain.bookings.closing import cancel_session
from repit.domain.bookings.errors import (
    AlreadyCancelled,
    BookingOver,
    ChildrenElsewhere,
    NewDateOver,
)
from repit.domain.bookings.fitting import fit_of
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import Stage, lock, lock_whole
from repit.domain.care import assignments
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import Fit
from repit.domain.vouchers import holds
from repit.domain.workshops.models import WorkshopSession
from repit.domain.workshops.times import hours_before_local, times

DECIDE_HOURS = 48


def move_session(  # noqa: PLR0913  (where and when, once)
    db: Session,
    session_id: int,
    *,
    day: date,
    starts: time,
    ends: time,
    place_id: int,
    fold: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Move a session, and the care beside it with it; return how many who come were told.

    Who waits for it is told too, and keeps the rank. The carers said yes to the old time: they
    are asked again, and care that has too few of them meanwhile is flagged.

    Args:
        fold: where a time comes twice that night, 0 for the first, 1 for the second.

    Raises:
        NotOpenForBooking: there is no such session.
        AlreadyCancelled, BookingOver: it is cancelled, or over.
        NewDateOver: it would be in the past.
        MissingHour, EndsBeforeStart: there is no such time.
        RepeatedHour: there are two, of the session or of its care, and `fold` is None.
        ChildrenElsewhere: children who come are expected in another room then.
        CarerBusy: a carer who had said yes is elsewhere then.
    """
    assignments.lock_carers_beside(db, session_id)
    stage = lock(db, session_id)
    session = _open_session(stage, now)
    before = [session.day.isoformat(), str(session.starts), str(session.ends), session.place_id]
    moments = times(day, starts, ends, session.zone, fold=fold)
    if moments.starts_at <= now:
        raise NewDateOver(moments.starts_at)
    another_time = (session.starts_at, session.ends_at) != (moments.starts_at, moments.ends_at)
    shift = datetime.combine(day, starts) - datetime.combine(session.day, session.starts)
    later = datetime.combine(day, ends) - datetime.combine(session.day, session.ends)
    for slot in stage.slots.values():
        place = place_id if slot.place_id == session.place_id else None
        _move_slot(slot, shift, later, place, fold)
        held = select(ChildPlace.id).where(ChildPlace.slot_id == slot.id)
        holds.move(db, db.scalars(held).all(), slot.day)
    session.day, session.starts, session.ends, session.place_id = day, starts, ends, place_id
    session.starts_at, session.ends_at = moments.starts_at, moments.ends_at
    session.decide_at = hours_before_local(day, starts, session.zone, DECIDE_HOURS)
    session.decision = session.decided_at = None  # it was about the old date
    session.version += 1
    db.flush()
    if (elsewhere := families.in_two_places(db, stage.slots)) > 0:
        raise ChildrenElsewhere(elsewhere)
    if another_time:
        assignments.ask_again_beside(db, session_id, actor=actor, now=now)
        for slot in stage.slots.values():
            _flag(db, slot)
    after = [day.isoformat(), str(starts), str(ends), place_id]
    _record(db, "moved", session, actor, now, {"when_and_where": [before, after]})
    return _tell_moved(db, stage, session_id, now)


def _tell_moved(db: Session, stage: Stage, session_id: int, now: datetime) -> int:
    live = _live(db, session_id)
    for booking in live:
        telling.moved(db, stage, booking, now=now)
    for party in _waiting(db, stage):
        telling.wait_moved(db, stage, party, now=now)
        party.why = None  # it was about the old date
    telling_team.moved(db, stage, now=now)
    return len(live)


def _tell_postponed(db: Session, stage: Stage, session: WorkshopSession, now: datetime) -> None:
    for booking in _live(db, session.id):
        telling.postponed(db, stage, booking, now=now)
    for party in _waiting(db, stage):
        telling.wait_postponed(db, stage, party, now=now)
    telling_team.postponed(db, stage, session, now=now)


def set_seats(
    db: Session,
    session_id: int,
    *,
    min_people: int,
    max_people: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change the minimum and the maximum; below those booked, the session is flagged.

    Raises:
        NotOpenForBooking, AlreadyCancelled, BookingOver: it cannot be changed any more.
        ValueError: the minimum is above the maximum, or below one; forms check it before.
    """
    if not 1 <= min_people <= max_people:
        raise ValueError((min_people, max_people))
    stage = lock_whole(db, session_id)
    session = _open_session(stage, now)
    before = [session.min_people, session.max_people]
    # In one statement, because the database compares the three.
    session.min_people, session.max_people = min_people, max_people
    session.over_capacity = session.seats_taken > max_people
    db.flush()
    _record(db, "seats_changed", session, actor, now, {"seats": [before, [min_people, max_people]]})
    promote_around(db, stage, now=now, most=max_people)


def set_room(db: Session, slot_id: int, *, room_places: int, actor: Actor, now: datetime) -> None:
    """Change how many children the room takes; below those booked, the slot is flagged.

    Raises:
        NotOpenForBooking, AlreadyCancelled, BookingOver: it cannot be changed any more.
    """
    stage = _lock_slot(db, slot_id)
    slot = stage.slots[slot_id]
    if slot.state == "cancelled":
        raise AlreadyCancelled
    if slot.ends_at <= now:
        raise BookingOver(slot.starts_at)
    before = slot.room_places
    slot.room_places = room_places
    _flag(db, slot)
    of = ("care_slot", slot_id)
    facts = {"room_places": [before, room_places]}
    record(db, actor=actor, kind="room_changed", of=of, now=now, facts=facts)
    promote_around(db, stage, now=now, most=room_places)


def recount(db: Session, slot_id: int, *, now: datetime) -> Fit:
    """Look again after the carers of a slot changed: flag it when too many are booked, or promote.

    Raises:
        NotOpenForBooking: there is no such slot.
    """
    stage = _lock_slot(db, slot_id)
    fit = _flag(db, stage.slots[slot_id])
    if fit is Fit.FITS and stage.slots[slot_id].state == "open":
        promote_around(db, stage, now=now)
    return fit


def decide(
    db: Session,
    session_id: int,
    decision: str,
    *,
    motive: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what becomes of a session under its minimum: it runs, is postponed, or is cancelled.

    `postpone` closes it to bookings and reminders, and who comes, waits or works there is told
    once; `move_session` gives the new date and opens it.

    Raises:
        NotOpenForBooking, AlreadyCancelled, BookingOver: there is nothing to decide.
    """
    stage = lock_whole(db, session_id)
    session = _open_session(stage, now)
    stood = session.decision != "postpone"
    session.decision, session.decided_at = decision, now
    facts = {"decision": decision, "people": session.seats_taken}
    _record(db, "decided", session, actor, now, facts, motive)
    if decision == "cancel":
        db.flush()
        cancel_session(db, session_id, motive=motive, actor=actor, now=now)
    elif decision == "postpone" and stood:
        session.version += 1  # calendars take it out
        _tell_postponed(db, stage, session, now)


def _flag(db: Session, slot: CareSlot) -> Fit:
    fit = fit_of(db, slot)
    slot.over_capacity = fit is not Fit.FITS
    db.flush()
    return fit


def _move_slot(
    slot: CareSlot, shift: timedelta, later: timedelta, place_id: int | None, fold: int | None
) -> None:
    starts = datetime.combine(slot.day, slot.starts) + shift
    ends = datetime.combine(slot.day, slot.ends) + later
    moments = times(starts.date(), starts.time(), ends.time(), slot.zone, fold=fold)
    slot.day, slot.starts, slot.ends = starts.date(), starts.time(), ends.time()
    slot.starts_at, slot.ends_at = moments.starts_at, moments.ends_at
    slot.version += 1
    if place_id is not None:
        slot.place_id = place_id


def _lock_slot(db: Session, slot_id: int) -> Stage:
    session_id = db.scalar(select(CareSlot.session_id).where(CareSlot.id == slot_id))
    return lock_whole(db, session_id, [slot_id])


def _live(db: Session, session_id: int) -> Sequence[Booking]:
    return db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.state != "cancelled")
        .order_by(Booking.id)
    ).all()


def _waiting(db: Session, stage: Stage) -> Sequence[WaitingParty]:
    """Return who waits for a session, or for its group; who was made an offer comes already."""
    own = f"session:{stage.session.id}" if stage.session else ""
    return db.scalars(
        select(WaitingParty)
        .where(WaitingParty.waits_for.in_((stage.line, own)), WaitingParty.state == "waiting")
        .order_by(WaitingParty.id)
    ).all()


def _open_session(stage: Stage, now: datetime) -> WorkshopSession:
    session = stage.session
    if session is None or session.state == "cancelled":
        raise AlreadyCancelled
    if session.ends_at <= now:
        raise BookingOver(session.starts_at)
    return session


def _record(
    db: Session,
    kind: str,
    session: WorkshopSession,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any],
    motive: str | None = None,
) -> None:
    of = ("workshop_session", session.id)
    record(db, actor=actor, kind=kind, of=of, now=now, facts=facts, motive=motive)
