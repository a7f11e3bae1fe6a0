"""Which figures are sensitive by themselves, whatever stands beside them.

Sources: eleven households, INSEE's threshold for data about households; three providers and 85 %
for what firms took, its rule of dominance; the p %-rule with p = 10, Eurostat's handbook.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from repit.domain.releases.facts import ALL, Fact, Table

LEAST_HOUSEHOLDS = 11
LEAST_PROVIDERS = 3
MOST_SHARE = 0.85
P_PERCENT = 0.10

Region = tuple[tuple[str, ...], ...]
"""Some parts of each dimension, all that are in every one of them together; all parts of a
dimension leave it out. In the order of the table's parts."""


def sensitive(fact: Fact) -> bool:
    """Return whether the figure is about too few: nobody at all is few too."""
    return fact.households < LEAST_HOUSEHOLDS or tells_of_a_provider(fact)


def tells_of_a_provider(fact: Fact) -> bool:
    """Return whether somebody could learn what one provider took: the public, or the second one.

    The p %-rule: the second largest knows its own part and may know the largest one's to less
    than ten per cent.
    """
    if fact.providers is None:
        return False
    if fact.providers < LEAST_PROVIDERS or fact.largest_share > MOST_SHARE:
        return True
    others = 1 - fact.largest_share - fact.second_share
    return others < P_PERCENT * fact.largest_share


class Truth:
    """A table and what is true of any region of it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.parts = tuple(one.parts for one in table.dimensions)
        self.coordinates: tuple[tuple[str, ...], ...] = tuple(product(*self.parts))
        self._names = tuple(_coarse_names(table, place) for place in range(len(self.parts)))
        cells = table.cells
        self.once = table.distinct and all(one.value == one.households for one in cells.values())
        """Whether it counts households, each in one cell: then those behind add up.

        Margins too: one mother and one father of each household are as many as households in
        both cells, and twice as many as those behind them together.
        """

    @property
    def everything(self) -> Region:
        return self.parts

    def value(self, region: Region) -> int:
        """Return the true figure of a region, in the table's unit of value."""
        return sum(self.table.cells[at].value for at in product(*region))

    def fact(self, region: Region) -> Fact:
        """Return the figure of a region with the fewest that can be behind it.

        Those behind a union are not known from its parts: a household, or a provider, may be in
        several. At least they are as many as in the largest part, and as those of the margin who
        are in none of the parts left out; no provider's part of the euros is larger than the mean
        of the largest ones.
        """
        keys = [self._key(place, codes) for place, codes in enumerate(region)]
        exact = tuple(key[0] if len(key) == 1 else "" for key in keys)
        if all(len(key) == 1 for key in keys) and exact in self.table.cells:
            return self.table.cells[exact]
        united = self._union(self.table.cells[at] for at in product(*keys))
        if self.once:
            return united
        return replace(united, households=max(united.households, self._not_outside(region, keys)))

    def rest(self, region: Region, of: Region) -> Fact:
        """Return what a region leaves of a larger one."""
        if self.once:
            larger, smaller = self.fact(of), self.fact(region)
            return Fact(larger.value - smaller.value, larger.households - smaller.households)
        strips = list(_strips(region, of))
        facts = [self.fact(strip) for strip in strips]
        united = facts[0] if len(facts) == 1 else self._union(facts)
        apart = self.fact(of).households - self.fact(region).households
        return replace(united, households=max(united.households, apart))

    def _not_outside(self, region: Region, keys: Sequence[tuple[str, ...]]) -> int:
        """Return how many of a margin, at least, are in the only dimension that is grouped."""
        places = [place for place, key in enumerate(keys) if len(key) > 1]
        if len(places) != 1:
            return 0
        place = places[0]
        outside = [part for part in self.parts[place] if part not in region[place]]
        margin = [key[0] for key in keys]

        def behind(code: str) -> int:
            at = (*margin[:place], code, *margin[place + 1 :])
            return self.table.cells[at].households

        return behind(ALL) - sum(map(behind, outside))

    def _key(self, place: int, codes: tuple[str, ...]) -> tuple[str, ...]:
        if codes == self.parts[place]:
            return (ALL,)
        named = self._names[place].get(codes)
        return (named,) if named is not None else codes

    def _union(self, facts: Iterable[Fact]) -> Fact:
        parts = list(facts)
        value = sum(one.value for one in parts)
        behind = [one.households for one in parts]
        households = sum(behind) if self.once else max(behind, default=0)
        taken = [one for one in parts if one.value > 0 and one.providers is not None]
        if all(one.providers is None for one in parts):
            return Fact(value, households)
        weight = sum(one.value for one in taken) or 1
        largest = sum(one.largest_share * one.value for one in taken) / weight
        second = sum(one.second_share * one.value for one in taken) / weight
        providers = max((one.providers or 0 for one in taken), default=0)
        return Fact(value, households, providers, largest, second)


def _strips(region: Region, of: Region) -> Iterator[Region]:
    """Give what is left of a region in pieces that do not overlap, each a region itself."""
    inner = of
    for place, codes in enumerate(region):
        left = tuple(code for code in of[place] if code not in codes)
        if left:
            yield (*inner[:place], left, *inner[place + 1 :])
        inner = (*inner[:place], codes, *inner[place + 1 :])


def _coarse_names(table: Table, place: int) -> dict[tuple[str, ...], str]:
    """Return the parts of each coarser part that has facts of its own."""
    given = {key[place] for key in table.cells}
    names: dict[tuple[str, ...], str] = {}
    dimension = table.dimensions[place]
    for rung in dimension.ladder:
        for name in set(rung.values()) & given:
            names[tuple(part for part in dimension.parts if rung[part] == name)] = name
    return names
