"""`check` recomputes what is kept, and finds every drift that is planted in it."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from repit.domain import checks
from repit.domain.categories import Category
from repit.domain.checks.figures import FIGURES
from repit.domain.figures import task
from tests import cast
from tests.domain.figures.stage import Stage, a_stage, noon

MARCH, APRIL = date(2026, 3, 20), date(2026, 4, 20)


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    here = a_stage(db, engine)
    other = cast.a_fund(db, here.programme_id, funder_id=here.funder_id, cents=1_000_000)
    amina = here.parent("Amina", isolated=True)
    bruno = here.parent("Bruno", fund_id=other, priority_area="QN06201M")
    here.use(amina[:3], MARCH, minutes=100)
    here.undo(here.use(bruno[:1], MARCH, category=Category.HOME_HELP), APRIL)
    here.use(bruno[1:3], APRIL)
    task.keep(db, here.programme_id, now=noon(date(2026, 5, 2)))
    return here


def found(stage: Stage) -> set[str]:
    with stage.engine.connect() as connection:
        return {drift.invariant for drift in checks.drifts(connection)}


def test_what_is_kept_agrees_with_the_ledger(stage: Stage) -> None:
    assert found(stage) == set()


PLANTED = [
    ("DELETE FROM kept_day WHERE day = '2026-03-25'", "K1"),
    ("UPDATE kept_money SET cents = cents + 1 WHERE span = 'day' AND kind = 'redeem'", "K2"),
    ("DELETE FROM kept_money WHERE span = 'day' AND kind = 'issue'", "K2"),
    ("UPDATE kept_sum SET vouchers_used = vouchers_used + 1 WHERE category <> ''", "K3"),
    ("UPDATE kept_sum SET town = 'Ailleurs' WHERE span = 'day'", "K3"),
    ("DELETE FROM kept_sum WHERE span = 'day' AND vouchers_issued > 0", "K3"),
    ("UPDATE kept_sum SET respite_minutes = respite_minutes + 1 WHERE span = 'day'", "K4"),
    ("UPDATE kept_sum SET vouchers_used = vouchers_used - 1 WHERE span = 'month'", "K5"),
    ("UPDATE kept_money SET cents = cents - 1 WHERE span = 'month'", "K6"),
    ("UPDATE kept_reached SET vouchers = vouchers + 1", "K7"),
    ("DELETE FROM kept_reached", "K7"),
    ("UPDATE kept_count SET households = households + 1 WHERE dimension = ''", "K8"),
    ("UPDATE kept_count SET households = 0 WHERE dimension = 'town'", "K8"),
    ("UPDATE kept_tally SET number = number + 1 WHERE about = 'provider'", "K9"),
    ("DELETE FROM kept_tally WHERE about = 'days'", "K9"),
]


def test_every_planted_drift_is_found(stage: Stage) -> None:
    missed = [spoil for spoil, finds in PLANTED if finds not in _found_after(stage, spoil)]
    assert missed == []


def _found_after(stage: Stage, spoil: str) -> set[str]:
    """Return what is found once a row is spoilt; it is mended again."""
    with stage.engine.connect() as connection:
        connection.execute(text(spoil))
        found = {one.name for one in FIGURES if connection.execute(text(one.sql)).first()}
        connection.rollback()
    return found


def test_counting_anew_mends_what_drifted(stage: Stage) -> None:
    with stage.engine.begin() as connection:
        connection.execute(text("UPDATE kept_sum SET vouchers_used = 7"))
        connection.execute(text("DELETE FROM kept_count"))
    task.rebuild(stage.db, stage.programme_id, now=noon(date(2026, 5, 2)))
    assert found(stage) == set()


def test_no_two_checks_have_the_same_name() -> None:
    names = [one.name for one in (*checks.INVARIANTS, *checks.COMPUTED)]

    assert sorted(set(names)) == sorted(names)
