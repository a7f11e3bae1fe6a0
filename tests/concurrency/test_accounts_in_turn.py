"""A redemption takes its two accounts by ascending id: two of them never wait for each other.

Only PostgreSQL locks rows; on SQLite a writer is alone from before its first read.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.models import STRIPES, Account
from repit.domain.ledger.service import open_payable
from tests.cast import AProvider, Town, a_parent, a_town, a_voucher
from tests.domain.redemptions.taking import take

pytestmark = pytest.mark.concurrency
PATIENCE_SECONDS = 2


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


def _lock(connection: Connection, account_id: int) -> None:
    row = text("SELECT id FROM account WHERE id = :id FOR UPDATE NOWAIT")
    connection.execute(row, {"id": account_id})


def _somebody_waits(engine: Engine) -> None:
    """Return once a connection of this database waits for a row."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def _held_meanwhile(engine: Engine, account_id: int) -> bool:
    with engine.connect() as connection:
        try:
            _lock(connection, account_id)
        except DBAPIError:
            return True
    return False


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
                _lock(somebody, lower)
                taking = till.submit(take, postgresql, provider, [code], number)
                _somebody_waits(postgresql)
                held.append(_held_meanwhile(postgresql, higher))
            assert taking.result(PATIENCE_SECONDS).vouchers == 1

    assert held == [False] * STRIPES
