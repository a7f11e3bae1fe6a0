"""What is true before it is made safe: the input of `disclosure`, never shown to a funder. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Order = Literal["free", "ordered"]
ALL = "*"
"""The coordinate of a margin: every part of a dimension together."""


@dataclass(frozen=True)
class Fact:
    """A true value and how many stand behind it.

    `value` is in the table's unit (see `Table.step`). `providers` is None where the figure is not
    about what providers took; `largest_share` is the largest one's part of the euros, from 0 to 1,
    and `second_share` the next one's.
    """

    value: int
    households: int
    providers: int | None = None
    largest_share: float = 0.0
    second_share: float = 0.0


NOTHING = Fact(0, 0)


@dataclass(frozen=True)
class Dimension:
    """How a total is divided: every household, or every unit of a sum, is in one part only.

    `free` parts may be put together in any way (towns, categories); `ordered` ones with their
    neighbours only (ages, months). `ladder`: coarser divisions, each a map from a part to its
    coarser part, tried in turn before parts are put together (months into quarters).
    `tells`: that a part is in the list says that somebody is in it (a town of one family), so
    what is put together is shown without its names, see `content.OTHERS`. Let `parts` be every
    town of the territory all the same.
    """

    name: str
    parts: tuple[str, ...]
    order: Order = "free"
    ladder: tuple[Mapping[str, str], ...] = ()
    tells: bool = False


@dataclass(frozen=True)
class Table:
    """One measure of the catalogue for one period, over no, one or two dimensions.

    `scope` says whose it is: `fund:7`, or `programme:3` when every fund of the programme sees the
    same. Two tables of one scope, name and period are the same table. `cells` has a fact for
    each combination of parts, and `ALL` for margins: `(ALL, "qpv")`, `(ALL, ALL)`; with no
    dimension its one key is `()`. A coarser part of a ladder may have facts too, under its own
    name (`("garde", "2026-Q1")`): without them the households behind are taken as those of its
    largest part, the least they can be. A dimension of months is named `month` and its parts are
    the same in every period (`2026-01`): the same month is then the same cell in each.

    A count of people or households with no table of its own (`assisted_bookings`) is a table
    without dimensions, not a `Statistic`: it adds up over the year, so it is attacked like a table.
    """

    name: str
    scope: str
    first_day: date
    last_day: date
    dimensions: tuple[Dimension, ...]
    cells: Mapping[tuple[str, ...], Fact]
    distinct: bool = True
    """Counts somebody once however often they come: over time it only grows, and is no sum."""
    exact_total: bool = False
    """The total is the funder's own money: published as it is."""
    total_name: str = ""
    """Tables of one scope and period with the same name here divide the same total."""
    step: int = 5
    """Figures are rounded to it; five units of what is counted (10,000 for euros in cents)."""

    @property
    def unit(self) -> int:
        """What one of what is counted is worth in `value`: a fifth of the step."""
        return self.step // 5

    @property
    def total(self) -> Fact:
        return self.cells[(ALL,) * len(self.dimensions)]


@dataclass(frozen=True)
class Statistic:
    """A median, a mean or a rate: shown, rounded, when enough stand behind it. In no sum."""

    name: str
    value: float | None
    behind: int
    """Households, or answers where nobody can know whose they are."""
    providers: int | None = None
    step: float = 1.0
    """It is shown to the nearest multiple: 1 for whole days, 0.05 for a share."""
    share: bool = False
    """Some of those behind it, of all of them: too fine a step would count the others."""


@dataclass(frozen=True)
class Facts:
    """All that is true for a release. `households`: of the whole programme, in the period."""

    households: int
    tables: tuple[Table, ...]
    statistics: tuple[Statistic, ...] = ()
    money: Mapping[str, int] = field(default_factory=dict)
    """Euros in cents, exact: the funder's own money."""
    operator: Mapping[str, int] = field(default_factory=dict)
    """About nobody: sessions held and cancelled, staff minutes, costs in cents."""
