"""Here processes end, not machines: what the system holds is kept, so nobody waits for discs."""

from typing import Any

import pytest
from sqlalchemy import Engine, event


@pytest.fixture(autouse=True)
def _the_machines_own_day(machine_clock: None) -> None:
    """The processes that are killed read the machine's clock: so do their tests."""


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The application's engine, without waiting for the disc at each of a thousand commits."""
    postgresql = engine.dialect.name == "postgresql"
    setting = "SET synchronous_commit = off" if postgresql else "PRAGMA synchronous = OFF"

    def hurry(connection: Any, _record: object) -> None:
        connection.execute(setting)
        connection.commit()

    engine.dispose()
    event.listen(engine, "connect", hurry)
    return engine
