"""The day after, those who came are asked how it was."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import Booking
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.presence.models import Attendance
from repit.domain.reminders.afterwards import enqueue_questionnaires
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import OPERATOR
from tests.domain.bookings.workshop import DAY, Evening, an_evening, asked, books

NEXT_DAY = datetime.combine(DAY + timedelta(days=1), time(10), ZoneInfo("Europe/Paris")).astimezone(
    UTC
)


def ask(db: Session, now: datetime = NEXT_DAY) -> list[Notice]:
    with unit_of_work(db):
        enqueue_questionnaires(db, now=now)
    query = select(Notice).where(Notice.kind == Kind.HOW_WAS_IT).order_by(Notice.id)
    return list(db.scalars(query))


def note(db: Session, parent_id: int, kind: str) -> None:
    with unit_of_work(db):
        booking = db.scalars(select(Booking).where(Booking.parent_id == parent_id)).one()
        db.add(
            Attendance(
                nonce=UUID(int=next(cast.numbers)),
                booking_id=booking.id,
                kind=kind,
                at=NEXT_DAY,
                received_at=NEXT_DAY,
                device="phone",
                actor=OPERATOR,
            )
        )


@pytest.fixture
def evening(db: Session) -> Evening:
    """Amina and Chloé have a seat."""
    stage = an_evening(db)
    books(db, asked(stage, stage.town.amina))
    books(db, asked(stage, stage.town.chloe))
    return stage


def test_each_is_asked_once_the_next_morning(db: Session, evening: Evening) -> None:
    assert ask(db, NEXT_DAY - timedelta(minutes=1)) == []
    assert len(ask(db)) == 2
    assert len(ask(db, NEXT_DAY + timedelta(hours=5))) == 2


def test_each_link_will_be_its_own_and_says_nothing_of_its_reader(
    db: Session, evening: Evening
) -> None:
    first, second = ask(db)

    public_id = db.scalars(select(WorkshopSession.public_id)).one()
    assert first.facts["session"] == second.facts["session"] == public_id
    assert first.facts["nonce"] != second.facts["nonce"]


def test_who_did_not_come_is_not_asked(db: Session, evening: Evening) -> None:
    note(db, evening.town.amina, "arrived")
    note(db, evening.town.chloe, "no_show")

    [only] = ask(db)

    assert only.to_address == "amina.dupont@exemple.test"


def test_who_was_noted_away_and_then_came_is_asked(db: Session, evening: Evening) -> None:
    note(db, evening.town.chloe, "no_show")
    note(db, evening.town.chloe, "arrived")

    assert len(ask(db)) == 2


def test_days_later_nobody_is_asked_any_more(db: Session, evening: Evening) -> None:
    assert ask(db, NEXT_DAY + timedelta(days=2)) == []


def test_not_at_night_and_not_who_wants_no_messages(db: Session, evening: Evening) -> None:
    assert ask(db, NEXT_DAY + timedelta(hours=12)) == []
    with unit_of_work(db):
        db.execute(
            update(Parent).where(Parent.id == evening.town.amina).values(discretion="silent")
        )

    assert len(ask(db)) == 1


def test_a_session_called_off_asks_nothing(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(state="cancelled", cancelled_at=NEXT_DAY))

    assert ask(db) == []
