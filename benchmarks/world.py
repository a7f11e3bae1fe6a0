"""A database of a given size: one town, many vouchers, made in bulk with real codes at the front.

Rows that are only there to be passed over have random keys instead of codes: nobody brings them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.service import open_payable
from repit.settings import ROOT
from tests import cast
from tests.cast import AProvider, Town

PARENTS = 400
PROVIDERS = 8
FOR_LONG = date(2035, 12, 31)


@dataclass(frozen=True)
class World:
    """What the load needs to know. `codes` can be spent; `town` owns everything."""

    engine: Engine
    url: str
    town: Town
    fund_id: int
    providers: list[AProvider]
    codes: list[str]


@contextmanager
def world(url: str, *, codes: int, parents: int = PARENTS) -> Iterator[World]:
    """Migrate an empty database, bring a town on, issue that many vouchers with real codes."""
    engine = create_engine(url)
    prepare(engine)
    with engine.connect() as connection:
        config = Config(toml_file=ROOT / "pyproject.toml")
        config.set_main_option("script_location", str(ROOT / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    with Session(engine) as db:
        town = cast.a_town(db)
        fund_id = cast.a_fund(db, town.programme_id, funder_id=town.funder_id, cents=20_000_000_000)
        providers = [
            cast.a_provider(db, f"Prestataire {number}", until=FOR_LONG)
            for number in range(PROVIDERS)
        ]
        with unit_of_work(db):
            for provider in providers:
                open_payable(db.connection(), provider.id, [fund_id])
        each = -(-codes // parents)
        found = []
        for number in range(parents):
            parent_id = cast.a_parent(db, f"Parent {number}")
            found += cast.vouchers_for(db, parent_id, fund_id, vouchers=each, last_day=FOR_LONG)
    yield World(engine, url, town, fund_id, providers, _shuffled(found))
    engine.dispose()


def _shuffled(codes: list[str]) -> list[str]:
    """Return the codes in an order that jumps from parent to parent, as visitors do."""
    return sorted(codes, key=lambda code: code[::-1])


def grow(here: World, vouchers: int) -> None:
    """Add spent vouchers with their two transfers each, until there are that many in all."""
    with here.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        present = connection.scalar(text("SELECT count(*) FROM voucher")) or 0
        connection.execute(
            text(_GROW),
            {
                "count": max(0, vouchers - present),
                "fund": here.fund_id,
                "provider": here.providers[0].id,
                "device": here.providers[0].device_id,
            },
        )
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def settle_in(here: World) -> None:
    """Leave the database as months of service leave it: its log files are used again.

    An empty one makes each file anew (16 MB of zeros), and everybody waits 50 to 80 ms for it;
    a checkpoint keeps the files written so far for what comes (`min_wal_size`).
    """
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("CHECKPOINT"))


# Each parent's growth is one redemption of all its vouchers, so that rows stay in proportion.
_GROW = """
WITH chosen AS (
  SELECT p.id AS parent_id, a.id AS allowance_id, gen_random_uuid() AS redemption_id,
         row_number() OVER (ORDER BY p.id) - 1 AS place, count(*) OVER () AS parents
    FROM parent p JOIN allowance a ON a.parent_id = p.id
), rows AS (
  SELECT chosen.*, n FROM generate_series(1, :count) AS n
    JOIN chosen ON chosen.place = n % chosen.parents
), redeemed AS (
  INSERT INTO redemption (id, programme_id, provider_id, device_id, parent_id, category,
    service_on, minutes, vouchers, amount_cents, family_share_cents, fingerprint, received_at,
    paid_by_on, undo_until)
  SELECT redemption_id, (SELECT programme_id FROM fund WHERE id = :fund), :provider, :device,
         parent_id, 'babysitting', '2026-03-14', 60, count(*), count(*) * 1000, 0, '\\x00',
         '2026-03-14', '2026-04-14', '2026-03-16'
    FROM rows GROUP BY redemption_id, parent_id RETURNING id
), made AS (
  INSERT INTO voucher (code_hash, code_sealed, programme_id, fund_id, parent_id, allowance_id,
    face_cents, categories, first_day, last_day, grace_until, issued_at, state, redemption_id)
  SELECT decode(md5(n::text || random()::text), 'hex'), '\\x00',
         (SELECT programme_id FROM fund WHERE id = :fund), :fund, parent_id, allowance_id, 1000,
         15, '2026-01-01', '2026-12-31', '2027-03-01', '2026-01-01', 'redeemed', redemption_id
    FROM rows RETURNING id, parent_id, redemption_id
), moved AS (
  INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round,
    redemption_id, actor, at)
  SELECT kind.kind, CASE kind.kind WHEN 'issue' THEN available.id ELSE outstanding.id END,
         CASE kind.kind WHEN 'issue' THEN outstanding.id ELSE payable.id END, 1000, made.id, 0,
         CASE kind.kind WHEN 'redeem' THEN made.redemption_id END, 'command', '2026-03-14'
    FROM made CROSS JOIN (VALUES ('issue'), ('redeem')) AS kind (kind)
    JOIN account available ON available.fund_id = :fund AND available.kind = 'available'
    JOIN account outstanding ON outstanding.fund_id = :fund AND outstanding.kind = 'outstanding'
     AND outstanding.stripe = made.parent_id % 8
    JOIN account payable ON payable.fund_id = :fund AND payable.kind = 'payable'
     AND payable.provider_id = :provider
     AND payable.stripe = made.parent_id % 8
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
