"""How we read answers of PostgreSQL."""

from typing import Any

from psycopg import Cursor
from psycopg.pq import ExecStatus

_ROWS = (ExecStatus.TUPLES_OK, ExecStatus.SINGLE_TUPLE)
_NOTHING_MORE = (None,) * 5


class PlainCursor(Cursor[Any]):
    """Describes columns by name and type alone, as the DB-API asks for, in plain tuples.

    SQLAlchemy looks whether there is a description at every statement, and reads it at the first:
    an object for each column was a tenth of the processor's time of a booking.
    """

    @property
    def description(self) -> Any:
        """Name, type and five times nothing for each column; None when there are no rows."""
        found = self.pgresult
        if found is None or not (found.nfields or found.status in _ROWS):
            return None
        columns = range(found.nfields)
        return [((found.fname(n) or b"").decode(), found.ftype(n), *_NOTHING_MORE) for n in columns]
