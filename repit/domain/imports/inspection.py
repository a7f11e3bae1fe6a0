"""Read a whole file and compare it with what exists: the dry run. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from repit.domain.imports import columns as headers
from repit.domain.imports.checking import CheckedRow, Verdict, check
from repit.domain.imports.columns import Columns
from repit.domain.imports.errors import NoRows
from repit.domain.imports.reading import Table, read
from repit.domain.imports.rows import ReadRow, read_row


@dataclass(frozen=True)
class Inspection:
    """What a file says, and the verdict on each of its rows."""

    table: Table
    columns: Columns
    read: tuple[ReadRow, ...]
    rows: tuple[CheckedRow, ...]

    def count(self, verdict: str) -> int:
        """Return how many rows have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)


def inspect(db: Session, content: bytes, today: date) -> Inspection:
    """Return the dry run of a file.

    Args:
        today: the day of a request that does not say its own.

    Raises:
        Refused: the file as a whole cannot be read; see `errors`.
    """
    table = read(content, headers.known)
    columns = headers.understand(table.header)
    if not table.rows:
        raise NoRows
    rows = [read_row(columns, row, today) for row in table.rows]
    return Inspection(table, columns, tuple(rows), tuple(check(db, columns, rows)))


def still_new(db: Session, columns: Columns, rows: Sequence[ReadRow]) -> list[CheckedRow]:
    """Return those of these rows that nobody opened in the meantime."""
    return [row for row in check(db, columns, rows) if row.verdict is Verdict.NEW]
