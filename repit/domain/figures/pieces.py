"""Which kept rows cover some days: whole months, the days beside them, and what is not kept yet."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_

from repit.domain.clock import day_in
from repit.domain.figures import rules
from repit.domain.figures.models import Span
from repit.domain.figures.moves import MonthStarts
from repit.domain.figures.reach import Scope, Stretch
from repit.domain.periods import PeriodKind, add_months, period_of

LONG_AGO = date(2000, 1, 1)
"""Before any programme: « from the beginning »."""


@dataclass(frozen=True)
class Pieces:
    """`months`: first days of the first and the last whole closed month. Days are all closed."""

    months: tuple[date, date] | None
    days: tuple[tuple[date, date], ...]


def pieces(first_day: date, last_day: date, kept_until: date | None) -> Pieces:
    """Return how kept sums cover these days, as far as they are closed."""
    if kept_until is None or first_day > min(last_day, kept_until):
        return Pieces(None, ())
    end = min(last_day, kept_until)
    first_month = first_day if first_day.day == 1 else add_months(first_day.replace(day=1), 1)
    month_of_end = period_of(PeriodKind.MONTH, end)
    after_months = end + rules.A_DAY if end == month_of_end.last_day else month_of_end.first_day
    if first_month >= after_months:
        return Pieces(None, ((first_day, end),))
    days = []
    if first_day < first_month:
        days.append((first_day, first_month - rules.A_DAY))
    if after_months <= end:
        days.append((after_months, end))
    return Pieces((first_month, add_months(after_months, -1)), tuple(days))


def covering(
    kept: Any, first_day: date, last_day: date, kept_until: date | None
) -> ColumnElement[bool]:
    """Return the condition on kept rows that cover these days, as far as they are closed."""
    wanted = pieces(first_day, last_day, kept_until)
    parts = [
        and_(kept.span == Span.DAY.value, kept.first_day.between(first, last))
        for first, last in wanted.days
    ]
    if wanted.months is not None:
        parts.append(and_(kept.span == Span.MONTH.value, kept.first_day.between(*wanted.months)))
    return or_(*parts) if parts else literal(1) == 0


@dataclass(frozen=True)
class Calendar:
    """A programme's days as far as they are closed, and what day it is."""

    programme_id: int
    zone: str
    first_day: date | None
    """The first one that is closed."""
    kept_until: date | None
    now: datetime

    @property
    def today(self) -> date:
        return day_in(self.zone, self.now)

    def live(self, first_day: date, last_day: date) -> Stretch | None:
        """Return the moments of these days that are not kept yet."""
        begins = first_day
        if self.kept_until is not None:
            begins = max(begins, self.kept_until + rules.A_DAY)
        if begins > min(last_day, self.today):
            return None
        return self._stretch(begins, last_day, since=first_day)

    def reach(self, first_day: date, last_day: date) -> tuple[Scope, bool]:
        """Return what to count from, and whether only whole months are in it."""
        months = rules.months_of(first_day, min(last_day, self.today))
        whole = [one for one in months if one.is_whole or self._is_rest_of_month(one)]
        kept = (whole[0].month.last_day, whole[-1].month.last_day) if whole else None
        closed = [
            self._stretch(one.first_day, min(one.last_day, self.kept_until), since=one.first_day)
            for one in months
            if one not in whole and self.kept_until and one.first_day <= self.kept_until
        ]
        scope = Scope(
            self.programme_id,
            kept,
            closed=closed,
            live=self.live(first_day, last_day),
            kept_until=self.kept_until,
        )
        return scope, not closed

    def stretch(self, first_day: date, last_day: date) -> Stretch:
        """Return the moments of days that are over."""
        return Stretch(
            rules.midnight(self.zone, first_day),
            rules.midnight(self.zone, last_day + rules.A_DAY),
            self._month_starts(first_day, last_day, since=first_day),
        )

    def _is_rest_of_month(self, part: rules.Months) -> bool:
        """Tell whether what is left of the month has not come yet."""
        return part.first_day == part.month.first_day and part.last_day >= self.today

    def _stretch(self, first_day: date, last_day: date, *, since: date) -> Stretch:
        """`since`: what was used before says nothing of who was reached when it is taken back."""
        last = min(last_day, self.today)
        return Stretch(
            rules.midnight(self.zone, first_day),
            None if last_day >= self.today else rules.midnight(self.zone, last + rules.A_DAY),
            self._month_starts(first_day, last, since=since),
        )

    def _month_starts(self, first_day: date, last_day: date, *, since: date) -> MonthStarts:
        return [
            (rules.midnight(self.zone, max(one.month.first_day, since)), one.month.last_day)
            for one in rules.months_of(first_day, last_day)
        ]
