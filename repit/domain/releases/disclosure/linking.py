"""What an attacker can lay side by side: which figures are bound to one another, and how.

Every fine cell of every table is an unknown. What is written here are true relations between
them, whoever published what: tables that divide the same total, periods inside longer ones, funds
inside their programme. A relation that the truth does not fulfil (a household that moved is in
another town's figure) is no relation, and is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from repit.domain.releases.disclosure.outcome import series
from repit.domain.releases.disclosure.primary import Region, Truth
from repit.domain.releases.disclosure.showing import coordinates
from repit.domain.releases.disclosure.touching import (
    FUND_INSIDE,
    covers,
    is_inside,
    same_days,
    same_total,
    tilings,
)

Series = tuple[str, str, date, date]
Terms = tuple[tuple[int, int], ...]
"""Unknowns and how often each counts, by unknown."""

LASTING = {
    "stage": (("used",), ("received", "used")),
    "outcome": (("served",), ("left",), ("served", "left")),
}
"""Of these dimensions only some parts are for good: who waited in spring is served by summer."""


@dataclass(frozen=True)
class Row:
    """The sum of some unknowns lies between two numbers; None is no bound."""

    terms: Terms
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Pair:
    """The same region in a period, or a programme, and in a part of it."""

    large: Truth
    small: Truth
    in_large: Region
    in_small: Region


class Linked:
    """Tables that touch: their unknowns, the truth of each, and what binds them."""

    def __init__(self, truths: Sequence[Truth]) -> None:
        self.truths = {series(one.table): one for one in truths}
        self.unit = truths[0].table.unit
        self.true: list[int] = []
        self._places: dict[tuple[Series, tuple[str, ...]], int] = {}
        for name, truth in self.truths.items():
            for at in truth.coordinates:
                self._places[name, at] = len(self.true)
                self.true.append(truth.table.cells[at].value)

    def terms(self, truth: Truth, region: Region, times: int = 1) -> Terms:
        """Return the unknowns of a region."""
        name = series(truth.table)
        return tuple((self._places[name, at], times) for at in coordinates(region))

    def rows(self) -> list[Row]:
        """Return all relations that hold whatever is published, and are true."""
        found = [*self._shared_totals(), *self._periods(), *self._funds(), *self._overlaps()]
        return [row for row in found if row.terms and self._holds(row)]

    def pairs(self) -> Iterator[Pair]:
        """Give each figure that is a part of another one, of those that count somebody once."""
        for large in self.truths.values():
            if large.table.distinct:
                for small in self._inside(large):
                    yield from self._nested(large, small)
            for small, part in self._funds_of(large):
                yield from _fund_pairs(large, small, part)

    def halves(self) -> Iterator[tuple[Pair, Pair]]:
        """Give each figure of a period with those of the two that make it up."""
        for large in self.truths.values():
            if not large.table.distinct:
                continue
            for tiling in tilings(large, self._inside(large)):
                if len(tiling) == 2 and covers(large, tiling):  # noqa: PLR2004
                    first, second = tiling
                    yield from zip(
                        self._nested(large, first), self._nested(large, second), strict=False
                    )

    def both_funds(self) -> Iterator[tuple[Pair, Pair]]:
        """Give each figure of a programme with those of its two funds, where there are two."""
        for large in self.truths.values():
            funds = self._funds_of(large)
            if len(funds) == 2:  # noqa: PLR2004
                first, second = (list(_fund_pairs(large, one, part)) for one, part in funds)
                yield from zip(first, second, strict=False)

    def difference(self, plus: Iterable[Terms], minus: Iterable[Terms]) -> Terms:
        """Return sums less sums."""
        found: dict[int, int] = {}
        for sign, many in ((1, plus), (-1, minus)):
            for terms in many:
                for place, times in terms:
                    found[place] = found.get(place, 0) + sign * times
        return tuple(sorted((place, times) for place, times in found.items() if times))

    def true_value(self, terms: Terms) -> int:
        """Return what a sum truly is."""
        return sum(self.true[place] * times for place, times in terms)

    def _holds(self, row: Row) -> bool:
        value = self.true_value(row.terms)
        return (row.low is None or row.low <= value) and (row.high is None or value <= row.high)

    def _shared_totals(self) -> Iterator[Row]:
        for first, second in combinations(self.truths.values(), 2):
            if same_total(first.table, second.table):
                yield Row(self._less(first, second), 0, 0)

    def _less(self, first: Truth, second: Truth) -> Terms:
        return self.difference(
            [self.terms(first, first.everything)], [self.terms(second, second.everything)]
        )

    def _inside(self, large: Truth) -> list[Truth]:
        return [one for one in self.truths.values() if is_inside(one.table, large.table)]

    def _nested(self, large: Truth, small: Truth) -> Iterator[Pair]:
        for region in _lasting_regions(large):
            if _lasts(large, region):
                same = restricted(region, large, small)
                if same is not None:
                    yield Pair(large, small, region, same)

    def _periods(self) -> Iterator[Row]:
        for large in self.truths.values():
            inside = self._inside(large)
            if large.table.distinct:
                for small in inside:
                    for pair in self._nested(large, small):
                        yield self._at_most(pair)
            for tiling in tilings(large, inside):
                yield from self._tiled(large, tiling)

    def _tiled(self, large: Truth, tiling: Sequence[Truth]) -> Iterator[Row]:
        whole = covers(large, tiling)
        if large.table.distinct and not whole:
            return
        for region in _lasting_regions(large):
            if large.table.distinct and not _lasts(large, region):
                continue
            found = [(one, restricted(region, large, one)) for one in tiling]
            parts = [self.terms(one, same) for one, same in found if same is not None]
            terms = self.difference([self.terms(large, region)], parts)
            if large.table.distinct:
                yield Row(terms, None, 0)
            else:
                yield Row(terms, 0, 0 if whole else None)

    def _at_most(self, pair: Pair) -> Row:
        return Row(self.pair_terms(pair), 0, None)

    def pair_terms(self, pair: Pair) -> Terms:
        """Return the larger figure less the smaller one."""
        return self.difference([self._outer(pair)], [self._inner(pair)])

    def _funds(self) -> Iterator[Row]:
        for large in self.truths.values():
            funds = self._funds_of(large)
            parts: dict[Region, list[Terms]] = {}
            for small, part in funds:
                for pair in _fund_pairs(large, small, part):
                    yield self._at_most(pair)
                    parts.setdefault(pair.in_large, []).append(self.terms(small, pair.in_small))
            for region, many in parts.items():
                yield Row(self.difference([self.terms(large, region)], many), None, 0)

    def _overlaps(self) -> Iterator[Row]:
        """Who came twice for a fund came twice to the programme; for two funds, in the year too."""
        inner = {
            (small.table.scope, series(large.table), pair.in_large): pair
            for large in self.truths.values()
            for small, part in self._funds_of(large)
            for pair in _fund_pairs(large, small, part)
        }
        for (fund, _, region), pair in inner.items():
            for tiling in tilings(pair.large, self._inside(pair.large)):
                names = [series(one.table) for one in tiling]
                parts = [inner.get((fund, one, region)) for one in names]
                if len(tiling) == 2 and covers(pair.large, tiling):  # noqa: PLR2004
                    yield from self._came_twice(pair, parts)
        for (fund, name, region), pair in inner.items():
            for (other, theirs, same), second in inner.items():
                if (name, region) != (theirs, same) or other <= fund:
                    continue
                for one in self._inside(pair.large):
                    within = series(one.table)
                    parts = [inner.get((whose, within, region)) for whose in (fund, other)]
                    yield from self._came_for_two(pair, second, parts)

    def _came_twice(self, pair: Pair, parts: Sequence[Pair | None]) -> Iterator[Row]:
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            large, small = self._outer(pair), self._inner(pair)
            outer, inner = map(self._outer, known), map(self._inner, known)
            yield Row(self.difference([*outer, small], [*inner, large]), 0, None)

    def _came_for_two(
        self, pair: Pair, second: Pair, parts: Sequence[Pair | None]
    ) -> Iterator[Row]:
        first_part, second_part = parts
        if first_part is None or second_part is None:
            return
        more = [self._inner(pair), self._inner(second), self._outer(first_part)]
        less = [self._inner(first_part), self._inner(second_part), self._outer(pair)]
        yield Row(self.difference(more, less), 0, None)

    def _outer(self, pair: Pair) -> Terms:
        return self.terms(pair.large, pair.in_large)

    def _inner(self, pair: Pair) -> Terms:
        return self.terms(pair.small, pair.in_small)

    def _funds_of(self, large: Truth) -> list[tuple[Truth, tuple[str, str]]]:
        found = []
        for small in self.truths.values():
            outer = FUND_INSIDE.get(small.table.name)
            if outer and outer[0] == large.table.name and same_days(small.table, large.table):
                found.append((small, outer[1:]))
        return found


def regions_of(truth: Truth) -> list[Region]:
    """Return every cell, margin and the total, without saying one twice."""
    whole = truth.everything
    found: dict[Region, None] = {whole: None}
    for place, parts in enumerate(truth.parts):
        for part in parts:
            found[(*whole[:place], (part,), *whole[place + 1 :])] = None
    for at in truth.coordinates:
        found[tuple((code,) for code in at)] = None
    return list(found)


def restricted(region: Region, of: Truth, to: Truth) -> Region | None:
    """Return the same region in another period's table, or None where it has no such part."""
    if [one.name for one in of.table.dimensions] != [one.name for one in to.table.dimensions]:
        return to.everything if region == of.everything else None
    found = []
    for codes, whole, there in zip(region, of.parts, to.parts, strict=True):
        same = there if codes == whole else tuple(code for code in codes if code in there)
        if not same:
            return None
        found.append(same)
    return tuple(found)


