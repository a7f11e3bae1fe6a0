"""A fixed group comes to all of its sessions: one request becomes one for each that is left."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.stage import Stage
from repit.domain.workshops.models import WorkshopSession

Part = tuple[Asked, Stage]


def spread(db: Session, stage: Stage, asked: Asked, *, now: datetime) -> list[Part]:
    """Return what is to be booked, by ascending session; just what was asked for an open group.

    Of a group, every session to come in which this parent has no seat yet. Children go to the
    care that the same provider gives beside each. Who walks in comes to the one session. Of what
    is asked now, the session that is named must be among them: where it cannot be, it stands
    alone, to be refused. Who waits is offered what is left, which may be nothing.
    """
    if not _for_all(stage, asked):
        return [(asked, stage)]
    left = _left(db, stage, asked.parent_id, now)
    waits = asked.origin == "waiting"
    if not waits and all(one is not stage for one, _ in left):
        return [(asked, stage)]
    keepers = {slot.id: slot.provider_id for one in stage.group for slot in one.slots.values()}
    lead = next((one for one, session in left if session.id == asked.session_id), None)
    lead = lead or (left[0][0] if left else None)
    return [
        (asked if one is lead and not waits else _part(asked, one, session, keepers, lead), one)
        for one, session in left
    ]


def left_of(stage: Stage, now: datetime) -> list[Stage]:
    """Return the sessions of a group that are to come, the first to begin first."""
    coming = [one for one in stage.group if one.is_to_come(now)]
    return sorted(coming, key=lambda one: one.starts_at)


def tie(bookings: Iterable[Booking], lead: Booking) -> None:
    """Let one booking answer for all that are made at once; an offer is answered through it.

    Raises:
        Nothing of its own.
    """
    for booking in bookings:
        if booking is not lead:
            booking.lead_id = lead.id


def lead_of(db: Session, booking: Booking) -> Booking:
    """Return the booking that answers for an offer to a group; what is settled answers for itself.

    A date that the service called off meanwhile leaves the answer to the others.
    """
    settled = booking.state == "confirmed" or booking.ended_by in {"parent", "declined", "expired"}
    if booking.lead_id is None or booking.origin != "waiting" or settled:
        return booking
    here = select(Booking).where(Booking.id == booking.lead_id).with_for_update()
    return db.scalars(here.execution_options(populate_existing=True)).one()


def together(db: Session, lead: Booking) -> list[Booking]:
    """Return all that is still offered and is answered with this one, by id."""
    here = or_(Booking.id == lead.id, Booking.lead_id == lead.id)
    return list(
        db.scalars(
            select(Booking)
            .where(here, Booking.state == "offered")
            .order_by(Booking.id)
            .with_for_update()
        )
    )


def _for_all(stage: Stage, asked: Asked) -> bool:
    return bool(stage.group) and asked.seat and asked.origin != "walk_in"


def _left(
    db: Session, stage: Stage, parent_id: int, now: datetime
) -> list[tuple[Stage, WorkshopSession]]:
    coming = [
        (one, one.session) for one in stage.group if one.session is not None and one.is_to_come(now)
    ]
    theirs = select(Booking.session_id).where(
        Booking.parent_id == parent_id,
        Booking.session_id.in_([session.id for _, session in coming]),
        Booking.seat,
        Booking.state != "cancelled",
    )
    seated = set(db.scalars(theirs))
    return [(one, session) for one, session in coming if session.id not in seated]


def _part(
    asked: Asked,
    stage: Stage,
    session: WorkshopSession,
    keepers: Mapping[int, int],
    lead: Stage | None,
) -> Asked:
    there = {slot.provider_id: slot.id for slot in stage.slots.values() if slot.state == "open"}
    named = {slot_id for slot_id, slot in stage.slots.items() if slot.state == "open"}
    children = {
        (child_id, slot_id if slot_id in named else there[keepers[slot_id]])
        for child_id, slot_id in asked.children
        if slot_id in named or keepers.get(slot_id) in there
    }
    leads = stage is lead
    return replace(
        asked,
        request_id=asked.request_id if leads else uuid5(asked.request_id, session.public_id),
        session_id=session.id,
        children=tuple(sorted(children)),
    )
