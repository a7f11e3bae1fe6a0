"""Refusals met when a parent writes down what we must know about a child."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class ChildAlreadyThere(Refused):
    """A child with this first name and day of birth lives in this home already."""

    first_name: str
    code = "child_already_there"


@dataclass(eq=False)
class ChildTooOld(Refused):
    """Years at which somebody is no child any more."""

    years: int
    code = "child_too_old"


@dataclass(eq=False)
class ChildIsKnown(Refused):
    """Booked for, waited for or seen by the staff: the operator corrects it from now on."""

    first_name: str
    code = "child_is_known"


@dataclass(eq=False)
class WalksBeforeBirth(Refused):
    code = "walks_before_birth"


@dataclass(eq=False)
class WalksLater(Refused):
    """The day is still to come."""

    code = "walks_later"


@dataclass(eq=False)
class NamesNobody(Refused):
    """Only spaces or signs: nobody could be recognised by it."""

    code = "names_nobody"


@dataclass(eq=False)
class PersonAlreadyThere(Refused):
    """Also when it is written otherwise: « Zoe » is « Zoé »."""

    name: str
    code = "person_already_there"


@dataclass(eq=False)
class PersonIsBoth(Refused):
    """Who may collect the child is not somebody who never may."""

    name: str
    code = "person_is_both"


@dataclass(eq=False)
class TooManyPeople(Refused):
    most: int
    code = "too_many_people"


@dataclass(eq=False)
class DecisionStands(Refused):
    """The operator saw a court's decision: a parent cannot take the name away."""

    name: str
    code = "decision_stands"


@dataclass(eq=False)
class NotForbidden(Refused):
    """A court's decision is noted about somebody who never may collect the child."""

    name: str
    code = "not_forbidden"


@dataclass(eq=False)
class DecisionNotThere(Refused):
    """None was noted, or it was lifted since."""

    code = "decision_not_there"


@dataclass(eq=False)
class DecisionAlreadyNoted(Refused):
    code = "decision_already_noted"


@dataclass(eq=False)
class SeenLater(Refused):
    """A decision is seen today or earlier."""

    code = "seen_later"