def _fund_pairs(large: Truth, small: Truth, part: tuple[str, str]) -> Iterator[Pair]:
    """Give the regions of a fund's figure that the programme's table has too."""
    dimension, code = part
    names = [one.name for one in small.table.dimensions]
    if code not in dict(_parts_by_name(large)).get(dimension, ()):
        return
    shared = [one for one in large.table.dimensions if one.name in names]
    choices: list[dict[str, tuple[str, ...]]] = [{}]
    for one in shared:
        choices += [{one.name: (value,)} for value in one.parts]
    for choice in choices:
        outer = {**choice, dimension: (code,)}
        in_large = tuple(outer.get(name, parts) for name, parts in _parts_by_name(large))
        in_small = tuple(choice.get(name, parts) for name, parts in _parts_by_name(small))
        if all(
            set(codes) <= set(parts) for codes, parts in zip(in_small, small.parts, strict=True)
        ):
            yield Pair(large, small, in_large, in_small)


def _has(truth: Truth, region: Region) -> bool:
    return all(set(codes) <= set(parts) for codes, parts in zip(region, truth.parts, strict=True))


def _parts_by_name(truth: Truth) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.parts) for one in truth.table.dimensions]


def _lasts(truth: Truth, region: Region) -> bool:
    """Return whether whoever is in the region stays in it to the end of a longer period."""
    for dimension, codes in zip(truth.table.dimensions, region, strict=True):
        lasting = LASTING.get(dimension.name)
        if lasting is None or codes == dimension.parts:
            continue
        if not any(set(codes) == set(group) for group in lasting):
            return False
    return True


def _lasting_regions(truth: Truth) -> list[Region]:
    """Return every cell, margin and total, and the parts that are for good together only."""
    found = dict.fromkeys(regions_of(truth))
    for place, dimension in enumerate(truth.table.dimensions):
        for group in LASTING.get(dimension.name, ()):
            codes = tuple(code for code in dimension.parts if code in group)
            for region in list(found) if len(codes) > 1 else ():
                found[(*region[:place], codes, *region[place + 1 :])] = None
    return list(found)
