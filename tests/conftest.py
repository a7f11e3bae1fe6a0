"""Every test gets an empty, migrated database: SQLite, or PostgreSQL with `--postgres`."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.web import database
from tests import today
from tests.applications import application
from tests.databases import Databases, SQLiteFiles, postgres_databases
from tests.postgres import running_postgres
from tests.settings import settings_for

IN_MEMORY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""No power fails under the suite; tests/crash kills a durable server of its own."""
GIVEN_SERVER = "REPIT_TEST_DATABASE_URL"
SERVER_URL = pytest.StashKey[str]()
THIS_MACHINE = {"127.0.0.1", "::1", "localhost", None}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        action="store_true",
        help=f"run on PostgreSQL: the server at {GIVEN_SERVER} (as superuser), or one of our own",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start one server for the whole run; xdist's workers are told where it is."""
    sys.addaudithook(_refuse_other_machines)
    if not config.getoption("--postgres"):
        return
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[SERVER_URL] = worker[GIVEN_SERVER]
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a run stopped early cleans up too
    stack = ExitStack()
    config.add_cleanup(stack.close)
    given = os.environ.get(GIVEN_SERVER)  # noqa: TID251
    config.stash[SERVER_URL] = given or stack.enter_context(running_postgres(**IN_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if SERVER_URL in node.config.stash:
        node.workerinput[GIVEN_SERVER] = node.config.stash[SERVER_URL]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What opens no database says the same beside any: the SQLite pass has run it."""
    if not config.getoption("--postgres"):
        return
    config.hook.pytest_deselected(items=[item for item in items if not _opens_one(item)])
    items[:] = filter(_opens_one, items)


def _opens_one(item: pytest.Item) -> bool:
    if item.get_closest_marker("crash"):  # some start a server of their own
        return True
    return "databases" in getattr(item, "fixturenames", ())


def _refuse_other_machines(event: str, arguments: tuple[Any, ...]) -> None:
    """A test that leaves this machine fails, instead of passing on a good day."""
    if event == "socket.getaddrinfo" and arguments[0] not in THIS_MACHINE:
        raise RuntimeError(f"a test looked up {arguments[0]!r}")
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        if host not in THIS_MACHINE:
            raise RuntimeError(f"a test called {host!r}")


OPENED: WeakSet[Engine] = WeakSet()


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection) -> None:
    OPENED.add(connection.engine)


@pytest.fixture(autouse=True)
def _no_connection_outlives_its_test() -> Iterator[None]:
    """Whoever opened them: another test would be blamed when the collector finds them."""
    yield
    for engine in list(OPENED):
        engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _always_the_same_day() -> Iterator[None]:
    """The cast's vouchers end with 2026: see `tests.today`."""
    with pytest.MonkeyPatch.context() as days:
        days.setattr(clock, "now", today.now)
        yield


@pytest.fixture
def machine_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what another process, a browser or a library dates by itself."""
    monkeypatch.setattr(clock, "now", today.machine_now)


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Databases]:
    server_url = request.config.stash.get(SERVER_URL, None)
    if server_url is None:
        yield SQLiteFiles(tmp_path_factory.mktemp("template"))
        return
    with postgres_databases(server_url, f"repit_test_{os.getpid()}_{worker_id}") as own:
        yield own


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> str:
    """The address of an empty database, for tests that open it themselves."""
    return databases.fresh(tmp_path)


@pytest.fixture
def app(database_url: str) -> Flask:
    """The application; no context of it stays open, so that each request gets its own."""
    return application(settings_for(database_url))


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return database.extension.engine


@pytest.fixture
def db(app: Flask, engine: Engine) -> Iterator[Session]:
    """A session of the test's own, which reads anew after each request of a client."""
    with Session(engine) as db:

        def forget(_app: Flask) -> None:
            if threading.current_thread() is threading.main_thread():
                db.rollback()

        with request_started.connected_to(forget, sender=app):
            yield db


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
