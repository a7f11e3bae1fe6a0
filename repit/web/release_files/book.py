"""A release as a workbook: what it is, a sheet for each table, and the definitions."""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _

from repit.integrations import workbook
from repit.integrations.workbook import Number, Row, Sheet
from repit.web.release_files.report import Cell, Indicator, Label, Line, Report, Section

WIDE, FIGURE, WORDS = 34, 18, 80
RIGHT_TO_LEFT = {"ar"}
MINUTES = 60


def written(report: Report, *, now: datetime) -> bytes:
    """Return the file. `now`: when it was approved, so that the same release is the same bytes."""
    return workbook.write(
        workbook.Workbook(
            title=f"{report.title} : {report.period}",
            author=report.operator,
            language=report.language,
            created=now,
            sheets=tuple(_sheets(report)),
            right_to_left=report.language in RIGHT_TO_LEFT,
        )
    )


def _sheets(report: Report) -> Iterator[Sheet]:
    yield Sheet(_("Publication"), tuple(_about(report)), (WIDE, WORDS))
    for section in report.sections:
        if section.singles:
            yield Sheet(section.title, tuple(_together(section)), (WIDE, FIGURE, FIGURE, WORDS))
        for one in section.tables:
            yield _alone(one, section.lead)
    yield Sheet(_("Définitions"), tuple(_definitions(report)), (WIDE, WIDE, FIGURE, WORDS))


def _about(report: Report) -> Iterator[Row]:
    yield Row((f"{report.title} : {report.period}",), "title")
    yield Row((report.operator,), "text")
    yield from (Row(fact) for fact in report.facts)
    yield Row((_("Premier jour"), report.first_day))
    yield Row((_("Dernier jour"), report.last_day))
    yield Row((_("Comment lire ces nombres"), None), "head")
    yield from (Row(("", note)) for note in report.notes)


def _together(section: Section) -> Iterator[Row]:
    yield Row((section.title,), "title")
    yield Row((section.lead,), "text")
    yield Row((_("Indicateur"), _("Nombre"), _("Unité"), _("Ce que cela veut dire")), "head")
    for one in section.singles:
        yield Row(
            (one.label, typed(one.total), one.unit_words, " ".join((one.definition, *one.notes)))
        )


def _alone(one: Indicator, lead: str) -> Sheet:
    grid = one.grid
    if grid is None:
        raise ValueError(f"{one.key}: not a table")
    heads = (*grid.heads, *(column.text for column in grid.columns))
    rows = (
        Row((one.label,), "title"),
        Row((f"{one.definition} {lead}",), "text"),
        Row(heads, "head"),
        *(_row(line) for line in grid.lines),
        Row(_row(grid.total).cells, "total"),
        *(Row((note,), "text") for note in one.notes),
    )
    widths = (*(WIDE for _head in grid.heads), *(FIGURE for _column in grid.columns))
    return Sheet(one.label, rows, widths)


def _row(line: Line) -> Row:
    return Row((*map(_text, line.heads), *map(typed, line.cells)))


def _text(label: Label) -> str:
    return label.text


def typed(cell: Cell) -> workbook.Cell:
    """Return a figure as a spreadsheet computes with it; a share or a secret is words."""
    if cell.value is None:
        return cell.shown
    match cell.kind:
        case "euros":
            return Number(cell.value / 100, "euros")
        case "hours":
            return Number(cell.value / MINUTES, "hours")
        case _:
            return Number(cell.value)


def _definitions(report: Report) -> Iterator[Row]:
    yield Row((_("Indicateur"), _("Code"), _("Unité"), _("Ce que cela veut dire")), "head")
    for one in report.indicators:
        yield Row((one.label, one.key, one.unit_words, one.definition))
