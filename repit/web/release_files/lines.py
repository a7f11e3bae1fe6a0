"""A release as a flat list: one published figure a line, and all that is needed to read it."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _

from repit.web.exports import Value, euros
from repit.web.release_files.report import Cell, Figure, Indicator, Report

MINUTES = 60
MOST_DIMENSIONS = 2


def columns() -> list[str]:
    """Return the names of what each line holds."""
    return [
        _("Publication"), _("Premier jour"), _("Dernier jour"), _("Thème"), _("Champ"),
        _("Indicateur"), _("Code"), _("Selon"), _("Part"), _("Et selon"), _("Et part"),
        _("Nombre"), _("Unité"), _("Ce que cela veut dire"),
    ]  # fmt: skip


def lines(report: Report) -> Iterator[list[Value]]:
    """Give every figure of a release."""
    number = report.number or report.title
    for section in report.sections:
        for one in section.indicators:
            for figure in one.figures:
                yield [
                    number, report.first_day, report.last_day, section.title, section.lead,
                    one.label, one.key, *_where(one, figure), computed(figure.cell),
                    one.unit_words, " ".join((one.definition, *one.notes)),
                ]  # fmt: skip


def _where(one: Indicator, figure: Figure) -> list[Value]:
    said: list[Value] = []
    for (_key, name), label in zip(one.dimensions, figure.at, strict=True):
        said += [name, label.text]
    return said + [None, None] * (MOST_DIMENSIONS - len(one.dimensions))


def computed(cell: Cell) -> Value:
    """Return a figure in the unit of its line; a share or a secret is words."""
    if cell.value is None:
        return cell.shown
    match cell.kind:
        case "euros":
            return euros(round(cell.value))
        case "hours":
            return Decimal(round(cell.value)) / MINUTES
        case _:
            return round(cell.value)
