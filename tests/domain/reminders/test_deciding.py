"""A session under its minimum asks those who lead it, once."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.changes import decide, move_session
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.reminders.deciding import enqueue_decisions
from repit.domain.workshops import facilitators
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import DAY, Evening, an_evening, asked, books

DECIDE_AT = datetime.combine(
    DAY - timedelta(days=2), time(18), ZoneInfo("Europe/Paris")
).astimezone(UTC)


def ask(db: Session, now: datetime) -> list[Notice]:
    with unit_of_work(db):
        enqueue_decisions(db, now=now)
    query = select(Notice).where(Notice.kind == Kind.DECIDE).order_by(Notice.id)
    return list(db.scalars(query))


@pytest.fixture
def evening(db: Session) -> Evening:
    """At least three are needed and Amina alone comes; Fanny leads it all, Gil this evening."""
    stage = an_evening(db)
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(min_people=3))
        for name, session_id in (("Fanny", None), ("Gil", stage.session_id)):
            facilitators.add(
                db,
                stage.workshop_id,
                name=name,
                email=f"{name.lower()}@exemple.test",
                session_id=session_id,
                actor=OPERATOR,
                now=NOON,
            )
    books(db, asked(stage, stage.town.amina))
    return stage


def test_those_who_lead_it_are_asked_two_days_before_and_once(
    db: Session, evening: Evening
) -> None:
    assert ask(db, DECIDE_AT - timedelta(minutes=1)) == []

    asked_now = ask(db, DECIDE_AT)

    assert {one.to_address for one in asked_now} == {"fanny@exemple.test", "gil@exemple.test"}
    assert (asked_now[0].facts["people"], asked_now[0].facts["least"]) == (1, 3)
    assert len(ask(db, DECIDE_AT + timedelta(hours=1))) == 2


def test_who_leads_all_and_this_one_is_asked_once(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        facilitators.add(
            db,
            evening.workshop_id,
            name="Fanny",
            email="fanny@exemple.test",
            session_id=evening.session_id,
            actor=OPERATOR,
            now=NOON,
        )

    assert len(ask(db, DECIDE_AT)) == 2


def test_a_session_with_enough_people_asks_nobody(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(min_people=2))
    books(db, asked(evening, evening.town.chloe))

    assert ask(db, DECIDE_AT) == []


def test_what_is_decided_or_over_is_not_asked(db: Session, evening: Evening) -> None:
    assert ask(db, DECIDE_AT + timedelta(days=2)) == []
    with unit_of_work(db):
        decide(db, evening.session_id, "run", motive="", actor=OPERATOR, now=NOON)

    assert ask(db, DECIDE_AT) == []


def test_another_date_asks_again(db: Session, evening: Evening) -> None:
    ask(db, DECIDE_AT)
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=DAY + timedelta(days=14),
            starts=time(18),
            ends=time(20),
            place_id=evening.place_id,
            actor=OPERATOR,
            now=DECIDE_AT,
        )

    assert len(ask(db, DECIDE_AT + timedelta(days=1))) == 2
    assert len(ask(db, DECIDE_AT + timedelta(days=14))) == 4


def test_at_night_the_question_waits_for_the_morning(db: Session, evening: Evening) -> None:
    late = DECIDE_AT + timedelta(hours=4)  # 22 h there

    assert {one.send_at for one in ask(db, late)} == {DECIDE_AT + timedelta(hours=14)}
