"""The check command finds what somebody changed by hand behind the verbs' back."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import connection_of_work, unit_of_work
from repit.domain.cards import refunds
from repit.domain.checks import drifts
from repit.domain.programmes import funds
from tests.cast import OPERATOR
from tests.domain.cards.scene import Scene

PLANTED = {
    "a payment of another amount": ("C1", "UPDATE online_payment SET amount_cents = 70000"),
    "a payment that is paid no more": ("C1", "UPDATE online_payment SET state = 'failed'"),
    "a refund that failed in silence": (
        "C2",
        "UPDATE online_refund SET state = 'failed'",
    ),
    "more given back than moved": (
        "C2",
        "UPDATE online_payment SET refunded_cents = refunded_cents - 1",
    ),
    "a dispute that moved nothing": (
        "C3",
        (
            "INSERT INTO payment_dispute"
            " (dispute_id, payment_id, amount_cents, state, posted, opened_at)"
            " SELECT 'du_1', id, 1, 'open', true, created_at FROM online_payment"
        ),
    ),
}


@pytest.mark.parametrize("name", list(PLANTED))
def test_a_planted_drift_is_found(db: Session, engine: Engine, name: str) -> None:
    scene = Scene(db)
    scene.paid(scene.promise(60_000))
    with unit_of_work(db):
        funds.close_fund(db, scene.fund, motive="fini", actor=OPERATOR, now=scene.now)
    with unit_of_work(db):
        refunds.give_back(db, scene.fund, motive="fin", actor=OPERATOR, now=scene.now)
    scene.no_drift()
    invariant, statement = PLANTED[name]
    with connection_of_work(engine) as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert {drift.invariant for drift in drifts(connection)} == {invariant}


def test_a_payout_settled_without_stripe_is_found(db: Session, engine: Engine) -> None:
    scene = Scene(db)
    scene.paid(scene.promise(100_000))
    scene.spend_and_pay(10_000)
    with connection_of_work(engine) as connection:
        connection.execute(text("UPDATE payout SET way = 'stripe'"))
    with engine.connect() as connection:
        assert {drift.invariant for drift in drifts(connection)} == {"C4"}
