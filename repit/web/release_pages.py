"""A release on screen, the same for its funder, the operator and anybody: words, and its plots.

Every number comes from `release_files.report.Report`; a plot says no more than the table under it.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from repit.domain.releases.content import Content
from repit.integrations.plots import Bar, Series
from repit.web import plots
from repit.web.release_files.composing import report_of
from repit.web.release_files.report import Grid, Indicator
from repit.web.words import indicators

MOST_BARS = 16
MOST_SERIES = 5
"""More colours than that cannot be told apart."""
TIME = ("month", "quarter")


def release_page(
    content: Content,
    *,
    number: str | None = None,
    sha256: str | None = None,
    approved_at: datetime | None = None,
) -> dict[str, Any]:
    """Return what `templates/releases/_release.html` needs."""
    report = report_of(content, number=number, sha256=sha256, approved_at=approved_at)
    return {"report": report, "drawings": {one.key: _drawing(one) for one in report.indicators}}


def _drawing(one: Indicator) -> Markup | None:
    grid = one.grid
    if grid is None or len(grid.lines) < 2 or not _can_be_drawn(grid):  # noqa: PLR2004
        return None
    across = [column for column in grid.columns if not column.whole]
    if len(grid.columns) == 1:
        return _bars(one, grid) if len(grid.lines) <= MOST_BARS else None
    over_time = one.dimensions[-1][0] in TIME and grid.heads[0] != one.dimensions[-1][1]
    if over_time and len(grid.lines) <= MOST_SERIES:
        return _over_time(one, grid)
    return _stacked(one, grid) if len(across) <= MOST_SERIES else None


def _can_be_drawn(grid: Grid) -> bool:
    """Corrections of an earlier period may leave less than nothing: that is for the table."""
    amounts = [cell.value for line in grid.lines for cell in line.cells]
    return any(amounts) and not any(value is not None and value < 0 for value in amounts)


def _bars(one: Indicator, grid: Grid) -> Markup:
    rows = [
        Bar(line.heads[-1].text, line.cells[0].value, line.cells[0].shown) for line in grid.lines
    ]
    return plots.bars(one.label, _read_out(), rows)


def _over_time(one: Indicator, grid: Grid) -> Markup:
    """Columns of the table along the axis; a line of the table is a colour."""
    places = [place for place, column in enumerate(grid.columns) if not column.whole]
    return plots.stacked(
        one.label,
        _read_out(),
        [grid.columns[place].text for place in places],
        [
            Series(line.heads[0].text, [line.cells[place].value for place in places])
            for line in grid.lines
        ],
        write=_writer(one),
    )


def _stacked(one: Indicator, grid: Grid) -> Markup:
    """Lines of the table along the axis; a column of the table is a colour."""
    return plots.stacked(
        one.label,
        _read_out(),
        [line.heads[0].text for line in grid.lines],
        [
            Series(column.text, [line.cells[place].value for line in grid.lines])
            for place, column in enumerate(grid.columns)
            if not column.whole
        ],
        write=_writer(one),
    )


def _writer(one: Indicator) -> Any:
    return lambda amount: indicators.figure(one.key, amount)


def _read_out() -> str:
    return _(
        "Les mêmes nombres sont dans le tableau qui suit. Ce qui est secret n’est pas dessiné."
    )
