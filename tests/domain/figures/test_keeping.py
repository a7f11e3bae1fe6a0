"""Days are closed once, and what is kept of them is what the ledger says."""

from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.domain.figures.models import KeptSum, Span
from tests.domain.figures.stage import Stage, a_stage

MARCH_20 = date(2026, 3, 20)


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    return a_stage(db, engine)


def test_a_closed_month_keeps_what_was_used(stage: Stage) -> None:
    codes = stage.parent("Amina", town="Lens", isolated=True)
    stage.use(codes[:3], MARCH_20, minutes=100)

    stage.close(date(2026, 3, 31))

    rows = stage.db.execute(
        select(KeptSum.category, KeptSum.town, KeptSum.isolated, KeptSum.vouchers_issued,
               KeptSum.vouchers_used, KeptSum.used_cents, KeptSum.respite_minutes)
        .where(KeptSum.span == Span.MONTH).order_by(KeptSum.category)
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        ("", "Lens", True, 12, 0, 0, 0),
        ("babysitting", "Lens", True, 0, 3, 3_000, 100),
    ]
