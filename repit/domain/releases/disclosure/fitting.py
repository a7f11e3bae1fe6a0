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
from repit.domain.releases.disclosure.primary import Truth
from repit.domain.releases.disclosure.showing import Said, said_by, said_in, total_key
from repit.domain.releases.disclosure.targets import Target, targets

_GIVEN_BACK = 12
"""Layouts of a table that are tried at most, once all is safe, to show more of it."""
_GAIN = 0.01
"""Units: what is less is no step forward."""
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
        # The funder knows its own money of every period, published or not.
        self._known = [*self._bound, *self._money]
        self._needed: dict[Target, float] = {}
        self.programs = 0

    def fit(self, layouts: Layouts) -> Fitted:
        """Return the finest layouts found that give nothing away, and the attack on them."""
        trail = [layouts]
        while True:
            attacked = self._attacked(layouts)
            narrow = self._narrow(layouts, attacked)
            better = self._better(layouts, narrow) if narrow else None
            if better is None:
                break
            layouts = better
            trail.append(layouts)
        if not narrow:
            layouts, attacked = self._given_back(trail, attacked)
        guarded = tuple(
            Guarded(target.where, one.low, one.high, width) for target, one, width in attacked
        )
        blocks = tuple(Block("narrow_before", one.target.where) for one in narrow)
        return Fitted(layouts, guarded, blocks, self.programs)

    def _given_back(
        self, trail: Sequence[Layouts], attacked: "_Attacked"
    ) -> tuple[Layouts, "_Attacked"]:
        """Show again what was taken away on the way and need not have been."""
        layouts = trail[-1]
        for name in layouts:
            for layout in self._between([one[name] for one in trail], layouts, name):
                tried = {**layouts, name: layout}
                again = self._attacked(tried)
                if not self._narrow(tried, again):
                    layouts, attacked = tried, again
                    break
        return layouts, attacked

    def _between(self, trail: Sequence[Layout], layouts: Layouts, name: Series) -> Iterator[Layout]:
        """Give layouts that show more than the last one, the most first: some of all there are."""
        truth, last = self._linked.truths[name], layouts[name]
        if trail[0] == last:
            return
        found = dict.fromkeys(trail)
        for layout in trail:
            less = layout
            while steps := list(coarser(truth, less)):
                found |= dict.fromkeys(steps)
                less = steps[0]
        total = last.total or (trail[0].total and self._may(layouts, name))
        more = {replace(one, total=one.total and total) for one in found}
        better = sorted(
            (one for one in more if one.worth > last.worth), key=lambda one: (-one.worth, str(one))
        )
        yield from better[:: 1 + len(better) // _GIVEN_BACK]

    def _may(self, layouts: Layouts, name: Series) -> bool:
        """Return whether a total may be shown: not while another table hides the same."""
        return all(layouts[other].total for other in self._sharing(layouts, name) if other != name)

    def _attacked(self, layouts: Layouts) -> "_Attacked":
        """Attack; what the funder's exact money says anyway is not asked of the tables."""
        said = self._said(layouts)
        regions = {name: [one.region for one in many] for name, many in said.items()}
        every = targets(self._linked, regions)
        wanted = [self._needed.get(one, one.wide) for one in every]
        found = self._search(every, wanted, self._all_rows(said))
        tight = [
            place
            for place, one in enumerate(found)
            if one.width < wanted[place] - SLACK and every[place] not in self._needed
        ]
        for place, width in zip(tight, self._by_money(every, tight), strict=True):
            wanted[place] = self._needed[every[place]] = min(every[place].wide, width)
        return list(zip(every, found, wanted, strict=True))

    def _by_money(self, every: Sequence[Target], tight: Sequence[int]) -> list[float]:
        """Return what the funder's exact money alone leaves possible."""
        asked = [every[place] for place in tight]
        wide = [one.wide for one in asked]
        if not self._money:
            return wide
        found = self._search(asked, wide, self._known)
        return [one.width for one in found]

    def _narrow(self, layouts: Layouts, attacked: "_Attacked") -> list[_Narrow]:
        owner = [name for name, many in self._said(layouts).items() for _ in many]
        offset = len(self._known)
        narrow = []
        for target, one, width in attacked:
            if one.width < width - SLACK:
                held = {owner[row - offset] for row in one.holding if row >= offset}
                narrow.append(_Narrow(target, one, width, frozenset(held & set(layouts))))
        return narrow

    def _better(self, layouts: Layouts, narrow: Sequence[_Narrow]) -> Layouts | None:
        """Return layouts that show a little less and give less away; None when nothing is left.

        What mends all of it and leaves most; else what mends most for each thing it takes away;
        else, where no single step helps, one table is given up.
        """
        worst = sorted(narrow, key=lambda one: (one.found.width - one.needed, str(one.target)))
        tried = worst[:_ATTACKED]
        holding = {name for one in tried for name in one.tables} or set(layouts)
        short = sum(one.needed - one.found.width for one in tried)
        steps = [(move, self._short(move, tried)) for move in self._steps(layouts, holding)]
        mended = [move for move, left in steps if left <= SLACK]
        if mended:
            return max(mended, key=_worth)
        gains = [
            ((short - left) / max(1, _worth(layouts) - _worth(move)), move)
            for move, left in steps
            if left < short - _GAIN
        ]
        if gains:
            return max(gains, key=lambda one: (round(one[0], 3), _worth(one[1])))[1]
        given_up = [*self._given_up(layouts, holding), *self._given_up(layouts, set(layouts))]
        return given_up[0] if given_up else None

    def _short(self, layouts: Layouts, tried: Sequence[_Narrow]) -> float:
        """Return by how many units the narrow figures would still be too narrow."""
        asked = [one.target for one in tried]
        wanted = [one.needed for one in tried]
        found = self._search(asked, wanted, self._all_rows(self._said(layouts)))
        return sum(max(0.0, want - one.width) for one, want in zip(found, wanted, strict=True))

    def _steps(self, layouts: Layouts, names: set[Series]) -> Iterator[Layouts]:
        """Give all ways to show a little less of some of the new tables."""
        for name in layouts:
            if name not in names:
                continue
            truth, layout = self._linked.truths[name], layouts[name]
            for less in coarser(truth, layout):
                yield {**layouts, name: less}
            if layout.total and not truth.table.exact_total:
                yield self._without_total(layouts, name)

    def _given_up(self, layouts: Layouts, names: set[Series]) -> Iterator[Layouts]:
        """Give the ways to show nothing of one table, the one that shows least first."""
        for name in sorted(names, key=lambda one: (layouts[one].worth, one)):
            truth = self._linked.truths[name]
            if layouts[name] != nothing(truth):
                yield {**self._without_total(layouts, name), name: nothing(truth)}

    def _without_total(self, layouts: Layouts, name: Series) -> Layouts:
        """Hide a total in every table that divides it: it is one figure."""
        truths = self._linked.truths
        hidden = {
            other: replace(layouts[other], total=truths[other].table.exact_total)
            for other in self._sharing(layouts, name)
        }
        return {**layouts, **hidden}

    def _sharing(self, layouts: Layouts, name: Series) -> list[Series]:
        truths = self._linked.truths
        key = total_key(truths[name].table)
        return [
            other
            for other in layouts
            if (other[0], *other[2:]) == (name[0], *name[2:])
            and total_key(truths[other].table) == key
        ]

    def _said(self, layouts: Layouts) -> dict[Series, list[Said]]:
        new = {
            name: said_by(self._linked.truths[name], layout, self._key)
            for name, layout in layouts.items()
        }
        return {**self._before, **new}

    def _all_rows(self, said: Mapping[Series, Sequence[Said]]) -> list[Row]:
        return [*self._known, *(row for name in said for row in self._rows(name, said[name]))]

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


_Attacked = list[tuple[Target, Found, float]]
"""Each sensitive figure, what is possible for it, and how wide that must be."""


def _worth(layouts: Layouts) -> int:
    return sum(layout.worth for layout in layouts.values())
