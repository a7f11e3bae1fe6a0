"""Two issue runs at the same moment give what one would have given."""

from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.domain.entitlements.models import Allowance
from repit.domain.ledger.queries import fund_numbers
from repit.domain.vouchers.models import Voucher
from repit.domain.vouchers.run import Outcome
from tests import cast
from tests.concurrency.together import Action, the_books_agree, together
from tests.domain.vouchers.issuing import AUTUMN, SPRING, a_scale, alone, entitle, run

pytestmark = pytest.mark.concurrency
ROUNDS = 4


def issuing(engine: Engine, programme_id: int, day: date) -> Action:
    def action() -> Outcome:
        with Session(engine) as db:
            return run(db, programme_id, day=day)

    return action


def a_programme(db: Session, *, cents: int, parents: int) -> tuple[int, int]:
    """Return a programme of parents who are each entitled to 6, and its fund."""
    programme_id = cast.a_programme(db)
    funder_id = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    fund_id = cast.a_fund(db, programme_id, funder_id=funder_id, cents=cents)
    a_scale(db, programme_id)
    for _ in range(parents):
        entitle(db, cast.a_parent(db, "Amina"), programme_id)
    return programme_id, fund_id


def issued(db: Session, programme_id: int) -> int:
    found = db.scalars(select(Voucher.id).where(Voucher.programme_id == programme_id)).all()
    db.rollback()
    return len(found)


def test_the_same_period_is_issued_once(db: Session, engine: Engine) -> None:
    for _ in range(ROUNDS):
        programme_id, fund_id = a_programme(db, cents=100_000, parents=4)
        answers = together(*[issuing(engine, programme_id, SPRING)] * 3)

        assert sum(one.vouchers for one in answers if isinstance(one, Outcome)) == 24
        assert issued(db, programme_id) == 24
        assert fund_numbers(db, [fund_id])[fund_id].committed == 24_000
        db.rollback()
    the_books_agree(engine)


def test_a_rise_is_issued_once(db: Session, engine: Engine) -> None:
    for _ in range(ROUNDS):
        programme_id, _ = a_programme(db, cents=100_000, parents=3)
        run(db, programme_id)
        parents = select(Allowance.parent_id).where(Allowance.programme_id == programme_id)
        for parent_id in db.scalars(parents).all():
            alone(db, parent_id)
        db.rollback()
        together(*[issuing(engine, programme_id, SPRING)] * 3)

        assert issued(db, programme_id) == 36
    the_books_agree(engine)


def test_the_last_euro_of_a_fund_is_promised_once(db: Session, engine: Engine) -> None:
    """One parent of two periods, and money for one: no voucher without money, no euro unused."""
    for _ in range(ROUNDS):
        programme_id, fund_id = a_programme(db, cents=6_000, parents=1)
        answers = together(
            issuing(engine, programme_id, SPRING), issuing(engine, programme_id, AUTUMN)
        )

        outcomes = [one for one in answers if isinstance(one, Outcome)]
        assert sorted((one.vouchers, one.waiting) for one in outcomes) == [(0, 1), (6, 0)]
        assert issued(db, programme_id) == 6
        assert fund_numbers(db, [fund_id])[fund_id].available == 0
        db.rollback()
    the_books_agree(engine)
