"""How finely a table is shown, and how it is made coarser: the ladder, then parts together.

A layout is always a partition of each dimension, so what is shown of a dimension adds up to its
total. Parts are compared by what is behind them and by name, never by their place in a free list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from repit.domain.releases.disclosure.primary import Region, Truth, sensitive
from repit.domain.releases.facts import Dimension

Groups = tuple[tuple[str, ...], ...]
TOTAL_WORTH = 4
"""A total is worth as much as four parts of it: it is read first and compared most."""


@dataclass(frozen=True)
class Layout:
    """What is shown of a table: per dimension its partition, where one group leaves it out."""

    groups: tuple[Groups, ...]
    inside: bool
    """Of two dimensions, also each with each; otherwise their margins alone."""
    total: bool = True

    @property
    def divided(self) -> tuple[int, ...]:
        """The places of the dimensions that are shown."""
        return tuple(place for place, groups in enumerate(self.groups) if len(groups) > 1)

    @property
    def worth(self) -> int:
        """How much a reader has of it."""
        sizes = [len(self.groups[place]) for place in self.divided]
        inner = sizes[0] * sizes[1] if self.inside else 0
        return TOTAL_WORTH * self.total + sum(sizes) + inner


def regions(truth: Truth, layout: Layout) -> list[Region]:
    """Return all that is shown: the total, then margins, then the inside."""
    whole = truth.everything
    found = [whole] if layout.total else []
    for place in layout.divided:
        found += [(*whole[:place], group, *whole[place + 1 :]) for group in layout.groups[place]]
    if layout.inside:
        found += list(product(*layout.groups))
    return found


def nothing(truth: Truth) -> Layout:
    """Return the layout that shows no more than the funder's own exact total, if it is one."""
    whole = tuple((parts,) for parts in truth.parts)
    return Layout(whole, inside=False, total=truth.table.exact_total)


def finest(truth: Truth) -> Layout:
    """Return the finest layout in which nothing that is shown is sensitive by itself."""
    least = nothing(truth)
    if sensitive(truth.fact(truth.everything)):
        return least
    margins = replace(least, total=True)
    margins = replace(
        margins, groups=tuple(_divided(truth, place) for place in range(len(truth.parts)))
    )
    for layout in _with_inside(truth, margins):
        if not any(sensitive(truth.fact(region)) for region in regions(truth, layout)):
            return layout
    return margins


def coarser(truth: Truth, layout: Layout) -> Iterator[Layout]:
    """Give each way to show a little less."""
    if layout.inside:
        places = range(len(layout.groups))
        for place in places:
            groups = _merged(truth, place, layout.groups[place])
            if len(groups) > 1:
                yield _with(layout, place, groups)
        margins = replace(layout, inside=False)
        yield margins
        for place in places:
            yield _with(margins, place, (truth.parts[place],))
        return
    for place in layout.divided:
        merged = _merged(truth, place, layout.groups[place])
        yield _with(layout, place, merged)
        if len(merged) > 1:
            yield _with(layout, place, (truth.parts[place],))


def _with(layout: Layout, place: int, groups: Groups) -> Layout:
    return replace(layout, groups=(*layout.groups[:place], groups, *layout.groups[place + 1 :]))


def _with_inside(truth: Truth, margins: Layout) -> Iterator[Layout]:
    """Give the layouts of two dimensions with their inside, from the finest ladder down."""
    if len(margins.groups) != 2:  # noqa: PLR2004
        return
    ladders = [
        [margins.groups[place], *_rungs(truth.table.dimensions[place])] for place in range(2)
    ]
    for first, second in product(*ladders):
        if len(first) > 1 and len(second) > 1:
            yield replace(margins, groups=(first, second), inside=True)


def _divided(truth: Truth, place: int) -> Groups:
    """Return the finest partition of one dimension of which no part is sensitive."""
    dimension = truth.table.dimensions[place]
    finest_parts: Groups = tuple((part,) for part in dimension.parts)
    if dimension.ladder:
        for groups in (finest_parts, *_rungs(dimension)):
            if not any(_few(truth, place, group) for group in groups):
                return groups
        return (dimension.parts,)
    if dimension.order == "free":
        return _gathered(truth, place, {one[0] for one in finest_parts if _few(truth, place, one)})
    return _neighbours(truth, place, finest_parts)


def _merged(truth: Truth, place: int, groups: Groups) -> Groups:
    """Return the next coarser partition."""
    dimension = truth.table.dimensions[place]
    if dimension.ladder:
        finer = [rung for rung in _rungs(dimension) if len(rung) < len(groups)]
        return finer[0] if finer else (dimension.parts,)
    if dimension.order == "free":
        others = next((set(group) for group in groups if len(group) > 1), set())
        alone = sorted(
            (group[0] for group in groups if len(group) == 1),
            key=lambda part: _size(truth, place, (part,)),
        )
        others |= set(alone[: 1 if others else 2])
        return _gathered(truth, place, others)
    least = min(range(len(groups)), key=lambda at: _size(truth, place, groups[at]))
    return _joined(truth, place, groups, least)


def _gathered(truth: Truth, place: int, others: set[str]) -> Groups:
    """Return each part alone but `others`, who grow until they are not few."""
    parts = truth.parts[place]
    while others and len(others) < len(parts):
        group = tuple(part for part in parts if part in others)
        if len(group) > 1 and not _few(truth, place, group):
            return (*((part,) for part in parts if part not in others), group)
        alone = [part for part in parts if part not in others]
        others = others | {min(alone, key=lambda part: _size(truth, place, (part,)))}
    return (parts,) if others else tuple((part,) for part in parts)


def _neighbours(truth: Truth, place: int, groups: Groups) -> Groups:
    """Return groups of neighbours of which none is few."""
    while len(groups) > 1:
        few = [at for at, group in enumerate(groups) if _few(truth, place, group)]
        if not few:
            return groups
        least = min(few, key=lambda at: _size(truth, place, groups[at]))
        groups = _joined(truth, place, groups, least)
    return groups


def _joined(truth: Truth, place: int, groups: Groups, at: int) -> Groups:
    """Put a group together with the smaller one of its neighbours."""
    beside = [near for near in (at - 1, at + 1) if 0 <= near < len(groups)]
    other = min(beside, key=lambda near: _size(truth, place, groups[near]))
    low, high = sorted((at, other))
    return (*groups[:low], groups[low] + groups[high], *groups[high + 1 :])


def _rungs(dimension: Dimension) -> list[Groups]:
    """Return the partitions of a ladder, the finest first."""
    found = []
    for rung in dimension.ladder:
        names = dict.fromkeys(rung[part] for part in dimension.parts)
        found.append(
            tuple(tuple(part for part in dimension.parts if rung[part] == name) for name in names)
        )
    return found


def _along(truth: Truth, place: int, group: tuple[str, ...]) -> Region:
    whole = truth.everything
    return (*whole[:place], group, *whole[place + 1 :])


def _few(truth: Truth, place: int, group: tuple[str, ...]) -> bool:
    return sensitive(truth.fact(_along(truth, place, group)))


def _size(truth: Truth, place: int, group: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
    fact = truth.fact(_along(truth, place, group))
    return (fact.households, fact.value, tuple(sorted(group)))
