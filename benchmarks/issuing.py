"""The issue job against a plain `INSERT … SELECT` of the same rows."""

import time
from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.world import World
from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.entitlements.models import Entitlement, Scale, ScaleRule
from repit.domain.households.models import Parent
from repit.domain.vouchers.run import issue_period
from tests.cast import NOON, OPERATOR, TODAY, VAULT, a_fund, a_programme

EACH = 60
ROUNDS = 3

PLAIN = """
WITH shape AS (
  SELECT p.id AS parent_id, a.id AS allowance_id, f.programme_id,
         row_number() OVER (ORDER BY p.id) - 1 AS place, count(*) OVER () AS parents
    FROM parent p JOIN allowance a ON a.parent_id = p.id JOIN fund f ON f.id = :fund
   WHERE a.programme_id = f.programme_id
), made AS (
  INSERT INTO voucher (code_hash, code_sealed, programme_id, fund_id, parent_id, allowance_id,
    face_cents, categories, first_day, last_day, grace_until, issued_at)
  SELECT decode(md5(CAST(:kind AS text) || n::text || random()::text), 'hex'),
         decode(md5(n::text) || md5('x' || n::text), 'hex'), programme_id, :fund, parent_id,
         allowance_id, 1000, 15, '2026-01-01', CAST(:last_day AS date), CAST(:last_day AS date) + 60, '2026-01-01'
    FROM generate_series(1, :count) AS n JOIN shape ON shape.place = n % shape.parents
  RETURNING id, parent_id
), moved AS (
  INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round, actor, at)
  SELECT 'issue', available.id, outstanding.id, 1000, made.id, 0, 'command', '2026-03-14'
    FROM made
    JOIN account available ON available.fund_id = :fund AND available.kind = 'available'
    JOIN account outstanding ON outstanding.fund_id = :fund AND outstanding.kind = 'outstanding'
     AND outstanding.stripe = made.parent_id % 8
  RETURNING debit_id, credit_id
)
UPDATE account SET debits_cents = debits_cents + side.debits,
                   credits_cents = credits_cents + side.credits
  FROM (SELECT account_id, sum(debits) * 1000 AS debits, sum(credits) * 1000 AS credits
          FROM (SELECT debit_id AS account_id, 1 AS debits, 0 AS credits FROM moved
                UNION ALL SELECT credit_id, 0, 1 FROM moved) AS sides
         GROUP BY account_id) AS side
 WHERE account.id = side.account_id
"""
"""Vouchers and transfers made from thin air, as fast as the database can."""
LAST_DAY = date(2026, 12, 31)


def measure(add: Callable[[str, float], None], here: World) -> None:
    """Issue for every parent of the world, then insert as many rows plainly; take turns."""
    for _ in range(ROUNDS):
        with Session(here.engine) as db:
            programme_id, fund_id = _scheme(db, here)
            started = time.perf_counter()
            outcome = issue_period(db, programme_id, TODAY, vault=VAULT, actor=OPERATOR, now=NOON)
            add("issue /s", outcome.vouchers / (time.perf_counter() - started))
        with here.engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            started = time.perf_counter()
            plainly(connection, fund_id, outcome.vouchers, kind="plain")
            add("plain /s", outcome.vouchers / (time.perf_counter() - started))


def plainly(
    connection: Connection, fund_id: int, count: int, *, kind: str, last_day: date = LAST_DAY
) -> None:
    """Make vouchers for every parent who has an allowance in the fund's programme, in turns."""
    values = {"fund": fund_id, "count": count, "kind": kind, "last_day": last_day}
    connection.execute(text(PLAIN), values)


def _scheme(db: Session, here: World) -> tuple[int, int]:
    """Open a programme in which every parent of the world is owed vouchers."""
    programme_id = a_programme(db)
    fund_id = a_fund(db, programme_id, funder_id=here.town.funder_id, cents=2_000_000_000)
    with unit_of_work(db):
        scale = Scale(
            public_id=ids.public_id(),
            programme_id=programme_id,
            version=1,
            title="Mesure",
            period="year",
            first_day=date(2026, 1, 1),
            published_at=NOON,
            created_at=NOON,
        )
        db.add(scale)
        db.flush()
        db.add(
            ScaleRule(
                scale_id=scale.id,
                position=0,
                label="base",
                condition="every_parent",
                effect="add",
                vouchers=EACH,
            )
        )
        parents = list(db.scalars(select(Parent.id)))
        db.execute(
            insert(Entitlement),
            [
                {
                    "parent_id": parent_id,
                    "programme_id": programme_id,
                    "state": "granted",
                    "requested_on": TODAY,
                    "first_day": date(2026, 1, 1),
                }
                for parent_id in parents
            ],
        )
    return programme_id, fund_id
