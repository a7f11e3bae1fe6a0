"""The one form of a release in the reader's language, from which every page and file is written.

Nothing is decided after it: a writer sets these words and figures, and no others.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["count", "euros", "hours", "days", "share"]


@dataclass(frozen=True)
class Cell:
    """A figure, typed for who computes with it and written for who reads it.

    `value` is cents for euros, minutes for hours. A share has none: it lies `between` two others,
    from 0 to 1, both included. With neither the figure is the one word « secret ».
    """

    kind: Kind
    value: int | float | None
    shown: str
    between: tuple[float, float] | None = None

    @property
    def is_secret(self) -> bool:
        return self.value is None and self.between is None


@dataclass(frozen=True)
class Label:
    """A part of a dimension. `data`: typed by people, so neither translated nor trusted.

    `codes` are for machines; they are left out where names that were put together would say
    that somebody lives there.
    """

    text: str
    data: bool = False
    whole: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One published figure; `at` has one part per dimension of its indicator."""

    at: tuple[Label, ...]
    cell: Cell


@dataclass(frozen=True)
class Line:
    """`heads` say what the line is about, `cells` are its figures."""

    heads: tuple[Label, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """An indicator's figures as a table: as many cells in a line as there are columns."""

    heads: tuple[str, ...]
    columns: tuple[Label, ...]
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class Indicator:
    """`key` is that of `figures.definitions`; `step`: what its figures are rounded to."""

    key: str
    label: str
    says: str
    """What is counted, and what is not."""
    how: str
    """In which unit, once or each time, when, and from where."""
    unit: str
    """One of `figures.definitions.Unit`."""
    unit_words: str
    figures: tuple[Figure, ...]
    dimensions: tuple[tuple[str, str], ...] = ()
    """Key and name of each."""
    grid: Grid | None = None
    """None: there is one figure, and it needs no table of its own."""
    step: int | None = None
    """In the unit of the cells' values; None: exact."""
    notes: tuple[str, ...] = ()

    @property
    def definition(self) -> str:
        """Return all of what it means."""
        return f"{self.says} {self.how}"

    @property
    def total(self) -> Cell:
        """Return the published total, or the one figure."""
        return self.figures[0].cell


@dataclass(frozen=True)
class Section:
    """`singles` are shown together, each of `tables` by itself."""

    key: str
    title: str
    lead: str
    singles: tuple[Indicator, ...]
    tables: tuple[Indicator, ...]

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.singles + self.tables

    @property
    def hows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return how singles are counted, each way once, with the names it is true of."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.singles:
            found[one.how] = (*found.get(one.how, ()), one.label)
        return tuple(found.items())


@dataclass(frozen=True)
class Report:
    """`number` and `sha256` are None until the operator approves."""

    title: str
    lead: str
    language: str
    operator: str
    funder: str
    fund: str
    programme: str
    period: str
    first_day: date
    last_day: date
    counted_at: datetime
    approved_at: datetime | None
    number: str | None
    sha256: str | None
    facts: tuple[tuple[str, str], ...]
    headlines: tuple[Indicator, ...]
    """The figures a reader looks for first; each stands in its section too."""
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    """How to read it: rounding, secrets, who lives where."""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(one for section in self.sections for one in section.indicators)
