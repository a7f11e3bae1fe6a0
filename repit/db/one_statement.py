"""Run a change that is one statement, on PostgreSQL, past SQLAlchemy's bookkeeping.

A statement is a transaction by itself: it needs no BEGIN, no COMMIT and no execution context.
Measured: half the processor time of the same through a Connection; see
repit/decisions/0014-a-lane-before-flask.md.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary, ref

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from repit.db.engine import limit

Row = tuple[Any, ...]


class OneStatement:
    """A few connections of its own, each always between two transactions. Safe for threads."""

    def __init__(self, engine: Engine) -> None:
        """Serve the database of an engine; close when it is disposed of."""
        self._engine = ref(engine)
        self._dialect = engine.dialect
        self._target = engine.dialect.create_connect_args(engine.url)
        # As many as threads ever asked at once. Adding and taking one is atomic.
        self._idle: deque[psycopg.Connection[Row]] = deque()
        event.listen(engine, "engine_disposed", lambda _engine: self._close_idle())

    def row(self, statement: str, values: Mapping[str, Any]) -> Row | None:
        """Run a statement that changes everything it should, or nothing; return its row.

        Who listens to the engine's statements hears this one too.

        Raises:
            DBAPIError: as SQLAlchemy raises it.
        """
        self._tell("before_cursor_execute", statement, values)
        try:
            connection = self._take()
            try:
                found = connection.execute(statement.encode(), values).fetchone()
            finally:
                self._put_back(connection)
        except psycopg.Error as trouble:
            raise self._as_sqlalchemy(trouble, statement) from trouble
        self._tell("after_cursor_execute", statement, values)
        return found

    def _tell(self, happening: str, statement: str, values: Mapping[str, Any]) -> None:
        engine = self._engine()
        listeners = getattr(engine.dispatch, happening) if engine else ()
        for listener in listeners:
            listener(None, None, statement, values, None, False)  # noqa: FBT003

    def _take(self) -> psycopg.Connection[Row]:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> psycopg.Connection[Row]:
        places, names = self._target
        connection = psycopg.connect(*places, **names, autocommit=True)
        limit(connection)
        # Planning a redemption costs more than running it; its plan depends on no value.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        return connection

    def _put_back(self, connection: psycopg.Connection[Row]) -> None:
        if connection.closed:
            self._close_idle()  # the server went away: those that wait are cut too
        else:
            self._idle.append(connection)

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _as_sqlalchemy(self, trouble: psycopg.Error, statement: str) -> BaseException:
        return DBAPIError.instance(
            statement, None, trouble, psycopg.Error, hide_parameters=True, dialect=self._dialect
        )


_OF: WeakKeyDictionary[Engine, OneStatement] = WeakKeyDictionary()


def one_statement(engine: Engine) -> OneStatement:
    """Return the way past SQLAlchemy for a PostgreSQL engine; always the same one."""
    found = _OF.get(engine)
    return found if found is not None else _OF.setdefault(engine, OneStatement(engine))
