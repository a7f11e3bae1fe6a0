"""What a provider gave back, noted and confirmed: its line is found by its reference and sum."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import deciding, repayments, service
from repit.domain.banking.rules import LineState, Why
from repit.domain.money import Cents
from repit.domain.settlements import repaying
from repit.domain.settlements.composing import debts
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.repaying import Said, Way
from tests.cast import NOON, OPERATOR
from tests.domain.banking.desk import a_line, the_line
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    Stage,
    a_stage,
    batch,
    reverse,
    says,
    sent,
    takes,
    the_books_agree,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    """Roseraie noted that it repaid 20 € with « REMB 1 »; nobody confirmed it."""
    found = a_stage(db)
    number = takes(found, found.roseraie, vouchers=2)
    says(found, Result.SETTLED, message_id=batch(found, sent(found)).public_id)
    reverse(found, number)
    return found


def noted(stage: Stage, reference: str = "REMB 1", *, confirmed: bool = True) -> None:
    owed = debts(stage.db, provider_ids=[stage.roseraie.id])
    facts: dict[str, Any] = {"received_on": LATER.date(), "reference": reference}
    what = Said(
        Way.TRANSFER,
        frozenset(one.redemption_id for one in owed),
        Cents(sum(one.amount for one in owed)),
        **facts,
    )
    stage.db.rollback()
    with unit_of_work(stage.db):
        name = repaying.ask(stage.db, stage.roseraie.id, what, actor=ODILE, now=LATER)
    if confirmed:
        with unit_of_work(stage.db):
            repaying.confirm(stage.db, name, provider_id=stage.roseraie.id, actor=PAUL, now=LATER)


@pytest.mark.parametrize("text", ["REMB 1", "vir sepa remb-1 La Roseraie", "REMB1"])
def test_its_line_is_found(db: Session, stage: Stage, text: str) -> None:
    noted(stage)
    line = a_line(db, text, "20.00")
    assert (line.state, line.why) == (LineState.MATCHED, Why.REPAYMENT)
    named = repayments.named_by(db, line)
    assert named is not None
    assert named.provider == "La Roseraie"
    the_books_agree(stage)


@pytest.mark.parametrize(
    ("text", "amount"), [("REMB 1", "20.01"), ("REMB 12", "20.00"), ("PREMB 1", "20.00")]
)
def test_another_line_waits(db: Session, stage: Stage, text: str, amount: str) -> None:
    noted(stage)
    line = a_line(db, text, amount)
    assert (line.state, line.why) == (LineState.NEW, Why.NO_REFERENCE)


def test_one_repayment_is_one_line_until_it_is_taken_back(db: Session, stage: Stage) -> None:
    noted(stage)
    first = a_line(db, "REMB 1", "20.00", reference="E1")
    second = a_line(db, "REMB 1", "20.00", reference="E2")
    assert (second.state, second.why) == (LineState.NEW, Why.NO_REFERENCE)
    db.rollback()
    with unit_of_work(db):
        deciding.take_back(db, first.id, motive="Erreur", actor=OPERATOR, now=NOON)
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert (the_line(db).id, the_line(db).why) == (second.id, Why.REPAYMENT)
    the_books_agree(stage)


def test_what_nobody_confirmed_waits_and_is_found_then(db: Session, stage: Stage) -> None:
    assert a_line(db, "REMB 1", "20.00").state is LineState.NEW
    db.rollback()
    noted(stage)
    with unit_of_work(db):
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert the_line(db).why is Why.REPAYMENT


def test_a_short_reference_is_left_to_somebody(db: Session, stage: Stage) -> None:
    noted(stage, "12")
    assert a_line(db, "VIREMENT 12", "20.00").state is LineState.NEW
