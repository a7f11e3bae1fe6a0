"""The table of bookings: `python -m benchmarks.bookings`, and the end of `make bench`.

A parent's form over HTTP (a seat, two children, two vouchers held) and the same statements by
pgbench take turns, spread over 200 sessions and all on one; then the list of what can be booked
over 200 and over 2,000 sessions, and a long waiting list served place by place.
"""

import argparse
import json
import shutil
import sys
import time
from contextlib import ExitStack

import psutil
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from benchmarks import booking_load, evenings, pages, processes
from benchmarks.booking_load import Hot, Spread, Turns
from benchmarks.evenings import FAMILIES, PARTIES, ROOMS, SESSIONS, Town
from benchmarks.load import CLIENTS, Measured
from benchmarks.running import SETTINGS, Run, application
from benchmarks.table import Figure, medians, ratios
from benchmarks.world import world
from repit.app import create_app
from repit.db.unit_of_work import unit_of_work
from repit.domain import checks, clock
from repit.domain.bookings.promote import promote
from repit.web import database
from tests.postgres import PostgresServer, postgres_server
from tests.settings import settings_for

HOT_CLIENTS = 32
MOST_A_SECOND = {"book": 500, "raw": 2_500}
"""More bookings a second than this the table cannot see: the sessions would be full."""
FEW, MANY = 200, 2_000
SERVED = 100
"""How many of those who wait are timed at the start of the line, and how many at its end."""


