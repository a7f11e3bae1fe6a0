"""A published table as figures, and as rows and columns that a page is wide enough for."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from repit.domain.releases.content import OTHERS, Part, ShownTable
from repit.web.release_files.report import Cell, Figure, Grid, Kind, Label, Line
from repit.web.words import indicator_parts, indicators
from repit.web.words.counting import unit

Cells = Mapping[tuple[Part, ...], Cell]
WHOLE = Part((), whole=True)
KINDS: dict[str, Kind] = {"cent": "euros", "minute": "hours", "day": "days", "share": "share"}


def cell(key: str, value: float | None) -> Cell:
    """Return a figure of an indicator, typed and written."""
    return Cell(KINDS.get(unit(key), "count"), value, indicators.shown(key, value))


def share(between: tuple[float, float] | None) -> Cell:
    """Return a share that is known between two bounds, or secret."""
    return Cell("share", None, indicators.between(between), between)


def figures(table: ShownTable) -> tuple[Figure, ...]:
    """Return a table's figures, the total first."""
    return tuple(
        Figure(
            tuple(label(name, part) for name, part in zip(table.dimensions, one.at, strict=True)),
            cell(table.name, one.value),
        )
        for one in table.cells
    )


def label(dimension: str, part: Part) -> Label:
    """Return a part in words; names of places that were put together are not told one by one."""
    if part.whole:
        return Label(_("Total"), whole=True)
    rest = OTHERS in part.codes
    data = indicator_parts.is_data(dimension)
    merged = len(part.codes) > 1 or rest
    return Label(
        indicator_parts.part(dimension, part.codes),
        data=data and not merged,
        codes=() if rest or (data and merged) else part.codes,
    )


def grid(table: ShownTable) -> Grid | None:
    """Return a table as it is laid out, or None when there is nothing but its total.

    Every margin is `WHOLE`: what it is the margin of is known.
    """
    cells = {one.at: cell(table.name, one.value) for one in table.cells}
    inside = [at for at in cells if at and not any(part.whole for part in at)]
    divided = [at for at in cells if any(not part.whole for part in at)]
    if not divided:
        return None
    if len(table.dimensions) == 1:
        return _list(table, cells, inside)
    if not inside:
        return _margins(table, cells, divided)
    return _crossed(table, cells, divided)


def _total(cells: Cells) -> Cell:
    return next(found for at, found in cells.items() if set(at) == {WHOLE})


def _whole_line(heads: int, cells: tuple[Cell, ...]) -> Line:
    total = Label(_("Total"), whole=True)
    return Line((total, *(Label("") for _other in range(heads - 1))), cells)


def _list(table: ShownTable, cells: Cells, inside: Iterable[tuple[Part, ...]]) -> Grid:
    (name,) = table.dimensions
    return Grid(
        heads=(indicator_parts.dimension(name),),
        columns=(Label(indicators.label(table.name)),),
        lines=tuple(Line((label(name, at[0]),), (cells[at],)) for at in inside),
        total=_whole_line(1, (_total(cells),)),
    )


def _margins(table: ShownTable, cells: Cells, divided: Iterable[tuple[Part, ...]]) -> Grid:
    """Both ways of dividing one total, one under the other: what crosses them is not told."""
    lines = [
        Line((Label(indicator_parts.dimension(name)), label(name, part)), (cells[at],))
        for place, name in enumerate(table.dimensions)
        for at in divided
        for part in [at[place]]
        if not part.whole
    ]
    return Grid(
        heads=(_("Selon"), _("Part")),
        columns=(Label(indicators.label(table.name)),),
        lines=tuple(lines),
        total=_whole_line(2, (_total(cells),)),
    )


def _crossed(table: ShownTable, cells: Cells, divided: list[tuple[Part, ...]]) -> Grid:
    """The dimension with more parts goes down the page, which is longer than it is wide."""
    parts = [_parts(divided, place) for place in (0, 1)]
    down, across = (0, 1) if len(parts[0]) >= len(parts[1]) else (1, 0)
    columns = (*parts[across], WHOLE)

    def line(head: Part) -> tuple[Cell, ...]:
        keys = ((head, part) if down == 0 else (part, head) for part in columns)
        return tuple(cells.get(key) or cell(table.name, None) for key in keys)

    names = table.dimensions
    return Grid(
        heads=(indicator_parts.dimension(names[down]),),
        columns=tuple(label(names[across], part) for part in columns),
        lines=tuple(Line((label(names[down], head),), line(head)) for head in parts[down]),
        total=_whole_line(1, line(WHOLE)),
    )


def _parts(divided: Iterable[tuple[Part, ...]], place: int) -> list[Part]:
    """Return each part of a dimension once, in the order of the table."""
    return list(dict.fromkeys(at[place] for at in divided if not at[place].whole))
