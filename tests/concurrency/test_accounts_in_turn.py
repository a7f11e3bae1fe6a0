"""A redemption takes its two accounts by ascending id: two of them never wait for each other.

Only PostgreSQL locks rows; on SQLite a writer is alone from before its first read.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.models import STRIPES, Account
from repit.domain.ledger.service import open_payable
from tests.cast import AProvider, Town, a_parent, a_town, a_voucher
from tests.concurrency.waiting import PATIENCE_SECONDS, is_locked, lock_row, somebody_waits
from tests.domain.redemptions.taking import take

pytestmark = pytest.mark.concurrency


@pytest.fixture
def postgresql(database_url: str) -> Iterator[Engine]:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no row to wait for")
    engine = create_engine(database_url)
    prepare(engine)
    yield engine
    engine.dispose()


def _payable(db: Session, town: Town) -> AProvider:
    """Open the provider's accounts before: a first redemption would take another way."""
    with unit_of_work(db):
        open_payable(db.connection(), town.roseraie.id, [town.fund_id])
    return town.roseraie


def _two_accounts(db: Session, town: Town, parent_id: int) -> list[int]:
    """Return the ids of the accounts that this parent's redemption moves money between."""
    here = Account.fund_id == town.fund_id, Account.stripe == parent_id % STRIPES
    kinds = Account.kind.in_(("outstanding", "payable"))
    return sorted(db.scalars(select(Account.id).where(*here, kinds)))


def test_who_waits_for_the_lower_account_does_not_hold_the_higher(postgresql: Engine) -> None:
    with Session(postgresql) as db:
        town = a_town(db)
        provider = _payable(db, town)
        parents = [a_parent(db, f"Parent {number}") for number in range(STRIPES)]
        codes = [a_voucher(db, parent_id, town.fund_id) for parent_id in parents]
        pairs = [_two_accounts(db, town, parent_id) for parent_id in parents]

    held = []
    with ThreadPoolExecutor(1) as till:
        for number, (code, (lower, higher)) in enumerate(zip(codes, pairs, strict=True), 1):
            with postgresql.begin() as somebody:
                lock_row(somebody, "account", lower)
                taking = till.submit(take, postgresql, provider, [code], number)
                somebody_waits(postgresql)
                held.append(is_locked(postgresql, "account", higher))
            assert taking.result(PATIENCE_SECONDS).vouchers == 1

    assert held == [False] * STRIPES
