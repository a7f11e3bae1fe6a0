"""Whoever meets over the same voucher, money or code: one wins, and the books agree."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.money import Cents
from repit.domain.redemptions.desk import Desk
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.settlements.by_hand import record_payout
from repit.domain.settlements.errors import NothingDue
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.models import Presentation, Voucher
from repit.domain.vouchers.present import present
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY, VAULT, Town, redemption_id
from tests.concurrency.together import Action, changing, the_books_agree, together, won
from tests.domain.redemptions.taking import brought
from tests.domain.settlements import paying as paying_stage

pytestmark = pytest.mark.concurrency
ROUNDS = 8
LATER = NOON + timedelta(days=3)
NEXT_YEAR = NOON + timedelta(days=365)
MOTIVE: dict[str, Any] = {"motive": "Perdu", "actor": OPERATOR, "now": NOON}


@pytest.fixture
def town(db: Session) -> Town:
    return cast.a_town(db)


def redeeming(engine: Engine, town: Town, code: str, number: int) -> Action:
    bring, desk = brought([code], number), Desk(engine, VAULT)
    desk.standing(town.roseraie.device_id, NOON)  # known already, as on a busy day
    return lambda: desk.redeem(town.roseraie.device_id, bring, now=NOON)


def expiring(engine: Engine, now: datetime = NEXT_YEAR) -> Action:
    return changing(engine, lambda db: expire_some(db, actor=OPERATOR, now=now))


def test_a_voucher_ends_once_whoever_comes_first(db: Session, engine: Engine, town: Town) -> None:
    for number, code in enumerate(town.codes[:ROUNDS], 1):
        key = cast.voucher_id_of(db, code)
        db.rollback()
        redeemed, cancelled, *_ = won(
            together(
                redeeming(engine, town, code, number),
                changing(engine, partial(vouchers.cancel, voucher_id=key, **MOTIVE)),
                changing(engine, partial(vouchers.block, voucher_id=key, **MOTIVE)),
                changing(
                    engine,
                    partial(vouchers.hold, voucher_id=key, provider_id=town.sureau.id, **MOTIVE),
                ),
                trial=number,
            )
        )

        assert [redeemed, cancelled].count(True) == 1
        state = db.scalar(select(Voucher.state).where(Voucher.id == key))
        assert state == ("redeemed" if redeemed else "cancelled")
        db.rollback()
        the_books_agree(engine)


def test_a_voucher_that_ends_tonight_is_taken_or_expires(
    db: Session, engine: Engine, town: Town
) -> None:
    for number in range(1, ROUNDS + 1):
        code = cast.a_voucher(db, town.amina, town.fund_id, last_day=TODAY, grace_days=0)
        night = NOON + timedelta(days=1)
        taken, expired = together(
            redeeming(engine, town, code, number), expiring(engine, night), trial=number
        )
        # It passes over a voucher that is being taken this very moment, and comes again.
        left = expiring(engine, night)()

        assert [won([taken]), [expired == 1 or left == 1]].count([True]) == 1
        the_books_agree(engine)


def test_one_voucher_at_two_counters(db: Session, engine: Engine, town: Town) -> None:
    for number, code in enumerate(town.codes[:ROUNDS], 1):
        answers = together(
            *(redeeming(engine, town, code, number * 10 + counter) for counter in range(4))
        )

        assert won(answers).count(True) == 1
    assert owed_to(db, [town.roseraie.id]) == {town.roseraie.id: ROUNDS * 1_000}
    the_books_agree(engine)


def paying(engine: Engine, town: Town, reference: str) -> Action:
    return changing(
        engine,
        lambda db: record_payout(
            db,
            town.roseraie.id,
            seen=Cents(1_000),
            paid_on=TODAY,
            reference=reference,
            actor=OPERATOR,
            now=LATER,
        ),
    )


def test_two_operators_record_the_same_payment(db: Session, engine: Engine, town: Town) -> None:
    for number, code in enumerate(town.codes[:ROUNDS], 1):
        redeeming(engine, town, code, number)()
        answers = together(
            *(paying(engine, town, f"VIR {number} {operator}") for operator in range(3))
        )

        assert won(answers).count(True) == 1
        assert [type(answer) for answer in answers].count(NothingDue) == 2
    assert fund_numbers(db, [town.fund_id])[town.fund_id].paid == ROUNDS * 1_000
    the_books_agree(engine)


def test_taken_back_and_paid_is_owed_back(db: Session, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        stage = paying_stage.a_stage(db, vouchers=1, accounts=False)
        number = paying_stage.takes(stage, stage.roseraie)
        db.rollback()
        reversing = partial(
            reverse_by_operator,
            redemption_id=redemption_id(number),
            motive="Erreur",
            actor=OPERATOR,
            now=LATER,
        )
        by_hand = partial(
            record_payout,
            provider_id=stage.roseraie.id,
            seen=Cents(1_000),
            paid_on=TODAY,
            reference="VIR",
            actor=OPERATOR,
            now=LATER,
        )
        back, paid = together(changing(engine, reversing), changing(engine, by_hand), trial=trial)

        assert won([back]) == [True]
        assert isinstance(paid, str | NothingDue)
        owed = -1_000 if isinstance(paid, str) else 0
        assert owed_to(db, [stage.roseraie.id]) == {stage.roseraie.id: owed}
        db.rollback()
        the_books_agree(engine)


def test_two_codes_shown_at_once_and_one_opens(db: Session, engine: Engine, town: Town) -> None:
    for _ in range(ROUNDS):
        answers = together(
            *(
                changing(
                    engine,
                    partial(
                        present,
                        parent_id=town.amina,
                        programme_id=town.programme_id,
                        vouchers=many,
                        vault=VAULT,
                        now=NOON,
                    ),
                )
                for many in (2, 3)
            )
        )

        assert won(answers) == [True, True]
        shown = db.execute(
            select(Presentation.vouchers, func.count())
            .join(Voucher, Voucher.presentation_id == Presentation.id)
            .group_by(Presentation.id, Presentation.vouchers)
        ).all()
        db.rollback()
        assert len(shown) == 1
        assert shown[0][0] == shown[0][1]
