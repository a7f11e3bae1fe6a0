"""Hand-made: an isolated parent uses half of what she can each month, another nearly nothing."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.entitlements.models import Scale, ScaleRule
from repit.domain.entitlements.queries import scale
from repit.domain.households.models import Parent
from repit.domain.reports.scale_preview import preview
from repit.domain.reports.what_if import WhatIf, what_if
from tests.cast import NOON
from tests.domain.figures.stage import Stage, a_stage
from tests.domain.vouchers.issuing import a_scale, alone, entitle
from tests.web.operators.desk import counted

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
A_YEAR_OF_MONTHS = 365 / (365.25 / 12)


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Amina uses 8, 4 and 2 of 16 from August on, Chloé 1 of 10 in September."""
    stage = a_stage(db, engine)
    a_scale(db, stage.programme_id)
    amina = stage.parent("Amina", vouchers=16, isolated=True)
    chloe = stage.parent("Chloé", vouchers=10)
    for used, day in ((8, date(2026, 8, 5)), (4, date(2026, 9, 5)), (2, date(2026, 10, 5))):
        stage.use([amina.pop() for _ in range(used)], day)
    stage.use(chloe[:1], date(2026, 9, 7))
    for name in ("Amina", "Chloé"):
        entitle(db, parent_named(db, name), stage.programme_id)
    alone(db, parent_named(db, "Amina"))
    return stage


def parent_named(db: Session, name: str) -> int:
    return db.scalars(select(Parent.id).where(Parent.first_name == name)).one()


def a_draft(db: Session, programme_id: int, **changes: object) -> str:
    """4 for everybody and 10 more for an isolated parent, by quarter."""
    with unit_of_work(db):
        draft = Scale(
            **{
                "public_id": ids.public_id(),
                "programme_id": programme_id,
                "version": 2,
                "title": "Projet",
                "period": "quarter",
                "first_day": date(2026, 10, 1),
                "created_at": NOON,
            }
            | changes
        )
        db.add(draft)
        db.flush()
        for position, (condition, vouchers) in enumerate([("every_parent", 4), ("isolated", 10)]):
            db.add(
                ScaleRule(
                    scale_id=draft.id,
                    position=position,
                    label=condition,
                    condition=condition,
                    effect="add",
                    vouchers=vouchers,
                )
            )
        return draft.public_id


def costs(stage: Stage, public_id: str, now: datetime = NOW) -> WhatIf:
    found = scale(stage.db, public_id)
    return what_if(stage.db, found, preview(stage.db, found, now), now=now)


def test_each_side_costs_what_that_side_uses(stage: Stage) -> None:
    found = costs(stage, a_draft(stage.db, stage.programme_id))

    # Amina could use 16, 8 and 4, and used 14 of these 28; Chloé 10, 10 and 9, and used 1.
    isolated, other = found.wanted.sides
    assert found.valid_days == 365
    assert (isolated.isolated, isolated.parents, isolated.vouchers) == (True, 1, 14)
    assert isolated.use == pytest.approx(1 - 0.5**A_YEAR_OF_MONTHS)
    assert isolated.spent == round(14_000 * (1 - 0.5**A_YEAR_OF_MONTHS))
    assert (other.isolated, other.vouchers, other.given) == (False, 4, 4_000)
    assert other.use == pytest.approx(1 - (28 / 29) ** A_YEAR_OF_MONTHS)
    assert other.spent == round(4_000 * (1 - (28 / 29) ** A_YEAR_OF_MONTHS))


def test_scales_of_other_periods_are_compared_by_year(stage: Stage) -> None:
    found = costs(stage, a_draft(stage.db, stage.programme_id))

    # 18 vouchers a quarter, against 12 + 6 a semester.
    assert found.wanted.yearly_given == 4 * 18_000
    assert found.in_force is not None
    assert (found.in_force.title, found.in_force.yearly_given) == ("Barème 2026", 2 * 18_000)
    spent = [side.spent for side in found.in_force.sides if side.spent is not None]
    assert found.in_force.yearly_spent == 2 * sum(spent)


def test_the_scale_in_force_is_compared_with_nothing(stage: Stage) -> None:
    current = stage.db.scalars(select(Scale.public_id)).one()

    assert costs(stage, current).in_force is None


def test_before_three_complete_months_no_use_is_known(stage: Stage) -> None:
    draft = a_draft(stage.db, stage.programme_id, period="month", first_day=date(2026, 5, 1))

    found = costs(stage, draft, datetime(2026, 5, 21, 9, tzinfo=UTC))

    assert [side.use for side in found.wanted.sides] == [None, None]
    assert found.wanted.yearly_spent is None
    assert found.wanted.yearly_given == 12 * 18_000


def test_more_parents_ask_no_more_of_the_database(stage: Stage, engine: Engine) -> None:
    draft = a_draft(stage.db, stage.programme_id)
    costs(stage, draft)
    with counted(engine) as before:
        costs(stage, draft)
    for name in ("Eve", "Inès", "Nora"):
        stage.parent(name, vouchers=2)
        entitle(stage.db, parent_named(stage.db, name), stage.programme_id)
    stage.db.rollback()
    with counted(engine) as after:
        costs(stage, draft)

    assert len(after) <= len(before)
