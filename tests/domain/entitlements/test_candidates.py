from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.entitlements.candidates import candidates_for, facts_day
from repit.domain.entitlements.facts import facts_for
from repit.domain.entitlements.models import Allowance, Entitlement, Scale, ScaleRule
from repit.domain.entitlements.queries import scale_in_force
from repit.domain.entitlements.rules import FamilyFacts
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.periods import Period
from tests.cast import NOON, TODAY, a_parent, a_programme

KINDS = ["alone", "separated_same_roof"]
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def add(db: Session, *rows: object) -> None:
    with unit_of_work(db):
        db.add_all(rows)


def is_alone(db: Session, parent_id: int, first_day: date, last_day: date | None = None) -> None:
    add(
        db,
        Situation(
            parent_id=parent_id,
            kind="alone",
            first_day=first_day,
            last_day=last_day,
            created_at=NOON,
        ),
    )


def has_child(db: Session, parent_id: int, born_on: date, *, more_support: bool = False) -> None:
    with unit_of_work(db):
        child = Child(
            public_id=ids.public_id(),
            first_name="Lina",
            born_on=born_on,
            more_support=more_support,
            created_at=NOON,
        )
        db.add(child)
        db.flush()
        home = db.get_one(Parent, parent_id).household_id
        db.add(ChildHome(child_id=child.id, household_id=home))


def has_right(db: Session, parent_id: int, programme_id: int, **changes: Any) -> None:
    values = {
        "parent_id": parent_id,
        "programme_id": programme_id,
        "state": "granted",
        "requested_on": TODAY,
        "first_day": date(2026, 1, 1),
    }
    add(db, Entitlement(**values | changes))


def a_scale(db: Session, programme_id: int) -> None:
    with unit_of_work(db):
        row = Scale(
            public_id=ids.public_id(),
            programme_id=programme_id,
            version=1,
            title="Barème 2026",
            period="year",
            first_day=date(2026, 1, 1),
            published_at=NOON,
            created_at=NOON,
        )
        db.add(row)
        db.flush()
        lines = [("base", "every_parent", 6), ("parent isolé", "isolated", 6)]
        db.add_all(
            ScaleRule(
                scale_id=row.id,
                position=place,
                label=label,
                condition=condition,
                effect="add",
                vouchers=vouchers,
            )
            for place, (label, condition, vouchers) in enumerate(lines)
        )


@pytest.fixture
def programme_id(db: Session) -> int:
    found = a_programme(db)
    a_scale(db, found)
    return found


def test_the_facts_are_those_of_one_day(db: Session) -> None:
    amina = a_parent(db, "Amina", priority_area="QN05901M")
    is_alone(db, amina, date(2025, 6, 1), TODAY)
    has_child(db, amina, date(2020, 3, 15), more_support=True)
    has_child(db, amina, date(2026, 6, 1))

    today = facts_for(db, KINDS, [amina], TODAY)[amina]
    tomorrow = facts_for(db, KINDS, [amina], TODAY + timedelta(days=1))[amina]

    assert today == FamilyFacts(
        isolated=True, child_ages=(5,), children_more_support=1, priority_area=True
    )
    assert tomorrow == FamilyFacts(
        isolated=False, child_ages=(6,), children_more_support=1, priority_area=True
    )


def test_a_kind_the_programme_does_not_count_is_not_isolated(db: Session) -> None:
    amina = a_parent(db, "Amina")
    is_alone(db, amina, date(2025, 6, 1))
    assert facts_for(db, ["partner_absent"], [amina], TODAY) == {amina: FamilyFacts()}


def test_a_child_of_two_homes_counts_in_both_and_for_no_stranger(db: Session) -> None:
    amina, bruno, chloe = (a_parent(db, name) for name in ("Amina", "Bruno", "Chloé"))
    has_child(db, amina, date(2020, 1, 1))
    child = db.scalars(select(Child.id)).one()
    add(db, ChildHome(child_id=child, household_id=db.get_one(Parent, bruno).household_id))
    found = facts_for(db, KINDS, [amina, bruno, chloe], TODAY)
    assert [found[one].child_ages for one in (amina, bruno, chloe)] == [(6,), (6,), ()]


def test_only_active_parents_whose_right_runs_today(db: Session, programme_id: int) -> None:
    names = ["Amina", "Bruno", "Chloé", "Dina", "Elias", "Fatou"]
    amina, bruno, chloe, dina, elias, fatou = (a_parent(db, name) for name in names)
    has_right(db, amina, programme_id)
    has_right(db, bruno, programme_id, state="requested")
    has_right(db, chloe, programme_id, first_day=TODAY + timedelta(days=1))
    has_right(db, dina, programme_id, state="ended", last_day=TODAY - timedelta(days=1))
    has_right(db, fatou, programme_id, state="ended", last_day=TODAY)
    has_right(db, elias, programme_id)
    with unit_of_work(db):
        db.get_one(Parent, elias).state = "suspended"

    found = candidates_for(db, scale_in_force(db, programme_id, TODAY), YEAR, NOON)

    assert [one.parent_id for one in found] == [amina, fatou]


def test_an_improved_situation_owes_only_the_difference(db: Session, programme_id: int) -> None:
    amina = a_parent(db, "Amina")
    has_right(db, amina, programme_id)
    scale = scale_in_force(db, programme_id, TODAY)
    add(
        db,
        Allowance(
            parent_id=amina,
            programme_id=programme_id,
            scale_id=scale.id,
            period_first_day=YEAR.first_day,
            period_last_day=YEAR.last_day,
            granted=6,
            issued=6,
            isolated=False,
            facts={},
            explanation=[],
        ),
    )
    before = candidates_for(db, scale, YEAR, NOON)[0]
    is_alone(db, amina, TODAY)
    [after] = candidates_for(db, scale, YEAR, NOON)

    assert (before.owed, before.had_something) == (0, True)
    assert (after.owed, after.computed.vouchers, after.issued) == (6, 12, 6)
    assert after.candidate.isolated


def test_a_situation_that_ended_takes_nothing_back(db: Session, programme_id: int) -> None:
    amina = a_parent(db, "Amina")
    has_right(db, amina, programme_id)
    scale = scale_in_force(db, programme_id, TODAY)
    add(
        db,
        Allowance(
            parent_id=amina,
            programme_id=programme_id,
            scale_id=scale.id,
            period_first_day=YEAR.first_day,
            period_last_day=YEAR.last_day,
            granted=12,
            issued=8,
            isolated=True,
            facts={},
            explanation=[],
        ),
    )
    assert candidates_for(db, scale, YEAR, NOON)[0].owed == 4


def test_hundreds_of_parents_cost_four_statements(
    db: Session, engine: Engine, programme_id: int
) -> None:
    for number in range(30):
        has_right(db, a_parent(db, f"Parent {number}"), programme_id)
    scale = scale_in_force(db, programme_id, TODAY)
    db.rollback()
    with statements(engine) as seen:
        assert len(candidates_for(db, scale, YEAR, NOON)) == 30
    assert len([one for one in seen if one.startswith("SELECT")]) <= 4


def test_facts_are_read_today_but_never_outside_the_period() -> None:
    first_quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert facts_day("Europe/Paris", first_quarter, NOON) == TODAY
    assert facts_day("Europe/Paris", YEAR, NOON - timedelta(days=300)) == YEAR.first_day
    assert facts_day("Europe/Paris", first_quarter, NOON + timedelta(days=90)) == date(2026, 3, 31)
