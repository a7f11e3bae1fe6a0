"""A release as a tagged PDF: numbers first, each with its definition, each plot over its table."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from repit.integrations import pdf
from repit.integrations.plots import PAPER, printable
from repit.web.release_files.drawings import drawing, read_out
from repit.web.release_files.report import Cell, Grid, Indicator, Label, Line, Report, Section


def written(report: Report, *, logo: str = "", now: datetime) -> bytes:
    """Return the file. `now`: when it was approved, so that the same release is the same bytes."""
    return pdf.write(
        pdf.Document(
            title=f"{report.title} : {report.period}",
            sender=report.operator,
            lead=f"{report.fund} · {report.funder}",
            blocks=tuple(_blocks(report)),
            foot=_foot(report),
            reference=report.sha256 or "",
            language=report.language,
            logo=logo,
        ),
        now=now,
    )


def _foot(report: Report) -> str:
    if report.sha256 is None:
        return _("Projet : cette publication n’est pas encore approuvée.")
    return f"{report.title} · {report.funder} · {report.sha256[:16]}"


def _blocks(report: Report) -> Iterator[pdf.Block]:
    yield pdf.Facts(report.facts)
    for section in report.sections:
        yield from _section(section)
    if report.notes:
        yield pdf.Heading(_("Comment lire ces nombres"))
        yield from (pdf.Text(note) for note in report.notes)


def _section(section: Section) -> Iterator[pdf.Block]:
    yield pdf.Heading(section.title)
    if section.lead:
        yield pdf.Text(section.lead, stays=True)
    if section.singles:
        yield _together(section)
        yield from (pdf.Text(_counted(*each), small=True) for each in section.hows)
    for one in section.tables:
        yield from _alone(one)


def _together(section: Section) -> pdf.Table:
    return pdf.Table(
        section.title,
        (
            pdf.Column(_("Indicateur")),
            pdf.Column(_("Nombre"), number=True),
            pdf.Column(_("Ce que cela veut dire"), wide=True),
        ),
        [(one.label, one.total.shown, " ".join((one.says, *one.notes))) for one in section.singles],
        headed=False,
    )


def _counted(how: str, labels: Sequence[str]) -> str:
    """Say once how several figures are counted: the same words nine times hide the rest."""
    return f"{', '.join(labels)} : {how}"


def _alone(one: Indicator) -> Iterator[pdf.Block]:
    yield pdf.Heading(one.label, level=3)
    said = " ".join((one.definition, *one.notes))
    yield pdf.Text(said, small=True, stays=True)
    drawn = drawing(one, inks=PAPER)
    if drawn:
        yield pdf.Drawing(printable(drawn), f"{one.label}. {read_out()}", wide=True)
    if one.grid:
        yield _table(one.label, one.grid)


def _table(caption: str, grid: Grid) -> pdf.Table:
    heads = [pdf.Column(head, wide=place == 0) for place, head in enumerate(grid.heads)]
    figures = [pdf.Column(column.text, number=True) for column in grid.columns]
    return pdf.Table(
        caption,
        (*heads, *figures),
        [_words(line) for line in grid.lines],
        _words(grid.total),
        headed=False,
    )


def _words(line: Line) -> tuple[str, ...]:
    return (*map(_text, line.heads), *map(_shown, line.cells))


def _text(label: Label) -> str:
    return label.text


def _shown(cell: Cell) -> str:
    return cell.shown
