"""If nothing changes: the arithmetic of forecasts, on the last three complete months. Pure.

What is observed is one rate: of the vouchers that could be used in a month (open when it began,
or issued in it), the part that was. If that goes on, a voucher with so many months left is never
used with the probability of not being used in any of them. No season, no trend: a page that
shows a forecast says so, and shows the months it rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from repit.domain.periods import Period, add_months

WINDOW_MONTHS = 3
DAYS_OF_A_MONTH = 365.25 / 12
FARTHEST_DAYS = 3_653
"""Ten years: beyond, a pace says nothing any more."""


class Answer(StrEnum):
    """What can be said of an end."""

    DAY = "day"
    GONE = "gone"
    """Nothing is left already."""
    NEVER = "never"
    """At this pace nothing is spent, or not for ten years."""
    UNKNOWN = "unknown"
    """Not three complete months of history yet."""


@dataclass(frozen=True)
class End:
    """When something is used up; `day` only with `Answer.DAY`."""

    answer: Answer
    day: date | None = None


UNKNOWN = End(Answer.UNKNOWN)


@dataclass(frozen=True)
class Moved:
    """What happened to vouchers in a span, net of what was taken back in it."""

    issued: int
    used: int
    lapsed: int
    cancelled: int

    @property
    def added(self) -> int:
        """By how many there are more open ones at the end than at the start."""
        return self.issued - self.used - self.lapsed - self.cancelled


def window(today: date) -> Period:
    """Return the last three complete calendar months."""
    this_month = today.replace(day=1)
    return Period(add_months(this_month, -WINDOW_MONTHS), this_month - timedelta(days=1))


def months_of(span: Period) -> list[Period]:
    """Return the calendar months of a span of whole months, in order."""
    months = []
    first = span.first_day
    while first <= span.last_day:
        after = add_months(first, 1)
        months.append(Period(first, after - timedelta(days=1)))
        first = after
    return months


def monthly_use(open_now: int, since: Moved, months: Sequence[Moved]) -> float | None:
    """Return the part of usable vouchers that a month sees used, from 0 to 1.

    Args:
        open_now: vouchers that may still be used, at this moment.
        since: what moved since the last of the months ended.
        months: in order; of each, `open at its start + issued` could be used.

    Returns:
        None when there was none to use.
    """
    left = open_now - since.added
    ready = used = 0
    for month in reversed(months):
        left -= month.added
        ready += left + month.issued
        used += month.used
    if ready <= 0:
        return None
    return min(1.0, max(0.0, used / ready))


def still_unused(rate: float, days: int) -> float:
    """Return the part of vouchers that is not used in so many days, at a monthly rate."""
    return float((1.0 - rate) ** (max(0, days) / DAYS_OF_A_MONTH))


def runs_out(left: int, spent: int, span: Period, today: date) -> End:
    """Return when an amount is used up if it goes on as in a span.

    Args:
        left: now; any unit.
        spent: in the span, net of what came back; same unit.
    """
    if left <= 0:
        return End(Answer.GONE)
    days = (span.last_day - span.first_day).days + 1
    if spent <= 0 or left * days > spent * FARTHEST_DAYS:
        return End(Answer.NEVER)
    return End(Answer.DAY, today + timedelta(days=left * days // spent))
