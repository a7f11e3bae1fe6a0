"""Every table about vouchers, once, for the page, its plots and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from repit.domain.figures.asked import Board, Figures
from repit.web import categories, formats
from repit.web.exports import Value, euros
from repit.web.operators.board_reading import Reading
from repit.web.words import counting, indicator_parts, indicators

MINUTES_OF_AN_HOUR = 60
NOTHING: Figures = {}
SORTED_BY = {
    "categories": "vouchers_used",
    "communes": "households_reached",
    "enveloppes": "used",
}
"""The column that is also drawn: a plot and its table have one order."""


@dataclass(frozen=True)
class Column:
    """A figure under its name. `key`: its indicator says how it is written; empty: a number."""

    label: str
    key: str


@dataclass(frozen=True)
class Row:
    """`cells`: a number per column, or words; None where there is none."""

    head: str
    cells: tuple[int | float | str | None, ...]
    total: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table. `key` names it in addresses; `data`: its first column was typed by people."""

    key: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    data: bool = False
    note: str = ""

    def shown(self, place: int, value: float | str | None) -> str:
        """Return a cell as its reader writes it."""
        if value is None:
            return "–"
        if isinstance(value, str):
            return value
        key = self.columns[place].key
        return indicators.figure(key, value) if key else formats.number(value)

    def lines(self) -> tuple[list[str], list[list[Value]]]:
        """Return the names of the columns and the rows, as a file holds them."""
        names = [self.head, *(_file_label(column) for column in self.columns)]
        return names, [
            [row.head, *(_value(self.columns[at], one) for at, one in enumerate(row.cells))]
            for row in self.rows
        ]


def _file_label(column: Column) -> str:
    if _unit(column) == "minute":
        return _("%(label)s (heures)", label=column.label)
    return column.label


def _unit(column: Column) -> str:
    return counting.unit(column.key) if column.key else ""


def _value(column: Column, value: float | str | None) -> Value:
    if value is None or isinstance(value, str):
        return value
    match _unit(column):
        case "cent":
            return euros(int(value))
        case "minute":
            return Decimal(value) / MINUTES_OF_AN_HOUR
        case _:
            return Decimal(str(value)) if isinstance(value, float) else value


def columns_of(*keys: str) -> tuple[Column, ...]:
    """Return columns under the names of their indicators."""
    return tuple(Column(indicators.label(key), key) for key in keys)


def sheets_of(reading: Reading) -> dict[str, Sheet]:
    """Return every table about vouchers by its key, those with nothing to say left out."""
    made = (
        months(reading),
        in_categories(reading),
        in_towns(reading),
        in_funds(reading),
        sides(reading),
    )
    return {sheet.key: sheet for sheet in made if sheet is not None}


def _keys(reading: Reading, *keys: str) -> tuple[str, ...]:
    """Leave out what a category does not have: vouchers get one when they are used."""
    if reading.wanted.asked.category is None:
        return keys
    without = {"vouchers_issued", "issued", "vouchers_lapsed", "lapsed", "vouchers_cancelled"}
    return tuple(key for key in keys if key not in without)


def _cells(figures: Figures, keys: Sequence[str]) -> tuple[int | None, ...]:
    return tuple(cell(figures, key) for key in keys)


def cell(figures: Figures, key: str) -> int | None:
    """Return a figure; services paid by the session alone have hours nobody noted: no zero."""
    found = figures.get(key, 0)
    if key == "respite_minutes" and not found and figures.get("respite_sessions", 0):
        return None
    return found


def _total(reading: Reading, keys: Sequence[str]) -> Row:
    before = [reading.before.totals["vouchers_used"]] if reading.before else []
    return Row(_("Total"), (*_cells(reading.board.totals, keys), *before), total=True)


def _used_before() -> Column:
    return Column(_("Utilisés un an avant"), "vouchers_used")


def months(reading: Reading) -> Sheet:
    """Return the table by month; beside each, what the same month of the year before used."""
    keys = _keys(
        reading,
        *("households_reached", "vouchers_issued", "vouchers_used", "used"),
        *("respite_minutes", "vouchers_lapsed"),
    )
    earlier = reading.before
    rows = tuple(
        Row(
            formats.month(day),
            (
                *_cells(reading.board.by_month[day], keys),
                *([used_before(reading, day)] if earlier else ()),
            ),
        )
        for day in begun(reading)
    )
    return Sheet(
        key="mois",
        title=_("Par mois"),
        head=indicator_parts.dimension("month"),
        columns=(*columns_of(*keys), *([_used_before()] if earlier else ())),
        rows=(*rows, _total(reading, keys)),
        note=_("Un foyer qui vient plusieurs mois compte une fois dans le total."),
    )


