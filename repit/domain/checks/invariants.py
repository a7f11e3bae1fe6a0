"""What an invariant is: a name, what it says, and the query that finds what disagrees."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """`sql` returns the disagreements."""

    name: str
    says: str
    sql: str
