"""A line that names a payment of ours and cannot be it waits, with its reason; nothing moves."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import deciding, payments, queries, service
from repit.domain.banking.queries import LineView
from repit.domain.banking.rules import LineState, Why
from repit.domain.settlements import attention
from repit.domain.settlements.models import Payout
from repit.domain.settlements.outcomes import Result
from tests.cast import NOON, OPERATOR
from tests.domain.banking.desk import send
from tests.domain.settlements.paying import (
    Stage,
    a_stage,
    batch,
    payout_of,
    says,
    sent,
    takes,
    the_books_agree,
)
from tests.integrations.bank_paper import Entry, camt, detail, pain_002, transfer


@pytest.fixture
def stage(db: Session) -> Stage:
    """A batch on its way: 60 € to La Roseraie and 10 € to Le Tilleul."""
    found = a_stage(db)
    takes(found, found.roseraie, vouchers=6)
    takes(found, found.tilleul)
    sent(found)
    return found


@pytest.fixture
def payout(stage: Stage) -> Payout:
    return payout_of(stage, 1, stage.roseraie)


def debit(
    payout: Payout, amount: str, reference: str | None = "B1", kind: str = "camt.053"
) -> bytes:
    paper = detail(end_to_end=payout.public_id)
    return camt(Entry(amount, "DBIT", reference=reference, details=paper), kind=kind)


def back(payout: Payout, amount: str = "60.00", reference: str = "R1") -> bytes:
    paper = detail(end_to_end=payout.public_id, returned="AC04")
    return camt(Entry(amount, reference=reference, details=paper))


def refusal(payout: Payout, message: str) -> bytes:
    said = transfer(payout.public_id, "RJCT", "AC04", amount="60.00")
    return pain_002(transfers=said, message=message)


def lines(db: Session) -> list[tuple[int, LineState, Why | None]]:
    """Return amount, state and reason of every line, oldest first."""
    db.rollback()
    found = sorted(queries.lines(db).items, key=lambda one: one.id)
    return [(one.amount if one.credit else -one.amount, one.state, one.why) for one in found]


def last(db: Session) -> LineView:
    db.rollback()
    return max(queries.lines(db).items, key=lambda one: one.id)


PAID = (-6_000, LineState.MATCHED, Why.PAYOUT)


@pytest.mark.parametrize("reference", ["B1", "B2", None])
def test_another_amount_waits_before_and_after_the_right_one(
    db: Session, stage: Stage, payout: Payout, reference: str | None
) -> None:
    other = (-6_100, LineState.NEW, Why.OTHER_AMOUNT)
    send(db, debit(payout, "61.00"))
    assert lines(db) == [other]
    send(db, debit(payout, "60.00", reference))
    assert lines(db) == [other, PAID]
    assert payout_of(stage, 1, stage.roseraie).state == "settled"

    look_again(db)
    send(db, debit(payout, "61.00") + b"<!-- encore -->")
    assert lines(db) == [other, PAID]
    the_books_agree(stage)


def look_again(db: Session) -> None:
    db.rollback()
    with unit_of_work(db):
        service.look_again(db, actor=OPERATOR, now=NOON)


def test_a_second_debit_waits(db: Session, stage: Stage, payout: Payout) -> None:
    send(db, debit(payout, "60.00"))
    send(db, debit(payout, "60.00", "B2"))
    look_again(db)
    assert lines(db) == [PAID, (-6_000, LineState.NEW, Why.BOOKED_ALREADY)]
    the_books_agree(stage)


def test_the_same_movement_in_another_file_is_understood(
    db: Session, stage: Stage, payout: Payout
) -> None:
    send(db, debit(payout, "60.00"))
    paper = detail(end_to_end=payout.public_id, amount="60.00", reference="B1")
    other = detail(end_to_end="AUTRE", amount="5.00", reference="B9")
    send(db, camt(Entry("65.00", "DBIT", reference="E7", details=paper + other), kind="camt.054"))
    found = [one for one in lines(db) if one[0] == -6_000]
    assert found == [PAID, PAID]


def test_a_debit_noted_by_hand_before_is_its_line(
    db: Session, stage: Stage, payout: Payout
) -> None:
    says(stage, Result.SETTLED, payout, bank_reference="HAND")
    send(db, debit(payout, "60.00"))
    assert lines(db) == [PAID]


def test_a_debit_of_what_was_refused_waits_until_it_comes_back(
    db: Session, stage: Stage, payout: Payout
) -> None:
    send(db, refusal(payout, batch(stage, 1).public_id))
    send(db, debit(payout, "60.00"))
    assert lines(db) == [(-6_000, LineState.NEW, Why.AFTER_REJECTION)]
    assert attention.waiting(db).doubts == 1

    send(db, back(payout))
    assert lines(db) == [PAID, (6_000, LineState.MATCHED, Why.PAYOUT)]
    assert attention.waiting(db).doubts == 0
    assert payout_of(stage, 1, stage.roseraie).state == "rejected"
    the_books_agree(stage)


def test_a_file_refused_whole_and_debited_waits(db: Session, stage: Stage) -> None:
    name = batch(stage, 1).public_id
    send(db, pain_002("RJCT", message=name))
    paper = f"<Btch><MsgId>{name}</MsgId><NbOfTxs>2</NbOfTxs></Btch>"
    send(db, camt(Entry("70.00", "DBIT", reference="B1", details=paper)))
    assert lines(db) == [(-7_000, LineState.NEW, Why.AFTER_REJECTION)]
    look_again(db)
    assert last(db).state is LineState.NEW


def test_the_sum_of_a_file_and_one_of_its_payments_are_not_both_taken(
    db: Session, stage: Stage, payout: Payout
) -> None:
    name = batch(stage, 1).public_id
    paper = f"<Btch><MsgId>{name}</MsgId><NbOfTxs>2</NbOfTxs></Btch>"
    send(db, camt(Entry("70.00", "DBIT", reference="B1", details=paper)))
    send(db, debit(payout, "60.00", "B2"))
    assert lines(db) == [
        (-7_000, LineState.MATCHED, Why.PAYOUT),
        (-6_000, LineState.NEW, Why.BOOKED_ALREADY),
    ]


def test_a_second_return_waits(db: Session, stage: Stage, payout: Payout) -> None:
    for content in (debit(payout, "60.00"), back(payout), back(payout, reference="R2")):
        send(db, content)
    assert lines(db)[1:] == [
        (6_000, LineState.MATCHED, Why.PAYOUT),
        (6_000, LineState.NEW, Why.BOOKED_ALREADY),
    ]


@pytest.mark.parametrize("doubted", [payments.shown_as_lines, payments.set_aside])
def test_whoever_looked_closes_the_line_and_its_doubt(
    db: Session, stage: Stage, payout: Payout, doubted: Callable[[], ColumnElement[bool]]
) -> None:
    send(db, refusal(payout, batch(stage, 1).public_id))
    send(db, debit(payout, "60.00"))
    waits = doubted is payments.set_aside
    assert attention.waiting(db, but=doubted()).doubts == int(waits)
    line_id = last(db).id
    db.rollback()
    with unit_of_work(db):
        deciding.set_aside(db, [line_id], motive="Rendu par la banque", actor=OPERATOR, now=NOON)

    assert last(db).state is LineState.SET_ASIDE
    assert attention.doubts(db, but=doubted()) == []
    look_again(db)
    assert last(db).motive == "Rendu par la banque"
