"""Round parts so that they still add up. Pure."""

from collections.abc import Sequence
from math import floor


def in_whole(parts: Sequence[float]) -> list[int]:
    """Return parts as whole numbers whose sum is the rounded sum of the parts.

    The largest remainders are rounded up; of equal ones, the last.
    """
    found = [floor(part) for part in parts]
    missing = round(sum(parts)) - sum(found)
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - found[at], at), reverse=True)
    for at in order[:missing]:
        found[at] += 1
    return found
