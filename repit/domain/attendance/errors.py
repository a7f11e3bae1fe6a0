"""Refusals met when somebody notes who came and with whom a child left."""

from dataclasses import dataclass
from datetime import datetime

from repit.domain.errors import Refused


@dataclass(eq=False)
class SheetClosed(Refused):
    """Who led the session may read its sheet for `days` after it; the operator keeps the log."""

    days: int
    code = "sheet_closed"


@dataclass(eq=False)
class TooManyNames(Refused):
    """Somebody typed `most` names or numbers in an hour that no file has."""

    most: int
    code = "too_many_names"


@dataclass(eq=False)
class NotExpected(Refused):
    """Offered, cancelled, or given back before the moment in question."""

    code = "not_expected"


@dataclass(eq=False)
class NoteReused(Refused):
    """The same nonce was sent before with other content."""

    code = "note_reused"


@dataclass(eq=False)
class NotedInTheFuture(Refused):
    """The phone's clock is ahead of ours."""

    at: datetime
    code = "noted_in_the_future"


@dataclass(eq=False)
class NotedTooLate(Refused):
    """The phone says that it happened more than `days` ago."""

    at: datetime
    days: int
    code = "noted_too_late"


@dataclass(eq=False)
class TooEarlyToNote(Refused):
    """Nobody arrives hours before, nor is absent before the grace is over."""

    since: datetime
    code = "too_early_to_note"


@dataclass(eq=False)
class AlreadyNoted(Refused):
    """What is true already, or cannot follow from what is: `kind` stands since `at`."""

    kind: str
    at: datetime
    code = "already_noted"


@dataclass(eq=False)
class NotThere(Refused):
    """Who did not arrive cannot leave."""

    code = "not_there"


@dataclass(eq=False)
class NothingToAnnul(Refused):
    code = "nothing_to_annul"


@dataclass(eq=False)
class OnlyByAPerson(Refused):
    """No machine says that somebody stayed away."""

    code = "only_by_a_person"


@dataclass(eq=False)
class OnlyByTheCarers(Refused):
    """Who leads the session does not note when a child comes and with whom it leaves."""

    code = "only_by_the_carers"


@dataclass(eq=False)
class ReasonMissing(Refused):
    """Excused without one of the reasons."""

    code = "reason_missing"


@dataclass(eq=False)
class NameMissing(Refused):
    """A child leaves with somebody who has a name."""

    code = "name_missing"


@dataclass(eq=False)
class NotOnTheList(Refused):
    """Nobody said that this person may collect the child."""

    name: str
    first_name: str
    code = "not_on_the_list"


@dataclass(eq=False)
class MotiveMissing(Refused):
    """A hand-over to somebody who is not on the list needs a reason."""

    code = "motive_missing"


@dataclass(eq=False)
class LooksLikeBlocked(Refused):
    """Nearly a name that never may, of the child or of a brother or sister: somebody has to ask."""

    name: str
    first_name: str
    code = "looks_like_blocked"


@dataclass(eq=False)
class MayNeverCollect(Refused):
    """On a list of those who never may: refused whoever asks, with or without a motive."""

    name: str
    first_name: str
    code = "may_never_collect"
