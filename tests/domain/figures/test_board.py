"""The board says what the ledger says, whether its days are closed or not."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.categories import Category
from repit.domain.figures import board, task
from repit.domain.figures.asked import Asked, Board
from repit.domain.households.models import Parent
from repit.domain.ledger.queries import fund_numbers
from tests import cast
from tests.domain.figures.stage import Stage, a_stage, noon

NOW = noon(date(2026, 8, 21))
MARCH, APRIL, MAY, JULY = (date(2026, month, 20) for month in (3, 4, 5, 7))


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Three households in two towns, two funds, three categories, something taken back."""
    here = a_stage(db, engine)
    other = cast.a_fund(db, here.programme_id, funder_id=here.funder_id, cents=1_000_000)
    sureau = cast.a_provider(db, "Le Sureau")
    amina = here.parent("Amina", town="Lens", isolated=True, priority_area="QN06201M")
    chloe = here.parent("Chloé", town="Arras", declared="woman")
    bruno = here.parent("Bruno", town="Lens", fund_id=other, declared="man")
    here.use(amina[:3], MARCH, minutes=100)
    here.use(amina[3:5], APRIL, by=sureau, category=Category.HOME_HELP)
    undone = here.use(chloe[:1], APRIL)
    here.undo(undone, APRIL + timedelta(days=1))
    later = here.use(chloe[:2], MAY)
    here.undo(later, JULY)
    here.use(bruno[:4], JULY, minutes=121, category=Category.WELL_BEING)
    here.use(amina[5:6], NOW.date())
    return here


def read(stage: Stage, first_day: date, last_day: date, **only: Any) -> Board:
    asked = Asked(stage.programme_id, first_day, last_day, **only)
    return board.read(stage.db, asked, now=NOW)


def households(board: Board) -> int:
    return board.totals["households_reached"]


YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ASKED: list[dict[str, Any]] = [
    {},
    {"town": "Lens"},
    {"isolated": False, "category": "babysitting"},
]
DAYS = [
    YEAR,
    (date(2026, 4, 1), date(2026, 6, 30)),
    (date(2026, 4, 15), date(2026, 7, 25)),
    (date(2027, 1, 1), date(2027, 3, 31)),
]


def test_the_board_is_the_same_however_much_is_closed(stage: Stage) -> None:
    live = [read(stage, *days, **only) for days in DAYS for only in ASKED]
    for until in (date(2026, 4, 20), date(2026, 8, 20)):
        task.keep(stage.db, stage.programme_id, now=noon(until + timedelta(days=1)))
        kept = [read(stage, *days, **only) for days in DAYS for only in ASKED]
        for one, before in zip(kept, live, strict=True):
            assert replace(one, kept_until=None) == before


def test_a_year_says_what_happened_in_it(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    year = read(stage, *YEAR)

    assert year.totals == {
        "households_reached": 3,
        "parents_reached": 3,
        "vouchers_issued": 36,
        "issued": 36_000,
        "vouchers_used": 3 + 2 + 4 + 1,
        "used": 10_000,
        "vouchers_lapsed": 0,
        "lapsed": 0,
        "vouchers_cancelled": 0,
        "cancelled": 0,
        "respite_minutes": 100 + 60 + 121 + 30,
        "respite_sessions": 0,
    }
    assert {town: one["households_reached"] for town, one in year.by_town.items()} == {
        "Arras": 1,
        "Lens": 2,
    }
    assert year.by_isolated["yes"]["vouchers_used"] == 6
    assert year.by_priority_area["yes"]["households_reached"] == 1
    assert {code: one["households_reached"] for code, one in year.by_area.items()} == {
        "QN06201M": 1
    }
    assert list(year.by_fund) == sorted(year.by_fund)
    assert [one["households_reached"] for one in year.by_fund.values()] == [2, 1]
    assert [one["vouchers_used"] for one in year.by_month.values()] == [
        0, 0, 3, 2, 2, 0, 2, 1, 0, 0, 0, 0
    ]  # fmt: skip


def test_used_and_taken_back_in_one_month_reaches_nobody(stage: Stage) -> None:
    april = read(stage, date(2026, 4, 1), date(2026, 4, 30))
    may = read(stage, date(2026, 5, 1), date(2026, 5, 31))
    july = read(stage, date(2026, 7, 1), date(2026, 7, 31))
    assert households(april) == 1  # Amina; what Chloé used was taken back
    assert households(may) == 1  # taken back in July: May is over
    assert july.totals["vouchers_used"] == 4 - 2
    assert households(july) == 1


def test_money_is_what_the_ledger_says(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW - timedelta(days=30))
    money = read(stage, *YEAR, fund_id=stage.fund_id).money
    numbers = fund_numbers(stage.db, [stage.fund_id])[stage.fund_id]
    assert money["contributed"] == numbers.funded == 10_000_000
    assert money["available"] == numbers.available
    assert money["committed"] == numbers.committed
    assert money["due"] == numbers.due == money["used"]


def test_months_add_up_and_quarters_make_the_year(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    year = read(stage, *YEAR)
    starts = [date(2026, month, 1) for month in (1, 4, 7, 10)]
    ends = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    quarters = [read(stage, *days) for days in zip(starts, ends, strict=True)]
    for name in year.totals.keys() - {"households_reached", "parents_reached"}:
        assert sum(one.totals[name] for one in quarters) == year.totals[name]
        assert sum(one[name] for one in year.by_month.values()) == year.totals[name]
        assert sum(one[name] for one in year.by_town.values()) == year.totals[name]
        assert sum(one[name] for one in year.by_fund.values()) == year.totals[name]


def test_a_board_costs_as_many_statements_for_a_month_as_for_a_year(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    assert statements(stage, date(2026, 3, 1), date(2026, 3, 31)) <= 8
    assert statements(stage, *YEAR) <= 8


def statements(stage: Stage, first_day: date, last_day: date) -> int:
    asked: list[str] = []

    def heard(*told: Any) -> None:
        asked.append(told[2])

    event.listen(stage.engine, "before_cursor_execute", heard)
    read(stage, first_day, last_day)
    event.remove(stage.engine, "before_cursor_execute", heard)
    return len(asked)


def test_who_moved_since_the_last_closed_day_counts_where_they_live_now(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    with unit_of_work(stage.db):
        amina = stage.db.query(Parent).filter_by(first_name="Amina").one()
        amina.town = "Béthune"
    august = read(stage, date(2026, 8, 1), date(2026, 8, 31))
    march = read(stage, date(2026, 3, 1), date(2026, 3, 31))
    year = read(stage, *YEAR)
    assert list(august.by_town) == ["Béthune"]
    assert "Béthune" not in march.by_town
    assert {town: one["households_reached"] for town, one in year.by_town.items()} == {
        "Arras": 1,
        "Béthune": 1,
        "Lens": 1,
    }


def test_a_day_is_not_over_before_its_second_hour_of_the_night(stage: Stage) -> None:
    one_o_clock = datetime.fromisoformat("2026-08-21T01:30:00+02:00")
    task.keep(stage.db, stage.programme_id, now=one_o_clock)
    assert read(stage, *YEAR).kept_until == date(2026, 8, 19)
    task.keep(stage.db, stage.programme_id, now=one_o_clock + timedelta(minutes=30))
    assert read(stage, *YEAR).kept_until == date(2026, 8, 20)
