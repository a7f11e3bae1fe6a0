"""Refusals met when somebody answers the questions after a session."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class AnswerLinkUsed(Refused):
    """Each link is good for one answer."""

    code = "answer_link_used"


@dataclass(eq=False)
class AnswersClosed(Refused):
    """Too long ago; or the session was cancelled."""

    code = "answers_closed"


@dataclass(eq=False)
class AnswersNotOpen(Refused):
    """The session is not over yet."""

    code = "answers_not_open"
