"""Two questions after a session: answered once, and by nobody in particular."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.errors import DomainError, NoSuchObject
from repit.domain.notices import outbox
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.reminders.afterwards import enqueue_questionnaires
from repit.domain.satisfaction.errors import AnswerLinkUsed, AnswersClosed, AnswersNotOpen
from repit.domain.satisfaction.models import Answer, UsedAnswerLink
from repit.domain.satisfaction.queries import (
    Response,
    Results,
    asked_about,
    responses,
    results,
)
from repit.domain.satisfaction.rules import ANSWERED_WITHIN
from repit.domain.satisfaction.service import Answers, answer
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests import cast
from tests.domain.bookings.workshop import an_evening, asked, books
from tests.domain.workshops.staging import a_workshop, some_sessions

DELIGHTED = Answers(5, 3)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def session(db: Session) -> WorkshopSession:
    workshop_id = a_workshop(db, cast.a_programme(db))
    [session_id] = some_sessions(db, workshop_id, (date(2026, 5, 20),))
    row = db.get_one(WorkshopSession, session_id)
    db.expunge(row)
    return row


def give(db: Session, session: WorkshopSession, token: str, answers: Answers = DELIGHTED) -> None:
    with unit_of_work(db):
        answer(db, token, session.public_id, answers, now=session.ends_at + ONE_DAY)


def read(db: Session, session: WorkshopSession, *, after: timedelta) -> Results | None:
    return results(db, session.workshop_id, now=session.ends_at + after)


def test_a_link_answers_once(db: Session, session: WorkshopSession) -> None:
    give(db, session, "one")
    with pytest.raises(AnswerLinkUsed):
        give(db, session, "one", Answers(1, 1))
    give(db, session, "two")
    assert len(db.scalars(select(Answer)).all()) == 2


@pytest.mark.parametrize(
    ("later", "refusal"),
    [
        (-timedelta(minutes=1), AnswersNotOpen),
        (ANSWERED_WITHIN, AnswersClosed),
    ],
)
def test_answers_come_after_the_session_and_not_for_ever(
    db: Session, session: WorkshopSession, later: timedelta, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal), unit_of_work(db):
        answer(db, "one", session.public_id, DELIGHTED, now=session.ends_at + later)
    assert db.scalars(select(UsedAnswerLink)).all() == []


def test_a_cancelled_session_is_not_judged(db: Session, session: WorkshopSession) -> None:
    with unit_of_work(db):
        row = db.get_one(WorkshopSession, session.id)
        row.state, row.cancelled_at = "cancelled", session.starts_at - ONE_DAY
    with pytest.raises(AnswersClosed):
        give(db, session, "one")
    with pytest.raises(NoSuchObject), unit_of_work(db):
        answer(db, "one", "nowhere", DELIGHTED, now=session.ends_at)


def test_results_are_told_from_eleven_answers_on_when_no_more_come(
    db: Session, session: WorkshopSession
) -> None:
    for number in range(10):
        give(db, session, f"link {number}")
    assert read(db, session, after=ANSWERED_WITHIN) is None
    give(db, session, "link 10", Answers(2, 1))
    assert read(db, session, after=ANSWERED_WITHIN - ONE_DAY) is None
    told = read(db, session, after=ANSWERED_WITHIN)
    assert told == Results(11, (0, 1, 0, 0, 10), (1, 0, 10))
    assert told.share_good() == pytest.approx(10 / 11)


def test_a_result_never_grows_by_fewer_than_eleven_answers(
    db: Session, session: WorkshopSession
) -> None:
    """Eleven answers, then six about the next session, then five about the one after."""
    days = (date(2026, 6, 24), date(2026, 9, 16))
    later = [
        db.get_one(WorkshopSession, key) for key in some_sessions(db, session.workshop_id, days)
    ]
    for row in later:
        db.expunge(row)
    for number in range(11):
        give(db, session, f"first {number}")
    for number in range(6):
        give(db, later[0], f"second {number}", Answers(1, 1))
    second = read(db, later[0], after=ANSWERED_WITHIN)
    assert second is not None
    assert second.answers == 11
    for number in range(5):
        give(db, later[1], f"third {number}")
    third = read(db, later[1], after=ANSWERED_WITHIN)
    assert third is not None
    assert third.answers == 22


def test_who_was_asked_and_who_answered_is_counted_once_closed(db: Session) -> None:
    evening = an_evening(db)
    session = db.get_one(WorkshopSession, evening.session_id)
    for parent_id in (evening.town.amina, evening.town.chloe):
        books(db, asked(evening, parent_id))
    with unit_of_work(db):
        enqueue_questionnaires(db, now=session.ends_at + timedelta(hours=14))
    first, second = db.scalars(select(Notice.id).where(Notice.kind == Kind.HOW_WAS_IT)).all()
    with unit_of_work(db):
        outbox.mark_sent(db, first, now=session.ends_at + ONE_DAY)
        db.get_one(Notice, second).state = "failed"
    give(db, session, "one", Answers(4, 3))
    closes = session.ends_at + ANSWERED_WITHIN

    def counted(since: datetime, until: datetime) -> Response:
        return responses(db, evening.town.programme_id, since, until)

    assert counted(closes, closes + ONE_DAY) == Response(sessions=1, asked=1, answered=1, good=1)
    assert counted(closes - ONE_DAY, closes) == Response(0, 0, 0, 0)
    assert counted(closes + ONE_DAY, closes + 2 * ONE_DAY) == Response(0, 0, 0, 0)


def test_no_column_leads_from_an_answer_to_who_gave_it() -> None:
    columns = {column.name for column in Answer.__table__.columns}
    leads = {
        key.column.table.name for column in Answer.__table__.columns for key in column.foreign_keys
    }
    assert columns == {"key", "session_id", "did_good", "comes_again"}
    assert leads == {"workshop_session"}
    link = {column.name for column in UsedAnswerLink.__table__.columns}
    assert link == {"token_hash", "session_id", "used_on"}


def test_no_order_of_the_database_says_who_answered_what(
    db: Session, engine: Engine, session: WorkshopSession
) -> None:
    """On one side the row numbers, on the other the transactions that wrote each row."""
    order = "rowid" if engine.dialect.name == "sqlite" else "xmin::text::bigint"
    given, agreed = 24, 0
    for number in range(given):
        give(db, session, f"link {number}", Answers(1 + number % 5, 1 + number % 3))
    links = f"SELECT {order} FROM used_answer_link ORDER BY 1"
    rows = f"SELECT {order}, did_good, comes_again FROM answer ORDER BY 1, key"
    written = [tuple(row[1:]) for row in db.execute(text(rows))]
    if engine.dialect.name == "postgresql":
        assert len(set(db.scalars(text(f"SELECT {order} FROM answer")))) == 1
        assert len(set(db.scalars(text(links)))) == given
    agreed = sum(one == (1 + number % 5, 1 + number % 3) for number, one in enumerate(written))
    assert agreed < given / 2  # chance would give fewer than two of twenty-four
    assert sorted(written) == sorted((1 + n % 5, 1 + n % 3) for n in range(given))


def test_the_questions_name_the_session_by_its_neutral_title(
    db: Session, session: WorkshopSession
) -> None:
    with unit_of_work(db):
        workshop = db.get_one(Workshop, session.workshop_id)
        workshop.translations = {"ar": {"public_title": "أربعاء العائلات"}}
    in_arabic = asked_about(db, session.public_id, locale="ar")
    in_dutch = asked_about(db, session.public_id, locale="nl")
    assert in_arabic is not None
    assert in_arabic.title == "أربعاء العائلات"
    assert in_dutch is not None
    assert in_dutch.title == "Le mercredi des familles"
    assert asked_about(db, "nowhere", locale="fr") is None
