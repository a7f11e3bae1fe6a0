"""Refusals met on the way from a period to a frozen release."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class NotAReleasePeriod(Refused):
    """A release is of a whole quarter, semester or year of the calendar."""

    first_day: date
    code = "not_a_release_period"


@dataclass(eq=False)
class PeriodToCome(Refused):
    """The period has not begun."""

    first_day: date
    code = "period_to_come"


@dataclass(eq=False)
class PeriodNotOver(Refused):
    """Its last day is not over in the programme's zone."""

    last_day: date
    from_day: date
    """The first day on which it can be drafted."""
    code = "period_not_over"


@dataclass(eq=False)
class PeriodBeforeStart(Refused):
    """It was over before anything of the programme was counted."""

    since: date
    """The first day that is counted."""
    code = "period_before_start"


@dataclass(eq=False)
class FundOfFamilies(Refused):
    """What families paid has no funder to report to."""

    code = "fund_of_families"


@dataclass(eq=False)
class ReleasedAlready(Refused):
    """The fund has its release of this period: it is never done again."""

    public_id: str
    number: str
    code = "released_already"


@dataclass(eq=False)
class DraftedAlready(Refused):
    """A draft for this fund and period waits already."""

    public_id: str
    code = "release_drafted_already"


@dataclass(eq=False)
class WrongReleaseState(Refused):
    """The release is no longer, or not yet, in the state this needs."""

    state: str
    code = "wrong_release_state"


@dataclass(eq=False)
class ReleaseBlocked(Refused):
    """The audit could not make it safe. `tables` are names of `figures.definitions`."""

    tables: tuple[str, ...]
    code = "release_blocked"


@dataclass(eq=False)
class DraftOutdated(Refused):
    """Others of the programme were approved since: it was not audited together with them."""

    since: tuple[str, ...]
    """Their numbers."""
    code = "release_draft_outdated"


@dataclass(eq=False)
class DraftChanged(Refused):
    """The draft was made again since the operator read it."""

    code = "release_draft_changed"


@dataclass(eq=False)
class ReleaseChanged(Refused):
    """What is stored is not what was approved: its SHA-256 does not agree."""

    number: str
    code = "release_changed"
