"""What disagrees is found: each way in which rows and ledger of a payout may part, planted."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Table, Update, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.ledger.models import Account
from repit.domain.redemptions.models import PayoutRedemption
from repit.domain.settlements.models import BatchState, Payout, PayoutBatch, Recovery
from repit.domain.settlements.outcomes import Result
from tests.domain.settlements.paying import (
    LATER,
    Stage,
    a_stage,
    batch,
    reverse,
    says,
    sent,
    takes,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    """One batch settled; a redemption of it reversed; a second batch that recovers it, sent."""
    found = a_stage(db)
    number = takes(found, found.roseraie)
    first = sent(found)
    says(found, Result.SETTLED, message_id=batch(found, first).public_id)
    reverse(found, number)
    takes(found, found.roseraie, vouchers=2)
    sent(found)
    takes(found, found.tilleul)
    return found


PLANTED: list[tuple[str, Callable[[], Update]]] = [
    ("I6", lambda: update(Payout).where(Payout.id == 2).values(state="rejected")),
    ("I7", lambda: update(PayoutRedemption).values(paid_on=date(2026, 3, 20), moved_at=LATER)),
    ("I7", lambda: update(Payout).where(Payout.id == 1).values(provider_id=2)),
    ("I7", lambda: update(Recovery).values(moved_at=None)),
    ("I8", lambda: update(Payout).where(Payout.id == 2).values(amount_cents=1_001)),
    ("I8", lambda: update(PayoutBatch).values(payouts=PayoutBatch.payouts + 1)),
    ("I8", lambda: update(Recovery).values(amount_cents=999)),
    ("I9", lambda: update(Payout).where(Payout.id == 2).values(state="settled", paid_on=LATER)),
    ("I9", lambda: update(PayoutBatch).where(PayoutBatch.id == 2).values(state=BatchState.OVER)),
    ("I20", lambda: update(Recovery).values(moved_at=None)),
    (
        "I20",
        lambda: (
            update(Account)
            .where(Account.kind == "owed_back", Account.provider_id == 1)
            .values(debits_cents=Account.debits_cents + 1)
        ),
    ),
]


@pytest.mark.parametrize(("invariant", "planted"), PLANTED)
def test_a_planted_drift_is_found(
    stage: Stage, invariant: str, planted: Callable[[], Update]
) -> None:
    with stage.engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
    statement = planted()
    assert isinstance(statement.table, Table)

    with unit_of_work(stage.db):
        stage.db.execute(statement.execution_options(synchronize_session=False))

    stage.db.rollback()
    with stage.engine.connect() as connection:
        found = {drift.invariant for drift in checks.drifts(connection)}
    assert invariant in found
