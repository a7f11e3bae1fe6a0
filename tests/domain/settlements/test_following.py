"""What the bank says, in any order, twice, half or whole, has one effect; the books agree."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.notices.models import Notice
from repit.domain.programmes import funds
from repit.domain.programmes.errors import NothingLeft
from repit.domain.settlements.following import Effect
from repit.domain.settlements.models import BankAccount, PayoutOutcome
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.preview import Skip, what_would_be_paid
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.domain.settlements.paying import (
    LATER,
    PAUL,
    Stage,
    a_stage,
    approved,
    batch,
    draft,
    exported,
    payout_of,
    reverse,
    says,
    sent,
    takes,
    the_books_agree,
)

BOOKED = date(2026, 3, 19)
ACCEPTED, REJECTED, SETTLED, RETURNED = Result


@pytest.fixture
def stage(db: Session) -> Stage:
    found = a_stage(db)
    takes(found, found.roseraie, vouchers=2)
    takes(found, found.tilleul)
    return found


def numbers(stage: Stage) -> tuple[int, int, int]:
    stage.db.rollback()
    found = fund_numbers(stage.db, [stage.fund_id])[stage.fund_id]
    return found.due, found.in_transit, found.paid


def test_a_batch_settled_whole_is_over_and_nothing_is_left_in_transit(stage: Stage) -> None:
    batch_id = sent(stage)
    file: dict[str, Any] = {
        "message_id": batch(stage, batch_id).public_id,
        "amount": 3_000,
        "day": BOOKED,
    }

    followed = says(stage, SETTLED, **file)
    again = says(stage, SETTLED, **file)

    assert (followed.effect, followed.payouts) == (Effect.APPLIED, 2)
    assert again.effect == Effect.REPEATED
    assert batch(stage, batch_id).state == "over"
    assert payout_of(stage, batch_id, stage.roseraie).paid_on == BOOKED
    assert numbers(stage) == (0, 0, 3_000)
    the_books_agree(stage)


def test_a_rejected_payout_is_due_again_and_the_provider_is_told(stage: Stage) -> None:
    batch_id = sent(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)

    says(stage, REJECTED, payout, reason="AM04", day=BOOKED)

    found = payout_of(stage, batch_id, stage.roseraie)
    assert (found.state, found.reason, found.rejected_on) == ("rejected", "AM04", BOOKED)
    assert numbers(stage) == (2_000, 1_000, 0)
    assert batch(stage, batch_id).state == "sent"
    assert set(stage.db.scalars(select(Notice.kind))) >= {"payout_rejected"}
    the_books_agree(stage)
    next_batch = draft(stage)
    assert payout_of(stage, next_batch, stage.roseraie).amount_cents == 2_000


@pytest.mark.parametrize("reason", ["AC01", "AC04", "MD07"])
def test_an_account_the_bank_refuses_is_not_paid_again(stage: Stage, reason: str) -> None:
    batch_id = sent(stage)
    says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie), reason=reason)

    [seen] = what_would_be_paid(stage.db, stage.programme_id, cut_off=LATER, now=LATER)
    assert seen.skip == Skip.ACCOUNT_DOUBTED
    doubted = stage.db.scalars(select(BankAccount.doubt).where(BankAccount.doubt.is_not(None)))
    assert doubted.all() == [reason]


def test_part_is_rejected_and_the_rest_settled_in_any_order(db: Session) -> None:
    for order in permutations(range(3)):
        stage = a_stage(db)
        takes(stage, stage.roseraie, vouchers=2)
        takes(stage, stage.tilleul)
        batch_id = sent(stage)
        refused, paid = (payout_of(stage, batch_id, one) for one in (stage.roseraie, stage.tilleul))
        said = [
            (REJECTED, refused.public_id, "R1"),
            (SETTLED, paid.public_id, "S1"),
            (REJECTED, refused.public_id, "R1"),
        ]
        for place in order:
            result, name, reference = said[place]
            says(stage, result, end_to_end_id=name, bank_reference=reference)

        assert numbers(stage) == (2_000, 0, 1_000)
        assert batch(stage, batch_id).state == "over"
        the_books_agree(stage)


def test_a_booking_of_the_rest_leaves_out_what_was_refused(stage: Stage) -> None:
    batch_id = sent(stage)
    says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie))
    message = batch(stage, batch_id).public_id

    assert says(stage, SETTLED, message_id=message, amount=1_000).effect == Effect.APPLIED
    assert numbers(stage) == (2_000, 0, 1_000)
    the_books_agree(stage)


def test_a_sum_that_is_not_ours_moves_nothing(stage: Stage) -> None:
    batch_id = sent(stage)
    message = batch(stage, batch_id).public_id
    payout = payout_of(stage, batch_id, stage.roseraie)

    whole = says(stage, SETTLED, message_id=message, amount=2_999, bank_reference="A")
    twice = says(stage, SETTLED, message_id=message, amount=2_999, bank_reference="A")
    one = says(stage, SETTLED, payout, amount=1)

    assert [whole.effect, twice.effect, one.effect] == [
        Effect.DISAGREES,
        Effect.REPEATED,
        Effect.DISAGREES,
    ]
    assert numbers(stage) == (0, 3_000, 0)
    the_books_agree(stage)


def test_a_rejection_before_anybody_said_it_was_sent(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    exported(stage, batch_id)

    says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie))

    found = batch(stage, batch_id)
    assert (found.state, found.sent_by) == ("sent", PAUL)
    assert payout_of(stage, batch_id, stage.tilleul).state == "sent"
    the_books_agree(stage)


def test_the_bank_cannot_know_a_file_that_was_not_written(stage: Stage) -> None:
    batch_id = draft(stage)
    drafted = says(stage, SETTLED, payout_of(stage, batch_id, stage.roseraie))
    approved(stage, batch_id)
    unwritten = says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie))

    assert [drafted.effect, unwritten.effect] == [Effect.CONTRADICTS] * 2
    assert numbers(stage) == (0, 3_000, 0)
    the_books_agree(stage)


def test_a_settlement_after_a_rejection_is_shown_and_moves_nothing(stage: Stage) -> None:
    batch_id = sent(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)
    says(stage, REJECTED, payout, reason="AM04")

    assert says(stage, SETTLED, payout).effect == Effect.CONTRADICTS
    assert payout_of(stage, batch_id, stage.roseraie).state == "rejected"
    assert numbers(stage) == (2_000, 1_000, 0)
    the_books_agree(stage)


def test_a_rejection_after_a_settlement_waits_for_the_money(stage: Stage) -> None:
    batch_id = sent(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)
    says(stage, SETTLED, payout)
    contradicted = says(stage, REJECTED, payout, reason="AC04")
    came_back = says(stage, RETURNED, payout, reason="AC04")

    assert [contradicted.effect, came_back.effect] == [Effect.CONTRADICTS, Effect.APPLIED]
    assert numbers(stage) == (2_000, 1_000, 0)
    the_books_agree(stage)


def test_a_payout_that_came_back_is_due_again_even_after_the_batch_was_over(stage: Stage) -> None:
    batch_id = sent(stage)
    says(stage, SETTLED, message_id=batch(stage, batch_id).public_id)

    says(stage, RETURNED, payout_of(stage, batch_id, stage.roseraie), reason="AC06")

    assert numbers(stage) == (2_000, 0, 1_000)
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 2_000}
    the_books_agree(stage)


def test_the_return_is_read_before_the_debit_it_returns(stage: Stage) -> None:
    batch_id = sent(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)

    first = says(stage, RETURNED, payout, reason="AC04")
    second = says(stage, SETTLED, payout)

    assert [first.effect, second.effect] == [Effect.APPLIED, Effect.NOTED]
    assert numbers(stage) == (2_000, 1_000, 0)
    the_books_agree(stage)


def test_a_file_refused_whole_is_all_due_again(stage: Stage) -> None:
    batch_id = sent(stage)
    message = batch(stage, batch_id).public_id

    followed = says(stage, REJECTED, message_id=message, reason="FF01")

    assert (followed.effect, followed.payouts) == (Effect.APPLIED, 2)
    assert batch(stage, batch_id).state == "over"
    assert numbers(stage) == (3_000, 0, 0)
    the_books_agree(stage)


def test_what_is_not_ours_is_unknown(stage: Stage) -> None:
    sent(stage)
    assert says(stage, SETTLED, end_to_end_id="NOTPROVIDED").effect == Effect.UNKNOWN
    assert says(stage, SETTLED, message_id="OTHER").effect == Effect.UNKNOWN
    assert says(stage, SETTLED).effect == Effect.UNKNOWN
    assert stage.db.scalars(select(PayoutOutcome)).all() == []


def test_accepted_changes_nothing_but_that_it_was_sent(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    exported(stage, batch_id)

    for _ in range(2):
        says(stage, ACCEPTED, message_id=batch(stage, batch_id).public_id)

    assert batch(stage, batch_id).state == "sent"
    assert numbers(stage) == (0, 3_000, 0)
    the_books_agree(stage)


# What is owed back.


def test_a_paid_redemption_is_reversed_and_taken_from_the_next_payout(db: Session) -> None:
    stage = a_stage(db)
    number = takes(stage, stage.roseraie, vouchers=2)
    batch_id = sent(stage)
    says(stage, SETTLED, message_id=batch(stage, batch_id).public_id)

    reverse(stage, number)
    takes(stage, stage.roseraie, vouchers=3)
    assert owed_to(db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}
    the_books_agree(stage)
    later = LATER + timedelta(days=3)
    second = sent(stage, now=later)

    payout = payout_of(stage, second, stage.roseraie)
    assert payout.amount_cents == 1_000
    says(stage, SETTLED, payout, now=later)
    assert numbers(stage) == (0, 0, 3_000)
    the_books_agree(stage)


def test_who_owes_more_than_it_is_due_waits(db: Session) -> None:
    stage = a_stage(db)
    number = takes(stage, stage.roseraie, vouchers=2)
    sent(stage)
    reverse(stage, number)
    takes(stage, stage.roseraie)
    later = LATER + timedelta(days=3)

    [seen] = what_would_be_paid(db, stage.programme_id, cut_off=later, now=later)

    assert (seen.skip, seen.amount, seen.left_out) == (Skip.OWES_MORE, 0, 1_000)
    the_books_agree(stage)


def test_reversed_on_its_way_then_refused_cancels_out(db: Session) -> None:
    stage = a_stage(db)
    number = takes(stage, stage.roseraie)
    takes(stage, stage.roseraie)
    batch_id = sent(stage)
    reverse(stage, number)
    the_books_agree(stage)

    says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie))

    assert owed_to(db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}
    the_books_agree(stage)
    assert payout_of(stage, draft(stage), stage.roseraie).amount_cents == 1_000


@pytest.mark.parametrize("first_refused", [0, 1])
def test_recovered_then_both_payouts_refused_in_any_order(db: Session, first_refused: int) -> None:
    stage = a_stage(db)
    number = takes(stage, stage.roseraie)
    first = sent(stage)
    reverse(stage, number)
    takes(stage, stage.roseraie, vouchers=3)
    later = LATER + timedelta(days=3)
    second = sent(stage, now=later)
    assert payout_of(stage, second, stage.roseraie).amount_cents == 2_000
    order = [first, second] if first_refused == 0 else [second, first]

    for batch_id in order:
        says(stage, REJECTED, payout_of(stage, batch_id, stage.roseraie), now=later)
        the_books_agree(stage)

    assert owed_to(db, [stage.roseraie.id]) == {stage.roseraie.id: 3_000}
    third = sent(stage, now=later)
    assert payout_of(stage, third, stage.roseraie).amount_cents == 3_000
    the_books_agree(stage)


def test_deducted_for_nothing_is_paid_again(db: Session) -> None:
    stage = a_stage(db)
    number = takes(stage, stage.roseraie)
    first = sent(stage)
    reverse(stage, number)
    takes(stage, stage.roseraie, vouchers=3)
    later = LATER + timedelta(days=3)
    second = sent(stage, now=later)
    says(stage, SETTLED, payout_of(stage, second, stage.roseraie), now=later)

    says(stage, REJECTED, payout_of(stage, first, stage.roseraie), now=later)

    assert owed_to(db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}
    third = sent(stage, now=later)
    assert payout_of(stage, third, stage.roseraie).amount_cents == 1_000
    says(stage, SETTLED, payout_of(stage, third, stage.roseraie), now=later)
    assert numbers(stage) == (0, 0, 3_000)
    the_books_agree(stage)


def test_what_a_provider_owes_back_is_paid_again_from_other_money(db: Session) -> None:
    """The fund is short in the bank only of what it will get back: that is no drift."""
    stage = a_stage(db, vouchers=2)
    lost = takes(stage, stage.roseraie, vouchers=2)
    codes = list(stage.db.scalars(select(Voucher.code_sealed)))
    says(stage, SETTLED, message_id=batch(stage, sent(stage)).public_id)
    reverse(stage, lost)
    stage.codes = [cast.VAULT.open(one) for one in codes]

    takes(stage, stage.tilleul, vouchers=2, now=LATER)
    later = LATER + timedelta(days=3)
    again = draft(stage, cut_off=later, now=later)
    approved(stage, again, now=later)
    exported(stage, again, now=later)
    says(stage, SETTLED, message_id=batch(stage, again).public_id, now=later)

    found = fund_numbers(db, [stage.fund_id])[stage.fund_id]
    assert (found.due, found.owed_back, found.paid) == (-2_000, 2_000, 4_000)
    the_books_agree(stage)


def test_what_a_provider_owes_back_is_not_there_to_be_given_to_the_funder(db: Session) -> None:
    stage = a_stage(db, vouchers=2)
    lost = takes(stage, stage.roseraie)
    says(stage, SETTLED, message_id=batch(stage, sent(stage)).public_id)
    lapsed = LATER + timedelta(days=500)
    reverse(stage, lost, now=lapsed)
    found = fund_numbers(db, [stage.fund_id])[stage.fund_id]
    assert (found.available, found.owed_back, found.in_hand) == (1_000, 1_000, 0)
    db.rollback()
    end: dict[str, Any] = {"motive": "Fin", "actor": PAUL, "now": lapsed}
    with unit_of_work(db):
        funds.close_fund(db, stage.fund_id, **end)

    with pytest.raises(NothingLeft), unit_of_work(db):
        funds.give_back_rest(db, stage.fund_id, **end)

    the_books_agree(stage)
