"""True tables for the engine, from plain counts."""

from collections.abc import Mapping
from datetime import date
from itertools import product

from repit.domain.releases.content import ShownTable
from repit.domain.releases.disclosure.outcome import Earlier, Safe
from repit.domain.releases.disclosure.safe import make_safe
from repit.domain.releases.facts import ALL, Dimension, Fact, Facts, Table

KEY = b"thirty-two bytes, and not one more"
FUND = "fund:1"
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
SECOND = (date(2026, 4, 1), date(2026, 6, 30))
SEMESTER = (date(2026, 1, 1), date(2026, 6, 30))
Period = tuple[date, date]


def households(
    name: str,
    dimensions: tuple[Dimension, ...],
    counts: Mapping[tuple[str, ...], int],
    period: Period = QUARTER,
    **more: object,
) -> Table:
    """Return a table that counts households, each in one cell."""
    cells: dict[tuple[str, ...], Fact] = {}
    for key in product(*[(*one.parts, ALL) for one in dimensions]):
        count = sum(
            many
            for at, many in counts.items()
            if all(code in {ALL, own} for code, own in zip(key, at, strict=True))
        )
        cells[key] = Fact(count, count)
    return Table(name, FUND, *period, dimensions, cells, **more)  # type: ignore[arg-type]


def total(name: str, count: int, period: Period = QUARTER) -> Table:
    return households(name, (), {(): count}, period)


def facts(*tables: Table, everybody: int = 500) -> Facts:
    return Facts(everybody, tables)


def safe(made: Facts, *earlier: Earlier, period: Period = QUARTER) -> Safe:
    first, last = period
    return make_safe(made, earlier, key=KEY, scope=FUND, first_day=first, last_day=last)


def values(table: ShownTable) -> list[int | None]:
    return [cell.value for cell in table.cells]
