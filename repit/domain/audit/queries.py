"""Read the history of an object, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from repit.domain.audit.models import Event
from repit.domain.people.models import Person, acts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Happened:
    """One line of a history. `who` is a person's name, or None for a device, job or command."""

    id: int
    at: datetime
    actor: str
    who: str | None
    kind: str
    object_kind: str
    object_id: int
    motive: str | None
    facts: dict[str, Any]


def history(db: Session, objects: Iterable[tuple[str, int]], limit: int = 100) -> list[Happened]:
    """Return what happened to these objects (kind and id), newest first."""
    wanted = tuple_(Event.object_kind, Event.object_id).in_(list(objects))
    return _read(db, _events().where(wanted).limit(limit))


@dataclass(frozen=True)
class JournalFilter:
    """What to keep of everything that happened; None keeps all."""

    object_kind: str | None = None
    actor: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    """Both days included, in UTC: a journal is not a ledger."""


def journal(
    db: Session,
    wanted: JournalFilter = JournalFilter(),
    *,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Happened]:
    """Return everything that happened, newest first, a page at a time."""
    query = _events().where(*_conditions(wanted)).limit(limit)
    return _read(db, query if before_id is None else query.where(Event.id < before_id))


def journal_length(db: Session, wanted: JournalFilter) -> int:
    """Return how many lines the whole journal has with this filter."""
    return db.scalar(select(func.count()).select_from(Event).where(*_conditions(wanted))) or 0


def _conditions(wanted: JournalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.object_kind:
        found.append(Event.object_kind == wanted.object_kind)
    if wanted.actor:
        found.append(Event.actor == wanted.actor)
    if wanted.first_day:
        found.append(Event.at >= datetime.combine(wanted.first_day, time.min, UTC))
    if wanted.last_day:
        found.append(Event.at < datetime.combine(wanted.last_day + ONE_DAY, time.min, UTC))
    return found


def _events() -> Select[Event, str]:
    return select(Event, Person.name).outerjoin(Person, acts(Event.actor)).order_by(Event.id.desc())


def _read(db: Session, query: Select[Event, str]) -> list[Happened]:
    return [
        Happened(
            id=event.id,
            at=event.at,
            actor=event.actor,
            who=name,
            kind=event.kind,
            object_kind=event.object_kind,
            object_id=event.object_id,
            motive=event.motive,
            facts=event.facts,
        )
        for event, name in db.execute(query)
    ]
