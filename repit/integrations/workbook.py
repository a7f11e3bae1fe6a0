"""Workbooks (XLSX) with typed cells, a row at a time, the same values always the same bytes.

A text is always a text: nothing that somebody typed can become a formula or a link.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from xlsxwriter import Workbook as Writer
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
"""Letters of a sheet's name, the most that spreadsheets read."""
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")

Form = Literal["count", "euros", "hours", "share", "day"]
Style = Literal["", "title", "text", "head", "total"]
FORMS: dict[Form, str] = {
    "count": "#,##0",
    "euros": '#,##0.00\\ "€"',
    "hours": '#,##0.00\\ "h"',
    "share": "0\\ %",
    "day": "dd/mm/yyyy",
}
STYLES: dict[Style, dict[str, object]] = {
    "": {"valign": "top", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "font_color": "#0d5c57"},
    "text": {"font_color": "#4a5a60"},
    "head": {"bold": True, "bottom": 2, "bottom_color": "#0d5c57", "text_wrap": True},
    "total": {"bold": True, "top": 2, "top_color": "#0d5c57"},
}


@dataclass(frozen=True)
class Number:
    """`value` is what a cell computes with: euros, hours, 0.85 for 85 %."""

    value: float
    form: Form = "count"


Cell = str | Number | date | None


@dataclass(frozen=True)
class Row:
    cells: Sequence[Cell]
    style: Style = ""


@dataclass(frozen=True)
class Sheet:
    """`name` is cut and made unique. `widths`: of the columns, in letters."""

    name: str
    rows: Iterable[Row]
    widths: Sequence[int]


@dataclass(frozen=True)
class Workbook:
    """`created` is kept in the file, with the title, the author and the language."""

    title: str
    author: str
    language: str
    created: datetime
    sheets: Sequence[Sheet]
    right_to_left: bool = False


def write(workbook: Workbook) -> bytes:
    """Return the file. Each row leaves memory once it is written."""
    import xlsxwriter  # noqa: PLC0415  (few processes ever write one)

    made = io.BytesIO()
    writer = xlsxwriter.Workbook(
        made,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    writer.set_properties(
        {
            "title": workbook.title,
            "author": workbook.author,
            "created": workbook.created.replace(tzinfo=None, microsecond=0),
        }
    )
    writer.set_custom_property("Language", workbook.language)
    formats = _Formats(writer)
    taken: set[str] = set()
    for sheet in workbook.sheets:
        page = writer.add_worksheet(_name(sheet.name, taken))
        _set_up(page, sheet, right_to_left=workbook.right_to_left)
        for place, row in enumerate(sheet.rows):
            _write_row(page, place, row, formats)
    writer.close()
    return made.getvalue()


class _Formats:
    """Each style and form once: a workbook keeps all it is given."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer
        self._made: dict[tuple[Style, Form | None], Format] = {}

    def of(self, style: Style, form: Form | None = None) -> "Format":
        key = (style, form)
        if key not in self._made:
            number = {"num_format": FORMS[form], "align": "right"} if form else {}
            self._made[key] = self._writer.add_format({**STYLES[style], **number})
        return self._made[key]


def _set_up(page: "Worksheet", sheet: Sheet, *, right_to_left: bool) -> None:
    for place, width in enumerate(sheet.widths):
        page.set_column(place, place, width)
    page.fit_to_pages(1, 0)
    page.set_paper(9)  # A4
    page.set_footer("&L&A&R&P / &N")
    page.hide_gridlines(1)
    if right_to_left:
        page.right_to_left()


def _write_row(page: "Worksheet", place: int, row: Row, formats: _Formats) -> None:
    for column, cell in enumerate(row.cells):
        match cell:
            case Number():
                page.write_number(place, column, cell.value, formats.of(row.style, cell.form))
            case date():
                page.write_datetime(place, column, cell, formats.of(row.style, "day"))
            case str():
                page.write_string(place, column, cell, formats.of(row.style))
            case None:
                page.write_blank(place, column, None, formats.of(row.style))


def _name(wanted: str, taken: set[str]) -> str:
    plain = NOT_IN_A_NAME.sub(" ", wanted).strip() or "1"
    name, number = plain[:LONGEST_NAME].strip(), 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = plain[: LONGEST_NAME - len(end)].strip() + end
    taken.add(name.casefold())
    return name
