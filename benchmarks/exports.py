"""`python -m benchmarks.exports`: lists of half a million rows as files (G12), and the end of `make bench`.

The operator's vouchers (a row each) and the journal of the books (two lines of each piece), asked
for over WSGI in a process of its own, read to the end and thrown away. Beside each, the same
statement read through the driver and written by `csv.writer`. On PostgreSQL and on SQLite.
"""

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from benchmarks.running import SETTINGS
from benchmarks.world import World, world
from repit.app import create_app
from repit.integrations.workbook import Number, Row, Sheet, Workbook, write
from repit.web import database
from tests import cast
from tests.cast import NOON
from tests.postgres import postgres_server
from tests.settings import settings_for
from tests.visits import visit_as

ROWS = 500_000
TOGETHER = 4
"""Vouchers of one redemption: half as many pieces as vouchers, so a line for each voucher."""
MOST_STATEMENTS, MOST_EXTRA_MB = 5, 50
LISTS = {
    # what is asked for, and the same with next to nothing in it, to warm up
    "vouchers": ("/porteur/cheques/?format=csv", "&q=nobody-at-all"),
    "journal": (
        "/porteur/comptabilite/journal?first_day=2026-01-01&last_day={}",
        "2020-01-01",
    ),
}
WORKBOOK_ROWS = 100_000
MEGABYTE = 1e6
BARE_ROWS = 10_000
"""Read together by hand."""
NUMBERS = """
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
"""
POSTGRESQL = {
    "code": "decode(lpad(to_hex({}), 32, '0'), 'hex')",
    "uuid": "CAST(lpad(to_hex({}), 32, '0') AS uuid)",
    "at": "TIMESTAMPTZ '2026-01-05 00:00:00+00' + {} * INTERVAL '20 seconds'",
    "nothing": "'\\x00'",
}
SQLITE = {
    "code": "CAST(printf('%016d', {}) AS BLOB)",
    "uuid": "printf('%032x', {})",
    "at": "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-05', '+' || ({} * 20) || ' seconds')",
    "nothing": "x'00'",
}
REDEEMED = """
INSERT INTO redemption (id, programme_id, provider_id, device_id, parent_id, category, service_on,
  minutes, vouchers, amount_cents, family_share_cents, fingerprint, received_at, paid_by_on,
  undo_until)
{numbers}
SELECT {uuid}, :programme, :provider, :device, (SELECT min(id) FROM parent) + n.n % :parents,
  'babysitting', '2026-03-14', 60, :together, :together * 1000, 0, {nothing}, {at}, '2026-12-14',
  {at}
FROM n
"""
MADE = """
INSERT INTO voucher (code_hash, code_sealed, programme_id, fund_id, parent_id, allowance_id,
  face_cents, categories, first_day, last_day, grace_until, issued_at, state, redemption_id)
{numbers}
SELECT {code}, {nothing}, :programme, :fund, r.parent_id, a.id, 1000, 15, '2026-01-01',
  '2026-12-31', '2027-03-01', {at}, 'redeemed', r.id
FROM n JOIN redemption r ON r.id = {uuid_of_group}
JOIN allowance a ON a.parent_id = r.parent_id AND a.programme_id = :programme
"""
MOVED = """
INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round, redemption_id,
  actor, at)
SELECT k.kind, CASE k.kind WHEN 'issue' THEN available.id ELSE outstanding.id END,
  CASE k.kind WHEN 'issue' THEN outstanding.id ELSE payable.id END, 1000, v.id, 0,
  CASE k.kind WHEN 'redeem' THEN v.redemption_id END, 'command', r.received_at
FROM voucher v JOIN redemption r ON r.id = v.redemption_id
CROSS JOIN (SELECT 'issue' AS kind UNION ALL SELECT 'redeem') AS k
JOIN account available ON available.fund_id = :fund AND available.kind = 'available'
JOIN account outstanding ON outstanding.fund_id = :fund AND outstanding.kind = 'outstanding'
 AND outstanding.stripe = r.parent_id % 8
JOIN account payable ON payable.fund_id = :fund AND payable.kind = 'payable'
 AND payable.provider_id = :provider AND payable.stripe = r.parent_id % 8
ORDER BY v.id, k.kind
"""
SUMMED = """
UPDATE account SET
  debits_cents = coalesce((SELECT sum(amount_cents) FROM transfer WHERE debit_id = account.id), 0),
  credits_cents = coalesce((SELECT sum(amount_cents) FROM transfer WHERE credit_id = account.id), 0)
"""


