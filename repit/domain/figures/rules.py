"""Days and periods of figures: when a day is closed, and which months lie whole in some days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from repit.domain.clock import day_in
from repit.domain.periods import Period, PeriodKind, period_of
from repit.domain.workshops.times import moment

CLOSES_AFTER = timedelta(hours=2)
"""After local midnight: by then every change that began before it has ended."""
A_DAY = timedelta(days=1)
KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR)
"""The periods that are counted; a school year is not one of them."""


@dataclass(frozen=True)
class Months:
    """One month, or the part of it that was asked: both days belong to it."""

    month: Period
    first_day: date
    last_day: date

    @property
    def is_whole(self) -> bool:
        """Tell whether it is the month itself."""
        return self.month == Period(self.first_day, self.last_day)


def midnight(zone: str, day: date) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return moment(day, time(0), zone)


def last_closable(zone: str, now: datetime) -> date:
    """Return the last day that may be closed by now."""
    return day_in(zone, now - CLOSES_AFTER) - A_DAY


def months_of(first_day: date, last_day: date) -> list[Months]:
    """Return the months of some days, the first and the last perhaps in part."""
    found = []
    day = first_day
    while day <= last_day:
        month = period_of(PeriodKind.MONTH, day)
        found.append(Months(month, day, min(month.last_day, last_day)))
        day = month.last_day + A_DAY
    return found


def kind_of(first_day: date, last_day: date) -> PeriodKind | None:
    """Return which calendar period these days are, None for any others."""
    wanted = Period(first_day, last_day)
    return next((kind for kind in KINDS if period_of(kind, first_day) == wanted), None)


def periods_between(first_day: date, last_day: date) -> Iterator[tuple[PeriodKind, Period]]:
    """Yield every counted period that has one of these days in it, the short ones first."""
    for kind in KINDS:
        day = first_day
        while day <= last_day:
            period = period_of(kind, day)
            yield kind, period
            day = period.last_day + A_DAY
