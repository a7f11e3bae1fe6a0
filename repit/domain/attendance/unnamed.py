"""Adults who come without a booking and without a file: counted as there, and nothing else.

They take a seat like everybody who comes. No children, no vouchers: those need a file.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.attendance import rules
from repit.domain.attendance.errors import NoteReused
from repit.domain.attendance.models import UnnamedArrival
from repit.domain.audit.service import record
from repit.domain.bookings.errors import NotOpenForBooking, SessionFull
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.precedence import line_first
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.stage import Stage, lock_whole
from repit.domain.errors import NoSuchObject
from repit.domain.presence import notes
from repit.domain.workshops.models import WorkshopSession


@dataclass(frozen=True)
class Unnamed:
    """`nonce`: made by the page; sent twice is counted once. `forced`: above the maximum."""

    nonce: UUID
    session_id: int
    device: str
    first_name: str | None = None
    forced: bool = False


@dataclass(frozen=True)
class Counted:
    """Somebody without a file on the sheet of a session."""

    nonce: UUID
    first_name: str | None
    at: datetime


def take_in(db: Session, one: Unnamed, *, actor: Actor, now: datetime) -> None:
    """Count somebody who is there; the same nonce again changes nothing.

    Raises:
        NoteReused: the nonce was used for another session.
        NotOpenForBooking: it is over, cancelled, or its doors are still closed.
        SessionFull: no seat is free, or it is kept for those who wait; unless it is forced.
        TooEarlyToNote: hours before the start.
    """
    stage = lock_whole(db, one.session_id)
    session = _open(stage, now)
    rules.check_since(notes.ARRIVED, now, session.starts_at, 0)
    earlier = _earlier(db, one.nonce)
    if earlier is not None:
        if earlier.session_id != one.session_id:
            raise NoteReused
        return
    if not one.forced:
        _check_seat(db, stage, session, now)
    session.seats_taken += 1
    session.over_capacity = session.seats_taken > session.max_people
    row = UnnamedArrival(
        nonce=one.nonce,
        session_id=one.session_id,
        first_name=one.first_name or None,
        at=now,
        device=one.device,
        actor=actor,
        forced=one.forced,
    )
    db.add(row)
    db.flush()
    of, facts = ("workshop_session", session.id), {"forced": one.forced}
    record(db, actor=actor, kind="unnamed_came", of=of, now=now, facts=facts)


def annul(db: Session, nonce: UUID, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back somebody who was counted by mistake; twice is once.

    Raises:
        NoSuchObject: nobody was counted there with this nonce.
    """
    stage = lock_whole(db, session_id)
    row = _earlier(db, nonce)
    if row is None or row.session_id != session_id or stage.session is None:
        raise NoSuchObject
    if row.annulled_at is not None:
        return
    row.annulled_at = now
    stage.session.seats_taken -= 1
    stage.session.over_capacity = stage.session.seats_taken > stage.session.max_people
    db.flush()
    record(db, actor=actor, kind="unnamed_annulled", of=("workshop_session", session_id), now=now)
    promote_around(db, stage, now=now)


def counted(db: Session, session_id: int) -> list[Counted]:
    """Return who was counted in a session without a file, in one statement."""
    rows = db.execute(
        select(UnnamedArrival.nonce, UnnamedArrival.first_name, UnnamedArrival.at)
        .where(UnnamedArrival.session_id == session_id, UnnamedArrival.annulled_at.is_(None))
        .order_by(UnnamedArrival.at, UnnamedArrival.id)
    )
    return [Counted(*row) for row in rows]


def _open(stage: Stage, now: datetime) -> WorkshopSession:
    session = stage.session
    if session is None or session.state != "open" or session.ends_at <= now:
        raise NotOpenForBooking
    return session


def _check_seat(db: Session, stage: Stage, session: WorkshopSession, now: datetime) -> None:
    if stage.may_hold_lapsed(now) and end_expired(db, stage, now=now):
        promote_around(db, stage, now=now)
    if line_first(db, stage) or session.seats_taken >= session.max_people:
        raise SessionFull


def _earlier(db: Session, nonce: UUID) -> UnnamedArrival | None:
    return db.scalar(select(UnnamedArrival).where(UnnamedArrival.nonce == nonce))
