"""Whole periods that are over, and nothing else."""

from datetime import date

import pytest

from repit.domain.releases.errors import NotAReleasePeriod, PeriodNotOver, PeriodToCome
from repit.domain.releases.rules import (
    longer,
    number_text,
    periods_of_years,
    periods_over,
    require_over,
    whole_period,
)


@pytest.mark.parametrize(
    ("kind", "first_day", "last_day"),
    [
        ("quarter", date(2026, 4, 1), date(2026, 6, 30)),
        ("semester", date(2026, 7, 1), date(2026, 12, 31)),
        ("year", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_periods_are_those_of_the_calendar(kind: str, first_day: date, last_day: date) -> None:
    assert whole_period(kind, first_day).last_day == last_day


@pytest.mark.parametrize(
    ("kind", "first_day"),
    [
        ("quarter", date(2026, 4, 15)),
        ("quarter", date(2026, 2, 1)),
        ("semester", date(2026, 4, 1)),
        ("year", date(2026, 7, 1)),
        ("month", date(2026, 4, 1)),
        ("school_year", date(2025, 9, 1)),
        ("fortnight", date(2026, 4, 1)),
    ],
)
def test_half_a_period_is_none(kind: str, first_day: date) -> None:
    with pytest.raises(NotAReleasePeriod):
        whole_period(kind, first_day)


def test_the_last_day_must_be_over() -> None:
    period = whole_period("quarter", date(2026, 1, 1))

    require_over(period, date(2026, 4, 1))
    with pytest.raises(PeriodNotOver) as early:
        require_over(period, date(2026, 3, 31))
    assert early.value.from_day == date(2026, 4, 1)
    with pytest.raises(PeriodToCome):
        require_over(period, date(2025, 12, 31))


def test_what_is_over_is_offered_latest_first() -> None:
    offered = [
        (one.kind, one.first_day) for one in periods_over(date(2025, 9, 1), date(2026, 4, 1))
    ]

    assert offered == [
        ("quarter", date(2026, 1, 1)),
        ("quarter", date(2025, 10, 1)),
        ("semester", date(2025, 7, 1)),
        ("year", date(2025, 1, 1)),
        ("quarter", date(2025, 7, 1)),
    ]
    assert periods_over(date(2026, 4, 1), date(2026, 4, 1)) == []


def test_a_year_is_laid_beside_all_that_it_holds() -> None:
    assert len(periods_of_years(date(2026, 7, 1), date(2026, 12, 31))) == 7


def test_what_is_longer_holds_the_period() -> None:
    quarter = whole_period("quarter", date(2026, 10, 1))

    assert [(one.kind, one.first_day) for one in longer(quarter)] == [
        ("semester", date(2026, 7, 1)),
        ("year", date(2026, 1, 1)),
    ]
    assert longer(whole_period("year", date(2026, 1, 1))) == []


def test_numbers_have_three_figures_until_they_need_more() -> None:
    assert [number_text(2026, one) for one in (3, 41, 1_000)] == [
        "2026-003",
        "2026-041",
        "2026-1000",
    ]
