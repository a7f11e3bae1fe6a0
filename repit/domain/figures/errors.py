"""Refusals met when figures are asked of days that are not closed."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class NotClosedYet(Refused):
    """A period is counted once its last day is closed, some hours after midnight."""

    code = "figures_not_closed_yet"
    last_day: date
