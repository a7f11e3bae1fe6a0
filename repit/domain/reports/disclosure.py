"""The one place that decides which counts a funder may see. Pure.

A count about fewer than eleven households is hidden, and so is one whose complement would be;
zero is a small count like the others. Where the parts of a total are shown beside it, enough
others are hidden that no subtraction gives a hidden one back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_HOUSEHOLDS = 11
LEAST_PROVIDERS = 3


@dataclass(frozen=True)
class Cell:
    """A count of anything, and the number of distinct households behind it."""

    value: int
    households: int


def whole(cell: Cell) -> int | None:
    """Return a total, or None when it must be hidden."""
    return cell.value if cell.households >= LEAST_HOUSEHOLDS else None


def share(part: Cell, of: Cell) -> int | None:
    """Return « of which », or None: the part, what is left without it, or the total is small.

    Everybody is a possible answer: then the part says no more than the total.
    """
    rest = of.households - part.households
    if whole(of) is None or whole(part) is None:
        return None
    return part.value if rest == 0 or rest >= LEAST_HOUSEHOLDS else None


def partition(total: Cell, parts: Sequence[Cell]) -> list[int | None]:
    """Return the parts of a total that is shown, with enough of them hidden.

    What the hidden ones have in common can be computed: it must be about eleven households
    at least, so the smallest shown part is hidden too until it is.
    """
    if whole(total) is None:
        return [None] * len(parts)
    hidden = {place for place, part in enumerate(parts) if whole(part) is None}
    by_size = sorted(range(len(parts)), key=lambda place: (parts[place].households, place))
    for place in by_size:
        # One hidden part of eleven households or more covers for the small ones.
        if not hidden or any(whole(parts[other]) is not None for other in hidden):
            break
        hidden.add(place)
    return [None if place in hidden else part.value for place, part in enumerate(parts)]


def providers(count: int) -> int | None:
    """Return how many providers were used, or None when there are fewer than three."""
    return count if count >= LEAST_PROVIDERS else None
