"""The months an address asks for, made whole months that have begun, and what was changed."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from repit.domain.periods import Period, add_months

USUAL_MONTHS = 12
MOST_MONTHS = 60
YEARS = range(2000, 2101)
IS_DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")


class Said(StrEnum):
    """What the reader is told of the months that are shown."""

    UNREADABLE = "unreadable"
    MOVED = "moved"
    TURNED = "turned"
    CUT = "cut"
    LONG = "long"
    FUTURE = "future"


@dataclass(frozen=True)
class Span:
    """Whole months, both days included; `future` when none of them has begun."""

    months: Period
    said: tuple[Said, ...]
    today: date

    @property
    def future(self) -> bool:
        return Said.FUTURE in self.said

    @property
    def running(self) -> bool:
        """Whether the last month is not over."""
        return self.months.first_day <= self.today <= self.months.last_day

    @property
    def before(self) -> Period:
        """The same days a year before: of a month that is not over, up to the same day."""
        last = self.today if self.running else self.months.last_day
        first = add_months(self.months.first_day, -USUAL_MONTHS)
        if last == _end(last):
            return Period(first, _end(add_months(last.replace(day=1), -USUAL_MONTHS)))
        return Period(first, add_months(last, -USUAL_MONTHS))


def span_of(first: str, last: str, *, today: date) -> Span:
    """Return the months asked for; without any, the last twelve, this one included.

    Args:
        first: `2026-03`, or a day of that month, or empty.
        last: the same.
    """
    said: list[Said] = []
    days = (_read(first, said), _read(last, said))
    said = said[:1]
    start, end = _filled(*days, today=today)
    if start > end:
        start, end, first, last = end, start, last, first
        said.append(Said.TURNED)
    if _is_half(first, start, start.replace(day=1)) or _is_half(last, end, _end(end)):
        said.append(Said.MOVED)
    start, end = start.replace(day=1), _end(end)
    if start > today:
        return Span(Period(start, end), (*said, Said.FUTURE), today)
    if end > _end(today):
        end = _end(today)
        said.append(Said.CUT)
    if add_months(start, MOST_MONTHS) <= end:
        start = add_months(end.replace(day=1), 1 - MOST_MONTHS)
        said.append(Said.LONG)
    return Span(Period(start, end), tuple(said), today)


def _read(text: str, said: list[Said]) -> date | None:
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip() if IS_DAY.fullmatch(text) else f"{text.strip()}-01")
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        said.append(Said.UNREADABLE)
        return None
    return found


def _filled(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    end = last or max(first or today, today)
    return first or add_months(end.replace(day=1), 1 - USUAL_MONTHS), end


def _is_half(text: str, day: date, whole: date) -> bool:
    """A month alone is whole; a day is, where the month starts or ends."""
    return IS_DAY.fullmatch(text) is not None and day != whole


def _end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)
