"""What an attacker must not learn: the sensitive figures among tables that touch."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from repit.domain.releases.disclosure.linking import (
    Linked,
    Pair,
    Series,
    Terms,
    regions_of,
    restricted,
)
from repit.domain.releases.disclosure.outcome import Sensitive, Where, series
from repit.domain.releases.disclosure.primary import (
    LEAST_HOUSEHOLDS,
    P_PERCENT,
    Region,
    Truth,
    sensitive,
    tells_of_a_provider,
)
from repit.domain.releases.facts import ALL, Fact

WIDE = float(LEAST_HOUSEHOLDS)
"""Units that must stay possible for a sensitive figure: one more than ten steps between."""


@dataclass(frozen=True)
class Target:
    """A sum of unknowns, and how many units of it must stay possible.

    Eleven; of what a provider took also ten per cent of it, as the p %-rule asks.
    """

    where: Where
    terms: Terms
    wide: float = WIDE


def targets(linked: Linked, shown: Mapping[Series, Iterable[Region]]) -> list[Target]:
    """Return every sensitive figure once: published, hidden, or only a difference of others.

    Args:
        linked: The tables that touch.
        shown: The regions published of each: a group of towns may be smaller in one of two periods.
    """
    found: dict[Terms, Target] = {}
    for target in _all(linked, shown):
        if target.terms:
            found.setdefault(target.terms, target)
    return list(found.values())


def _all(linked: Linked, shown: Mapping[Series, Iterable[Region]]) -> Iterator[Target]:
    for truth in linked.truths.values():
        yield from _cells(linked, truth)
    for truth in linked.truths.values():
        yield from _rests(linked, truth)
    for pair in (*linked.pairs(), *_shown_pairs(linked, shown)):
        yield from _left_out(linked, pair)
    for first, second in linked.halves():
        yield from _in_both(linked, first, second, "both_periods")
    for first, second in linked.both_funds():
        yield from _in_both(linked, first, second, "both_funds")


def _cells(linked: Linked, truth: Truth) -> Iterator[Target]:
    for region in regions_of(truth):
        if region == truth.everything and truth.table.exact_total:
            continue  # the funder's own money
        fact = truth.fact(region)
        if sensitive(fact):
            terms = linked.terms(truth, region)
            yield _target("cell", truth, region, terms, _wide(truth, fact))


def _rests(linked: Linked, truth: Truth) -> Iterator[Target]:
    """Give what a cell leaves of its margins and of the total, where that is of few.

    Nothing left says that the cell is all there is, and nothing about anybody.
    """
    for region in regions_of(truth):
        for margin in _margins(truth, region):
            rest = truth.rest(region, margin)
            if rest.value != 0 and sensitive(rest):
                terms = linked.difference(
                    [linked.terms(truth, margin)], [linked.terms(truth, region)]
                )
                yield _target("rest", truth, region, terms, _wide(truth, rest))


def _margins(truth: Truth, region: Region) -> Iterator[Region]:
    whole = truth.everything
    for place, codes in enumerate(region):
        if codes != whole[place]:
            yield (*region[:place], whole[place], *region[place + 1 :])
    if sum(codes != parts for codes, parts in zip(region, whole, strict=True)) > 1:
        yield whole


def _left_out(linked: Linked, pair: Pair) -> Iterator[Target]:
    terms = linked.pair_terms(pair)
    if _few_more(linked.true_value(terms), _more_behind(pair)):
        kind: Sensitive = "longer_only"
        if pair.large.table.name != pair.small.table.name:
            kind = "other_funds"
        yield _target(kind, pair.small, pair.in_small, terms)


def _in_both(linked: Linked, first: Pair, second: Pair, kind: Sensitive) -> Iterator[Target]:
    if first.in_large != second.in_large:
        return
    terms = linked.difference(
        [linked.terms(one.small, one.in_small) for one in (first, second)],
        [linked.terms(first.large, first.in_large)],
    )
    behind = second.small.fact(second.in_small).households - _more_behind(first)
    if _few_more(linked.true_value(terms), behind):
        yield _target(kind, first.large, first.in_large, terms)


def _shown_pairs(linked: Linked, shown: Mapping[Series, Iterable[Region]]) -> Iterator[Pair]:
    """Give the groups that a period and a longer one could both show."""
    for name, truth in linked.truths.items():
        for region in shown.get(name, ()):
            for other in linked.truths.values():
                if other is truth or series(other.table)[:2] != name[:2]:
                    continue
                same = restricted(region, truth, other)
                if not truth.table.distinct or same is None:
                    continue
                if restricted(same, other, truth) != region:
                    continue
                yield from _ordered(truth, region, other, same)


def _ordered(one: Truth, here: Region, other: Truth, there: Region) -> Iterator[Pair]:
    first, second = one.table, other.table
    if first.first_day <= second.first_day and second.last_day <= first.last_day:
        yield Pair(one, other, here, there)
    elif second.first_day <= first.first_day and first.last_day <= second.last_day:
        yield Pair(other, one, there, here)


def _more_behind(pair: Pair) -> int:
    large, small = pair.large.fact(pair.in_large), pair.small.fact(pair.in_small)
    return large.households - small.households


def _few_more(value: int, behind: int) -> bool:
    """Return whether a difference is about somebody, and about few.

    A difference below zero is none: the two figures are not of one another.
    """
    return value > 0 and behind < LEAST_HOUSEHOLDS


def _wide(truth: Truth, fact: Fact) -> float:
    if not tells_of_a_provider(fact):
        return WIDE
    return max(WIDE, P_PERCENT * fact.largest_share * fact.value / truth.table.unit)


def _target(
    kind: Sensitive, truth: Truth, region: Region, terms: Terms, wide: float = WIDE
) -> Target:
    table = truth.table
    at = tuple(
        ALL if codes == parts else "+".join(codes)
        for codes, parts in zip(region, truth.parts, strict=True)
    )
    where = Where(kind, table.name, table.scope, table.first_day, table.last_day, at)
    return Target(where, tuple(sorted(terms)), wide)
