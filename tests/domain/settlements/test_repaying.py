"""What a provider owes back is repaid or written off by two people; the books agree."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.errors import DayToCome, DayTooEarly, NoSuchObject
from repit.domain.ledger.queries import FundNumbers, behind, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import shortages
from repit.domain.settlements import owed_back, repaying
from repit.domain.settlements.composing import debts
from repit.domain.settlements.errors import (
    DebtGone,
    NobodyInParticular,
    OtherAmount,
    ReferenceUsed,
    RepaymentDecided,
    SamePerson,
)
from repit.domain.settlements.models import Recovery, Repayment
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.preview import what_would_be_paid
from repit.domain.settlements.repaying import Said, Way
from tests.cast import OPERATOR
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    Stage,
    a_stage,
    batch,
    payout_of,
    reverse,
    says,
    sent,
    takes,
    the_books_agree,
)

DAY = LATER.date()


@pytest.fixture
def stage(db: Session) -> Stage:
    """Roseraie was paid 20 € and 10 €; both were reversed since."""
    found = a_stage(db)
    numbers = takes(found, found.roseraie, vouchers=2), takes(found, found.roseraie)
    says(found, Result.SETTLED, message_id=batch(found, sent(found)).public_id)
    for number in numbers:
        reverse(found, number)
    return found


def said(stage: Stage, way: Way = Way.TRANSFER, *, which: slice = slice(None), **more: Any) -> Said:
    owed = debts(stage.db, provider_ids=[stage.roseraie.id])[which]
    stage.db.rollback()
    usual: dict[str, Any] = {"received_on": DAY, "reference": "VIR 9", "motive": "A cessé"}
    return Said(
        way,
        frozenset(one.redemption_id for one in owed),
        Cents(sum(one.amount for one in owed)),
        **usual | more,
    )


def asks(stage: Stage, what: Said, actor: Any = ODILE) -> str:
    with unit_of_work(stage.db):
        return repaying.ask(stage.db, stage.roseraie.id, what, actor=actor, now=LATER)


def confirms(stage: Stage, name: str, actor: Any = PAUL, now: Any = LATER) -> None:
    with unit_of_work(stage.db):
        repaying.confirm(stage.db, name, provider_id=stage.roseraie.id, actor=actor, now=now)


def discards(stage: Stage, name: str) -> None:
    with unit_of_work(stage.db):
        repaying.discard(stage.db, name, provider_id=stage.roseraie.id, actor=PAUL, now=LATER)


def numbers(stage: Stage) -> FundNumbers:
    stage.db.rollback()
    return fund_numbers(stage.db, [stage.fund_id])[stage.fund_id]


def test_nothing_moves_until_another_person_confirms(stage: Stage) -> None:
    name = asks(stage, said(stage))
    assert (numbers(stage).owed_back, numbers(stage).paid) == (3_000, 3_000)
    assert not debts(stage.db, provider_ids=[stage.roseraie.id])

    with pytest.raises(SamePerson):
        confirms(stage, name, actor=ODILE)
    with pytest.raises(NobodyInParticular):
        confirms(stage, name, actor=OPERATOR)
    confirms(stage, name)

    assert (numbers(stage).owed_back, numbers(stage).due, numbers(stage).paid) == (0, 0, 0)
    paid = stage.db.execute(behind(stage.fund_id, "paid"))
    assert sum(one.amount_cents if adds else -one.amount_cents for one, adds in paid) == 0
    the_books_agree(stage)


def test_money_came_back_after_the_service_and_before_tomorrow(stage: Stage) -> None:
    with pytest.raises(DayToCome):
        asks(stage, said(stage, received_on=DAY + timedelta(days=1)))
    with pytest.raises(DayTooEarly) as refusal:
        asks(stage, said(stage, received_on=DAY - timedelta(days=30)))
    asks(stage, said(stage, received_on=refusal.value.first_day))


def test_a_loss_is_seen_on_its_fund_and_covered_there(stage: Stage) -> None:
    confirms(stage, asks(stage, said(stage, Way.WRITTEN_OFF, reference=None, received_on=None)))

    assert (numbers(stage).owed_back, numbers(stage).lost, numbers(stage).paid) == (0, 3_000, 3_000)
    with unit_of_work(stage.db):
        shortages.cover(
            stage.db, stage.fund_id, Cents(3_000), motive="fonds propres", actor=PAUL, now=LATER
        )
    assert numbers(stage).lost == 0
    the_books_agree(stage)


def test_a_part_is_repaid_and_the_rest_is_recovered(stage: Stage) -> None:
    confirms(stage, asks(stage, said(stage, which=slice(1))))
    takes(stage, stage.roseraie, vouchers=3, now=LATER)
    later = LATER + timedelta(days=3)

    [row] = what_would_be_paid(stage.db, stage.programme_id, cut_off=later, now=later)

    assert row.due == 3_000
    assert row.recovered == numbers(stage).owed_back
    assert 0 < row.recovered < 3_000


def test_what_was_noted_is_taken_back_and_owed_as_before(stage: Stage) -> None:
    name = asks(stage, said(stage))
    discards(stage, name)

    assert len(debts(stage.db, provider_ids=[stage.roseraie.id])) == 2
    stage.db.rollback()
    with pytest.raises(RepaymentDecided):
        confirms(stage, name)
    asks(stage, said(stage))  # the same reference: the first note is gone
    the_books_agree(stage)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"seen": Cents(2_999)}, OtherAmount),
        ({"redemptions": frozenset()}, DebtGone),
    ],
)
def test_what_is_not_owed_so_is_refused(
    stage: Stage, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    what = said(stage)
    wrong = Said(**vars(what) | changes)

    with pytest.raises(refusal):
        asks(stage, wrong)
    assert stage.db.scalars(select(Repayment)).all() == []


def test_twice_noted_is_once(stage: Stage) -> None:
    what = said(stage, which=slice(1))
    asks(stage, what)

    with pytest.raises(DebtGone):
        asks(stage, what)
    with pytest.raises(ReferenceUsed):
        asks(stage, said(stage))
    with pytest.raises(NobodyInParticular):
        asks(stage, said(stage, reference="VIR 10"), actor=OPERATOR)


def test_another_providers_is_as_if_it_were_not_there(stage: Stage) -> None:
    name = asks(stage, said(stage))

    with pytest.raises(NoSuchObject), unit_of_work(stage.db):
        repaying.confirm(stage.db, name, provider_id=stage.tilleul.id, actor=PAUL, now=LATER)


@pytest.mark.parametrize("covered", [0, 1_000, 3_000])
def test_a_payment_that_comes_back_undoes_its_loss(stage: Stage, covered: int) -> None:
    first = payout_of(stage, 1, stage.roseraie)
    confirms(stage, asks(stage, said(stage, Way.WRITTEN_OFF)))
    if covered:
        with unit_of_work(stage.db):
            shortages.cover(
                stage.db, stage.fund_id, Cents(covered), motive="x", actor=PAUL, now=LATER
            )
    before = numbers(stage).available

    says(stage, Result.RETURNED, first, amount=Cents(3_000), reason="MS03")

    found = numbers(stage)
    assert (found.lost, found.owed_back, found.due, found.paid) == (0, 0, 0, 0)
    assert found.available == before + covered
    assert owed_back.repayments(stage.db, stage.roseraie.id)[0].undone
    the_books_agree(stage)


def test_a_payment_that_comes_back_after_it_was_repaid_is_due_again(stage: Stage) -> None:
    first = payout_of(stage, 1, stage.roseraie)
    confirms(stage, asks(stage, said(stage)))

    says(stage, Result.RETURNED, first, amount=Cents(3_000), reason="MS03")

    assert (numbers(stage).due, numbers(stage).owed_back) == (3_000, 0)
    [row] = what_would_be_paid(stage.db, stage.programme_id, cut_off=LATER, now=LATER)
    assert row.amount == 3_000
    the_books_agree(stage)


def test_a_payment_that_comes_back_before_anybody_confirmed(stage: Stage) -> None:
    first = payout_of(stage, 1, stage.roseraie)
    name = asks(stage, said(stage, Way.WRITTEN_OFF))
    says(stage, Result.RETURNED, first, amount=Cents(3_000), reason="MS03")
    the_books_agree(stage)

    with pytest.raises(DebtGone):
        confirms(stage, name)
    discards(stage, name)

    assert (numbers(stage).due, numbers(stage).owed_back) == (0, 0)
    the_books_agree(stage)


@pytest.mark.parametrize(
    ("invariant", "planted"),
    [
        ("P1", "UPDATE repayment SET amount_cents = 2999"),
        ("P1", "UPDATE recovery SET ended_at = moved_at"),
        ("P1", "UPDATE recovery SET moved_at = NULL"),
        ("P2", "UPDATE recovery SET amount_cents = amount_cents + 1"),
        ("P2", "UPDATE repayment SET way = 'written_off'"),
    ],
)
def test_a_planted_drift_is_found(stage: Stage, invariant: str, planted: str) -> None:
    confirms(stage, asks(stage, said(stage)))
    the_books_agree(stage)
    stage.db.rollback()
    with unit_of_work(stage.db):
        stage.db.execute(text(planted))

    with stage.engine.connect() as connection:
        assert invariant in {one.invariant for one in checks.drifts(connection)}


def test_the_database_refuses_one_person_twice(stage: Stage) -> None:
    asks(stage, said(stage))
    assert len(stage.db.scalars(select(Recovery)).all()) == 2
    stage.db.rollback()

    with pytest.raises(Exception, match="four_eyes"), unit_of_work(stage.db):
        stage.db.execute(
            text(
                "UPDATE repayment SET state = 'done', decided_by = asked_by, decided_at = asked_at"
            )
        )
