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
class RepeatedHour(Refused):
    """That night the clocks show this time twice, and nobody said which is meant."""

    day: date
    wall: time
    code = "repeated_hour"


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


@dataclass(eq=False)
class DateInThePast(Refused):
    """It would have begun before now."""

    day: date
    code = "date_in_the_past"


@dataclass(eq=False)
class MinAboveMax(Refused):
    least: int
    most: int
    code = "min_above_max"


@dataclass(eq=False)
class SessionThereAlready(Refused):
    """The workshop has a session that begins then, or the list has the date twice."""

    day: date
    code = "session_there_already"


@dataclass(eq=False)
class WorkshopNotOpen(Refused):
    """A draft or closed: its sessions cannot be opened."""

    code = "workshop_not_open"


@dataclass(eq=False)
class WorkshopInThatState(Refused):
    """It is open, or closed, already."""

    code = "workshop_in_that_state"


@dataclass(eq=False)
class SessionNotDraft(Refused):
    """Opened or cancelled already."""

    code = "session_not_draft"


@dataclass(eq=False)
class SessionCancelled(Refused):
    """What is cancelled stays as it was."""

    code = "session_cancelled"
