"""From bytes to cells: what Excel, LibreOffice and other programs call a CSV file."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from repit.domain.imports.errors import (
    CellTooLarge,
    FileEmpty,
    FileTooLarge,
    IsAWorkbook,
    NotText,
    TooManyCells,
    TooManyRows,
)

MOST_MEGABYTES = 5
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
MOST_ROWS = 5_000
MOST_CELL = 131_072  # Python's csv reads no more; a person's cell is never a hundredth of it
MOST_CELLS = 1_000  # of a row: a sheet of persons has tens, and each costs time to look at
SEPARATORS = (";", ",", "\t")

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_BLANK = " \t\r\n\u00a0\u202f\u2007\ufeff\u200b"


@dataclass(frozen=True)
class Row:
    """`number` is the one a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    header: Row
    rows: tuple[Row, ...]
    separator: str


def read(content: bytes, known_columns: Callable[[tuple[str, ...]], int]) -> Table:
    """Return the header and the rows that say something, cells trimmed.

    Args:
        known_columns: counts the cells that name a column; it chooses the separator.

    Raises:
        FileEmpty: no byte, or nothing but separators.
        FileTooLarge, TooManyRows: over the limits of this module.
        IsAWorkbook, NotText: not a CSV file at all.
        CellTooLarge: one cell holds more than any person's details.
        TooManyCells: a row is longer than any list of persons is wide.
    """
    text = _drop_separator_line(decode(content))
    tables = [_split(text, separator) for separator in _candidates(text)]
    rows, separator = max(tables, key=lambda t: (known_columns(t[0][0].cells), len(t[0][0].cells)))
    header, *rest = rows
    if len(rest) > MOST_ROWS:
        raise TooManyRows(len(rest), MOST_ROWS)
    return Table(header, tuple(rest), separator)


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8, what Excel calls Unicode, or Windows' Latin letters.

    Raises:
        FileEmpty, FileTooLarge, IsAWorkbook, NotText: see `read`.
    """
    if len(content) > MOST_BYTES:
        raise FileTooLarge(MOST_MEGABYTES)
    if content.startswith(_WORKBOOKS):
        raise IsAWorkbook
    if content.startswith(_OTHER_FILES):
        raise NotText
    text = _decode_known(content)
    if "\0" in text:
        raise NotText
    if not text.strip(_BLANK + "".join(SEPARATORS) + '"'):
        raise FileEmpty
    return text


def _decode_known(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")  # the five bytes that Windows leaves without a letter


def _drop_separator_line(text: str) -> str:
    """Excel's first line `sep=;` is about the file, not in it; Excel does not count it either."""
    first, *others = re.split(r"\r\n|\r|\n", text, maxsplit=1)
    rest = others[0] if others else ""
    return rest if first.strip(_BLANK + '"').lower().startswith("sep=") else text


def _candidates(text: str) -> list[str]:
    """Return the separators worth trying: those of the first line that says something."""
    first = next((line for line in text.splitlines() if line.strip(_BLANK)), "")
    return [separator for separator in SEPARATORS if separator in first] or [";"]


def _split(text: str, separator: str) -> tuple[list[Row], str]:
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_CELLS:
                raise TooManyCells(number, MOST_CELLS)
            row = Row(number, _trimmed(cells))
            if row.cells:
                rows.append(row)
    except csv.Error as trouble:
        raise CellTooLarge(number + 1) from trouble
    if not rows:
        raise FileEmpty
    return rows, separator


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    clean = [_unescaped(cell.strip(_BLANK)) for cell in cells]
    while clean and not clean[-1]:
        clean.pop()
    return tuple(clean)


def _unescaped(cell: str) -> str:
    """Take away the apostrophe that keeps our own exports from being run as formulas."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell
