"""What sheets of attendance add to a period: what they said at its end, less what they said before.

Notes are counted when they are received. One that comes late, or takes another back, changes the
period in which it comes and no earlier one; the periods of a year add up to the year.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.households.models import Parent
from repit.domain.presence.models import Attendance
from repit.domain.presence.notes import (
    ARRIVED,
    EXCUSED,
    LEFT,
    NO_SHOW,
    Entry,
    in_order,
    standing,
    state_of,
)


@dataclass(frozen=True)
class Said:
    """What the notes of one booking say at some moment."""

    parent_came: bool = False
    children: frozenset[int] = frozenset()
    minutes: int = 0
    no_show: bool = False
    noted: bool = False


@dataclass
class Noted:
    """What a period adds. Sets hold who is counted once; households are behind each figure."""

    attendances: int = 0
    care_minutes: int = 0
    no_shows: int = 0
    expected: int = 0
    """Bookings of which something is known: somebody came, had called, or did neither."""
    participants: set[int] = field(default_factory=set)
    children: set[int] = field(default_factory=set)
    behind: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def noted(db: Session, programme_id: int, starts_at: datetime, ends_at: datetime) -> Noted:
    """Return what was noted of a programme's bookings between two moments, in one statement.

    The log of a booking is read whole, because a note says something only after those before it.

    Raises:
        Nothing of its own.
    """
    touched = (
        select(Attendance.booking_id)
        .join(Booking, Booking.id == Attendance.booking_id)
        .where(
            Booking.programme_id == programme_id,
            Attendance.received_at >= starts_at,
            Attendance.received_at < ends_at,
        )
    )
    rows = db.execute(
        select(Attendance, Parent.household_id, ChildPlace.child_id)
        .join(Booking, Booking.id == Attendance.booking_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .outerjoin(ChildPlace, ChildPlace.id == Attendance.child_place_id)
        .where(Attendance.booking_id.in_(touched), Attendance.received_at < ends_at)
        .order_by(Attendance.booking_id, Attendance.id)
    )
    found = Noted()
    for _, some in groupby(rows, key=lambda row: row[0].booking_id):
        _add(found, list(some), starts_at)
    return found


def _add(found: Noted, rows: list[Any], starts_at: datetime) -> None:
    household_id: int = rows[0][1]
    child_of = {row[0].child_place_id: row[2] for row in rows}
    entries = [(row[0].child_place_id, _entry(row[0])) for row in rows]
    before = _said((place, one) for place, one in entries if one.received_at < starts_at)
    after = _said(entries)
    changes = {
        "attendances": after.parent_came - before.parent_came,
        "care_minutes": after.minutes - before.minutes,
        "no_shows": after.no_show - before.no_show,
        "expected": after.noted - before.noted,
    }
    for name, change in changes.items():
        setattr(found, name, getattr(found, name) + change)
        if change:
            found.behind[name].add(household_id)
    if after.parent_came and not before.parent_came:
        found.participants.add(household_id)
    new = {child_of[place] for place in after.children - before.children}
    found.children |= new
    if new:
        found.behind["children_cared"].add(household_id)


def _said(entries: Iterable[tuple[int | None, Entry]]) -> Said:
    logs: dict[int | None, list[Entry]] = defaultdict(list)
    for place, entry in entries:
        logs[place].append(entry)
    states = {place: state_of(log) for place, log in logs.items()}
    came = {place for place, state in states.items() if state.came}
    kinds = {state.kind for state in states.values()}
    return Said(
        parent_came=None in came,
        children=frozenset(place for place in came if place is not None),
        minutes=sum(_minutes(log) for place, log in logs.items() if place is not None),
        no_show=NO_SHOW in kinds and not came and EXCUSED not in kinds,
        noted=bool(came) or bool(kinds & {NO_SHOW, EXCUSED}),
    )


def _minutes(log: list[Entry]) -> int:
    """Return how long a child was there; one that nobody saw leave counts nothing yet."""
    total, since = 0, None
    for entry in standing(in_order(log)):
        if entry.kind == ARRIVED:
            since = since or entry.at
        elif entry.kind == LEFT and since is not None:
            total += int((entry.at - since).total_seconds()) // 60
            since = None
    return total


def _entry(row: Attendance) -> Entry:
    return Entry(row.id, row.kind, row.at, row.received_at, row.device)
