"""Refusals met when a parent's file is opened or changed."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class NumberTaken(Refused):
    number: str
    code = "parent_number_taken"


@dataclass(eq=False)
class EmailTaken(Refused):
    """Two parents never share an account: each would see the other's vouchers."""

    number: str
    code = "parent_email_taken"


@dataclass(eq=False)
class LooksLikeAnother(Refused):
    """Files that may be the same person; `public_ids` and `numbers` go together."""

    public_ids: tuple[str, ...]
    numbers: tuple[str, ...]
    code = "parent_looks_like_another"


@dataclass(eq=False)
class AlreadyInThatHousehold(Refused):
    code = "already_in_that_household"


@dataclass(eq=False)
class ChildHasTwoHomes(Refused):
    code = "child_has_two_homes"


@dataclass(eq=False)
class ChildLivesThere(Refused):
    code = "child_lives_there"


@dataclass(eq=False)
class ChildBornLater(Refused):
    code = "child_born_later"


@dataclass(eq=False)
class ChildGrownUp(Refused):
    """`years`: the age from which nobody is a child here."""

    years: int
    code = "child_grown_up"


@dataclass(eq=False)
class SituationLongAgo(Refused):
    """`earliest`: the first day on which a situation may begin."""

    earliest: date
    code = "situation_long_ago"


@dataclass(eq=False)
class SituationAlreadyThere(Refused):
    """The same kind already covers some of these days."""

    kind: str
    code = "situation_already_there"


@dataclass(eq=False)
class SituationsContradict(Refused):
    """« Couple » and « seul·e » cannot both hold on one day."""

    kind: str
    code = "situations_contradict"


@dataclass(eq=False)
class SituationEndsBeforeItBegins(Refused):
    code = "situation_ends_before_it_begins"


@dataclass(eq=False)
class ParentAlreadySuspended(Refused):
    code = "parent_already_suspended"


@dataclass(eq=False)
class ParentNotSuspended(Refused):
    code = "parent_not_suspended"
