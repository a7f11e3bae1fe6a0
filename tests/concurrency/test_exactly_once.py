"""The promise: however often, by whomever and over whatever line, a voucher is taken once.

The same assertions are then turned on a desk that reads before it writes, to show that they
would notice: on PostgreSQL it takes vouchers twice. On SQLite even that desk keeps the promise,
because a writer holds the only lock from before its first read (`BEGIN IMMEDIATE`).
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.ledger.models import AccountKind, Transfer, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, open_payable, post, stripe_of
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing
from repit.domain.redemptions.desk import Desk
from repit.domain.redemptions.errors import VoucherSpent
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.redeem import Asked, Receipt, replay
from repit.domain.vouchers.models import Voucher, VoucherState
from tests.cast import (
    TODAY,
    VAULT,
    a_fund,
    a_funder,
    a_parent,
    a_programme,
    a_provider,
    vouchers_for,
)
from tests.concurrency.crowd import (
    CLIENTS,
    FACE,
    Presentation,
    assert_exactly_once,
    four_times_each,
    present_all,
)
from tests.databases import Databases, migrate

pytestmark = pytest.mark.concurrency
PARENTS = 15
VOUCHERS = int(os.environ.get("REPIT_TEST_VOUCHERS", "600"))  # noqa: TID251
"""A multiple of the parents; `REPIT_TEST_VOUCHERS=1500` is what was promised once."""


@pytest.fixture
def crowded(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own, with room for all clients; the guards may be taken out of it."""
    url = databases.bare(tmp_path)
    migrate(url)
    engine = create_engine(url, pool_size=CLIENTS)
    prepare(engine)
    yield engine
    engine.dispose()


def a_crowd(engine: Engine, vouchers: int) -> tuple[int, list[Presentation]]:
    """Issue vouchers to some parents; return their fund, and what the clients will present."""
    with Session(engine) as db:
        programme_id = a_programme(db)
        fund_id = a_fund(db, programme_id, cents=vouchers * FACE, funder_id=a_funder(db))
        codes = []
        for number in range(PARENTS):
            parent_id = a_parent(db, f"Parent {number}")
            codes += vouchers_for(db, parent_id, fund_id, vouchers=vouchers // PARENTS)
        return fund_id, four_times_each(codes, a_provider(db), a_provider(db, "Le Tilleul"))


def test_vouchers_presented_four_times_each_are_taken_once(crowded: Engine) -> None:
    fund_id, wishes = a_crowd(crowded, VOUCHERS)

    answers = present_all(Desk(crowded, VAULT), wishes)

    assert_exactly_once(crowded, fund_id, wishes, answers)
    assert len(answers.refusals) >= VOUCHERS * 2
    assert len(answers.receipts) == VOUCHERS


class ReadThenWrite(Desk):
    """What one writes first: look whether it may be taken, then take it."""

    def _take(self, key: bytes | int, asked: Asked, standing: Standing, now: datetime) -> Receipt:
        with Session(self._engine) as db, unit_of_work(db):
            earlier = replay(db.connection(), asked, standing)
            if earlier is not None:
                return earlier
            [code_hash] = asked.hashes
            voucher = db.scalars(select(Voucher).where(Voucher.code_hash == code_hash)).one()
            if voucher.state != VoucherState.ISSUED:
                raise VoucherSpent
            redemption = self._made(asked, standing, voucher, now)
            db.add(redemption)
            db.flush()
            voucher.state, voucher.redemption_id = VoucherState.REDEEMED, asked.id
            self._pay(db, voucher, redemption, now)
            face = Cents(voucher.face_cents)
            return Receipt(asked.id, 1, face, redemption.paid_by_on, redemption.undo_until)

    def _made(
        self, asked: Asked, standing: Standing, voucher: Voucher, now: datetime
    ) -> Redemption:
        return Redemption(
            id=asked.id,
            programme_id=voucher.programme_id,
            provider_id=standing.provider_id,
            device_id=standing.device_id,
            parent_id=voucher.parent_id,
            category=asked.service.category,
            service_on=asked.service.service_on,
            minutes=asked.service.minutes,
            sessions=None,
            vouchers=1,
            amount_cents=voucher.face_cents,
            family_share_cents=0,
            fingerprint=asked.fingerprint(standing.provider_id),
            received_at=now,
            paid_by_on=TODAY,
            undo_until=now,
        )

    def _pay(self, db: Session, voucher: Voucher, made: Redemption, now: datetime) -> None:
        open_payable(db.connection(), made.provider_id, [voucher.fund_id])
        accounts = accounts_of(db, {voucher.fund_id})
        stripe = stripe_of(voucher.parent_id)
        posting = Posting(
            kind=TransferKind.REDEEM,
            debit_id=accounts[voucher.fund_id, AccountKind.OUTSTANDING, 0, stripe],
            credit_id=accounts[voucher.fund_id, AccountKind.PAYABLE, made.provider_id, stripe],
            amount=Cents(voucher.face_cents),
            voucher_id=voucher.id,
            round=voucher.round,
            redemption_id=made.id,
        )
        post(db, [posting], actor=actors.device(made.device_id), now=now)


def test_the_test_has_teeth(crowded: Engine) -> None:
    fund_id, wishes = a_crowd(crowded, 150)

    answers = present_all(ReadThenWrite(crowded, VAULT), wishes)

    if crowded.dialect.name == "sqlite":
        assert_exactly_once(crowded, fund_id, wishes, answers)
        return
    assert answers.faults  # two at once: the database's own guards stop the second
    with pytest.raises(AssertionError):
        assert_exactly_once(crowded, fund_id, wishes, answers)


def test_without_the_database_s_guards_it_takes_twice(crowded: Engine) -> None:
    fund_id, wishes = a_crowd(crowded, 150)
    take_the_guards_away(crowded)

    answers = present_all(ReadThenWrite(crowded, VAULT), wishes)

    answers.faults.clear()  # an overdraft, where one voucher took another's money
    if crowded.dialect.name == "sqlite":
        assert_exactly_once(crowded, fund_id, wishes, answers)
        return
    with pytest.raises(AssertionError):
        assert_exactly_once(crowded, fund_id, wishes, answers)
    with Session(crowded) as db:
        by_voucher = select(Transfer.voucher_id).where(Transfer.kind == TransferKind.REDEEM)
        twice = by_voucher.group_by(Transfer.voucher_id).having(func.count() > 1)
        assert db.scalars(twice).all()


def test_the_desk_needs_no_guards(crowded: Engine) -> None:
    fund_id, wishes = a_crowd(crowded, 150)
    take_the_guards_away(crowded)

    answers = present_all(Desk(crowded, VAULT), wishes)

    assert_exactly_once(crowded, fund_id, wishes, answers)


def take_the_guards_away(engine: Engine) -> None:
    """Leave the decision to the statement alone, as far as this database can forget its guards."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER voucher_redeemed_once"))
            return
        connection.execute(text("DROP TRIGGER voucher_redeemed_once ON voucher"))
        connection.execute(
            text("ALTER TABLE transfer DROP CONSTRAINT uq_transfer_voucher_id_kind_round")
        )
