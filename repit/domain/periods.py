"""The periods a scale gives vouchers for: whole calendar months, so that they never overlap."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    SCHOOL_YEAR = "school_year"
    YEAR = "year"


_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.SEMESTER: 6,
    PeriodKind.SCHOOL_YEAR: 12,
    PeriodKind.YEAR: 12,
}
_STARTS_IN = {PeriodKind.SCHOOL_YEAR: 9}  # 1 September, in France and (since 2022 nearly) Belgium


@dataclass(frozen=True)
class Period:
    """Both days belong to the period."""

    first_day: date
    last_day: date


def add_months(day: date, months: int) -> date:
    """Return the same day that many months later, or the month's last day if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the period of that kind in which the day lies."""
    length = _MONTHS[kind]
    offset = (day.month - _STARTS_IN.get(kind, 1)) % 12
    first = add_months(day.replace(day=1), -(offset % length))
    after = add_months(first, length)
    return Period(first, date.fromordinal(after.toordinal() - 1))
