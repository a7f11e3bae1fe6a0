"""No count about fewer than eleven households, shown or computed."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from repit.domain.reports.disclosure import LEAST_HOUSEHOLDS, Cell, partition, share, whole

households = st.integers(0, 60)
parts = st.lists(
    st.builds(lambda homes, each: Cell(homes * each, homes), households, st.integers(1, 5)),
    min_size=2,
    max_size=4,
)


def total_of(cells: list[Cell]) -> Cell:
    return Cell(sum(c.value for c in cells), sum(c.households for c in cells))


@given(parts)
def test_no_part_of_a_total_shows_a_small_group(cells: list[Cell]) -> None:
    shown = partition(total_of(cells), cells)

    assert all(
        value is None or cell.households >= LEAST_HOUSEHOLDS
        for value, cell in zip(shown, cells, strict=True)
    )


@given(parts)
def test_what_is_hidden_cannot_be_had_by_subtracting_what_is_shown(cells: list[Cell]) -> None:
    shown = partition(total_of(cells), cells)

    hidden = [cell for value, cell in zip(shown, cells, strict=True) if value is None]
    if whole(total_of(cells)) is None or not hidden:
        return
    small = [cell for cell in hidden if cell.households < LEAST_HOUSEHOLDS]
    assert len(hidden) >= 2 or not small
    assert sum(cell.households for cell in hidden) >= LEAST_HOUSEHOLDS


@given(parts)
def test_a_total_is_not_hidden_for_nothing(cells: list[Cell]) -> None:
    if all(cell.households >= LEAST_HOUSEHOLDS for cell in cells):
        assert partition(total_of(cells), cells) == [cell.value for cell in cells]


@given(part=households, rest=households)
def test_of_which_shows_neither_the_few_nor_those_left_over(part: int, rest: int) -> None:
    shown = share(Cell(part, part), Cell(part + rest, part + rest))

    if shown is not None:
        assert part >= LEAST_HOUSEHOLDS
        assert rest == 0 or rest >= LEAST_HOUSEHOLDS


def test_the_shares_of_one_total_say_no_more_together() -> None:
    """Two shares of the same total are two partitions: neither tells of their crossing."""
    of = Cell(40, 40)

    shown = [share(Cell(homes, homes), of) for homes in (11, 29, 30, 0, 40)]

    assert shown == [11, 29, None, None, 40]
    assert all(abs(a - b) > 10 for a, b in combinations([11, 29], 2))
