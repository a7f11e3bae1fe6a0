"""Everything a database holds, to see that something changed nothing."""

from typing import Any

from sqlalchemy import Engine, inspect, text

Rows = dict[str, list[tuple[Any, ...]]]


def everything(engine: Engine, *, but: tuple[str, ...] = ()) -> Rows:
    """Return every row of every table, those of `but` and of counters apart."""
    ignored = {"alembic_version", "sqlite_sequence", *but}
    with engine.connect() as connection:
        return {
            table: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))),
                key=repr,
            )
            for table in inspect(engine).get_table_names()
            if table not in ignored
        }
