"""What a line of staff time and costs may say. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from repit.domain.costs.errors import (
    CostBelowZero,
    CostSaysNothing,
    CostToCome,
    CostTooHigh,
    CostTooOld,
    TimeOfNobody,
    TimeTooLong,
)
from repit.domain.money import Cents, Minutes

NO_TIME, NO_MONEY = Minutes(0), Cents(0)

FULL_TIME_YEAR = Minutes(1607 * 60)
"""A year of one full-time post in France: 1 607 hours (décret n° 2000-815, article 1)."""

MOST_TIME = FULL_TIME_YEAR
"""Of one line: more is typed by month or by person, so that a slip is seen."""

MOST_MONEY = Cents(1_000_000_00)
"""Of one line: a million euros is a slip of the hand."""

YEARS_OF_PREPARATION = 3
"""A programme is prepared before its first day: Gennevilliers counts from the year before."""


class Kind(StrEnum):
    """What it was spent on. `team`: those who run the scheme; its time may have its cost too."""

    TEAM = "team"
    SUPPLIER = "supplier"
    PURCHASES = "purchases"
    ROOM = "room"
    TRAVEL = "travel"
    OTHER = "other"


@dataclass(frozen=True)
class NewCost:
    """What was typed. `nonce`: made by the page; sent twice is counted once."""

    nonce: UUID
    programme_id: int
    kind: Kind
    on_day: date
    whole_month: bool = False
    """About the month of that day, not the day."""
    minutes: Minutes = NO_TIME
    amount: Cents = NO_MONEY
    note: str | None = None

    @property
    def counts_on(self) -> date:
        """The day that decides in which period it counts: a month counts on its first."""
        return self.on_day.replace(day=1) if self.whole_month else self.on_day


def check(new: NewCost, *, today: date, programme_starts: date) -> None:
    """Refuse what cannot be a cost of this programme.

    Raises:
        CostToCome, CostTooOld: the day.
        CostBelowZero, CostSaysNothing, TimeTooLong, CostTooHigh, TimeOfNobody: the amounts.
    """
    earliest = date(programme_starts.year - YEARS_OF_PREPARATION, 1, 1)
    if new.counts_on > today:
        raise CostToCome(new.on_day)
    if new.counts_on < earliest:
        raise CostTooOld(earliest)
    if new.minutes < 0 or new.amount < 0:
        raise CostBelowZero
    if not new.minutes and not new.amount:
        raise CostSaysNothing
    if new.minutes and new.kind is not Kind.TEAM:
        raise TimeOfNobody
    _check_size(new)


def _check_size(new: NewCost) -> None:
    if new.minutes > MOST_TIME:
        raise TimeTooLong(MOST_TIME)
    if new.amount > MOST_MONEY:
        raise CostTooHigh(MOST_MONEY)
