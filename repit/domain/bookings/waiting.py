"""Wait for a session or a care slot: a party, with its rank, until it is served or leaves."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import families, telling
from repit.domain.bookings.errors import (
    AlreadyBooked,
    AlreadyWaiting,
    NotOpenForBooking,
    NotWaiting,
)
from repit.domain.bookings.models import WaitingChild, WaitingParty
from repit.domain.bookings.placing import Asked, check_eligible, check_open
from repit.domain.bookings.stage import Stage, lock_whole
from repit.domain.care.models import CareSlot
from repit.domain.workshops.models import WorkshopSession

LIVE = ("waiting", "offered")
STILL_NEWS = timedelta(days=1)
"""Nobody is told of a list that a stopped worker closes days later."""


def wait(db: Session, asked: Asked, *, actor: Actor, now: datetime) -> str:
    """Put a party at the end of the list; return its public id.

    Who waits for a seat in a fixed group waits for all of its sessions, once.

    Raises:
        NotOpenForBooking, NotEligible: nobody waits for that, or this parent cannot come.
        AlreadyBooked, AlreadyWaiting: they have, or wait for, a place.
        NothingAsked: a child that this home does not have.
    """
    stage = lock_whole(db, asked.session_id, asked.slot_ids)
    check_open(stage, asked, now)
    family = families.family(db, asked.parent_id, {child for child, _ in asked.children})
    if family.parent.state != "active":
        raise NotOpenForBooking
    check_eligible(db, stage, family)
    _refuse_twice(db, stage, asked)
    party = WaitingParty(
        public_id=ids.public_id(),
        parent_id=asked.parent_id,
        programme_id=stage.programme.id,
        session_id=asked.session_id,
        slot_id=_slot_alone(asked),
        waits_for=_line(stage, asked),
        seat=asked.seat,
        without_care=asked.without_care,
        asked_at=now,
        state="waiting",
    )
    db.add(party)
    db.flush()
    db.add_all(
        WaitingChild(party_id=party.id, child_id=child_id, slot_id=slot_id)
        for child_id, slot_id in asked.children
    )
    facts = {"children": len(asked.children), "seat": asked.seat}
    _record(db, "waits", party, actor, now, facts)
    telling.waits(db, stage, party, now=now)
    return party.public_id


def leave(
    db: Session, public_id: str, *, parent_id: int | None, actor: Actor, now: datetime
) -> None:
    """Leave the list; leaving twice is leaving once. An offer is declined, not left.

    Raises:
        NotWaiting: no such party, another parent's, or it has been served.
    """
    party = db.scalar(
        select(WaitingParty).where(WaitingParty.public_id == public_id).with_for_update()
    )
    if party is None or parent_id not in {None, party.parent_id}:
        raise NotWaiting
    if party.state == "left":
        return
    if party.state != "waiting":
        raise NotWaiting
    party.state, party.ended_at = "left", now
    _record(db, "left_the_list", party, actor, now, {})


def somebody_waits(db: Session) -> bool:
    """Return whether any party waits for a place, without taking any lock."""
    waiting = select(WaitingParty.id).where(WaitingParty.state == "waiting").limit(1)
    return db.scalar(waiting) is not None


def close_past(db: Session, *, now: datetime) -> int:
    """Close the lists of what has begun; return how many parties waited in vain, each told once.

    Raises:
        Nothing of its own.
    """
    begun = or_(
        and_(
            WaitingParty.session_id.in_(
                select(WorkshopSession.id).where(WorkshopSession.starts_at <= now)
            ),
            or_(WaitingParty.waits_for.not_like("group:%"), ~_some_to_come(now)),
        ),
        WaitingParty.slot_id.in_(select(CareSlot.id).where(CareSlot.starts_at <= now)),
    )
    closed = db.scalars(
        update(WaitingParty)
        .where(WaitingParty.state == "waiting", begun)
        .values(state="closed", ended_at=now)
        .returning(WaitingParty.id)
        .execution_options(synchronize_session=False)
    ).all()
    for party_id in sorted(closed):
        _tell_in_vain(db, db.get_one(WaitingParty, party_id, populate_existing=True), now)
    return len(closed)


def _tell_in_vain(db: Session, party: WaitingParty, now: datetime) -> None:
    session = db.get(WorkshopSession, party.session_id) if party.session_id else None
    slot = db.get(CareSlot, party.slot_id) if party.slot_id else None
    what = session or slot
    if what is not None and what.starts_at > now - STILL_NEWS:
        telling.waited_in_vain(db, what, party, now=now)


def _some_to_come(now: datetime) -> ColumnElement[bool]:
    """Return whether a group still has a session to come."""
    named, other = aliased(WorkshopSession), aliased(WorkshopSession)
    return exists().where(
        named.id == WaitingParty.session_id,
        other.workshop_id == named.workshop_id,
        other.state == "open",
        other.starts_at > now,
    )


def _line(stage: Stage, asked: Asked) -> str:
    """Return the one key for what is waited for: `group:3`, `session:12` or `slot:7`."""
    if asked.session_id is None:
        return f"slot:{_slot_alone(asked)}"
    return stage.line if asked.seat else f"session:{asked.session_id}"


def _slot_alone(asked: Asked) -> int | None:
    return asked.slot_ids[0] if asked.session_id is None else None


def _refuse_twice(db: Session, stage: Stage, asked: Asked) -> None:
    if isinstance(stage.session, WorkshopSession) and asked.seat:
        seats = families.seats(db, asked.parent_id, stage.session)
        if seats.own is not None and seats.in_this:
            raise AlreadyBooked(seats.own)
    there = db.scalar(
        select(WaitingParty.public_id).where(
            WaitingParty.parent_id == asked.parent_id,
            WaitingParty.waits_for == _line(stage, asked),
            WaitingParty.state.in_(LIVE),
        )
    )
    if there is not None:
        raise AlreadyWaiting(there)


def _record(
    db: Session,
    kind: str,
    party: WaitingParty,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any],
) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("waiting_party", party.id),
        now=now,
        facts=facts,
        for_parent_id=party.parent_id,
    )
