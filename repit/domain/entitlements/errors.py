"""Refusals met when a scale is written or published, and when a right is decided."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class ScaleGivesNothing(Refused):
    code = "scale_gives_nothing"


@dataclass(eq=False)
class IsolatedNotFavoured(Refused):
    """The family for which an isolated parent would not get strictly more."""

    isolated: int
    others: int
    children: int
    more_support: int
    priority_area: bool
    code = "isolated_not_favoured"


@dataclass(eq=False)
class ScaleAlreadyPublished(Refused):
    code = "scale_already_published"


@dataclass(eq=False)
class NoPublishedScale(Refused):
    code = "no_published_scale"


@dataclass(eq=False)
class ScaleStartsTooEarly(Refused):
    """A published scale begins later: a period would follow two of them."""

    first_day: date
    code = "scale_starts_too_early"


@dataclass(eq=False)
class ScaleCutsAPeriod(Refused):
    """A period of the scale before, or one already issued, would be cut in two."""

    first_day: date
    last_day: date
    code = "scale_cuts_a_period"


@dataclass(eq=False)
class AlreadyRequested(Refused):
    code = "already_requested"


@dataclass(eq=False)
class AlreadyDecided(Refused):
    code = "already_decided"


@dataclass(eq=False)
class RightNotRunning(Refused):
    """Only a right that was granted can be ended."""

    code = "right_not_running"


@dataclass(eq=False)
class RightEndsBeforeItBegins(Refused):
    first_day: date
    code = "right_ends_before_it_begins"
