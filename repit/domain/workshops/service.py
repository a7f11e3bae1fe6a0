"""Open and change workshops and the places they are in. Real dates have `sessions`."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.service import write_changes
from repit.domain.workshops import facilitators, sessions
from repit.domain.workshops.errors import EndsBeforeStart, WorkshopInThatState
from repit.domain.workshops.models import Place, Workshop
from repit.domain.workshops.rules import Outline, PlaceDetails, Row, check_people


def add_place(db: Session, details: PlaceDetails, *, actor: Actor, now: datetime) -> str:
    """Write a place down and return its public id.

    Raises:
        Nothing of its own.
    """
    place = Place(public_id=ids.public_id(), created_at=now, **asdict(details))
    db.add(place)
    db.flush()
    record(db, actor=actor, kind="created", of=("place", place.id), now=now)
    return place.public_id


def change_place(
    db: Session, place_id: int, details: PlaceDetails, *, actor: Actor, now: datetime
) -> list[str]:
    """Correct what is written about a place; return the names of what changed.

    Raises:
        NoSuchObject: there is no such place.
    """
    place = db.get(Place, place_id, with_for_update=True)
    if place is None:
        raise NoSuchObject
    return write_changes(db, place, asdict(details), actor=actor, now=now)


def create(db: Session, outline: Outline, *, actor: Actor, now: datetime) -> str:
    """Write a workshop down as a draft, without any date, and return its public id.

    Raises:
        MinAboveMax: the minimum is above the maximum.
        EndsBeforeStart: its usual time ends before it starts.
    """
    return _create(db, outline, actor=actor, now=now).public_id


def change(
    db: Session, workshop_id: int, outline: Outline, *, actor: Actor, now: datetime
) -> list[str]:
    """Change a workshop; return the names of what changed.

    Its sessions keep their own times, place, minimum and maximum.

    Raises:
        NoSuchObject: there is no such workshop.
        MinAboveMax, EndsBeforeStart: see `create`.
    """
    workshop = locked(db, workshop_id)
    _check(outline)
    return write_changes(db, workshop, _columns(outline), actor=actor, now=now)


def open_to_parents(db: Session, workshop_id: int, *, actor: Actor, now: datetime) -> None:
    """Let parents find a workshop; each of its sessions is opened by itself.

    Raises:
        NoSuchObject: there is no such workshop.
        WorkshopInThatState: it is open already.
    """
    _set_state(db, workshop_id, "open", kind="opened", actor=actor, now=now)


def close(db: Session, workshop_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Take no more bookings for a workshop. What was booked stays booked.

    Raises:
        NoSuchObject: there is no such workshop.
        WorkshopInThatState: it is closed already.
    """
    _set_state(db, workshop_id, "closed", kind="closed", actor=actor, now=now, motive=motive)


def duplicate(
    db: Session,
    workshop_id: int,
    rows: Sequence[Row],
    *,
    title: str,
    programme_id: int,
    actor: Actor,
    now: datetime,
) -> str:
    """Start a workshop again as a draft, with a new list of dates; return its public id.

    Who leads the whole workshop comes along; who led one session of it does not.

    Args:
        rows: usually those of `again.proposed`, edited.

    Raises:
        NoSuchObject: there is no such workshop.
        DateInThePast, EndsBeforeStart, MissingHour, SessionThereAlready: a date cannot be this.
    """
    old = locked(db, workshop_id)
    names = Outline.__dataclass_fields__
    outline = Outline(**{name: getattr(old, name) for name in names})
    new = _create(
        db, replace(outline, title=title, programme_id=programme_id), actor=actor, now=now
    )
    facilitators.copy(db, old.id, new.id, actor=actor, now=now)
    sessions.add(db, new.id, rows, actor=actor, now=now)
    return new.public_id


def locked(db: Session, workshop_id: int) -> Workshop:
    """Return the row, kept from other changes until this one is over.

    Raises:
        NoSuchObject: there is no such workshop.
    """
    workshop = db.scalar(select(Workshop).where(Workshop.id == workshop_id).with_for_update())
    if workshop is None:
        raise NoSuchObject
    return workshop


def _create(db: Session, outline: Outline, *, actor: Actor, now: datetime) -> Workshop:
    _check(outline)
    workshop = Workshop(public_id=ids.public_id(), created_at=now, **_columns(outline))
    db.add(workshop)
    db.flush()
    record(db, actor=actor, kind="created", of=("workshop", workshop.id), now=now)
    return workshop


def _columns(outline: Outline) -> dict[str, Any]:
    return asdict(outline) | {"only_towns": list(outline.only_towns)}


def _check(outline: Outline) -> None:
    check_people(outline.min_people, outline.max_people)
    if outline.ends <= outline.starts:
        raise EndsBeforeStart(outline.starts, outline.ends)


def _set_state(
    db: Session,
    workshop_id: int,
    state: str,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    workshop = locked(db, workshop_id)
    if workshop.state == state:
        raise WorkshopInThatState
    workshop.state = state
    record(db, actor=actor, kind=kind, of=("workshop", workshop_id), now=now, motive=motive)
