"""Keep the two answers given after a session, so that nobody can tell whose they are.

A link leaves its fingerprint, the answers a row under a key drawn at random; no column joins the
two. Neither does their order: every answer writes all answers to its session anew, shuffled, so
that no row number and no transaction of the database says which of them came last.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.satisfaction.errors import AnswerLinkUsed, AnswersClosed, AnswersNotOpen
from repit.domain.satisfaction.models import Answer, UsedAnswerLink
from repit.domain.satisfaction.rules import is_open
from repit.domain.workshops.models import WorkshopSession


@dataclass(frozen=True)
class Answers:
    """`did_good`: 1 (not at all) to 5 (very much). `comes_again`: 1 no, 2 perhaps, 3 yes."""

    did_good: int
    comes_again: int


def answer(
    db: Session, token: str, session_public_id: str, answers: Answers, *, now: datetime
) -> None:
    """Keep an answer, once for each link.

    Args:
        token: the whole link, which the entry point has found to be ours.

    Raises:
        NoSuchObject: no such session.
        AnswerLinkUsed: this link was used, also when both came at once.
        AnswersNotOpen, AnswersClosed: too early; too late, or the session was cancelled.
    """
    session = db.scalar(
        select(WorkshopSession)
        .where(WorkshopSession.public_id == session_public_id)
        .with_for_update()
    )
    if session is None:
        raise NoSuchObject
    fingerprint = ids.fingerprint(token)
    if is_used(db, token):
        raise AnswerLinkUsed
    check_open(session.state, session.ends_at, now)
    used_on = day_in(session.zone, now)
    row = {"token_hash": fingerprint, "session_id": session.id, "used_on": used_on}
    db.execute(inserting(db, UsedAnswerLink).values(row))
    _shuffle_in(db, session.id, answers)


def is_used(db: Session, token: str) -> bool:
    """Tell whether a link was used."""
    used = select(UsedAnswerLink.token_hash).where(
        UsedAnswerLink.token_hash == ids.fingerprint(token)
    )
    return db.scalar(used) is not None


def check_open(state: str, ends_at: datetime, now: datetime) -> None:
    """Refuse an answer that comes too early or too late.

    Raises:
        AnswersNotOpen, AnswersClosed: see `answer`.
    """
    if state == "open" and now < ends_at:
        raise AnswersNotOpen
    if state != "open" or not is_open(ends_at, now):
        raise AnswersClosed


def _shuffle_in(db: Session, session_id: int, new: Answers) -> None:
    there = db.execute(
        delete(Answer)
        .where(Answer.session_id == session_id)
        .returning(Answer.did_good, Answer.comes_again)
        .execution_options(synchronize_session=False)
    ).all()
    everyone = [Answers(row.did_good, row.comes_again) for row in there] + [new]
    rows = [
        {
            "key": ids.public_id(),
            "session_id": session_id,
            "did_good": one.did_good,
            "comes_again": one.comes_again,
        }
        for one in everyone
    ]
    db.execute(inserting(db, Answer), sorted(rows, key=lambda row: str(row["key"])))
