import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.redemptions.errors import ReplayMismatch, VoucherSpent, VoucherSpentHere
from repit.domain.redemptions.reverse import undo
from repit.domain.vouchers.models import Voucher
from tests.cast import NOON, a_provider, a_town, redemption_id
from tests.domain.redemptions.taking import take


def test_redeeming_moves_the_value_to_what_the_provider_is_owed(
    db: Session, engine: Engine
) -> None:
    town = a_town(db)

    take(engine, town.roseraie, town.codes[:1])
    receipt = take(engine, town.roseraie, town.codes[1:3], 2)

    assert (receipt.vouchers, receipt.amount) == (2, 2_000)
    numbers = fund_numbers(db, [town.fund_id])[town.fund_id]
    assert (numbers.committed, numbers.due) == (7_000, 3_000)
    assert owed_to(db, [town.roseraie.id]) == {town.roseraie.id: 3_000}


def test_the_same_scan_sent_twice_takes_once(db: Session, engine: Engine) -> None:
    town = a_town(db)

    first = take(engine, town.roseraie, town.codes[:1])
    again = take(engine, town.roseraie, town.codes[:1])

    assert again.replayed
    assert (again.id, again.amount, again.paid_by_on) == (first.id, first.amount, first.paid_by_on)
    assert owed_to(db, [town.roseraie.id]) == {town.roseraie.id: 1_000}


def test_the_same_id_with_other_content_is_refused(db: Session, engine: Engine) -> None:
    town = a_town(db)
    take(engine, town.roseraie, town.codes[:1])

    with pytest.raises(ReplayMismatch):
        take(engine, town.roseraie, town.codes[1:2])


def test_a_spent_voucher_says_to_whom_only_to_its_provider(db: Session, engine: Engine) -> None:
    town = a_town(db)
    take(engine, town.roseraie, town.codes[:1])

    with pytest.raises(VoucherSpentHere) as here:
        take(engine, town.roseraie, town.codes[:1], 2)
    assert here.value.at == NOON
    other = a_provider(db, "Le Tilleul")
    with pytest.raises(VoucherSpent):
        take(engine, other, town.codes[:1], 3)


def test_an_undone_redemption_gives_the_voucher_back_to_be_spent_again(
    db: Session, engine: Engine
) -> None:
    town = a_town(db)
    take(engine, town.roseraie, town.codes[:1])

    with unit_of_work(db):
        undo(
            db,
            redemption_id(1),
            provider_id=town.roseraie.id,
            actor=actors.device(town.roseraie.device_id),
            now=NOON,
        )
    assert fund_numbers(db, [town.fund_id])[town.fund_id].committed == 10_000
    db.rollback()
    take(engine, town.roseraie, town.codes[:1], 2)
    take(engine, town.roseraie, town.codes[:1], 1)

    assert fund_numbers(db, [town.fund_id])[town.fund_id].due == 1_000
    states = {(row.state, row.round) for row in db.scalars(select(Voucher))}
    assert states == {("redeemed", 1), ("issued", 0)}
