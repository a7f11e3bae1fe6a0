"""Refusals met when a scale is written or published, and when a right is decided."""

from dataclasses import dataclass

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
