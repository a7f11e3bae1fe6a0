"""The figures of a release, read back from each format: key, parts, and the exact value."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pypdf
from lxml import html

from repit.web.release_files.report import Cell, Report
from repit.web.words.indicators import between

SECRET = "secret"
Value = Decimal | str
Figures = dict[tuple[str, ...], Value]
"""By indicator's label and the words of its parts: euros, hours, per cent, or a whole number."""


def said(report: Report) -> Figures:
    return {
        (one.label, *(label.text for label in figure.at)): exact(figure.cell)
        for one in report.indicators
        for figure in one.figures
    }


def exact(cell: Cell) -> Value:
    if cell.between:
        return cell.shown
    if cell.value is None:
        return SECRET
    scale = {"euros": Decimal(1) / 100, "hours": Decimal(1) / 60}
    return rounded(Decimal(str(cell.value)) * scale.get(cell.kind, Decimal(1)))


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def from_csv(content: bytes) -> Figures:
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    found: Figures = {}
    for line in lines:
        divisions = (("Selon", "Part"), ("Et selon", "Et part"))
        parts = [_typed_by_hand(line[part]) for head, part in divisions if line[head]]
        found[(line["Indicateur"], *parts)] = _number(line["Nombre"])
    return found


def _typed_by_hand(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text


def _number(text: str) -> Value:
    return text if _is_words(text) else rounded(Decimal(text.replace(",", ".")))


def _is_words(value: Any) -> bool:
    """A secret, or a share between two bounds: never what only looks like a number."""
    return value == SECRET or str(value).startswith(("au plus ", "au moins ", "entre "))


def from_json(content: bytes) -> Figures:
    scale = {"cent": Decimal(1) / 100, "minute": Decimal(1) / 60}
    found: Figures = {}
    for section in json.loads(content)["sections"]:
        for one in section["indicators"]:
            for figure in one["figures"]:
                value = figure["value"]
                found[(one["label"], *(part["label"] for part in figure["at"]))] = (
                    between(figure.get("between"))
                    if value is None
                    else rounded(Decimal(str(value)) * scale.get(one["unit"], Decimal(1)))
                )
    return found


def from_xlsx(content: bytes, report: Report) -> Figures:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = {sheet["A1"].value: list(sheet.iter_rows(values_only=True)) for sheet in book}
    found: Figures = {}
    for section in report.sections:
        for row in sheets.get(section.title, [])[3:] if section.singles else []:
            found[(str(row[0]),)] = _typed(row[1])
        for one in section.tables:
            found |= _grid(one, sheets[one.label])
    return found


def _grid(one: Any, rows: list[tuple[Any, ...]]) -> Figures:
    cells = _cells(one, rows[2], rows[3 : 3 + len(one.grid.lines) + 1])
    return {key: _typed(value) for key, value in cells.items()}


def _cells(one: Any, titles: Sequence[Any], rows: Iterable[Sequence[Any]]) -> dict[Any, Any]:
    grid = one.grid
    heads, names = len(grid.heads), [name for _key, name in one.dimensions]
    columns = [str(name or "") for name in titles[heads:]]
    return {
        (one.label, *_where(row[:heads], column, grid.heads, names)): value
        for row in rows
        for column, value in zip(columns, row[heads:], strict=False)
    }


def _where(head: Any, column: str, heads: Any, names: list[str]) -> tuple[str, ...]:
    """Return the parts in the order of the indicator's dimensions."""
    if len(names) == 1:
        return (str(head[0] or ""),)
    if len(heads) == 2:  # both margins, one under the other
        part = {str(head[0]): str(head[1] or "")}
        return tuple(part.get(name, "Total") for name in names)
    down = names.index(heads[0])
    return (str(head[0] or ""), column) if down == 0 else (column, str(head[0] or ""))


def _typed(value: Any) -> Value:
    if _is_words(value):
        return str(value)
    assert isinstance(value, int | float), value
    return rounded(Decimal(str(value)))


Words = dict[tuple[str, ...], str]


def words_said(report: Report) -> Words:
    """Return each figure as it is written for a reader, spaces made plain."""
    return {
        (one.label, *(label.text for label in figure.at)): _plain(figure.cell.shown)
        for one in report.indicators
        for figure in one.figures
    }


def from_html(page: str, report: Report) -> Words:
    """Return each figure as a page shows it."""
    root = html.fromstring(page)
    found: Words = {}
    for one in report.indicators:
        if one.grid is None:
            (cell,) = root.xpath("//tr[@id=$key]/td[@class='num']", key=one.key)
            found[(one.label,)] = _plain(cell.text_content())
            continue
        (drawn,) = root.xpath("//section[@id=$key]//table", key=one.key)
        rows = [[_plain(cell.text_content()) for cell in row] for row in drawn.iter("tr")]
        found |= _cells(one, rows[0], rows[1:])
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def words_of(content: bytes) -> str:
    """Return the words of a PDF, with ordinary spaces."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
