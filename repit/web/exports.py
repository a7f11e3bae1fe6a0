"""Lists as CSV files that a spreadsheet opens as it should, and never runs.

UTF-8 with its mark, semicolons and CRLF: what Excel expects in France and Belgium. A text
that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Response, stream_with_context
from flask_babel import get_timezone, gettext
from sqlalchemy.orm import Session

from repit.web import database

Value = str | int | Decimal | date | bool | None
"""What a cell may hold. Money goes through `euros`."""

ROWS_TOGETHER = 500
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """Return a download. `name`: of the file, without `.csv`; plain letters and hyphens."""
    content = _lines([columns]) + _lines(rows)
    return download(f"{name}.csv", "text/csv", content.encode("utf-8-sig"))


def csv_stream(name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """Return a download that is written while it is read, for rows that no memory should hold."""

    def written() -> Iterator[bytes]:
        yield _lines([columns]).encode("utf-8-sig")
        for some in _together(rows):
            yield _lines(some).encode()

    return streamed(f"{name}.csv", "text/csv", written())


def streamed(file_name: str, mimetype: str, parts: Iterator[bytes]) -> Response:
    """Return a download that is sent part by part, by the request's session.

    Flask lets go of the session before the first part is read; reading opens it again, so it is
    closed here, also when the reader goes away halfway.
    """
    return Response(
        stream_with_context(_closing(database.session(), parts)),
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _closing(db: Session, parts: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        db.close()


def download(file_name: str, mimetype: str, content: bytes) -> Response:
    """Return a file that is made already."""
    return Response(
        content,
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _lines(rows: Iterable[Sequence[Value]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _together(rows: Iterable[Sequence[Value]]) -> Iterator[list[Sequence[Value]]]:
    """Give rows some hundreds at a time: one by one, each would travel alone."""
    some: list[Sequence[Value]] = []
    for row in rows:
        some.append(row)
        if len(some) == ROWS_TOGETHER:
            yield some
            some = []
    yield some


def euros(cents: int) -> Decimal:
    """Return an amount as a cell: « 12,50 », a number to the spreadsheet."""
    return Decimal(cents) / 100


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{value.astimezone(_zone()):%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        return _harmless(value)
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _zone() -> ZoneInfo:
    return ZoneInfo(str(get_timezone() or "Europe/Paris"))
