"""Refusals met when the dates and times of a workshop are written down."""

from dataclasses import dataclass
from datetime import date, time

from repit.domain.errors import Refused


@dataclass(eq=False)
class MissingHour(Refused):
    """That night the clocks jump over this time."""

    day: date
    wall: time
    code = "missing_hour"


@dataclass(eq=False)
class EndsBeforeStart(Refused):
    """Also when both are the same: a workshop session lasts, and does not cross midnight."""

    starts: time
    ends: time
    code = "ends_before_start"


@dataclass(eq=False)
class TooManyDates(Refused):
    most: int
    code = "too_many_dates"
