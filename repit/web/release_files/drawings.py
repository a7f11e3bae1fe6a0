"""The plots of a release, the same on screen and on paper: each says no more than its table."""

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from repit.integrations.plots import SCREEN, Bar, Inks, Series
from repit.web import plots
from repit.web.release_files.report import Grid, Indicator
from repit.web.words import indicators

MOST_BARS = 16
MOST_SERIES = 5
"""More colours than that cannot be told apart."""
MOST_LETTERS = 16
"""A longer word under a column would be left out."""
TIME = ("month", "quarter")


def drawing(one: Indicator, *, inks: Inks = SCREEN) -> Markup | None:
    """Return an indicator's plot, or None where a table of its size and figures has none."""
    grid = one.grid
    if grid is None or len(grid.lines) < 2 or not _can_be_drawn(grid):  # noqa: PLR2004
        return None
    across = [column for column in grid.columns if not column.whole]
    if len(grid.columns) == 1:
        return _bars(one, grid, inks) if len(grid.lines) <= MOST_BARS else None
    over_time = one.dimensions[-1][0] in TIME and grid.heads[0] != one.dimensions[-1][1]
    if over_time and len(grid.lines) <= MOST_SERIES:
        return _over_time(one, grid, inks)
    if any(len(line.heads[0].text) > MOST_LETTERS for line in grid.lines):
        return _bars(one, grid, inks)
    return _stacked(one, grid, inks) if len(across) <= MOST_SERIES else None


def _can_be_drawn(grid: Grid) -> bool:
    """One amount compares with nothing; corrections may leave less than nothing: for the table."""
    cells = [cell for line in grid.lines for cell in line.cells]
    told = [cell.value for cell in cells if cell.value is not None]
    return len(told) > 1 and any(told) and min(told) >= 0


def _bars(one: Indicator, grid: Grid, inks: Inks) -> Markup:
    """A bar for each line: of its one figure, or of its total, which is the last.

    Of a table that divides one total in two ways, one under the other, the first way alone.
    """
    first_way = grid.lines[0].heads[0] if len(grid.heads) > 1 else None
    rows = [
        Bar(line.heads[-1].text, line.cells[-1].value, line.cells[-1].shown)
        for line in grid.lines
        if first_way is None or line.heads[0] == first_way
    ]
    return plots.bars(one.label, read_out(), rows, inks=inks)


def _over_time(one: Indicator, grid: Grid, inks: Inks) -> Markup:
    """Columns of the table along the axis; a line of the table is a colour."""
    places = [place for place, column in enumerate(grid.columns) if not column.whole]
    return plots.stacked(
        one.label,
        read_out(),
        [grid.columns[place].text for place in places],
        [
            Series(line.heads[0].text, [line.cells[place].value for place in places])
            for line in grid.lines
        ],
        write=_writer(one),
        inks=inks,
    )


def _stacked(one: Indicator, grid: Grid, inks: Inks) -> Markup:
    """Lines of the table along the axis; a column of the table is a colour."""
    return plots.stacked(
        one.label,
        read_out(),
        [line.heads[0].text for line in grid.lines],
        [
            Series(column.text, [line.cells[place].value for line in grid.lines])
            for place, column in enumerate(grid.columns)
            if not column.whole
        ],
        write=_writer(one),
        inks=inks,
    )


def _writer(one: Indicator) -> Any:
    return lambda amount: indicators.figure(one.key, amount)


def read_out() -> str:
    """Return what is said in place of any of them."""
    return _(
        "Les mêmes nombres sont dans le tableau qui suit. Ce qui est secret n’est pas dessiné."
    )
