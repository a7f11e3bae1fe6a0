import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.ledger.queries import BEHIND, fund_numbers
from repit.domain.programmes import funds
from repit.domain.reports.movements import movements
from tests.cast import NOON, Town, a_town, an_operator
from tests.domain.redemptions.taking import take


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


def test_the_transfers_behind_each_number_add_up_to_it(
    db: Session, engine: Engine, town: Town
) -> None:
    odile = actors.person(an_operator(db))
    take(engine, town.roseraie, town.codes[:2], minutes=120)
    with unit_of_work(db):
        funds.close_fund(db, town.fund_id, motive="Fin", actor=odile, now=NOON)
        funds.give_back_rest(db, town.fund_id, motive="Fin", actor=odile, now=NOON)

    numbers = fund_numbers(db, [town.fund_id])[town.fund_id]

    for number in BEHIND:
        found = movements(db, town.fund_id, number)
        assert sum(one.amount for one in found.items) == getattr(numbers, number), number
    assert (numbers.due, numbers.committed, numbers.returned) == (2_000, 8_000, 90_000)


def test_a_movement_says_what_it_is_about(db: Session, engine: Engine, town: Town) -> None:
    take(engine, town.roseraie, town.codes[:1])
    [redeemed] = movements(db, town.fund_id, "due").items
    assert (redeemed.kind, redeemed.provider) == ("redeem", "La Roseraie")
    assert redeemed.voucher
    assert redeemed.redemption_id
    [given] = movements(db, town.fund_id, "funded").items
    assert given.reference
    assert given.reference.startswith("VIR-")
    assert given.arrival_id


def test_movements_come_newest_first_and_a_page_at_a_time(
    db: Session, engine: Engine, town: Town
) -> None:
    take(engine, town.roseraie, town.codes[:1])
    page = movements(db, town.fund_id, "committed", page=1)
    assert (page.total, page.last) == (11, 1)
    assert page.items[0].kind == "redeem"
    assert page.items[0].amount == -1_000


def test_another_fund_moves_nothing_here(db: Session, town: Town) -> None:
    assert movements(db, town.fund_id + 1, "available").items == []
