"""A batch pays what may be paid, and says of the rest why not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.providers.service import suspend
from repit.domain.redemptions.errors import BeingPaid
from repit.domain.settlements.errors import (
    BatchInDraft,
    CutOffToCome,
    LastPayout,
    NobodyInParticular,
    NothingDue,
    WrongBatchState,
)
from repit.domain.settlements.giving_up import discard, leave_out
from repit.domain.settlements.models import BankAccount, Payout, PayoutBatch
from repit.domain.settlements.preview import Skip, WouldPay, what_would_be_paid
from repit.domain.settlements.settle import settle
from tests.cast import NOON
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    Stage,
    a_stage,
    an_account,
    approved,
    batch,
    draft,
    payout_of,
    reverse,
    takes,
    the_books_agree,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db)


def preview(stage: Stage, **changes: object) -> dict[int, WouldPay]:
    stage.db.rollback()
    found = what_would_be_paid(
        stage.db,
        stage.programme_id,
        **({"cut_off": LATER, "now": LATER} | changes),  # type: ignore[arg-type]
    )
    return {one.provider_id: one for one in found}


def test_a_draft_pays_each_provider_once_what_it_is_owed(stage: Stage) -> None:
    for vouchers in (2, 1):
        takes(stage, stage.roseraie, vouchers=vouchers)
    takes(stage, stage.tilleul)

    drafted = batch(stage, draft(stage))

    assert (drafted.state, drafted.payouts, drafted.amount_cents) == ("drafted", 2, 4_000)
    payout = payout_of(stage, drafted.id, stage.roseraie)
    assert (payout.amount_cents, payout.state, payout.number) == (3_000, "drafted", None)
    assert payout.iban == "FR7630006000011234567890189"
    the_books_agree(stage)


def test_the_money_stays_due_until_somebody_approves(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    draft(stage)

    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}
    assert fund_numbers(stage.db, [stage.fund_id])[stage.fund_id].in_transit == 0


def test_what_may_still_be_undone_waits(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    takes(stage, stage.roseraie, now=LATER - timedelta(hours=47))

    seen = preview(stage)[stage.roseraie.id]
    batch_id = draft(stage)

    assert (seen.due, seen.held_back) == (1_000, 1_000)
    assert payout_of(stage, batch_id, stage.roseraie).amount_cents == 1_000


def test_what_is_held_back_waits_for_its_day(db: Session) -> None:
    stage = a_stage(db, holdback_days=10)
    takes(stage, stage.roseraie)

    assert preview(stage)[stage.roseraie.id].skip == Skip.HELD_BACK
    with pytest.raises(NothingDue), unit_of_work(db):
        settle(db, stage.programme_id, cut_off=LATER, actor=ODILE, now=LATER)
    eleven_days_on = NOON + timedelta(days=12)
    assert preview(stage, cut_off=eleven_days_on)[stage.roseraie.id].amount == 1_000


def test_less_than_the_minimum_waits_for_the_next_batch(db: Session) -> None:
    stage = a_stage(db, least_payout_cents=1_500)
    takes(stage, stage.roseraie)
    takes(stage, stage.tilleul, vouchers=2)

    seen = preview(stage)
    drafted = batch(stage, draft(stage))

    assert seen[stage.roseraie.id].skip == Skip.BELOW_MINIMUM
    assert seen[stage.tilleul.id].is_paid
    assert drafted.amount_cents == 2_000


def test_a_suspended_provider_is_named_and_not_paid(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    takes(stage, stage.tilleul)
    with unit_of_work(stage.db):
        suspend(stage.db, stage.roseraie.id, motive="Contrôle", actor=ODILE, now=NOON)

    assert preview(stage)[stage.roseraie.id].skip == Skip.SUSPENDED
    assert batch(stage, draft(stage)).payouts == 1


@pytest.mark.parametrize(
    ("account", "skip"),
    [
        (None, Skip.NO_ACCOUNT),
        ({"confirmed_by": None, "confirmed_at": None, "counts_at": None}, Skip.ACCOUNT_WAITING),
        ({"counts_at": LATER + timedelta(hours=1)}, Skip.ACCOUNT_WAITING),
        ({"doubted_at": NOON, "doubt": "AC04"}, Skip.ACCOUNT_DOUBTED),
        ({"ended_at": NOON, "ended_by": "person:1"}, Skip.NO_ACCOUNT),
    ],
)
def test_without_an_account_that_counts_nobody_is_paid(
    db: Session, account: dict[str, Any] | None, skip: Skip
) -> None:
    stage = a_stage(db, accounts=False)
    takes(stage, stage.roseraie)
    if account is not None:
        an_account(db, provider_id=stage.roseraie.id, **account)

    assert preview(stage)[stage.roseraie.id].skip == skip


def test_a_new_account_does_not_stop_the_old_one_until_it_counts(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    newer = "FR1420041010050500013M02606"
    soon = LATER + timedelta(hours=1)
    an_account(stage.db, provider_id=stage.roseraie.id, iban=newer, counts_at=soon)

    before = preview(stage)[stage.roseraie.id].target
    after = preview(stage, now=soon)[stage.roseraie.id].target

    assert before is not None
    assert before.iban == "FR7630006000011234567890189"
    assert after is not None
    assert after.iban == newer


def test_a_programme_has_one_draft_at_a_time(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    number = batch(stage, draft(stage)).number

    with pytest.raises(BatchInDraft) as refusal, unit_of_work(stage.db):
        settle(stage.db, stage.programme_id, cut_off=LATER, actor=PAUL, now=LATER)

    assert refusal.value.number == number


def test_nothing_is_drafted_for_tomorrow_nor_by_a_machine(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    for actor, cut_off, refusal in (
        (ODILE, LATER + timedelta(days=1), CutOffToCome),
        (actors.COMMAND, LATER, NobodyInParticular),
    ):
        with pytest.raises(refusal), unit_of_work(stage.db):
            settle(stage.db, stage.programme_id, cut_off=cut_off, actor=actor, now=LATER)


def test_what_is_in_a_draft_is_neither_reversed_nor_drafted_again(stage: Stage) -> None:
    number = takes(stage, stage.roseraie)
    batch_id = draft(stage)

    with pytest.raises(BeingPaid):
        reverse(stage, number)
    assert preview(stage) == {}

    with unit_of_work(stage.db):
        discard(stage.db, batch_id, motive="Trop tôt", actor=PAUL, now=LATER)
    assert preview(stage)[stage.roseraie.id].amount == 1_000
    reverse(stage, number)
    the_books_agree(stage)


def test_one_provider_is_left_out_of_a_draft(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    takes(stage, stage.tilleul)
    batch_id = draft(stage)
    left, last = (payout_of(stage, batch_id, one) for one in (stage.roseraie, stage.tilleul))
    names = [left.public_id, last.public_id]

    with unit_of_work(stage.db):
        leave_out(stage.db, batch_id, names[0], motive="Doute", actor=PAUL, now=LATER)
    with pytest.raises(LastPayout), unit_of_work(stage.db):
        leave_out(stage.db, batch_id, names[1], motive="Doute", actor=PAUL, now=LATER)

    assert batch(stage, batch_id).amount_cents == 1_000
    approved(stage, batch_id)
    assert preview(stage)[stage.roseraie.id].amount == 1_000
    the_books_agree(stage)


def test_an_approved_batch_is_not_given_up(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    batch_id = draft(stage)
    approved(stage, batch_id)

    with pytest.raises(WrongBatchState), unit_of_work(stage.db):
        discard(stage.db, batch_id, motive="Trop tard", actor=PAUL, now=LATER)


def test_batches_and_settlements_are_numbered_without_a_gap(stage: Stage) -> None:
    numbers = []
    for _ in range(3):
        takes(stage, stage.roseraie)
        batch_id = draft(stage)
        approved(stage, batch_id)
        payout = payout_of(stage, batch_id, stage.roseraie)
        numbers.append((batch(stage, batch_id).number, payout.number))

    assert numbers == [(1, 1), (2, 2), (3, 3)]
    assert stage.db.scalars(select(Payout.reference).order_by(Payout.id)).all() == [
        f"LOT {number} DECOMPTE {number}" for number in (1, 2, 3)
    ]


def test_two_programmes_are_paid_in_two_batches(stage: Stage) -> None:
    other = a_stage(stage.db)
    an_account(stage.db, provider_id=other.roseraie.id)
    other.roseraie = stage.roseraie
    for one in (stage, other):
        takes(one, stage.roseraie)

    drafts = [batch(one, draft(one)) for one in (stage, other)]

    assert [one.amount_cents for one in drafts] == [1_000, 1_000]
    assert [one.number for one in drafts] == [1, 2]


def test_the_database_refuses_four_eyes_of_one_person(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    batch_id = draft(stage)
    same_batch = update(PayoutBatch).where(PayoutBatch.id == batch_id)
    alone = same_batch.values(approved_by=PayoutBatch.drafted_by, approved_at=LATER)
    twice = update(BankAccount).values(confirmed_by=BankAccount.proposed_by)

    for statement in (alone, twice):
        with pytest.raises(IntegrityError, match="four_eyes"), unit_of_work(stage.db):
            stage.db.execute(statement.execution_options(synchronize_session=False))