def main() -> None:
    """Print the tables, one for each database."""
    wanted = _arguments()
    if wanted.one:
        print(json.dumps(_measured(wanted.url, wanted.one)))
        return
    for name, server in (("PostgreSQL", _postgresql()), ("SQLite", _sqlite())):
        with server as url:
            _fill(url, wanted.rows)
            print(f"\n{name}, {wanted.rows:,} rows")
            print(
                f"{'list':10} {'rows':>8} {'rows/s':>8} {'÷ by hand':>10} {'statements':>11} {'extra MB':>9}"
            )
            for one in LISTS:
                _show(one, _in_its_own_process(url, one))
    _show_workbook(_in_its_own_process("", "workbook"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--one", help="measure one list here")
    parser.add_argument("--url", default="")
    return parser.parse_args()


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres_server(**SETTINGS) as server:
        yield server.url()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'exports.sqlite3'}"


def _fill(url: str, rows: int) -> None:
    """Bring a town on and let it use that many vouchers, some together."""
    with world(url, codes=400) as here, here.engine.begin() as connection:
        postgresql = here.engine.dialect.name == "postgresql"
        words = POSTGRESQL if postgresql else SQLITE
        if postgresql:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement, count in (
            (REDEEMED, rows // TOGETHER),
            (MADE, rows),
            (MOVED, 0),
            (SUMMED, 0),
        ):
            connection.execute(text(_said(statement, words, count)), _values(here, connection))
    with create_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _said(statement: str, words: dict[str, str], count: int) -> str:
    number = "n.n" if statement is REDEEMED else f"(1 + (n.n - 1) / {TOGETHER})"
    return statement.format(
        numbers=NUMBERS.format(count=count),
        code=words["code"].format("n.n"),
        uuid=words["uuid"].format("n.n"),
        uuid_of_group=words["uuid"].format(number),
        at=words["at"].format(number),
        nothing=words["nothing"],
    )


def _values(here: World, connection: Any) -> dict[str, Any]:
    with Session(connection) as db:
        parents = db.scalar(text("SELECT count(*) FROM allowance"))
        programme = db.scalar(
            text("SELECT programme_id FROM fund WHERE id = :id"), {"id": here.fund_id}
        )
    return {
        "programme": programme,
        "fund": here.fund_id,
        "provider": here.providers[0].id,
        "device": here.providers[0].device_id,
        "parents": parents,
        "together": TOGETHER,
    }


def _in_its_own_process(url: str, name: str) -> dict[str, float]:
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.exports", "--one", name, "--url", url],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    found: dict[str, float] = json.loads(made.stdout.splitlines()[-1])
    return found


def _measured(url: str, name: str) -> dict[str, float]:
    if name == "workbook":
        return _workbook()
    app = create_app(settings_for(url))
    with app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        client = visit_as(app, cast.an_operator(db, f"Odile {name}"))
    everything, nothing = _addresses(name)
    _read(client, nothing)
    with counted(engine) as sent:
        found = _read(client, everything)
    asked = [one for one in sent if not _is_the_visitors(one[0])]
    bare = _by_hand(engine, *asked[-1])
    return found | {"statements": len(asked), "by hand": bare}


def _addresses(name: str) -> tuple[str, str]:
    address, nothing = LISTS[name]
    if "{}" in address:
        return address.format("2026-12-31"), address.replace("2026-01-01", nothing).format(nothing)
    return address, address + nothing


def _is_the_visitors(statement: str) -> bool:
    """Who asks is read for every page there is: it is not the list's."""
    return "browser_stay" in statement


@contextmanager
def counted(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements sent meanwhile, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET ", "PRAGMA")):
            sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _read(client: FlaskClient, address: str) -> dict[str, float]:
    """Read a file to its end as it comes, keep nothing, and see how memory grew meanwhile."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    started, lines = time.perf_counter(), 0
    answer = client.get(address, buffered=False)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    for part in answer.iter_encoded():
        lines += part.count(b"\r\n")
        most = max(most, process.memory_info().rss)
    answer.close()
    elapsed = time.perf_counter() - started
    return {"rows": lines - 1, "rows/s": lines / elapsed, "extra MB": (most - before) / MEGABYTE}


def _by_hand(engine: Engine, statement: str, values: Any) -> float:
    """Return the rows a second of the same statement, the driver's cursor and `csv.writer`."""
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    started, rows = time.perf_counter(), 0
    cursor = driver.cursor("by_hand") if engine.dialect.name == "postgresql" else driver.cursor()
    cursor.execute(statement, values)
    while some := cursor.fetchmany(BARE_ROWS):
        written = io.StringIO()
        csv.writer(written, delimiter=";").writerows(some)
        rows += len(some)
    elapsed = time.perf_counter() - started
    cursor.close()
    connection.close()
    return rows / elapsed


def _show(name: str, found: dict[str, float]) -> None:
    missed = [
        *(["statements"] if found["statements"] > MOST_STATEMENTS else []),
        *(["memory"] if found["extra MB"] > MOST_EXTRA_MB else []),
    ]
    print(
        f"{name:10} {found['rows']:8,.0f} {found['rows/s']:8,.0f}"
        f" {found['rows/s'] / found['by hand']:10.2f} {found['statements']:11.0f}"
        f" {found['extra MB']:9.1f}  {'MISSED: ' + ', '.join(missed) if missed else 'must reached'}"
    )


def _workbook() -> dict[str, float]:
    """Write a sheet of twelve typed columns: how fast, and how memory grows."""
    process = psutil.Process()
    cells = ("Jour", NOON.date(), *(Number(place * 1.5, "euros") for place in range(10)))
    _write_sheet(cells, 10)
    before = process.memory_info().rss
    started = time.perf_counter()
    size = _write_sheet(cells, WORKBOOK_ROWS)
    elapsed = time.perf_counter() - started
    most = max(before, process.memory_info().rss)
    return {
        "rows/s": WORKBOOK_ROWS / elapsed,
        "MB": size / MEGABYTE,
        "extra MB": (most - before) / MEGABYTE,
    }


def _write_sheet(cells: tuple[Any, ...], rows: int) -> int:
    sheet = Sheet("Lignes", (Row(cells) for _ in range(rows)), widths=(12,) * len(cells))
    return len(write(Workbook("Mesure", "Répit", "fr", NOON, (sheet,))))


def _show_workbook(found: dict[str, float]) -> None:
    print(
        f"\nworkbook, {WORKBOOK_ROWS:,} rows of 12 cells: {found['rows/s']:,.0f} rows/s,"
        f" a file of {found['MB']:.1f} MB, {found['extra MB']:.1f} MB of extra memory"
    )


if __name__ == "__main__":
    main()
