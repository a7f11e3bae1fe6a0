"""Refusals met when staff time and costs are typed in."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused
from repit.domain.money import Cents, Minutes


@dataclass(eq=False)
class CostToCome(Refused):
    """What is not spent yet is a budget, not a cost."""

    on_day: date
    code = "cost_to_come"


@dataclass(eq=False)
class CostTooOld(Refused):
    """So long before the programme that it is a slip of the hand."""

    earliest: date
    code = "cost_too_old"


@dataclass(eq=False)
class CostSaysNothing(Refused):
    """Neither time nor money."""

    code = "cost_says_nothing"


@dataclass(eq=False)
class CostBelowZero(Refused):
    """A mistake is cancelled, never set off by a negative line."""

    code = "cost_below_zero"


@dataclass(eq=False)
class TimeTooLong(Refused):
    most: Minutes
    code = "time_too_long"


@dataclass(eq=False)
class CostTooHigh(Refused):
    most: Cents
    code = "cost_too_high"


@dataclass(eq=False)
class TimeOfNobody(Refused):
    """Only the team's time is counted in hours; what others did is a bill."""

    code = "time_of_nobody"


@dataclass(eq=False)
class CostReused(Refused):
    """The same page was sent twice with different answers: the first stays."""

    code = "cost_reused"


@dataclass(eq=False)
class CostCancelled(Refused):
    """It was cancelled already, or is itself what cancels another."""

    code = "cost_cancelled"
