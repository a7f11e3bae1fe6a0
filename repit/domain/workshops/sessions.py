"""The real dates of a workshop: added as a list, described, opened to parents.

To move or cancel one, or to change its seats, reaches those who booked: see `bookings`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.service import write_changes
from repit.domain.workshops.errors import (
    DateInThePast,
    SessionCancelled,
    SessionNotDraft,
    SessionThereAlready,
    WorkshopNotOpen,
)
from repit.domain.workshops.models import Workshop, WorkshopSession
from repit.domain.workshops.rules import Row, check_row, decided_at


def add(
    db: Session, workshop_id: int, rows: Sequence[Row], *, actor: Actor, now: datetime
) -> list[int]:
    """Add a list of dates to a workshop, as drafts; all of them or none. Return their ids.

    Raises:
        NoSuchObject: there is no such workshop.
        DateInThePast, EndsBeforeStart, MissingHour: a date cannot be this.
        SessionThereAlready: the workshop or the list has that date already.
    """
    workshop = db.scalar(select(Workshop).where(Workshop.id == workshop_id).with_for_update())
    if workshop is None:
        raise NoSuchObject
    known = taken(db, workshop_id)
    added = [_new(workshop, rows, place, now) for place in range(len(rows))]
    for one in added:
        if (one.day, one.starts) in known:
            raise SessionThereAlready(one.day)
    db.add_all(added)
    db.flush()
    for one in added:
        of = ("workshop_session", one.id)
        record(db, actor=actor, kind="added", of=of, now=now, facts={"day": one.day.isoformat()})
    return [one.id for one in added]


def taken(db: Session, workshop_id: int) -> set[tuple[object, object]]:
    """Return the day and the start of every session that stands.

    Raises:
        Nothing of its own.
    """
    stands = WorkshopSession.workshop_id == workshop_id, WorkshopSession.state != "cancelled"
    found = db.execute(select(WorkshopSession.day, WorkshopSession.starts).where(*stands))
    return {(day, starts) for day, starts in found}


def describe(
    db: Session,
    session_id: int,
    *,
    theme: str | None,
    guests: str | None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Write down what a session is about and who is invited; return the names of what changed.

    Raises:
        NoSuchObject: there is no such session.
        SessionCancelled: it was cancelled.
    """
    session = locked(db, session_id)
    if session.state == "cancelled":
        raise SessionCancelled
    return write_changes(db, session, {"theme": theme, "guests": guests}, actor=actor, now=now)


def publish(db: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Open a draft to bookings.

    Raises:
        NoSuchObject: there is no such session.
        SessionNotDraft: it is open or cancelled.
        WorkshopNotOpen: parents do not see its workshop.
        DateInThePast: it has begun.
    """
    session = locked(db, session_id)
    if session.state != "draft":
        raise SessionNotDraft
    workshop = db.get_one(Workshop, session.workshop_id)
    if workshop.state != "open":
        raise WorkshopNotOpen
    if session.starts_at <= now:
        raise DateInThePast(session.day)
    session.state = "open"
    record(db, actor=actor, kind="published", of=("workshop_session", session_id), now=now)


def publish_all(db: Session, workshop_id: int, *, actor: Actor, now: datetime) -> list[int]:
    """Open every draft to come of a workshop; return their ids.

    Raises:
        WorkshopNotOpen: parents do not see the workshop.
    """
    drafts = db.scalars(
        select(WorkshopSession.id)
        .where(
            WorkshopSession.workshop_id == workshop_id,
            WorkshopSession.state == "draft",
            WorkshopSession.starts_at > now,
        )
        .order_by(WorkshopSession.id)
    ).all()
    for session_id in drafts:
        publish(db, session_id, actor=actor, now=now)
    return list(drafts)


def locked(db: Session, session_id: int) -> WorkshopSession:
    """Return the row, kept from other changes until this one is over.

    Raises:
        NoSuchObject: there is no such session.
    """
    session = db.scalar(
        select(WorkshopSession).where(WorkshopSession.id == session_id).with_for_update()
    )
    if session is None:
        raise NoSuchObject
    return session


def _new(workshop: Workshop, rows: Sequence[Row], place: int, now: datetime) -> WorkshopSession:
    row, found = rows[place], check_row(rows, place, workshop.zone, now)
    return WorkshopSession(
        public_id=ids.public_id(),
        workshop_id=workshop.id,
        place_id=workshop.place_id,
        day=row.day,
        starts=row.starts,
        ends=row.ends,
        zone=workshop.zone,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        decide_at=decided_at(row, workshop.zone),
        theme=row.theme,
        min_people=workshop.min_people,
        max_people=workshop.max_people,
        created_at=now,
    )
