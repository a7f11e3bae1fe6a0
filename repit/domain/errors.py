"""What the domain can answer instead of doing what was asked.

An error carries facts, never a sentence: the web layer words it, in the reader's
language and with the next step. `code` is part of the public interface.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(eq=False)
class DomainError(Exception):
    """Base of every expected refusal. Anything else that escapes is a bug."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


class NotFound(DomainError):
    """What was named does not exist, or this person may not know that it does."""


class Refused(DomainError):
    """The rules say no. Asking again will not help until something changes."""


class Busy(DomainError):
    """Somebody else is changing the same thing. Asking again may help."""


@dataclass(eq=False)
class NoSuchObject(NotFound):
    code = "not_found"


@dataclass(eq=False)
class DayToCome(Refused):
    """What is noted as done cannot have been done on a day that is still to come."""

    day: date
    code = "day_to_come"


@dataclass(eq=False)
class DayTooEarly(Refused):
    """It cannot have been done before `first_day`."""

    day: date
    first_day: date
    code = "day_too_early"


@dataclass(eq=False)
class TryAgain(Busy):
    code = "try_again"
