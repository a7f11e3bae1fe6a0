"""What a provider reads of its coming payouts is what they will pay."""

import pytest
from sqlalchemy.orm import Session

from repit.domain.settlements.awaited import Awaited, awaited
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.queries import own_account
from tests.domain.settlements.paying import (
    LATER,
    Stage,
    a_stage,
    approved,
    batch,
    draft,
    reverse,
    says,
    sent,
    takes,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db)


def of(stage: Stage) -> Awaited:
    stage.db.rollback()
    own = own_account(stage.db, stage.roseraie.id, now=LATER)
    return awaited(stage.db, stage.roseraie.id, own)


def paid_then_reversed(stage: Stage, vouchers: int) -> None:
    number = takes(stage, stage.roseraie, vouchers=vouchers)
    says(stage, Result.SETTLED, message_id=batch(stage, sent(stage)).public_id)
    reverse(stage, number)


@pytest.mark.parametrize(("due", "days"), [(0, []), (1, []), (2, []), (3, [1_000])])
def test_what_is_owed_back_is_taken_from_what_will_be_paid(
    stage: Stage, due: int, days: list[int]
) -> None:
    paid_then_reversed(stage, vouchers=2)
    for _ in range(due):
        takes(stage, stage.roseraie)

    found = of(stage)

    assert found.owed == due * 1_000
    assert [one.amount for one in found.days] == days


def test_what_is_in_a_draft_is_still_owed_and_said_to_be_prepared(stage: Stage) -> None:
    paid_then_reversed(stage, vouchers=1)
    takes(stage, stage.roseraie, vouchers=3)
    batch_id = draft(stage)
    takes(stage, stage.roseraie)

    found = of(stage)

    assert (found.owed, found.preparing) == (4_000, 2_000)
    assert [one.amount for one in found.days] == [1_000]
    approved(stage, batch_id)
    assert (of(stage).owed, of(stage).preparing) == (1_000, 0)
