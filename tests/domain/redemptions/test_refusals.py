"""Every refusal met when vouchers are brought: its facts, and that nothing moved."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.domain.errors import DomainError
from repit.domain.ledger.queries import owed_to
from repit.domain.redemptions import errors
from repit.domain.redemptions.desk import Desk
from repit.domain.redemptions.models import Redemption, Refusal
from repit.domain.vouchers.models import Voucher
from tests.cast import (
    NOON,
    VAULT,
    a_town,
)
from tests.domain.redemptions.refusal_cases import CASES
from tests.domain.redemptions.scene import NOBODYS, Scene
from tests.domain.redemptions.taking import brought, take


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_says_why_and_moves_nothing(db: Session, engine: Engine, name: str) -> None:
    prepare, expected = CASES[name]
    attempt = prepare(Scene(db, engine, a_town(db)))
    before = _state(db)

    with pytest.raises(type(expected)) as met:
        Desk(engine, VAULT).redeem(
            attempt.provider.device_id,
            brought(attempt.codes, attempt.number, **attempt.service),
            now=attempt.now,
        )

    assert asdict(met.value) == asdict(expected)
    assert _state(db) == before


def test_every_refusal_of_the_desk_has_its_case() -> None:
    elsewhere = {
        # Of the reversal, tried in its own tests.
        "unknown_redemption", "already_reversed", "undo_window_over", "being_paid",
    }  # fmt: skip
    all_codes = {
        error.code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, DomainError) and hasattr(error, "code")
    }
    assert {expected.code for _, expected in CASES.values()} == all_codes - elsewhere


def test_a_refusal_is_kept_with_its_reason(db: Session, engine: Engine) -> None:
    town = a_town(db)

    with pytest.raises(errors.MoreThanItCosts):
        take(engine, town.roseraie, town.codes[:3])
    with pytest.raises(errors.UnknownCode):
        take(engine, town.roseraie, [NOBODYS], 2)

    db.rollback()
    kept = db.execute(
        select(Refusal.reason, Refusal.wrong_code, Refusal.device_id).order_by(Refusal.id)
    ).all()
    device = town.roseraie.device_id
    assert kept == [("more_than_it_costs", False, device), ("unknown_code", True, device)]


def test_right_or_mistyped_codes_never_lock_a_device(db: Session, engine: Engine) -> None:
    town = a_town(db)
    take(engine, town.roseraie, town.codes[:1])
    desk = Desk(engine, VAULT)

    for number in range(60):
        with pytest.raises(errors.VoucherSpentHere):
            desk.redeem(town.roseraie.device_id, brought(town.codes[:1], 10 + number), now=NOON)
        with pytest.raises(errors.MistypedCode):
            desk.redeem(town.roseraie.device_id, brought(["0000-0000-0001"]), now=NOON)

    assert (
        desk.redeem(town.roseraie.device_id, brought(town.codes[1:2], 99), now=NOON).vouchers == 1
    )


def test_fifty_wrong_codes_in_a_day_lock_a_device(db: Session, engine: Engine) -> None:
    town = a_town(db)
    desk = Desk(engine, VAULT)
    moments = [NOON + timedelta(minutes=20 * number) for number in range(50)]

    for now in moments:
        with pytest.raises(errors.UnknownCode):
            desk.look(town.roseraie.device_id, [NOBODYS], now=now)

    with pytest.raises(errors.DeviceLocked):
        desk.redeem(
            town.roseraie.device_id,
            brought(town.codes[:1]),
            now=moments[-1] + timedelta(seconds=10),
        )


def test_fewer_than_the_codes_brought_takes_just_that_many(db: Session, engine: Engine) -> None:
    town = a_town(db)

    receipt = take(engine, town.roseraie, town.codes[:3], vouchers=1)

    assert (receipt.vouchers, receipt.amount) == (1, 1_000)
    assert owed_to(db, [town.roseraie.id]) == {town.roseraie.id: 1_000}


def _state(db: Session) -> dict[str, Any]:
    db.rollback()
    return {
        "vouchers": db.execute(
            select(Voucher.id, Voucher.state, Voucher.redemption_id).order_by(Voucher.id)
        ).all(),
        "redemptions": db.scalar(select(func.count()).select_from(Redemption)),
        "owed": owed_to(db, range(1, 10)),
    }
