"""A fixed group comes to all of its sessions: one request becomes one for each that is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from repit.domain.bookings.placing import Asked
from repit.domain.care.models import CareSlot
from repit.domain.workshops.models import Workshop, WorkshopSession


def spread(db: Session, asked: Asked, *, now: datetime) -> list[Asked]:
    """Return what is to be booked, by ascending session; just what was asked for an open group.

    Children go to the care that the same provider gives beside each session. Who walks in, and
    who is taken from the list, comes to the one session.

    Raises:
        Nothing of its own.
    """
    if asked.session_id is None or not asked.seat or asked.origin not in {"self", "phone"}:
        return [asked]
    workshop_id = db.scalar(_FIXED_GROUP, {"session_id": asked.session_id})
    if workshop_id is None:
        return [asked]
    sessions = db.execute(
        select(WorkshopSession.id, WorkshopSession.public_id)
        .where(
            WorkshopSession.workshop_id == workshop_id,
            WorkshopSession.state == "open",
            WorkshopSession.starts_at > now,
        )
        .order_by(WorkshopSession.id)
    ).all()
    slots = _care(db, [row.id for row in sessions])
    return [
        asked if row.id == asked.session_id else _same(asked, row.id, row.public_id, slots)
        for row in sessions
    ]


_FIXED_GROUP = (
    select(WorkshopSession.workshop_id)
    .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
    .where(WorkshopSession.id == bindparam("session_id"), Workshop.format == "cohort")
)


def _care(db: Session, session_ids: Sequence[int]) -> Sequence[CareSlot]:
    return db.scalars(
        select(CareSlot)
        .where(CareSlot.session_id.in_(session_ids), CareSlot.state == "open")
        .order_by(CareSlot.id)
    ).all()


def _same(asked: Asked, session_id: int, name: str, slots: Sequence[CareSlot]) -> Asked:
    keepers = {slot.id: slot.provider_id for slot in slots}
    there = {slot.provider_id: slot.id for slot in slots if slot.session_id == session_id}
    children = tuple(
        (child_id, there[keepers[slot_id]])
        for child_id, slot_id in asked.children
        if keepers.get(slot_id) in there
    )
    return replace(
        asked,
        request_id=uuid5(asked.request_id, name),
        session_id=session_id,
        children=children,
    )
