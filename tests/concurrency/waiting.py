"""Whether somebody waits for a row, and what they hold meanwhile; on PostgreSQL."""

import time

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

PATIENCE_SECONDS = 2


def lock_row(connection: Connection, table: str, row_id: int) -> None:
    """Lock one row, or fail at once when somebody else has it."""
    row = text(f"SELECT id FROM {table} WHERE id = :id FOR UPDATE NOWAIT")
    connection.execute(row, {"id": row_id})


def somebody_waits(engine: Engine) -> None:
    """Return once a connection of this database waits for a row."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def is_locked(engine: Engine, table: str, row_id: int) -> bool:
    """Tell whether somebody holds a row."""
    with engine.connect() as connection:
        try:
            lock_row(connection, table, row_id)
        except DBAPIError:
            return True
    return False