def begun(reading: Reading) -> list[date]:
    """Return the months of the board that are not still to come."""
    return [day for day in sorted(reading.board.by_month) if day <= reading.wanted.span.today]


def used_in(found: Board, month: date) -> int:
    """Return the vouchers used in a month of a board."""
    return found.by_month.get(month, NOTHING).get("vouchers_used", 0)


def used_before(reading: Reading, month: date) -> int | None:
    """Return what the same month of the year before used; None before the programme began."""
    earlier = month.replace(year=month.year - 1)
    if reading.before is None or earlier < reading.wanted.began.replace(day=1):
        return None
    return used_in(reading.before, earlier)


def in_categories(reading: Reading) -> Sheet | None:
    """Return the table by category of service."""
    keys = ("households_reached", "vouchers_used", "used", "respite_minutes")
    return _divided(
        reading,
        Sheet(
            key="categories",
            title=_("Par catégorie"),
            head=indicator_parts.dimension("category"),
            columns=columns_of(*keys),
            rows=(),
            note=_("Un foyer qui utilise plusieurs catégories compte une fois dans le total."),
        ),
        {categories.name(code): found for code, found in reading.board.by_category.items()},
        {categories.name(code): found for code, found in _before(reading, "by_category").items()},
    )


def in_towns(reading: Reading) -> Sheet | None:
    """Return the table by town."""
    keys = _keys(
        reading, "households_reached", "parents_reached", "vouchers_issued", "vouchers_used", "used"
    )
    return _divided(
        reading,
        Sheet(
            key="communes",
            title=_("Par commune"),
            head=indicator_parts.dimension("town"),
            columns=columns_of(*keys),
            rows=(),
            data=True,
        ),
        {town or _("non dit"): found for town, found in reading.board.by_town.items()},
        {town or _("non dit"): found for town, found in _before(reading, "by_town").items()},
    )


def in_funds(reading: Reading) -> Sheet | None:
    """Return the table by fund. What families paid online has one of its own."""
    keys = _keys(
        reading,
        *("households_reached", "vouchers_issued", "issued"),
        *("vouchers_used", "used", "vouchers_lapsed"),
    )
    titles = {one.id: one.title for one in reading.wanted.funds}
    return _divided(
        reading,
        Sheet(
            key="enveloppes",
            title=_("Par enveloppe"),
            head=indicator_parts.dimension("fund"),
            columns=columns_of(*keys),
            rows=(),
            data=True,
            note=_("Un foyer aidé par plusieurs enveloppes compte une fois dans le total."),
        ),
        _titled(reading.board.by_fund, titles),
        _titled(_before(reading, "by_fund"), titles),
    )


def _titled(found: Mapping[int, Figures], titles: Mapping[int, str]) -> dict[str, Figures]:
    return {titles.get(fund_id) or _("Familles"): one for fund_id, one in found.items()}


def _before(reading: Reading, division: str) -> Mapping[Any, Figures]:
    return {} if reading.before is None else getattr(reading.before, division)


def _divided(
    reading: Reading,
    sheet: Sheet,
    parts: Mapping[str, Figures],
    before: Mapping[str, Figures],
) -> Sheet | None:
    """Fill a table with its parts, largest first, beside what they used a year before."""
    keys = [column.key for column in sheet.columns]
    compared = reading.before is not None
    by = SORTED_BY[sheet.key]
    names = sorted({*parts, *before}, key=lambda name: (-parts.get(name, NOTHING).get(by, 0), name))
    if not names:
        return None
    rows = [
        Row(
            name,
            (
                *_cells(parts.get(name, NOTHING), keys),
                *([before.get(name, NOTHING).get("vouchers_used", 0)] if compared else ()),
            ),
        )
        for name in names
    ]
    return replace(
        sheet,
        columns=(*sheet.columns, *([_used_before()] if compared else ())),
        rows=(*rows, _total(reading, keys)),
    )


def sides(reading: Reading) -> Sheet:
    """Return who is helped: isolated or not, and in a priority neighbourhood or not."""
    keys = _keys(
        reading, "households_reached", "vouchers_issued", "vouchers_used", "used", "vouchers_lapsed"
    )
    parts = [
        (indicator_parts.begun(name, code), found.get(code, {}))
        for name, found in (
            ("isolated", reading.board.by_isolated),
            ("priority_area", reading.board.by_priority_area),
        )
        for code in ("yes", "no")
    ]
    return Sheet(
        key="publics",
        title=_("Foyers isolés, quartiers prioritaires"),
        head=_("Foyers"),
        columns=columns_of(*keys),
        rows=tuple(Row(words, _cells(figures, keys)) for words, figures in parts),
        note=" ".join(str(indicator_parts.SAYS[name]) for name in ("isolated", "priority_area")),
    )
