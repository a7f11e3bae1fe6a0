"""What an operator settles for a place, a workshop or a date, as plain values and pure checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from repit.domain.workshops import times
from repit.domain.workshops.errors import DateInThePast, MinAboveMax, SessionThereAlready
from repit.domain.workshops.times import Times

DECIDED_BEFORE = 48
"""Hours before a session, on the wall clock, when one under its minimum is decided on."""


@dataclass(frozen=True)
class PlaceDetails:
    """Where, and what it takes to get in."""

    name: str
    address: str
    town: str
    postcode: str
    step_free: bool = False
    access: str | None = None


@dataclass(frozen=True)
class Outline:
    """What a workshop is; each new session starts from it. `only_towns` empty: from anywhere."""

    programme_id: int
    place_id: int
    title: str
    public_title: str
    starts: time
    ends: time
    zone: str
    min_people: int
    max_people: int
    description: str | None = None
    charter: str | None = None
    audience: str = "everyone"
    with_children: bool = False
    format: str = "open"
    only_isolated: bool = False
    only_towns: tuple[str, ...] = ()
    child_under_years: int | None = None
    parents_in_turn: bool = True
    promotion: str = "fit"
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    """By language, `public_title` and `description`, where somebody wrote them."""


@dataclass(frozen=True)
class Row:
    """One line of a list of dates; the wall clock is of the workshop's zone."""

    day: date
    starts: time
    ends: time
    theme: str | None = None
    fold: int | None = None
    """Which is meant where a time comes twice that night: 0 the first, 1 the second."""


def check_people(least: int, most: int) -> None:
    """Refuse a minimum that the maximum cannot hold.

    Raises:
        MinAboveMax: it is above.
    """
    if least > most:
        raise MinAboveMax(least, most)


def moments(row: Row, zone: str, now: datetime) -> Times:
    """Return the moments of a date to come.

    Raises:
        DateInThePast: it begins before now.
        EndsBeforeStart: it would last no time, or pass midnight.
        MissingHour, RepeatedHour: the clocks jump over one of its times, or show it twice.
    """
    found = times.times(row.day, row.starts, row.ends, zone, fold=row.fold)
    if found.starts_at <= now:
        raise DateInThePast(row.day)
    return found


def check_row(rows: Sequence[Row], place: int, zone: str, now: datetime) -> Times:
    """Check one line of a list by itself, and against the lines above it.

    Raises:
        DateInThePast, EndsBeforeStart, MissingHour: see `moments`.
        SessionThereAlready: a line above begins at the same time.
    """
    row = rows[place]
    if (row.day, row.starts) in {(other.day, other.starts) for other in rows[:place]}:
        raise SessionThereAlready(row.day)
    return moments(row, zone, now)


def decided_at(row: Row, zone: str) -> datetime:
    """Return when a session under its minimum is decided on, in UTC."""
    return times.hours_before_local(row.day, row.starts, zone, DECIDED_BEFORE)
