"""What goes into the engine beside the new facts, and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from repit.domain.releases.content import Amount, ShownStatistic, ShownTable
from repit.domain.releases.facts import Table

Sensitive = Literal["cell", "rest", "longer_only", "both_periods", "other_funds", "both_funds"]
"""A cell of a table; what a cell leaves of its margin; who came in the year and not in its
quarter; who came in both halves; who came for other funds only; who came for two funds."""
Why = Literal["changed", "narrow_before", "narrow"]
"""The same table has other figures than when it was published; earlier releases alone give a cell
away; this one would, whatever is hidden in it."""


@dataclass(frozen=True)
class Earlier:
    """What an attacker may lay beside the new release: one fund and one period.

    Every release of the same programme belongs here, of every funder, and the truth of each
    quarter and semester that is over in the same years, published or not: a year less a quarter
    tells of the three others. `shown` has the published form of `tables`, matched by name; none
    when nothing was published. Several may hold the same table (one of the programme).
    """

    tables: tuple[Table, ...]
    shown: tuple[ShownTable, ...] = ()


@dataclass(frozen=True)
class Where:
    """Which figure: `at` names the parts, one text per dimension, `*` for a margin."""

    kind: Sensitive
    name: str
    scope: str
    first_day: date
    last_day: date
    at: tuple[str, ...]


@dataclass(frozen=True)
class Guarded:
    """A sensitive figure and what an attacker can make of it, in the table's `Table.unit`.

    All from `low` to `high` is possible given everything published (at least: the search stops
    once that is wide enough). `needed` is the width asked for: eleven, more for what
    a provider took, or less where the funder's own exact money alone says more.
    """

    where: Where
    low: float
    high: float
    needed: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Block:
    """Why the release may not be approved."""

    why: Why
    where: Where


@dataclass(frozen=True)
class Audit:
    """The attack on the release as it would be published, beside all that was."""

    guarded: tuple[Guarded, ...] = ()
    blocks: tuple[Block, ...] = ()
    coarsened: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Per table what was put together or left out, as in `ShownTable.coarsened`."""
    hidden: tuple[str, ...] = ()
    """Tables of which nothing is shown."""
    programs: int = 0
    """Linear programs solved."""

    @property
    def passed(self) -> bool:
        return not self.blocks

    @property
    def narrowest(self) -> float | None:
        """The narrowest interval of those the funder's exact money does not bound; None without."""
        most = max((one.needed for one in self.guarded), default=0.0)
        return min((one.width for one in self.guarded if one.needed == most), default=None)


@dataclass(frozen=True)
class Safe:
    """What may be shown, and why. `small`: the programme is too small for more than money."""

    small: bool
    tables: tuple[ShownTable, ...]
    statistics: tuple[ShownStatistic, ...]
    money: tuple[Amount, ...]
    audit: Audit


def published(earlier: Sequence[Earlier], table: Table) -> tuple[Table, ShownTable] | None:
    """Return the same table where it was published, the truth of then with what was shown."""
    for one in earlier:
        names = {shown.name: shown for shown in one.shown}
        for known in one.tables:
            if series(known) == series(table) and known.name in names:
                return known, names[known.name]
    return None


def series(table: Table) -> tuple[str, str, date, date]:
    """Return what makes two tables the same one."""
    return (table.scope, table.name, table.first_day, table.last_day)
