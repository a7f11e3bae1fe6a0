"""Servers are killed under load: what was acknowledged stays, what was not is asked again.

Ten times in all: four on SQLite, and on PostgreSQL three times the servers of the application
and three times the database itself.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.domain import checks, clock, ids
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.crash.counter import Counter
from tests.crash.serving import Servers
from tests.databases import migrate
from tests.postgres import PostgresServer, postgres_server

pytestmark = pytest.mark.crash
COUNTERS = 4
VOUCHERS_EACH = 300
BETWEEN_KILLS = 20
PATIENCE_SECONDS = 120


@dataclass
class Place:
    """A database and those who serve it; each of `blows` kills somebody and starts them again."""

    url: str
    servers: Servers
    blows: list[Callable[[], None]]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        if not request.config.getoption("--postgres"):
            url = f"sqlite:///{tmp_path / 'town.sqlite3'}"
            servers = Servers(url)
            blows = [lambda: blow(servers)] * 4
        else:
            database = stack.enter_context(postgres_server())
            url = database.url()
            servers = Servers(url)
            blows = [lambda: blow(servers), lambda: blow(database)] * 3
        migrate(url)
        stack.callback(servers.kill)
        servers.start()
        yield Place(url, servers, blows)


def blow(victim: Servers | PostgresServer) -> None:
    victim.kill()
    victim.start()


def test_nothing_acknowledged_is_lost_and_nothing_is_taken_twice(place: Place) -> None:
    engine = create_engine(place.url)
    prepare(engine)
    counters = counters_at(engine, place.servers.port)
    engine.dispose()

    under_load(counters, place.blows)

    assert sum(counter.interrupted for counter in counters) > 0
    all_is_there_once(engine, counters)
    for counter in counters:
        for body in counter.bodies[: len(counter.acknowledged)]:
            assert counter.bring(body) == counter.acknowledged[str(body["id"])]
    all_is_there_once(engine, counters)
    engine.dispose()


def counters_at(engine: Engine, port: int) -> list[Counter]:
    """Everybody of one fund, each counter with one parent's vouchers, two to a request."""
    today = clock.now().date()
    with Session(engine) as db:
        programme_id = cast.a_programme(db)
        funder_id = cast.a_funder(db)
        fund_id = cast.a_fund(db, programme_id, funder_id=funder_id, cents=10_000_000)
        counters = []
        for number in range(COUNTERS):
            provider = cast.a_provider(db, f"Prestataire {number}", until=today + timedelta(days=9))
            codes = cast.vouchers_for(
                db,
                cast.a_parent(db, f"Parent {number}"),
                fund_id,
                vouchers=VOUCHERS_EACH,
                last_day=today + timedelta(days=9),
            )
            bodies = [
                asked([first, second])
                for first, second in zip(codes[::2], codes[1::2], strict=True)
            ]
            counters.append(Counter(port, provider.token, bodies))
    return counters


def asked(codes: list[str]) -> dict[str, object]:
    return {
        "id": str(ids.redemption_id()),
        "codes": codes,
        "category": "babysitting",
        "service_on": clock.now().date().isoformat(),
        "minutes": 60,
        "family_share_cents": 0,
    }


def under_load(counters: list[Counter], blows: list[Callable[[], None]]) -> None:
    enough = Event()
    with ThreadPoolExecutor(len(counters)) as pool:
        working = [pool.submit(counter.work, enough) for counter in counters]
        try:
            for strike in blows:
                wait_for_more(counters)
                strike()
            wait_for_more(counters)
        finally:
            enough.set()
        for one in working:
            one.result(PATIENCE_SECONDS)


def wait_for_more(counters: list[Counter]) -> None:
    """Let the load run until some more were acknowledged."""
    wanted = acknowledged(counters) + BETWEEN_KILLS
    deadline = time.monotonic() + PATIENCE_SECONDS
    while acknowledged(counters) < wanted:
        assert time.monotonic() < deadline, "the counters stand still"
        time.sleep(0.002)


def acknowledged(counters: list[Counter]) -> int:
    return sum(len(counter.acknowledged) for counter in counters)


def all_is_there_once(engine: Engine, counters: list[Counter]) -> None:
    expected = {UUID(key) for counter in counters for key in counter.acknowledged}
    with Session(engine) as db:
        assert set(db.scalars(select(Redemption.id))) == expected
        spent = select(Voucher.redemption_id).where(Voucher.state == "redeemed")
        assert sorted(filter(None, db.scalars(spent))) == sorted([*expected, *expected])
        assert list(checks.drifts(db.connection())) == []
