"""Releases of random schemes withstand an attacker who never saw how they are made.

Three periods (two quarters, then their semester) and two funders each; everything published is
attacked at once. `REPIT_TEST_SCHEMES=500` takes as many schemes; benchmarks/README.md has the
figures of such a run.
"""

import os
from itertools import permutations

import pytest

from repit.domain.releases.content import ShownTable
from tests.properties.release_attacker import FUNDS, Attacker, Published, Sum
from tests.properties.release_proof import (
    FEW,
    NARROW,
    ORDER,
    Learned,
    attack,
    kind_of,
    make_release,
    narrow_in_whole_numbers,
    primary_only,
    publish,
)
from tests.properties.release_worlds import Q1, Q2, S1, World, random_world, with_one_more

SCHEMES = int(os.environ.get("REPIT_TEST_SCHEMES", "12"))  # noqa: TID251
SOME = min(SCHEMES, 4)


def test_nothing_sensitive_is_found_in_random_schemes() -> None:
    learned = Learned()
    for seed in range(SCHEMES):
        world = random_world(seed)
        learned.add(attack(world, publish(world)))
    assert learned.worst == []
    assert learned.sensitive > 100 * SCHEMES


def test_hiding_small_cells_alone_gives_them_away() -> None:
    learned = Learned()
    for seed in range(SOME):
        world = random_world(seed, 140)
        learned.add(attack(world, primary_only(world)))
    assert learned.exact > learned.sensitive / 50
    assert learned.narrow > learned.sensitive / 10


def test_whole_numbers_tell_no_more() -> None:
    attacked = 0
    for seed in (201, 202):
        world = random_world(seed)
        hardly, narrow = narrow_in_whole_numbers(world, publish(world), most=30)
        assert narrow == []
        attacked += hardly
    assert attacked > 20


@pytest.mark.parametrize("seed", range(SOME))
def test_one_more_household_changes_nothing_published_and_is_in_no_difference(seed: int) -> None:
    before = random_world(1_000 + seed, 140)
    after, newcomer = with_one_more(before, seed)
    first = publish(before, [(Q1, FUNDS[0])])
    assert publish(after, [(Q1, FUNDS[0])]) == first
    other = make_release(before, Q1, FUNDS[1], first)
    assert make_release(after, Q1, FUNDS[1], first).tables == other.tables
    out = publish(after, ORDER[1:], first)
    assert out[0] == first[0]
    assert _pinned(after, out, newcomer) == []


def test_without_protection_one_more_household_is_pinned() -> None:
    """The test above can fail."""
    found = []
    for seed in range(SOME):
        after, newcomer = with_one_more(random_world(1_000 + seed, 140), seed)
        found += _pinned(after, primary_only(after), newcomer)
    assert found


def test_the_same_programme_shows_both_funders_the_same() -> None:
    world = random_world(7, 220)
    shown = [_by_name(one) for one in publish(world)]
    for mine, theirs in zip(shown[::2], shown[1::2], strict=True):
        for name in ("take_up", "participants", "attendances", "no_shows"):
            assert mine[name] == theirs[name]


def test_the_same_again_gives_the_same() -> None:
    assert publish(random_world(3, 90)) == publish(random_world(3, 90))


@pytest.mark.parametrize("order", list(permutations([Q1, Q2, S1]))[1::2])
def test_releases_may_come_in_any_order(order: tuple[object, ...]) -> None:
    world = random_world(11, 140)
    periods = [one for one in (Q1, Q2, S1) for _ in FUNDS]
    periods.sort(key=order.index)
    releases = publish(world, list(zip(periods, FUNDS * 3, strict=True)), all_over=True)
    assert attack(world, releases).worst == []


@pytest.mark.parametrize(("households", "least"), [(50, 0.10), (200, 0.25), (2_000, 0.50)])
def test_what_is_left_is_worth_reading(households: int, least: float) -> None:
    shares, errors = [], []
    for seed in range(2):
        world = random_world(seed, households)
        for release in publish(world, ORDER[:2]):
            facts = world.facts(release.fund, release.period)
            shown = {one.name: one for one in release.tables}
            for table in facts.tables:
                cells = [one for one in shown[table.name].cells if one.value is not None]
                shares.append((len(cells), len(table.cells)))
                total = shown[table.name].cells[0].value
                if total is not None:
                    errors.append(abs(total - table.total.value) / table.unit)
    assert sum(one for one, _ in shares) / sum(one for _, one in shares) >= least
    assert sum(errors) / len(errors) < 2
    assert max(errors) < 5


def _by_name(release: Published) -> dict[str, ShownTable]:
    return {one.name: one for one in release.tables}


def _pinned(world: World, releases: list[Published], newcomer: int) -> list[str]:
    """Return pairs of published figures of which one less the other tells of the newcomer.

    Every two published counts of households that lie one in the other, leaving fewer than eleven
    of whom the newcomer is one: the difference must be as open as any sensitive figure.
    """
    still = all(len(set(one.towns)) == 1 for one in world.households)
    attacker = Attacker(world.towns, releases, nobody_moved=still)
    home = {
        at: ("home", kind_of(world, at), one.isolated, one.priority_area)
        for at, one in enumerate(world.households)
    }
    found = []
    for larger, within in permutations(attacker.counts_of_homes(), 2):
        between = larger - within
        left = [at for at, name in home.items() if name in between]
        if not within < larger or newcomer not in left or len(left) >= FEW:
            continue
        asked: Sum = dict.fromkeys(sorted(between, key=str), 1)
        [(low, high)] = attacker.widths([asked], [NARROW])
        if high - low < NARROW - 1e-4:
            found.append(f"{len(left)} households: {low:.1f} to {high:.1f}")
    return found
