"""What a release says, frozen: the one thing that every page and file of it is written from.

Plain values and keys, no sentence: words are the reader's language, see `web/words/indicators.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

FORMAT = 1
"""Of the stored form; a reader of old releases looks at it."""
OTHERS = "+"
"""The one code of a part whose names would say something: all that has no part of its own."""


@dataclass(frozen=True)
class Part:
    """One or more parts of a dimension shown as one; `codes` is all of them for a margin.

    Where the names themselves would tell (`Dimension.tells`: towns) a margin has no code, and
    what is put together has the one code `OTHERS`.
    """

    codes: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A published number, or None: it stays secret, and why is the same word for all."""

    at: tuple[Part, ...]
    """One part per dimension, in the table's order."""
    value: int | None


@dataclass(frozen=True)
class ShownTable:
    """`name` is an indicator of `figures.definitions`; `dimensions` those left after coarsening."""

    name: str
    dimensions: tuple[str, ...]
    cells: tuple[ShownCell, ...]
    """The total first, then margins, then the inside; a table without dimensions has one.

    Always there is a total, hidden or not; of what else is hidden there is no cell at all.
    """
    step: int
    coarsened: tuple[str, ...] = ()
    """What was put together or left out: `town`, `month`, `isolated*priority_area`."""


@dataclass(frozen=True)
class ShownStatistic:
    name: str
    value: float | None


@dataclass(frozen=True)
class Amount:
    """Exact euros in cents; `rounded` when the scheme is too small even for that."""

    name: str
    cents: int
    rounded: bool = False


@dataclass(frozen=True)
class Count:
    """About nobody, exact: sessions, minutes of staff."""

    name: str
    value: int


@dataclass(frozen=True)
class Content:
    operator: str
    funder: str
    fund: str
    programme: str
    period_kind: str
    """`quarter`, `semester` or `year`."""
    first_day: date
    last_day: date
    zone: str
    counted_at: datetime
    """When the figures were read; what was recorded later belongs to the next period."""
    face_cents: int
    small: bool
    """Fewer than eleven households in the whole programme: money alone, in steps of 100 euros."""
    money: tuple[Amount, ...]
    counts: tuple[Count, ...]
    tables: tuple[ShownTable, ...]
    statistics: tuple[ShownStatistic, ...]
    format: int = FORMAT
