"""Lists as CSV files that a spreadsheet opens as it should, and never runs.

UTF-8 with its mark, semicolons and CRLF: what Excel expects in France and Belgium. A text
that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import get_timezone, gettext

Value = str | int | Decimal | date | bool | None
"""What a cell may hold. Money goes through `euros`."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Response:
    """Return a download. `name`: of the file, without `.csv`; plain letters and hyphens."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


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
