"""The database refuses what the application never asks: somebody at its prompt, or a bug."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.redemptions.reverse import undo
from repit.domain.vouchers import service as vouchers
from tests import cast
from tests.cast import NOON, OPERATOR, Town, redemption_id
from tests.domain.redemptions.taking import take

APPEND_ONLY = ("transfer", "redemption", "reversal", "arrival", "event")
SPENT = "(SELECT id FROM voucher WHERE state = 'redeemed' LIMIT 1)"
AGAIN = """
INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round, redemption_id,
                      actor, at)
SELECT kind, debit_id, credit_id, amount_cents, {voucher}, {round}, redemption_id, actor, at
  FROM transfer WHERE kind = 'redeem' AND round = 0
   AND voucher_id IN (SELECT id FROM voucher WHERE state = 'redeemed')
"""


@pytest.fixture
def town(db: Session, engine: Engine) -> Town:
    """Two redemptions, of which one was undone; one voucher was cancelled by somebody."""
    town = cast.a_town(db)
    take(engine, town.roseraie, town.codes[:1], 1)
    take(engine, town.roseraie, town.codes[1:2], 2)
    take(engine, town.roseraie, town.codes[2:3], 3)
    with unit_of_work(db):
        undo(
            db,
            redemption_id(1),
            provider_id=town.roseraie.id,
            actor=actors.device(town.roseraie.device_id),
            now=NOON,
        )
        key = cast.voucher_id_of(db, town.codes[9])
        vouchers.cancel(db, key, motive="Perdu", actor=OPERATOR, now=NOON)
    return town


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("kind", ["available", "outstanding", "payable", "transit"])
def test_an_account_overdrawn(engine: Engine, kind: str) -> None:
    refused(engine, [f"UPDATE account SET debits_cents = credits_cents + 1 WHERE kind = '{kind}'"])


@pytest.mark.usefixtures("town")
def test_a_provider_who_gave_back_more_than_it_owed(engine: Engine) -> None:
    more = "UPDATE account SET credits_cents = debits_cents + 1 WHERE kind = 'owed_back'"
    refused(engine, [more])


@pytest.mark.usefixtures("town")
def test_a_voucher_redeemed_twice(engine: Engine) -> None:
    refused(
        engine,
        [
            AGAIN.format(voucher="voucher_id", round="round"),
            AGAIN.format(voucher="voucher_id", round="NULL"),
            AGAIN.format(voucher="NULL", round="NULL"),
            f"""UPDATE voucher SET redemption_id = (SELECT id FROM redemption
                 WHERE id <> voucher.redemption_id LIMIT 1) WHERE id = {SPENT}""",
            f"UPDATE voucher SET redemption_id = NULL WHERE id = {SPENT}",
            f"UPDATE voucher SET state = 'issued' WHERE id = {SPENT}",
            f"DELETE FROM voucher WHERE id = {SPENT}",
        ],
    )


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_happened_edited_or_deleted(engine: Engine, table: str) -> None:
    attempts = [f"UPDATE {table} SET id = id", f"DELETE FROM {table}"]
    if engine.dialect.name == "postgresql":
        attempts += [f"TRUNCATE {table} CASCADE", "TRUNCATE person, provider, programme CASCADE"]
    refused(engine, attempts, rows_in=table)


def refused(engine: Engine, attempts: Iterable[str], rows_in: str = "account") -> None:
    """Each attempt has rows to change, is refused, and changes nothing."""
    before = _rows(engine, rows_in)
    assert before
    for attempt in attempts:
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(attempt))
    assert _rows(engine, rows_in) == before


def _rows(engine: Engine, table: str) -> list[str]:
    with engine.connect() as connection:
        return sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}"))))
