"""What is true of one fund, or of a whole programme, in a period that is over: for releases alone.

Every function gives cells by coordinates; `releases` makes them `facts.Table`s. The period is a
quarter, a semester or a year, and closed: what is given then never changes, whoever asks when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Cell:
    """A true value; the households behind it; who took the money, when providers are asked."""

    value: int
    households: int
    providers: int | None = None
    largest_share: float = 0.0
    """Of the euros, from 0 to 1."""
    second_share: float = 0.0


Cells = Mapping[tuple[str, ...], Cell]
"""By parts, `facts.ALL` for margins: every combination that has something, and every margin."""


@dataclass(frozen=True)
class Measure:
    """A median or a rate, and how many stand behind it."""

    value: float | None
    behind: int
    providers: int | None = None


@dataclass(frozen=True)
class OfFund:
    """Tables of one fund, by the catalogue's name. Parts are those with something in them.

    Keys of `tables`: households_reached (isolated, priority_area), households_by_town (town),
    parents_reached (declared), children_reached (age), vouchers_used (category, month as
    `2026-03`), respite_minutes (category). Of `statistics`: days_issue_to_use, providers_used,
    days_to_payment.
    """

    tables: Mapping[str, Cells]
    statistics: Mapping[str, Measure]
    money: Mapping[str, int]
    """Cents, under the names of `definitions.MONEY`."""


@dataclass(frozen=True)
class OfProgramme:
    """Tables of a whole programme, the same for each of its funders.

    Keys of `tables`: take_up (stage, isolated), participants (isolated), waiting_parties (outcome),
    and without a dimension attendances, children_cared, care_minutes, refused_for_lack_of_care
    and no_shows. Of `statistics`: satisfaction_good, satisfaction_answers, response_rate,
    assisted_bookings, no_show_rate, and `referrals` (share that worked), `referrals.KIND`.
    Of `counts`: sessions_held, sessions_cancelled, staff_minutes, staff_costs_cents.
    """

    households: int
    """Reached in the period, whatever the fund."""
    tables: Mapping[str, Cells]
    statistics: Mapping[str, Measure]
    counts: Mapping[str, int]


def of_fund(db: Session, fund_id: int, first_day: date, last_day: date) -> OfFund:
    """Return what is true of a fund.

    Raises:
        NotClosedYet: the period's last day is not kept yet.
    """
    raise NotImplementedError


def of_programme(db: Session, programme_id: int, first_day: date, last_day: date) -> OfProgramme:
    """Return what is true of a programme.

    Raises:
        NotClosedYet: the period's last day is not kept yet.
    """
    raise NotImplementedError
