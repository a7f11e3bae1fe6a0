"""Read what the answers say together, never one of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.satisfaction.models import Answer
from repit.domain.satisfaction.rules import ANSWERED_WITHIN, FEWEST_ANSWERS
from repit.domain.workshops.models import Workshop, WorkshopSession

SAYS_GOOD = 4
"""Of five: from here on it did somebody good."""
GOOD, AGAIN = range(1, 6), range(1, 4)


@dataclass(frozen=True)
class Results:
    """How many answered, and how often each answer was given, in order from 1."""

    answers: int
    did_good: tuple[int, ...]
    comes_again: tuple[int, ...]

    def share_good(self) -> float:
        """Return the share who said 4 or 5 of 5."""
        return sum(self.did_good[SAYS_GOOD - 1 :]) / self.answers


@dataclass(frozen=True)
class Asked:
    """What somebody with a link is asked about."""

    title: str
    starts_at: datetime
    ends_at: datetime
    state: str


def results(db: Session, workshop_id: int, *, now: datetime) -> Results | None:
    """Return what was answered about a workshop's sessions together, or None below eleven.

    A result that grows by a few answers would say what these were: only sessions whose questions
    are closed count, in their order, and only in groups that have eleven answers or more.
    """
    rows = db.execute(
        select(Answer.did_good, Answer.comes_again, func.count().label("times"))
        .where(Answer.session_id.in_(_in_groups(db, workshop_id, now)))
        .group_by(Answer.did_good, Answer.comes_again)
    ).all()
    answers = sum(row.times for row in rows)
    if not answers:
        return None
    good, again = Counter[int](), Counter[int]()
    for row in rows:
        good[row.did_good] += row.times
        again[row.comes_again] += row.times
    return Results(
        answers,
        tuple(good[degree] for degree in GOOD),
        tuple(again[degree] for degree in AGAIN),
    )


def _in_groups(db: Session, workshop_id: int, now: datetime) -> list[int]:
    """Return the sessions that may be counted: a last group that is too small waits for more."""
    counts = db.execute(
        select(Answer.session_id, func.count().label("answers"))
        .join(WorkshopSession, WorkshopSession.id == Answer.session_id)
        .where(
            WorkshopSession.workshop_id == workshop_id,
            WorkshopSession.ends_at <= now - ANSWERED_WITHIN,
        )
        .group_by(Answer.session_id, WorkshopSession.ends_at)
        .order_by(WorkshopSession.ends_at, Answer.session_id)
    ).all()
    told: list[int] = []
    group: list[int] = []
    in_group = 0
    for row in counts:
        group.append(row.session_id)
        in_group += row.answers
        if in_group >= FEWEST_ANSWERS:
            told += group
            group, in_group = [], 0
    return told


@dataclass(frozen=True)
class Response:
    """Of all sessions whose questions closed in a period, together.

    `asked`: messages that left. `good`: who said 4 or 5 of 5. Never told below
    `rules.FEWEST_ANSWERS`.
    """

    sessions: int
    asked: int
    answered: int
    good: int


def responses(db: Session, programme_id: int, since: datetime, until: datetime) -> Response:
    """Return who was asked and who answered, from `since` to before `until`: one statement.

    A session counts when its questions close: nothing is added to it any more, and it counts in
    one period only.
    """
    closed = (
        select(WorkshopSession.id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            Workshop.programme_id == programme_id,
            WorkshopSession.state == "open",
            WorkshopSession.ends_at >= since - ANSWERED_WITHIN,
            WorkshopSession.ends_at < until - ANSWERED_WITHIN,
        )
        .cte("closed")
    )
    sessions = select(func.count()).select_from(closed)
    asked = (
        select(func.count())
        .select_from(Notice)
        .join(Booking, Booking.id == Notice.booking_id)
        .join(closed, closed.c.id == Booking.session_id)
        .where(Notice.kind == Kind.HOW_WAS_IT, Notice.state == "sent")
    )
    answers = select(Answer.did_good).join(closed, closed.c.id == Answer.session_id).subquery()
    answered = select(func.count()).select_from(answers)
    good = answered.where(answers.c.did_good >= SAYS_GOOD)
    counts = (one.scalar_subquery() for one in (sessions, asked, answered, good))
    return Response(*map(int, db.execute(select(*counts)).one()))


def asked_about(db: Session, session_public_id: str, *, locale: str) -> Asked | None:
    """Return which session a link asks about, by its neutral title in the reader's language."""
    row = db.execute(
        select(WorkshopSession, Workshop)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(WorkshopSession.public_id == session_public_id, WorkshopSession.state != "draft")
    ).one_or_none()
    if row is None:
        return None
    session, workshop = row
    words = workshop.translations.get(locale) or {}
    title = words.get("public_title") or workshop.public_title
    return Asked(title, session.starts_at, session.ends_at, session.state)
