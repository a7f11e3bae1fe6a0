"""`make bench`: print the speed table, every figure a ratio measured in this run.

Redemptions over HTTP, the same transaction in raw SQL by pgbench, and a Flask route that does
nothing take turns, several rounds, on one PostgreSQL with fsync on; medians are printed.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psutil
from sqlalchemy import text

from benchmarks import issuing, load, pages, processes
from benchmarks.load import CLIENTS, Codes
from benchmarks.running import SETTINGS, Run, application
from benchmarks.table import Figure, show
from benchmarks.world import World, grow, settle_in, world
from repit.domain import checks, clock
from tests.postgres import PostgresServer, postgres_server

SMALL, LARGE = 200_000, 3_000_000
MOST_A_SECOND = 4_000
"""Codes a second. Each thread of wrk has its own half, and one may run at twice the other's pace:
once its half is out it brings its first code again, and is told that it is spent."""


def main() -> None:
    """Measure, print the table, and the raw figures as JSON after it."""
    wanted = _arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: make bench installs it")
    run = Run()
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(**SETTINGS))
        per_round = MOST_A_SECOND * wanted.seconds
        here = stack.enter_context(
            world(server.url(), codes=per_round * (wanted.rounds * len(CLIENTS) + 2))
        )
        grow(here, SMALL)
        settle_in(here)
        codes = Codes(here.codes)
        with application(server) as (app, address), _nothing() as (null, knocked):
            load.redeem(address, codes.take(per_round), here.providers, **_one(8, 3, 0))
            for number in range(wanted.rounds):
                _round(run, server, here, codes, (app, address), (null, knocked), wanted, number)
            run.add("megabytes", processes.megabytes(app))
            pages.measure(run.add, here, address)
            if not wanted.small:
                _grown(run, server, here, codes, (app, address), wanted, per_round)
        issuing.measure(run.add, here)
        _prove(here)
    show(_figures(run, grown=not wanted.small), run.values)
    print(json.dumps({name: [round(v, 3) for v in values] for name, values in run.values.items()}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement")
    parser.add_argument("--small", action="store_true", help="leave the 3 million vouchers out")
    return parser.parse_args()


def _one(clients: int, seconds: int, seed: int) -> dict[str, Any]:
    return {
        "service_on": clock.day_in("Europe/Paris", clock.now()).isoformat(),
        "clients": clients,
        "seconds": seconds,
        "seed": seed,
    }


@contextmanager
def _nothing() -> Iterator[tuple[psutil.Process, str]]:
    with processes.granian("benchmarks.null:app", {}) as found:
        yield found


def _round(
    run: Run,
    server: PostgresServer,
    here: World,
    codes: Codes,
    app: tuple[psutil.Process, str],
    null: tuple[psutil.Process, str],
    wanted: argparse.Namespace,
    number: int,
) -> None:
    assert server.process is not None
    database = psutil.Process(server.process.pid)
    for clients in CLIENTS:
        per_run = MOST_A_SECOND * wanted.seconds
        spent = processes.seconds(app[0]) + processes.seconds(database)
        measured = load.redeem(
            app[1],
            codes.take(per_run),
            here.providers,
            **_one(clients, wanted.seconds, number * 10 + clients),
        )
        spent = processes.seconds(app[0]) + processes.seconds(database) - spent
        run.keep(f"redeem {clients}", measured, spent)

        first = _fresh(here, MOST_A_SECOND * 4 * wanted.seconds)
        spent = processes.seconds(database)
        raw = load.pgbench(
            server.programs, server.dsn(), here, first=first, clients=clients,
            seconds=wanted.seconds,
        )  # fmt: skip
        run.keep(f"pgbench {clients}", raw, processes.seconds(database) - spent)

        spent = processes.seconds(null[0])
        nothing = load.knock(null[1], clients=clients, seconds=max(2, wanted.seconds // 2))
        run.keep(f"null {clients}", nothing, processes.seconds(null[0]) - spent)


def _fresh(here: World, vouchers: int) -> int:
    """Put unspent vouchers aside for pgbench; return the id before the first."""
    with here.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        before = connection.scalar(text("SELECT max(id) FROM voucher")) or 0
        issuing.plainly(connection, here.fund_id, vouchers, kind="pgbench")
    return int(before)


def _grown(
    run: Run,
    server: PostgresServer,
    here: World,
    codes: Codes,
    app: tuple[psutil.Process, str],
    wanted: argparse.Namespace,
    per_round: int,
) -> None:
    """Redeem again among three million vouchers, with pgbench beside it to tell the hour."""
    grow(here, LARGE)
    measured = load.redeem(
        app[1],
        codes.take(per_round),
        here.providers,
        **_one(8, wanted.seconds, 99),
    )
    run.add("large redeem 8 /s", measured.per_second)
    first = _fresh(here, MOST_A_SECOND * 4 * wanted.seconds)
    raw = load.pgbench(
        server.programs, server.dsn(), here, first=first, clients=8, seconds=wanted.seconds
    )
    run.add("large pgbench 8 /s", raw.per_second)


def _prove(here: World) -> None:
    """A fast answer that loses a cent is no answer."""
    with here.engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        drifts = [drift for drift in checks.drifts(connection) if drift.invariant != "I10"]
    if drifts:
        sys.exit(f"the books do not agree: {drifts[:3]}")


def _figures(run: Run, *, grown: bool) -> list[Figure]:
    ratio = run.median("redeem 8 /s") / run.median("pgbench 8 /s")
    figures = [
        Figure("G1 redemptions/s ÷ pgbench, 8 clients", ratio, 0.20, 0.30, higher=True),
        Figure(
            "G2 CPU per redemption ÷ CPU of the raw one",
            run.median("redeem 8 cpu us") / run.median("pgbench 8 cpu us"),
            6,
            4,
        ),
        Figure(
            "G5 p99 ÷ pgbench's p99, 8 clients",
            run.median("redeem 8 p99") / run.median("pgbench 8 p99"),
            8,
            4,
        ),
        Figure(
            "G5 p99 ÷ p50, 8 clients",
            run.median("redeem 8 p99") / run.median("redeem 8 p50"),
            4,
            2.5,
        ),
        Figure("memory of 2 workers, MB", run.median("megabytes"), 280, 200),
        Figure(
            "issue job: vouchers/s ÷ INSERT … SELECT",
            run.median("issue /s") / run.median("plain /s"),
            0.30,
            0.60,
            higher=True,
        ),
    ]
    if grown:
        flat = run.median("large redeem 8 /s") / run.median("redeem 8 /s")
        figures.append(
            Figure("G11 3 M vouchers ÷ 200 k, redemptions/s", flat, 0.90, 0.97, higher=True)
        )
    return figures


if __name__ == "__main__":
    main()
