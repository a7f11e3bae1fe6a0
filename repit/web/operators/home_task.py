"""One line of the operator's to-do list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One thing to do: how many, what, why it matters, and where."""

    count: int
    what: str
    why: str
    href: str
    icon: str
    tone: str = ""
