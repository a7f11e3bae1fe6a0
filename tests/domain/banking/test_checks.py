"""Every invariant of money in sees its own disagreement, made behind the services' back."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.rules import Reason, Received, TakenBack
from tests.cast import NOON, OPERATOR, TODAY, a_parent, vouchers_for
from tests.domain.banking.desk import a_line, a_promise, numbers

THEN = "'2026-03-14 12:00:00.000000'"
ARRIVAL = (
    "INSERT INTO arrival (contribution_id, fund_id, amount_cents, returned_cents, received_on, way,"
    " reference, created_at) SELECT contribution_id, {fund}, 100, 0, received_on, 'card',"
    " 'X', created_at FROM arrival LIMIT 1"
)


@pytest.fixture
def world(db: Session) -> None:
    """One line received, one sum typed, one recalled by the bank after vouchers were issued."""
    promised = a_promise(db, 100_000)
    a_line(db, promised.reference, "1000.00")
    with unit_of_work(db):
        typed = Received(Cents(5_000), TODAY, "A")
        recalled = contributions.arrive(db, promised.id, typed, actor=OPERATOR, now=NOON)
    vouchers_for(db, a_parent(db, "Amina"), promised.fund_id, vouchers=102)
    with unit_of_work(db):
        back = TakenBack(Reason.RECALLED, returned_on=TODAY)
        assert contributions.take_back(db, recalled, back, actor=OPERATOR, now=NOON) == 2_000
    assert numbers(db, promised.fund_id).available == 0
    db.rollback()


@pytest.mark.usefixtures("world")
def test_what_the_services_did_agrees(engine: Engine) -> None:
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("I18", ARRIVAL.format(fund="fund_id")),
        ("M1", "UPDATE arrival SET returned_cents = 1 WHERE way = 'transfer'"),
        ("M1", "UPDATE arrival SET returned_cents = 0 WHERE way = 'hand'"),
        (
            "M1",
            (
                "INSERT INTO arrival_return (arrival_id, amount_cents, shortage_cents, reason,"
                f" returned_on, created_at) SELECT id, 1, 0, 'mistake', received_on, {THEN}"
                " FROM arrival WHERE way = 'transfer'"
            ),
        ),
        ("M2", "UPDATE bank_line SET amount_cents = amount_cents - 1"),
        ("M2", "UPDATE bank_line SET amount_cents = amount_cents + 1"),
        ("M3", "UPDATE bank_line SET state = 'new'"),
        ("M3", f"UPDATE bank_match SET ended_at = {THEN}"),
        ("M3", "UPDATE bank_line SET why = 'payout'"),
        ("M4", "UPDATE bank_line SET credit = false"),
        ("M4", "UPDATE bank_match SET how = 'entered'"),
        ("M4", "UPDATE bank_line SET booked_on = '2026-03-03'"),
    ],
)
def test_a_planted_disagreement_is_found(engine: Engine, name: str, planted: str) -> None:
    with engine.begin() as connection:
        changed = connection.execute(text(planted))
        assert changed.rowcount
    with engine.connect() as connection:
        assert name in {drift.invariant for drift in checks.drifts(connection)}
