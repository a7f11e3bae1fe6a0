"""Which periods a release may have, and how its number is written. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from repit.domain.periods import PeriodKind, period_of
from repit.domain.releases.errors import NotAReleasePeriod, PeriodNotOver, PeriodToCome

KINDS = (PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ReleasePeriod:
    """A whole quarter, semester or year of the calendar; both days belong to it."""

    kind: PeriodKind
    first_day: date
    last_day: date


def whole_period(kind: str, first_day: date) -> ReleasePeriod:
    """Return the period of that kind that begins on that day.

    Raises:
        NotAReleasePeriod: nothing of a known kind begins on that day.
    """
    if kind not in KINDS:
        raise NotAReleasePeriod(first_day=first_day)
    found = _period(PeriodKind(kind), first_day)
    if found.first_day != first_day:
        raise NotAReleasePeriod(first_day=first_day)
    return found


def require_over(period: ReleasePeriod, today: date) -> None:
    """Refuse what may still change: what is recorded later belongs to the next period.

    Raises:
        PeriodToCome: it has not begun.
        PeriodNotOver: its last day is not over.
    """
    if today < period.first_day:
        raise PeriodToCome(first_day=period.first_day)
    if today <= period.last_day:
        raise PeriodNotOver(last_day=period.last_day, from_day=period.last_day + ONE_DAY)


def periods_over(since: date, today: date) -> list[ReleasePeriod]:
    """Return the periods that touch the days from `since` and are over, latest first.

    Of those that end on the same day, the shortest first.
    """
    found = []
    for kind in KINDS:
        period = _period(kind, since)
        while period.last_day < today:
            found.append(period)
            period = _period(kind, period.last_day + ONE_DAY)
    return sorted(found, key=lambda one: (-one.last_day.toordinal(), KINDS.index(one.kind)))


def _period(kind: PeriodKind, day: date) -> ReleasePeriod:
    found = period_of(kind, day)
    return ReleasePeriod(kind, found.first_day, found.last_day)


def number_text(year: int, serial: int) -> str:
    """Return the number of a release as it is said and written: `2026-003`."""
    return f"{year}-{serial:03d}"


def longer(period: ReleasePeriod) -> list[ReleasePeriod]:
    """Return the longer periods that a period lies in, the shortest first."""
    after = KINDS[KINDS.index(period.kind) + 1 :]
    return [_period(kind, period.first_day) for kind in after]


def periods_of_years(first_day: date, last_day: date) -> list[ReleasePeriod]:
    """Return every quarter, semester and year of the years that these days lie in."""
    since, after = first_day.replace(month=1, day=1), date(last_day.year + 1, 1, 1)
    return periods_over(since, after)
