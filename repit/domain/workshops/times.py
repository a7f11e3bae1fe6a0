"""When workshop sessions are: a wall clock in a zone, and the moments it stands for.

The wall clock and the zone are what people agreed on and what is stored; the moments follow. Dates
are a list: a recurrence only proposes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as counting
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from repit.domain.money import Minutes
from repit.domain.periods import add_months
from repit.domain.workshops.errors import EndsBeforeStart, MissingHour, RepeatedHour, TooManyDates

MOST_DATES = 60
DAYS_IN_WEEK = 7


@dataclass(frozen=True)
class Times:
    """A workshop session's two moments, aware and in UTC."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> Minutes:
        """Return how long it really lasts, also across a change of the clocks."""
        return Minutes((self.ends_at - self.starts_at) // timedelta(minutes=1))


@dataclass(frozen=True)
class Weekly:
    """Every so many weeks (at least 1), on the weekday of the first date."""

    every: int = 1


@dataclass(frozen=True)
class Monthly:
    """Every so many months (at least 1), on the same weekday of the month as the first date.

    « The third Wednesday »; a month without a fifth one is passed over. With `last`, the last one.
    """

    every: int = 1
    last: bool = False


Rule = Weekly | Monthly


def moment(day: date, wall: time, zone: str, *, fold: int = 0) -> datetime:
    """Return the moment of a wall clock, aware and in UTC.

    Args:
        fold: of an hour that comes twice, 0 for the first, 1 for the second; `is_repeated` tells
            when to ask which.

    Raises:
        MissingHour: the clocks jump over this time on that day.
    """
    at = _naive(day, wall).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != _naive(day, wall):
        raise MissingHour(day, wall)
    return at


def is_repeated(day: date, wall: time, zone: str) -> bool:
    """Tell whether this time comes twice on that day, so that a page asks which is meant."""
    local = _naive(day, wall).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC) < local.replace(fold=1).astimezone(UTC)


def times(day: date, starts: time, ends: time, zone: str, *, fold: int | None = None) -> Times:
    """Return the moments of a workshop session; it ends on the day on which it starts.

    Args:
        fold: which of the two is meant where a time comes twice: 0 the first, 1 the second. None:
            nobody said.

    Raises:
        EndsBeforeStart: it would last no time, or pass midnight.
        MissingHour: the clocks jump over one of the two times on that day.
        RepeatedHour: one of the two comes twice, and nobody said which is meant.
    """
    if ends <= starts:
        raise EndsBeforeStart(starts, ends)
    for wall in (starts, ends):
        if fold is None and is_repeated(day, wall, zone):
            raise RepeatedHour(day, wall)
    folds = [fold if fold and is_repeated(day, wall, zone) else 0 for wall in (starts, ends)]
    return Times(moment(day, starts, zone, fold=folds[0]), moment(day, ends, zone, fold=folds[1]))


def fold_of(found: Times, day: date, starts: time, ends: time, zone: str) -> int | None:
    """Return which of two was meant by the moments that are stored; None: no time comes twice."""
    if not (is_repeated(day, starts, zone) or is_repeated(day, ends, zone)):
        return None
    return int(found != times(day, starts, ends, zone, fold=0))


def hours_before_local(day: date, wall: time, zone: str, hours: int) -> datetime:
    """Return the moment so many hours earlier on the wall clock, in UTC.

    « Until 48 hours before » is read as the same time two days earlier. Elapsed hours would move
    that deadline to 17 h or 19 h twice a year, and what we wrote to the parent would be wrong.
    A time the clocks jump over becomes the one shown an hour later; it is never refused.
    """
    earlier = _naive(day, wall) - timedelta(hours=hours)
    return _first_of_two(earlier.date(), earlier.time(), zone)


def days_before(day: date, zone: str, days: int, at: time) -> datetime:
    """Return the moment of a time so many days earlier, in UTC; the same reading of the clock."""
    return _first_of_two(day - timedelta(days=days), at, zone)


def propose(
    rule: Rule, first_day: date, *, count: int | None = None, until: date | None = None
) -> list[date]:
    """Return the dates a rule gives, to be edited; the real dates are those that are then kept.

    Args:
        count: how many; with `until` (that day included) too, whichever ends first.

    Raises:
        TooManyDates: there are more than `MOST_DATES`.
    """
    most = MOST_DATES + 1 if count is None else min(count, MOST_DATES + 1)
    last_day = until or date.max
    found = list(islice(takewhile(lambda day: day <= last_day, _days_of(rule, first_day)), most))
    if len(found) > MOST_DATES:
        raise TooManyDates(MOST_DATES)
    return found


def moved_to_year(dates: Sequence[date], year: int) -> list[date]:
    """Return last year's list in a coming year: same weekdays, same order, same gaps.

    All move by one whole number of weeks, so that the earliest falls within three days of its own
    calendar day; the others follow it, into the year after too.
    """
    if not dates:
        return []
    first = min(dates)
    target = add_months(first, (year - first.year) * 12)
    weeks = ((target - first).days + DAYS_IN_WEEK // 2) // DAYS_IN_WEEK
    return [day + timedelta(weeks=weeks) for day in dates]


def _naive(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall.replace(tzinfo=None, fold=0))


def _first_of_two(day: date, wall: time, zone: str) -> datetime:
    return _naive(day, wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _days_of(rule: Rule, first_day: date) -> Iterator[date]:
    """Yield the dates of a rule without end, in order."""
    if isinstance(rule, Weekly):
        return (first_day + timedelta(weeks=rule.every * step) for step in counting())
    months = (add_months(first_day.replace(day=1), rule.every * step) for step in counting())
    days = (_same_place(first_day, month, last=rule.last) for month in months)
    return (day for day in days if day is not None)


def _same_place(first_day: date, month: date, *, last: bool) -> date | None:
    """Return the same weekday of another month, as the first day is in its own, if there is one."""
    weekdays = _weekdays(month, first_day.weekday())
    if last:
        return weekdays[-1]
    place = (first_day.day - 1) // DAYS_IN_WEEK
    return weekdays[place] if place < len(weekdays) else None


def _weekdays(month: date, weekday: int) -> list[date]:
    """Return the four or five days of a month, given by its first, that are that weekday."""
    first = month + timedelta(days=(weekday - month.weekday()) % DAYS_IN_WEEK)
    days = [first + timedelta(weeks=week) for week in range(5)]
    return [day for day in days if day.month == month.month]
