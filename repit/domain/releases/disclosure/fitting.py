"""Making a release safe: attack it, show a little less where that gives something away, again.

Of all ways to show less of the tables that hold a figure too tight, the one is taken after which
the fewest figures are narrow, and among those the one that leaves a reader most.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from repit.domain.releases.content import ShownTable
from repit.domain.releases.disclosure.attack import SLACK, Attack, Found
from repit.domain.releases.disclosure.grouping import Layout, coarser, nothing
from repit.domain.releases.disclosure.linking import Linked, Row, Series
from repit.domain.releases.disclosure.outcome import Block, Guarded
from repit.domain.releases.disclosure.primary import LEAST_HOUSEHOLDS, Truth
from repit.domain.releases.disclosure.showing import Said, said_by, said_in, total_key
from repit.domain.releases.disclosure.targets import Target, targets

WIDE = float(LEAST_HOUSEHOLDS)
"""Units that must stay possible for a sensitive figure: one more than ten steps between."""
_ATTACKED = 40
"""Narrow figures that each way to show less is tried against; all are, before it is over."""

Layouts = Mapping[Series, Layout]


@dataclass(frozen=True)
class Fitted:
    """New tables that touch, made safe together."""

    layouts: Layouts
    guarded: tuple[Guarded, ...]
    blocks: tuple[Block, ...]
    programs: int


@dataclass(frozen=True)
class _Narrow:
    target: Target
    found: Found
    needed: float
    tables: frozenset[Series]
    """The new tables that hold it."""


class Fitting:
    """Tables that touch: those already published, and layouts to be found for the new ones."""

    def __init__(
        self, truths: Sequence[Truth], shown: Mapping[Series, ShownTable], key: bytes
    ) -> None:
        self._linked = Linked(truths)
        self._bound = self._linked.rows()
        self._key = key
        self._before = {
            name: said_in(self._linked.truths[name], table) for name, table in shown.items()
        }
        self._money = [
            row
            for name, truth in self._linked.truths.items()
            if truth.table.exact_total
            for row in self._rows(name, [Said(truth.everything, truth.table.total.value, 0)])
        ]
        self._needed: dict[Target, float] = {}
        self.programs = 0

    def fit(self, layouts: Layouts) -> Fitted:
        """Return the finest layouts found that give nothing away, and the attack on them."""
        while True:
            every, found, needed = self._attacked(layouts)
            narrow = list(self._narrow(layouts, every, found, needed))
            if not narrow:
                return self._fitted(layouts, every, found, needed, ())
            better = self._better(layouts, narrow)
            if better is None:
                blocks = tuple(Block("narrow_before", one.target.where) for one in narrow)
                return self._fitted(layouts, every, found, needed, blocks)
            layouts = better

    def _attacked(self, layouts: Layouts) -> tuple[list[Target], list[Found], list[float]]:
        said = self._said(layouts)
        regions = {name: [one.region for one in many] for name, many in said.items()}
        every = targets(self._linked, regions)
        wanted = [self._needed.get(one, WIDE) for one in every]
        found = self._search(every, wanted, self._all_rows(said))
        tight = [
            place
            for place, one in enumerate(found)
            if one.width < wanted[place] - SLACK and every[place] not in self._needed
        ]
        for place, width in zip(tight, self._by_money(every, tight), strict=True):
            wanted[place] = self._needed[every[place]] = min(WIDE, width)
        return every, found, wanted

    def _by_money(self, every: Sequence[Target], tight: Sequence[int]) -> list[float]:
        """Return what the funder's exact money alone leaves possible."""
        if not self._money:
            return [WIDE] * len(tight)
        asked = [every[place] for place in tight]
        found = self._search(asked, [WIDE] * len(asked), [*self._bound, *self._money])
        return [one.width for one in found]

    def _narrow(
        self,
        layouts: Layouts,
        every: Sequence[Target],
        found: Sequence[Found],
        needed: Sequence[float],
    ) -> Iterator[_Narrow]:
        owner = [name for name, many in self._said(layouts).items() for _ in many]
        offset = len(self._bound)
        for target, one, width in zip(every, found, needed, strict=True):
            if one.width < width - SLACK:
                held = {owner[row - offset] for row in one.holding if row >= offset}
                yield _Narrow(target, one, width, frozenset(held & set(layouts)))

    def _better(self, layouts: Layouts, narrow: Sequence[_Narrow]) -> Layouts | None:
        """Return the best layouts that show a little less; None when there is nothing to leave."""
        worst = sorted(narrow, key=lambda one: (one.found.width - one.needed, str(one.target)))
        tried = worst[:_ATTACKED]
        holding = {name for one in tried for name in one.tables}
        moves = list(self._moves(layouts, holding)) or list(self._moves(layouts, set(layouts)))
        if not moves:
            return None
        return min(moves, key=lambda move: self._badness(move, tried))

    def _badness(self, layouts: Layouts, tried: Sequence[_Narrow]) -> tuple[int, float, int]:
        asked = [one.target for one in tried]
        wanted = [one.needed for one in tried]
        found = self._search(asked, wanted, self._all_rows(self._said(layouts)))
        short = [max(0.0, want - one.width) for one, want in zip(found, wanted, strict=True)]
        left = sum(one > SLACK for one in short)
        return (left, round(sum(short), 3), -sum(layout.worth for layout in layouts.values()))

    def _moves(self, layouts: Layouts, names: set[Series]) -> Iterator[Layouts]:
        """Give all ways to show a little less of some of the new tables."""
        for name in layouts:
            if name not in names:
                continue
            truth, layout = self._linked.truths[name], layouts[name]
            for less in coarser(truth, layout):
                yield {**layouts, name: less}
            if layout.total and not truth.table.exact_total:
                yield self._without_total(layouts, name)
            if layout != nothing(truth) and layout.divided:
                yield {**self._without_total(layouts, name), name: nothing(truth)}

    def _without_total(self, layouts: Layouts, name: Series) -> Layouts:
        """Hide a total in every table that divides it: it is one figure."""
        truths = self._linked.truths
        shared = (name[0], name[2:], total_key(truths[name].table))
        return {
            other: replace(layout, total=truths[other].table.exact_total)
            if (other[0], other[2:], total_key(truths[other].table)) == shared
            else layout
            for other, layout in layouts.items()
        }

    def _said(self, layouts: Layouts) -> dict[Series, list[Said]]:
        new = {
            name: said_by(self._linked.truths[name], layout, self._key)
            for name, layout in layouts.items()
        }
        return {**self._before, **new}

    def _all_rows(self, said: Mapping[Series, Sequence[Said]]) -> list[Row]:
        return [*self._bound, *(row for name in said for row in self._rows(name, said[name]))]

    def _rows(self, name: Series, said: Sequence[Said]) -> list[Row]:
        truth = self._linked.truths[name]
        return [
            Row(
                self._linked.terms(truth, one.region),
                one.value - one.error,
                one.value + one.error,
            )
            for one in said
        ]

    def _search(
        self, asked: Sequence[Target], wanted: Sequence[float], rows: Sequence[Row]
    ) -> list[Found]:
        attack = Attack(self._linked, rows)
        found = attack.search(asked, wanted)
        self.programs += attack.programs
        return found

    def _fitted(
        self,
        layouts: Layouts,
        every: Sequence[Target],
        found: Sequence[Found],
        needed: Sequence[float],
        blocks: tuple[Block, ...],
    ) -> Fitted:
        guarded = tuple(
            Guarded(target.where, one.low, one.high, width)
            for target, one, width in zip(every, found, needed, strict=True)
        )
        return Fitted(layouts, guarded, blocks, self.programs)
