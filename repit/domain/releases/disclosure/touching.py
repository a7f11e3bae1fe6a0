"""Which tables touch: the same total, periods inside longer ones, funds inside a programme."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from repit.domain.releases.disclosure.primary import Truth
from repit.domain.releases.disclosure.showing import total_key
from repit.domain.releases.facts import Table

FUND_INSIDE = {"households_reached": ("take_up", "stage", "used")}
"""What a fund's figure is a part of: the programme's table, and which part of it."""


def touching(truths: Sequence[Truth]) -> list[list[Truth]]:
    """Return the tables in groups that nothing binds to one another, each in the given order."""
    group = list(range(len(truths)))

    def first(at: int) -> int:
        while group[at] != at:
            at = group[at]
        return at

    for one, other in combinations(range(len(truths)), 2):
        if _touch(truths[one].table, truths[other].table):
            low, high = sorted((first(one), first(other)))
            group[high] = low
    found: dict[int, list[Truth]] = {}
    for at, truth in enumerate(truths):
        found.setdefault(first(at), []).append(truth)
    return list(found.values())


def tilings(large: Truth, inside: Sequence[Truth]) -> list[list[Truth]]:
    """Return the fullest sets of periods inside a longer one that do not overlap."""
    found: list[list[Truth]] = []
    ordered = sorted(inside, key=lambda one: (one.table.first_day, one.table.last_day))

    def grow(chosen: list[Truth], after: date) -> None:
        starts = [one for one in ordered if one.table.first_day >= after]
        if not starts:
            if chosen:
                found.append(chosen)
            return
        soonest = min(one.table.last_day for one in starts)
        for one in starts:
            if one.table.first_day <= soonest:
                grow([*chosen, one], one.table.last_day + timedelta(days=1))

    grow([], large.table.first_day)
    return found


def covers(large: Truth, tiling: Sequence[Truth]) -> bool:
    """Tell whether periods that follow on one another are the whole of a longer one."""
    day = large.table.first_day
    for one in tiling:
        if one.table.first_day != day:
            return False
        day = one.table.last_day + timedelta(days=1)
    return day == large.table.last_day + timedelta(days=1)


def same_days(one: Table, other: Table) -> bool:
    """Tell whether two tables are of the same period."""
    return (one.first_day, one.last_day) == (other.first_day, other.last_day)


def same_total(one: Table, other: Table) -> bool:
    """Tell whether two tables divide one total."""
    return one.scope == other.scope and same_days(one, other) and total_key(one) == total_key(other)


def is_inside(small: Table, large: Table) -> bool:
    """Tell whether a table is the same as another, of a shorter period inside its own."""
    return (
        (small.scope, small.name) == (large.scope, large.name)
        and not same_days(small, large)
        and large.first_day <= small.first_day
        and small.last_day <= large.last_day
    )


def _touch(one: Table, other: Table) -> bool:
    if one.unit != other.unit:
        return False
    if same_total(one, other) or is_inside(one, other) or is_inside(other, one):
        return True
    if not same_days(one, other):
        return False
    return any(
        FUND_INSIDE.get(small.name, ("",))[0] == large.name
        for small, large in ((one, other), (other, one))
    )
