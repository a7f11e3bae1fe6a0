"""Read the history of an object, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from repit.domain.audit.models import Event
from repit.domain.people.models import Person


@dataclass(frozen=True)
class Happened:
    """One line of a history. `who` is a person's name, or None for a device, job or command."""

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


def journal(db: Session, *, before_id: int | None = None, limit: int = 50) -> list[Happened]:
    """Return everything that happened, newest first, a page at a time."""
    query = _events().limit(limit)
    return _read(db, query if before_id is None else query.where(Event.id < before_id))


def _events() -> Select[Event, str]:
    # `person:12` joins its person by text: the actor column also names devices and jobs.
    return (
        select(Event, Person.name)
        .outerjoin(Person, Event.actor == "person:" + Person.id.cast(Event.actor.type))
        .order_by(Event.id.desc())
    )


def _read(db: Session, query: Select[Event, str]) -> list[Happened]:
    return [
        Happened(
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
