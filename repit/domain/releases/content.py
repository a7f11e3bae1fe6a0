"""What a release says, frozen: the one thing that every page and file of it is written from.

Plain values and keys, no sentence: words are the reader's language, see `web/words/indicators.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime

FORMAT = 1
"""Of the stored form; a reader of old releases looks at it."""
TINY = 1e-6
"""Shares are floats: so near to a multiple is one."""
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
    """A median in whole days, a number of providers, or a share from 0 to 1.

    A share lies between `value` and `value + step`. What was frozen before the step was written
    down has None: `value` is then the nearest multiple of a step that only `between` can bound.
    """

    name: str
    value: float | None
    step: float | None = None

    @property
    def between(self) -> tuple[float, float] | None:
        """Return the bounds of a share, both included; None: it is secret."""
        if self.value is None:
            return None
        if self.step is not None:
            return self.value, min(1.0, round(self.value + self.step, 6))
        coarsest = SHARE_STEPS[0]
        if self.name not in ANONYMOUS:
            coarsest = max(one for one in SHARE_STEPS if _is_multiple(self.value, one))
        half = coarsest / 2
        return max(0.0, round(self.value - half, 6)), min(1.0, round(self.value + half, 6))


SHARE_STEPS = (0.05, 0.1, 0.25, 0.5)
"""What a share may be rounded to: the fewer stand behind it, the coarser."""
ANONYMOUS = frozenset({"satisfaction_good"})
"""Shares of answers that no link joins to a person: eleven of them are enough, in the finest step,
and no step says whose."""


def _is_multiple(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < TINY


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
