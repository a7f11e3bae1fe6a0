"""Three years of a large town, made by set statements: parents, vouchers, redemptions, transfers.

Rows come in the order of their moments, as months of service leave them. Constraints and triggers
that look at single rows are off while it loads (PostgreSQL: session_replication_role; SQLite:
foreign_keys), and indexes of the big tables are made afterwards; balances are not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from benchmarks.world import World

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 16, 12, tzinfo=UTC)
PARENTS = 200_000
PROVIDERS = 200
TOWNS = 20
CHUNKS = 36
_BIG = ("voucher", "redemption", "transfer")


@dataclass(frozen=True)
class Dialect:
    """How each database spells what differs."""

    series: str
    moment: Callable[[str], str]
    """Of a number of seconds since `FIRST`."""
    uuid: Callable[[str], str]
    hash: Callable[[str], str]


_SECONDS = FIRST.timestamp()
POSTGRESQL = Dialect(
    series="generate_series(CAST(:low AS bigint), CAST(:high AS bigint)) AS s(n)",
    moment=lambda seconds: f"to_timestamp({_SECONDS} + {seconds})",
    uuid=lambda n: f"md5('r' || ({n}))::uuid",
    hash=lambda n: f"decode(md5('v' || ({n})), 'hex')",
)
SQLITE = Dialect(
    series="(WITH RECURSIVE s(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM s WHERE n < :high)"
    " SELECT n FROM s) AS s",
    moment=lambda seconds: f"strftime('%Y-%m-%d %H:%M:%f000', {_SECONDS} + {seconds}, 'unixepoch')",
    uuid=lambda n: f"printf('%032x', {n})",
    hash=lambda n: f"CAST(printf('%016d', {n}) AS BLOB)",
)
CATEGORY = (
    "CASE ({provider}) % 4 WHEN 0 THEN 'babysitting' WHEN 1 THEN 'home_help'"
    " WHEN 2 THEN 'well_being' ELSE 'workshop_childcare' END"
)


def load(here: World, redemptions: int, funds: tuple[int, int]) -> None:
    """Fill an empty world with that many redemptions; every fiftieth is taken back a day later."""
    postgresql = here.engine.dialect.name == "postgresql"
    says = POSTGRESQL if postgresql else SQLITE
    with here.engine.connect() as connection:
        made = _off(connection, postgresql=postgresql)
        _people(connection, here, says, funds)
        step = (NOW - FIRST) / timedelta(seconds=1) / redemptions
        low = 0
        for chunk in range(CHUNKS):
            high = redemptions * (chunk + 1) // CHUNKS
            _moves(connection, here, says, funds, low + 1, high, step)
            low = high
        for statement in made:
            connection.execute(text(statement))
        connection.commit()
    _tidy(here, postgresql=postgresql)


def _off(connection: Connection, *, postgresql: bool) -> list[str]:
    """Let rows in unseen; return what makes the indexes again."""
    if not postgresql:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return []
    connection.execute(text("SET session_replication_role = replica"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SET maintenance_work_mem = '512MB'"))
    rows = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:big)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = indexname)"
        ),
        {"big": list(_BIG)},
    ).all()
    for row in rows:
        connection.execute(text(f"DROP INDEX {row.indexname}"))
    return [row.indexdef for row in rows]


def _tidy(here: World, *, postgresql: bool) -> None:
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if postgresql:
            connection.execute(text("SET session_replication_role = origin"))
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.exec_driver_sql("ANALYZE")
    here.engine.dispose()


def _people(connection: Connection, here: World, says: Dialect, funds: tuple[int, int]) -> None:
    """Parents from 1,000,001 on, three in four households; providers from 1,001 on."""
    about = {"low": 1, "high": PARENTS, "programme": here.town.programme_id}
    at = says.moment("0")
    connection.execute(
        text(
            "INSERT INTO household (id, public_id, created_at)"
            f" SELECT 1000000 + n, 'h' || n, {at} FROM {says.series}"
        ),
        about,
    )
    connection.execute(
        text(
            "INSERT INTO parent (id, public_id, number, household_id, first_name, last_name, town,"
            " postcode, name_key, search_key, priority_area, requested_on, state, discretion,"
            " declared, created_at)"
            " SELECT 1000000 + n, 'p' || n, 'B-' || n, 1000000 + n - CASE WHEN n % 4 = 0 THEN 1"
            f" ELSE 0 END, 'Parent', 'Nombre', 'Commune ' || (n % {TOWNS}), '62300', '', '',"
            " CASE WHEN n % 7 = 0 THEN 'QN0620' || (n % 9) || 'M' END, '2023-12-01', 'active',"
            f" 'normal', CASE n % 3 WHEN 0 THEN 'woman' WHEN 1 THEN 'man' END, {at}"
            f" FROM {says.series}"
        ),
        about,
    )
    connection.execute(
        text(
            "INSERT INTO allowance (id, parent_id, programme_id, scale_id, period_first_day,"
            " period_last_day, granted, issued, isolated, facts, explanation)"
            " SELECT 1000000 + n, 1000000 + n, :programme, (SELECT min(id) FROM scale),"
            " '2024-01-01', '2026-12-31', 1000, 0, n % 10 < 3, '{}', '[]'"
            f" FROM {says.series}"
        ),
        about,
    )
    _providers(connection, says, funds)


def _providers(connection: Connection, says: Dialect, funds: tuple[int, int]) -> None:
    about = {"low": 1, "high": PROVIDERS}
    at = says.moment("0")
    connection.execute(
        text(
            "INSERT INTO provider (id, public_id, name, identifier_kind, identifier, town, postcode,"
            " email, state, revision, created_at) SELECT 1000 + n, 'v' || n, 'Prestataire ' || n,"
            " 'siret', '9' || n, 'Lens', '62300', 'p' || n || '@exemple.test', 'active', 0,"
            f" {at} FROM {says.series}"
        ),
        about,
    )
    connection.execute(
        text(
            "INSERT INTO device (id, public_id, provider_id, kind, name, token_hash, created_at)"
            f" SELECT 1000 + n, 'd' || n, 1000 + n, 'api', 'x', {says.hash('n')}, {at}"
            f" FROM {says.series}"
        ),
        about,
    )
    for place, fund_id in enumerate(funds):
        connection.execute(
            text(
                "INSERT INTO account (id, kind, fund_id, provider_id, stripe, debits_cents,"
                f" credits_cents) SELECT {(place + 1) * 1_000_000} + n, 'payable', {fund_id},"
                f" 1000 + n, 0, 0, 1000000000000 FROM {says.series}"
            ),
            about,
        )


def _moves(
    connection: Connection,
    here: World,
    says: Dialect,
    funds: tuple[int, int],
    low: int,
    high: int,
    step: float,
) -> None:
    parent = "(1000000 + 1 + (n * 7919) % 200000)"
    provider = "(1001 + (n * 31) % 200)"
    fund = f"(CASE WHEN (n * 7919) % 2 = 0 THEN {funds[0]} ELSE {funds[1]} END)"
    back = "n % 50 = 0"
    used_at, back_at = says.moment(f"n * {step}"), says.moment(f"n * {step} + 86400")
    about = {"low": low, "high": high, "programme": here.town.programme_id}
    connection.execute(
        text(
            "INSERT INTO redemption (id, programme_id, provider_id, device_id, parent_id, category,"
            " service_on, minutes, vouchers, amount_cents, family_share_cents, fingerprint,"
            " received_at, paid_by_on, undo_until)"
            f" SELECT {says.uuid('n')}, :programme, {provider}, {provider}, {parent},"
            f" {CATEGORY.format(provider=provider)}, '2026-01-01', 30 + n % 4 * 30, 1, 1000, 0,"
            f" {says.hash('n')}, {used_at}, '2026-12-31', {used_at} FROM {says.series}"
        ),
        about,
    )
    connection.execute(
        text(
            "INSERT INTO voucher (id, code_hash, code_sealed, programme_id, fund_id, parent_id,"
            " allowance_id, face_cents, categories, first_day, last_day, grace_until, issued_at,"
            f" state, round, redemption_id, booked) SELECT 1000000 + n, {says.hash('n')},"
            f" {says.hash('0')}, :programme, {fund}, {parent}, {parent}, 1000, 15, '2024-01-01',"
            f" '2027-12-31', '2028-02-28', {says.moment(f'n * {step} - 86400')},"
            f" CASE WHEN {back} THEN 'issued' ELSE 'redeemed' END,"
            f" CASE WHEN {back} THEN 1 ELSE 0 END,"
            f" CASE WHEN {back} THEN NULL ELSE {says.uuid('n')} END, false FROM {says.series}"
        ),
        about,
    )
    available, outstanding = (
        "(SELECT id FROM account WHERE fund_id = " + fund + f" AND kind = '{kind}' AND stripe = 0"
        " AND provider_id IS NULL)"
        for kind in ("available", "outstanding")
    )
    payable = f"(CASE WHEN (n * 7919) % 2 = 0 THEN 1000000 ELSE 2000000 END + {provider} - 1000)"
    columns = (
        "(kind, debit_id, credit_id, amount_cents, voucher_id, round, redemption_id, actor, at)"
    )
    connection.execute(
        text(
            f"INSERT INTO transfer {columns} SELECT * FROM ("
            f"SELECT 'issue' AS kind, {available} AS debit, {outstanding} AS credit, 1000,"
            f" 1000000 + n AS voucher, 0, NULL, 'command', {says.moment(f'n * {step} - 86400')} AS at"
            f" FROM {says.series} UNION ALL "
            f"SELECT 'redeem', {outstanding}, {payable}, 1000, 1000000 + n, 0, {says.uuid('n')},"
            f" 'command', {used_at} FROM {says.series} UNION ALL "
            f"SELECT 'reverse', {payable}, {outstanding}, 1000, 1000000 + n, 0, {says.uuid('n')},"
            f" 'command', {back_at} FROM {says.series} WHERE {back}) moved ORDER BY at"
        ),
        about,
    )
    connection.execute(
        text(
            "INSERT INTO reversal (redemption_id, motive, actor, at)"
            f" SELECT {says.uuid('n')}, 'essai', 'command', {back_at} FROM {says.series}"
            f" WHERE {back}"
        ),
        about,
    )
