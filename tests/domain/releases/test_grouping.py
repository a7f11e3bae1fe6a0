"""What is shown of a table is always a partition of it, about eleven households at least."""

import random
from collections.abc import Iterator
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from repit.domain.releases.disclosure.grouping import Layout, coarser, finest, nothing, regions
from repit.domain.releases.disclosure.primary import Region, Truth, sensitive
from repit.domain.releases.facts import ALL, Dimension, Fact, Table
from tests.domain.releases.tables import FUND, QUARTER, households

LETTERS = "abcdefgh"
Cells = dict[tuple[str, ...], Fact]
counts = st.integers(0, 40)


@st.composite
def dimensions(draw: st.DrawFn, name: str) -> Dimension:
    parts = tuple(f"{name}{letter}" for letter in LETTERS[: draw(st.integers(1, 5))])
    kind = draw(st.sampled_from(["free", "ordered", "ladder"]))
    if kind == "ladder":
        halves = {part: f"half{at * 2 // len(parts)}" for at, part in enumerate(parts)}
        return Dimension(name, parts, "ordered", (halves,))
    return Dimension(name, parts, "free" if kind == "free" else "ordered")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Households in one or two dimensions, or a sum in which they may be in several cells."""
    chosen = tuple(draw(dimensions(name)) for name in "xy"[: draw(st.integers(1, 2))])
    cells = {at: draw(counts) for at in product(*[one.parts for one in chosen])}
    if draw(st.booleans()):
        return households("reached", chosen, cells)
    facts = {}
    for key in product(*[(*one.parts, ALL) for one in chosen]):
        inside = [many for at, many in cells.items() if _within(at, key)]
        providers, share = draw(st.integers(1, 6)), draw(st.floats(0.2, 1))
        facts[key] = Fact(2 * sum(inside), max(inside), providers, share, min(share, 1 - share))
    return Table("used", FUND, *QUARTER, chosen, facts, distinct=False)


@given(table=tables())
@settings(max_examples=150, deadline=None)
def test_every_layout_is_a_partition_and_shows_nothing_of_few(table: Table) -> None:
    truth = Truth(table)
    for layout in _some_layouts(truth):
        for parts, groups in zip(truth.parts, layout.groups, strict=True):
            assert sorted(code for group in groups for code in group) == sorted(parts)
        for region in regions(truth, layout):
            assert not sensitive(truth.fact(region))


@given(table=tables())
@settings(max_examples=150, deadline=None)
def test_a_margin_less_what_is_shown_of_it_is_never_few(table: Table) -> None:
    truth = Truth(table)
    for layout in _some_layouts(truth):
        shown = regions(truth, layout)
        for larger, smaller in product(shown, shown):
            if larger != smaller and _inside(smaller, larger) and _one_strip(smaller, larger):
                rest = truth.rest(smaller, larger)
                assert rest.value == 0 or not sensitive(rest)


@given(table=tables())
@settings(max_examples=100, deadline=None)
def test_ordered_parts_are_put_together_with_neighbours_only(table: Table) -> None:
    truth = Truth(table)
    for layout in _some_layouts(truth):
        for dimension, groups in zip(table.dimensions, layout.groups, strict=True):
            if dimension.order == "ordered":
                for group in groups:
                    places = [dimension.parts.index(code) for code in group]
                    assert all(second == first + 1 for first, second in pairwise(places))


@given(cells=st.lists(counts, min_size=2, max_size=8), seed=st.integers(0, 99))
@settings(deadline=None)
def test_the_order_of_free_parts_does_not_matter(cells: list[int], seed: int) -> None:
    named: dict[tuple[str, ...], int] = {(f"town{at}",): many for at, many in enumerate(cells)}
    mixed = list(named)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - any order will do
    shown = []
    for parts in (list(named), mixed):
        town = Dimension("town", tuple(one[0] for one in parts))
        truth = Truth(households("reached", (town,), named))
        shown.append({frozenset(region[0]) for region in regions(truth, finest(truth))})
    assert shown[0] == shown[1]


@given(table=tables())
@settings(max_examples=100, deadline=None)
def test_coarser_is_always_less_and_ends(table: Table) -> None:
    truth = Truth(table)
    for layout in _some_layouts(truth):
        for less in coarser(truth, layout):
            assert less.worth < layout.worth


def test_a_town_of_one_family_is_with_the_smallest_that_hides_it() -> None:
    town = Dimension("town", ("Lyon", "Bron", "Oullins", "Irigny"))
    truth = Truth(
        households(
            "reached", (town,), {("Lyon",): 60, ("Bron",): 30, ("Oullins",): 25, ("Irigny",): 1}
        )
    )
    assert finest(truth).groups == ((("Lyon",), ("Bron",), ("Oullins", "Irigny")),)


def test_towns_in_which_there_is_nobody_are_with_the_others_too() -> None:
    town = Dimension("town", ("Lyon", "Bron", "Oullins"))
    truth = Truth(households("reached", (town,), {("Lyon",): 60, ("Bron",): 30}))
    assert finest(truth).groups == ((("Lyon",), ("Bron", "Oullins")),)


def test_a_coarser_part_with_facts_of_its_own_is_known_by_them() -> None:
    """In each month eight households, but sixteen in the quarter."""
    months = ("2026-01", "2026-02", "2026-03", "2026-04")
    quarters = dict(zip(months, ("Q1", "Q1", "Q1", "Q2"), strict=True))
    dimension = Dimension("month", months, "ordered", (quarters,))
    cells: Cells = {(month,): Fact(10, 8) for month in months}
    cells[ALL,] = Fact(40, 27)
    without = Table("used", FUND, *QUARTER, (dimension,), cells, distinct=False)
    known: Cells = {**cells, ("Q1",): Fact(30, 16), ("Q2",): Fact(10, 11)}
    assert finest(Truth(without)).divided == ()
    within = Table("used", FUND, *QUARTER, (dimension,), known, distinct=False)
    assert len(finest(Truth(within)).groups[0]) == 2


def test_what_a_margin_has_beside_the_parts_left_out_is_in_the_others() -> None:
    """Two months of eight households each, of thirty who are not all in the third one."""
    months = ("2026-01", "2026-02", "2026-03")
    cells: Cells = {("2026-01",): Fact(9, 8), ("2026-02",): Fact(9, 8)}
    cells |= {("2026-03",): Fact(20, 14), (ALL,): Fact(38, 30)}
    table = Table("used", FUND, *QUARTER, (Dimension("month", months),), cells, distinct=False)
    assert Truth(table).fact((("2026-01", "2026-02"),)).households == 16


def _some_layouts(truth: Truth) -> Iterator[Layout]:
    layout = finest(truth)
    while True:
        yield layout
        less = list(coarser(truth, layout))
        if not less:
            yield nothing(truth)
            return
        yield from less
        layout = less[0]


def _within(at: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return all(code in {ALL, own} for code, own in zip(key, at, strict=True))


def _inside(small: Region, large: Region) -> bool:
    return all(set(one) <= set(other) for one, other in zip(small, large, strict=True))


def _one_strip(small: Region, large: Region) -> bool:
    return sum(one != other for one, other in zip(small, large, strict=True)) == 1
