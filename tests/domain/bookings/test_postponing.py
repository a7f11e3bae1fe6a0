"""A session that was postponed: nobody books it, nobody is reminded, until it has a new date."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import offering, overview
from repit.domain.bookings.changes import decide, move_session
from repit.domain.bookings.errors import NotOpenForBooking
from repit.domain.bookings.overview import SessionFilter, SessionRow
from repit.domain.reminders.bookings import enqueue_booking_reminders
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import BEGINS, DAY, ENDS, Evening, an_evening, asked, books

NEAR = datetime.combine(DAY - timedelta(days=1), NOON.timetz())  # the day before, at noon


@pytest.fixture
def evening(db: Session) -> Evening:
    """Three are needed, Amina alone comes: it is postponed the day before."""
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina))
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(min_people=3))
        decide(db, evening.session_id, "postpone", motive="Grève", actor=OPERATOR, now=NEAR)
    return evening


def moves(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=DAY + timedelta(days=14),
            starts=BEGINS,
            ends=ENDS,
            place_id=evening.place_id,
            actor=OPERATOR,
            now=NEAR,
        )


def row(db: Session) -> SessionRow:
    [found] = overview.sessions(db, SessionFilter(), now=NEAR, number=1).items
    return found


def listed(db: Session, evening: Evening) -> int:
    return len(offering.availability(db, evening.town.chloe, locale="fr", now=NEAR))


def reminded(db: Session) -> int:
    with unit_of_work(db):
        return enqueue_booking_reminders(db, now=NEAR)


def test_nobody_books_the_old_date(db: Session, evening: Evening) -> None:
    with pytest.raises(NotOpenForBooking):
        books(db, asked(evening, evening.town.chloe), now=NEAR)

    assert listed(db, evening) == 0


def test_nobody_is_reminded_of_the_old_date(db: Session, evening: Evening) -> None:
    assert reminded(db) == 0


def test_it_waits_for_a_date_and_no_more_for_a_decision(db: Session, evening: Evening) -> None:
    assert row(db).to_move(NEAR)
    assert not row(db).to_decide(NEAR)
    kept = overview.sessions(db, SessionFilter(show="to_decide"), now=NEAR, number=1)
    assert kept.total == 1


def test_a_new_date_opens_it_again(db: Session, evening: Evening) -> None:
    moves(db, evening)

    assert row(db).decision is None
    assert not row(db).to_move(NEAR)
    assert listed(db, evening) == 1
    books(db, asked(evening, evening.town.chloe), now=NEAR)
