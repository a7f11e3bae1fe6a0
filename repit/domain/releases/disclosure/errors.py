"""Why no release can be made at all: faults, of which the operator hears that it failed."""

from dataclasses import dataclass


@dataclass(eq=False)
class DoesNotAddUp(Exception):
    """A margin is not the sum of its cells: what is divided is counted otherwise than its parts.

    `at` names the margin, one text per dimension; both figures are in the table's unit of value.
    """

    name: str
    scope: str
    at: tuple[str, ...]
    margin: int
    cells: int


@dataclass(eq=False)
class AttackFailed(Exception):
    """The solver gave no answer, so nothing is known to be safe. `status` is HiGHS's own word."""

    status: str