def main() -> None:
    """Measure, print the table, and the raw figures as JSON after it."""
    wanted = _arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: make bench installs it")
    run = Run()
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(**SETTINGS))
        here = stack.enter_context(world(server.url(), codes=FAMILIES, parents=FAMILIES))
        town = evenings.town(here)
        app, address = stack.enter_context(application(server))
        for sessions in (FEW, MANY):
            _list_page(run, town, address, sessions)
        _http(town, address, _fresh(town, "book", 3), clients=8, seconds=3)  # to warm up
        for _ in range(wanted.rounds):
            _round(run, server, town, (app, address), wanted.seconds)
        _line_served(run, town)
        _prove(here.engine)
    measured = [(what, clients) for what in ("book", "raw") for clients in CLIENTS]
    measured += [("hot book", HOT_CLIENTS), ("hot raw", HOT_CLIENTS)]
    print("\n".join(ratios(_figures(run)) + medians(run.values, measured)))
    print(json.dumps({name: [round(v, 3) for v in values] for name, values in run.values.items()}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bookings", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    return parser.parse_args()


def _round(
    run: Run, server: PostgresServer, town: Town, app: tuple[psutil.Process, str], seconds: int
) -> None:
    for clients in CLIENTS:
        _pair(run, "", server, town, app, clients, seconds)
    _pair(run, "hot ", server, town, app, HOT_CLIENTS, seconds)


def _pair(
    run: Run,
    which: str,
    server: PostgresServer,
    town: Town,
    app: tuple[psutil.Process, str],
    clients: int,
    seconds: int,
) -> None:
    """Book over HTTP, then by pgbench, each in sessions of its own."""
    assert server.process is not None
    database = psutil.Process(server.process.pid)
    hot = which == "hot "

    turns = _fresh(town, "book", seconds, hot=hot)
    spent = processes.seconds(app[0]) + processes.seconds(database)
    booked = _http(town, app[1], turns, clients=clients, seconds=seconds)
    spent = processes.seconds(app[0]) + processes.seconds(database) - spent
    run.keep(f"{which}book {clients}", booked, spent)

    turns = _fresh(town, "raw", seconds, hot=hot)
    spent = processes.seconds(database)
    raw = booking_load.pgbench(
        server.programs, server.dsn(), town, turns, clients=clients, seconds=seconds
    )
    run.keep(f"{which}raw {clients}", raw, processes.seconds(database) - spent)


def _fresh(town: Town, what: str, seconds: int, *, hot: bool = False) -> Turns:
    """Open sessions and hand out vouchers for as many parties as could come."""
    parties = MOST_A_SECOND[what] * seconds
    evenings.hand_out(town, 2 * -(-parties // FAMILIES) + 2)
    if hot:
        opened = evenings.evenings(town, -(-parties // FAMILIES), rooms=ROOMS)
    else:
        opened = evenings.evenings(town, SESSIONS * -(-parties // (SESSIONS * PARTIES)))
    evenings.settle(town.here.engine)
    return Hot(opened) if hot else Spread(opened)


def _http(town: Town, address: str, turns: Turns, *, clients: int, seconds: int) -> Measured:
    most = MOST_A_SECOND["book"] * seconds
    return booking_load.book(address, town, turns, most=most, clients=clients, seconds=seconds)


def _list_page(run: Run, town: Town, address: str, sessions: int) -> None:
    """Read the list over that many sessions: milliseconds, and statements."""
    with town.here.engine.connect() as connection:
        there = connection.scalar(text("SELECT count(*) FROM workshop_session")) or 0
    evenings.evenings(town, sessions - there)
    evenings.settle(town.here.engine)
    cookie = town.homes[0].cookie
    for elapsed in pages.visits(address, "/ateliers", cookie):
        run.add(f"list {sessions} ms", elapsed)
    run.add(f"list {sessions} statements", _statements(town, "/ateliers", cookie))


def _statements(town: Town, path: str, cookie: str) -> int:
    app = create_app(settings_for(town.here.url))
    seen: list[str] = []
    with app.app_context():
        engine = database.extension.engine
        event.listen(engine, "before_cursor_execute", lambda *sent: seen.append(sent[2]))
        answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
        engine.dispose()
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(seen)


def _line_served(run: Run, town: Town) -> None:
    """Let everybody wait for one session, then offer them a place each, one change after another."""
    opened = evenings.evenings(town, 1, rooms=ROOMS)
    evenings.hand_out(town, 2)
    evenings.everybody_waits(town, opened)
    evenings.settle(town.here.engine)
    times = []
    with Session(town.here.engine) as db:
        for _ in range(FAMILIES):
            started = time.perf_counter()
            with unit_of_work(db):
                offered = promote(db, f"session:{opened.first_session}", now=clock.now())
            times.append((time.perf_counter() - started) * 1000)
            if offered != 1:
                raise RuntimeError(f"{offered} places were offered, not one")
    for elapsed in times[:SERVED]:
        run.add("promotion, first ms", elapsed)
    for elapsed in times[-SERVED:]:
        run.add("promotion, last ms", elapsed)


def _prove(engine: Engine) -> None:
    """A fast answer that sells a place twice is no answer."""
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        drifts = list(checks.drifts(connection))
    if drifts:
        sys.exit(f"the books do not agree: {drifts[:3]}")


def _figures(run: Run) -> list[Figure]:
    spread = [
        Figure(
            f"G7 bookings/s ÷ pgbench, {clients} clients",
            run.median(f"book {clients} /s") / run.median(f"raw {clients} /s"),
            0.12,
            0.20,
            higher=True,
        )
        for clients in CLIENTS
    ]
    hot = run.median(f"hot book {HOT_CLIENTS} /s") / run.median(f"hot raw {HOT_CLIENTS} /s")
    flat = run.median(f"list {MANY} ms") / run.median(f"list {FEW} ms")
    line = run.median("promotion, last ms") / run.median("promotion, first ms")
    return [
        *spread,
        Figure(f"G7 the same on one session, {HOT_CLIENTS} clients", hot, 0.30, 0.60, higher=True),
        Figure(
            f"G14 SQL statements of the list, {MANY} sessions",
            run.median(f"list {MANY} statements"),
            4,
            2,
        ),
        Figure(f"list of {MANY} sessions ÷ {FEW}, ms", flat, 1.25, 1.05),
        Figure(f"{FAMILIES} waiting: a place at the end ÷ at the start, ms", line, 1.5, 1.1),
    ]


if __name__ == "__main__":
    main()
