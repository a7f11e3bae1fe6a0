"""The report of a file, row by row: what the page shows and what the error file holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from repit.db.pages import Page
from repit.domain.households import rules
from repit.domain.imports.checking import CheckedRow, Verdict
from repit.domain.imports.columns import EXAMPLES, OFFICIAL
from repit.domain.imports.inspection import Inspection, inspect
from repit.domain.imports.queries import ImportView
from repit.web.exports import csv_file
from repit.web.operators import import_words

PAGE = 50


@dataclass(frozen=True)
class Fault:
    """A cell to correct: its column, what it holds, what is wrong with it."""

    column: str
    written: str
    what: str


@dataclass(frozen=True)
class Line:
    """A row of the file, for the page."""

    number: int
    name: str
    verdict: str
    summary: str
    faults: tuple[Fault, ...] = ()


def inspection(db: Session, one: ImportView) -> Inspection | None:
    """Return the dry run of an import whose file is still kept, as of now."""
    if not one.content:
        return None
    return inspect(db, one.content, rules.today(one.created_at))


def page_of(found: Inspection, verdict: str, number: int) -> Page[Line]:
    """Return one page of the rows with this verdict."""
    rows = [row for row in found.rows if row.verdict == verdict]
    last = max(1, -(-len(rows) // PAGE))
    number = min(number, last)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    return Page([_line(found, row) for row in shown], len(rows), number, PAGE)


def _line(found: Inspection, row: CheckedRow) -> Line:
    if row.verdict is Verdict.NEW and row.parent:
        summary = import_words.summary(row.parent)
    else:
        summary = _("fiche %(number)s", number=row.known_as) if row.known_as else ""
    return Line(
        number=row.number,
        name=import_words.name(found.columns, row),
        verdict=row.verdict.value,
        summary=summary,
        faults=tuple(
            Fault(
                import_words.header(found.columns, one.column),
                import_words.cell(found.columns, row, one.column),
                import_words.sentence(one),
            )
            for one in row.problems
        ),
    )


def error_file(found: Inspection) -> Response:
    """Return the same file with one more column, « À corriger »; nothing in it can run."""
    headers = found.columns.headers
    rows = ((*_filled(row.cells, len(headers)), _to_correct(found, row)) for row in found.rows)
    return csv_file("parents-a-corriger", (*headers, _("À corriger")), rows)


def _to_correct(found: Inspection, row: CheckedRow) -> str:
    return import_words.to_correct(found.columns, row)


def _filled(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells[:width], *("" for _missing in range(width - len(cells))))


def template_file() -> Response:
    """Return the file to start from: every column, and two rows that show how."""
    return csv_file("modele-parents", list(OFFICIAL.values()), EXAMPLES)
