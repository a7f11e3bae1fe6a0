from datetime import date

import pytest

from repit.domain.periods import Period
from repit.domain.reports.pace import (
    Answer,
    End,
    Moved,
    monthly_use,
    months_of,
    runs_out,
    still_unused,
    window,
)

TODAY = date(2026, 11, 21)
AUTUMN = Period(date(2026, 8, 1), date(2026, 10, 31))
NOTHING = Moved(0, 0, 0, 0)


@pytest.mark.parametrize("today", [date(2026, 11, 1), TODAY, date(2026, 11, 30)])
def test_the_pace_is_that_of_the_last_three_complete_months(today: date) -> None:
    assert window(today) == AUTUMN


def test_in_january_the_window_is_the_autumn_before() -> None:
    assert window(date(2027, 1, 15)) == Period(date(2026, 10, 1), date(2026, 12, 31))


def test_a_span_is_cut_into_its_months() -> None:
    months = months_of(Period(date(2027, 12, 1), date(2028, 2, 29)))

    assert [one.first_day.month for one in months] == [12, 1, 2]
    assert [one.last_day.day for one in months] == [31, 31, 29]


def test_money_runs_out_after_as_many_days_as_it_lasts_at_this_pace() -> None:
    # 92 days took 9,200 euros: a hundred a day, and 1,050 are left.
    assert runs_out(105_000, 920_000, AUTUMN, TODAY) == End(Answer.DAY, date(2026, 12, 1))


def test_what_is_gone_already_has_no_day() -> None:
    assert runs_out(0, 920_000, AUTUMN, TODAY).answer == Answer.GONE
    assert runs_out(-5, 920_000, AUTUMN, TODAY).answer == Answer.GONE


@pytest.mark.parametrize("spent", [0, -3_000, 1])
def test_what_nobody_spends_lasts(spent: int) -> None:
    assert runs_out(5_000, spent, AUTUMN, TODAY).answer == Answer.NEVER


def test_use_is_the_part_used_of_what_could_be_used_in_each_month() -> None:
    # August: 100 open, 0 more, 10 used. September: 90 + 60 issued, 30 used, 20 lapsed: 100 left.
    # October: 100, 5 cancelled, 15 used: 80. So 55 used of 100 + 150 + 100. Since then 40 came.
    months = [Moved(0, 10, 0, 0), Moved(60, 30, 20, 0), Moved(0, 15, 0, 5)]
    since = Moved(issued=40, used=7, lapsed=0, cancelled=0)

    assert monthly_use(80 + 33, since, months) == pytest.approx(55 / 350)


def test_with_nothing_to_use_no_use_is_known() -> None:
    assert monthly_use(0, NOTHING, [NOTHING] * 3) is None


def test_more_taken_back_than_used_is_no_use() -> None:
    assert monthly_use(13, NOTHING, [Moved(10, -3, 0, 0)]) == 0.0


def test_a_voucher_is_unused_if_it_is_in_none_of_its_months() -> None:
    assert still_unused(0.5, 0) == 1.0
    assert still_unused(0.5, -12) == 1.0
    assert still_unused(0.5, 61) == pytest.approx(0.25, abs=0.001)
    assert still_unused(1.0, 30) == 0.0
    assert still_unused(0.0, 365) == 1.0
