"""What an invariant is: a name, what it says, and the query that finds what disagrees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True)
class Invariant:
    """`sql` returns the disagreements."""

    name: str
    says: str
    sql: str


@dataclass(frozen=True)
class Computed:
    """What SQL cannot say: `rows` returns at most so many disagreements."""

    name: str
    says: str
    rows: Callable[[Connection, int], list[dict[str, Any]]]
