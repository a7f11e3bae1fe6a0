"""The dates of a workshop that starts again in another year, and what stands there already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.audit.models import Event
from repit.domain.workshops.models import Place, Workshop, WorkshopSession
from repit.domain.workshops.rules import Row
from repit.domain.workshops.times import moved_to_year


@dataclass(frozen=True)
class Proposed:
    """The dates of one year moved to another. `there`: left out, they are sessions already."""

    rows: tuple[Row, ...]
    there: tuple[date, ...]


@dataclass(frozen=True)
class Clash:
    """Something else at one of these hours. `who`: the place or the provider that is taken."""

    day: date
    starts: time
    who: str
    title: str


def proposed(db: Session, workshop_id: int, year: int) -> Proposed:
    """Return the dates of a workshop moved to a year, to be edited before they are kept.

    They are those of the last year before it that has any, else of its first year: weekday, time
    and gaps stay, themes are chosen anew. A session that was moved to another day counts on the
    day it was first meant for.
    """
    rows = _meant(db, workshop_id)
    years = {row.day.year for row in rows}
    source = max((one for one in years if one < year), default=min(years, default=year))
    taken = [row for row in rows if row.day.year == source]
    days = moved_to_year([row.day for row in taken], year)
    moved = [Row(day, row.starts, row.ends) for day, row in zip(days, taken, strict=True)]
    there = {(row.day, row.starts) for row in _rows(db, workshop_id).values()}
    return Proposed(
        rows=tuple(row for row in moved if (row.day, row.starts) not in there),
        there=tuple(row.day for row in moved if (row.day, row.starts) in there),
    )


def at_place(db: Session, place_id: int, rows: Sequence[Row]) -> list[Clash]:
    """Return the sessions that are at a place at the hours of these rows, whatever they are of."""
    found = db.execute(
        select(
            WorkshopSession.day,
            WorkshopSession.starts,
            WorkshopSession.ends,
            Place.name,
            Workshop.title,
        )
        .join(Place, Place.id == WorkshopSession.place_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            WorkshopSession.place_id == place_id,
            WorkshopSession.day.in_({row.day for row in rows}),
            WorkshopSession.state != "cancelled",
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    ).all()
    return [
        Clash(one.day, one.starts, one.name, one.title)
        for one in found
        if meets(rows, one.day, one.starts, one.ends)
    ]


def meets(rows: Collection[Row], day: date, starts: time, ends: time) -> bool:
    """Tell whether one of these rows is at the same time, on the wall clock."""
    return any(row.day == day and row.starts < ends and starts < row.ends for row in rows)


def _rows(db: Session, workshop_id: int) -> dict[int, Row]:
    """Return the sessions that stand, by id, the first first."""
    found = db.execute(
        select(
            WorkshopSession.id, WorkshopSession.day, WorkshopSession.starts, WorkshopSession.ends
        )
        .where(WorkshopSession.workshop_id == workshop_id, WorkshopSession.state != "cancelled")
        .order_by(WorkshopSession.day, WorkshopSession.starts)
    )
    return {one.id: Row(one.day, one.starts, one.ends) for one in found}


def _meant(db: Session, workshop_id: int) -> list[Row]:
    """Return when the sessions that stand were first meant to be, the first first."""
    rows = _rows(db, workshop_id)
    moved = db.execute(
        select(Event.object_id, Event.facts)
        .where(
            Event.object_kind == "workshop_session",
            Event.object_id.in_(rows),
            Event.kind == "moved",
        )
        .order_by(Event.id.desc())
    )
    for session_id, facts in moved:  # the first move is read last: it tells the first day
        day, starts, ends, _place = facts["when_and_where"][0]
        if date.fromisoformat(day) != rows[session_id].day:
            first = date.fromisoformat(day), time.fromisoformat(starts), time.fromisoformat(ends)
            rows[session_id] = Row(*first)
    return sorted(rows.values(), key=lambda row: (row.day, row.starts))
