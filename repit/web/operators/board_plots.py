"""The board's plots: each draws some of the numbers of the table under it."""

from flask_babel import gettext as _
from markupsafe import Markup

from repit.integrations.plots import Bar, Series
from repit.web import formats, plots
from repit.web.operators.board_reading import Reading
from repit.web.operators.board_sheets import SORTED_BY, Sheet, begun, used_before, used_in
from repit.web.words import indicators

MOST_BARS = 12
DRAWN = {
    **SORTED_BY,
    "publics": "households_reached",
    "prestataires": "respite_minutes",
    "attente": "waiting_parties",
}
"""Which column of a table is drawn as bars."""


def plot_of(sheet: Sheet, reading: Reading) -> Markup | None:
    """Return the plot that stands above a table, or None for one that words alone fill."""
    if sheet.key == "mois":
        return _by_month(sheet, reading)
    if sheet.key not in DRAWN:
        return None
    return _bars(sheet, DRAWN[sheet.key])


def drawn_words(sheet: Sheet) -> str:
    """Return which number of the table the plot shows: its caption."""
    key = "vouchers_used" if sheet.key == "mois" else DRAWN.get(sheet.key)
    return "" if key is None else indicators.label(key)


def _by_month(sheet: Sheet, reading: Reading) -> Markup:
    months = begun(reading)
    series = [
        Series(_("Cette période"), [used_in(reading.board, month) for month in months]),
    ]
    if reading.before:
        amounts = [used_before(reading, month) for month in months]
        series.append(Series(_("Un an avant"), amounts, compared=True))
    first, last = formats.month(months[0]), formats.month(months[-1])
    return plots.lines(
        f"{indicators.label('vouchers_used')}, {sheet.title}",
        _("De %(first)s à %(last)s. Les nombres sont dans le tableau.", first=first, last=last),
        [formats.short_month(month) for month in months],
        series,
    )


def _bars(sheet: Sheet, key: str) -> Markup:
    place = next(at for at, column in enumerate(sheet.columns) if column.key == key)
    rows = [row for row in sheet.rows if not row.total]
    kept = rows[:MOST_BARS]
    left_out = len(rows) - len(kept)
    words = (
        _("Les %(number)s premières lignes du tableau.", number=len(kept))
        if left_out
        else _("Les nombres sont dans le tableau.")
    )
    return plots.bars(
        f"{indicators.label(key)}, {sheet.title}",
        words,
        [
            Bar(row.head, max(0, _amount(row.cells[place])), sheet.shown(place, row.cells[place]))
            for row in kept
        ],
    )


def _amount(value: float | str | None) -> float:
    return 0 if value is None or isinstance(value, str) else value
