"""What the worker does about bookings while nobody asks."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import offers, waiting
from repit.domain.bookings.changes import set_seats
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.notices.models import Notice
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR, a_parent
from tests.commands.work import work
from tests.domain.bookings.workshop import DAY, Evening, a_session, an_evening, asked, books

HALF_A_MINUTE = timedelta(seconds=30)


def waits(db: Session, evening: Evening, parent_id: int, **changes: object) -> None:
    with unit_of_work(db):
        waiting.wait(db, asked(evening, parent_id, **changes), actor=OPERATOR, now=NOON)


def states(db: Session) -> list[tuple[str, int]]:
    rows = db.execute(select(Booking.state, Booking.parent_id).order_by(Booking.id))
    return [(row.state, row.parent_id) for row in rows]


@pytest.fixture
def full(app: Flask, db: Session) -> Evening:
    """Amina has the one seat; Chloé waits, then Nadia."""
    evening = an_evening(db, seats=1)
    books(db, asked(evening, evening.town.amina))
    evening.more = [evening.town.chloe, a_parent(db, "Nadia")]
    for parent_id in evening.more:
        waits(db, evening, parent_id)
    return evening


def grow(db: Session, evening: Evening, seats: int) -> None:
    with unit_of_work(db):
        set_seats(db, evening.session_id, min_people=1, max_people=seats, actor=OPERATOR, now=NOON)


def offer_ends(db: Session) -> datetime:
    found = db.scalars(select(Booking.expires_at).where(Booking.state == "offered")).one()
    assert found
    return found


def test_an_offer_that_ran_out_goes_to_the_next_in_line(
    db: Session, engine: Engine, full: Evening
) -> None:
    chloe, nadia = full.more
    grow(db, full, 2)
    until = offer_ends(db)

    assert work(db, engine, "expire_offers", until - timedelta(seconds=1)) is None
    assert work(db, engine, "expire_offers", until) == {"expired": 1}

    assert states(db)[1:] == [("cancelled", chloe), ("offered", nadia)]
    told = db.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert told.count("offer_over") == 1
    assert work(db, engine, "expire_offers", until + HALF_A_MINUTE) is None


def test_places_that_came_free_by_themselves_are_offered(
    db: Session, engine: Engine, full: Evening
) -> None:
    with unit_of_work(db):
        db.get_one(WorkshopSession, full.session_id).max_people = 3  # nobody was asked

    assert work(db, engine, "promote_waiting", NOON) == {"lists": 1, "closed": 0}

    assert states(db)[1:] == [("offered", parent_id) for parent_id in full.more]


def test_every_list_is_looked_at_once(db: Session, engine: Engine, full: Evening) -> None:
    for days in (7, 14):
        session_id = a_session(
            db, full.workshop_id, day=DAY + timedelta(days=days), max_people=1, min_people=1
        )
        books(db, asked(full, full.town.amina, session_id=session_id))
        waits(db, full, full.town.chloe, session_id=session_id)

    assert work(db, engine, "promote_waiting", NOON) == {"lists": 3, "closed": 0}


def test_nobody_waits_for_what_has_begun(db: Session, engine: Engine, full: Evening) -> None:
    begins = db.get_one(WorkshopSession, full.session_id).starts_at

    assert work(db, engine, "promote_waiting", begins) == {"lists": 0, "closed": 2}

    assert set(db.scalars(select(WaitingParty.state))) == {"closed"}
    assert work(db, engine, "promote_waiting", begins + timedelta(minutes=2)) is None


def test_an_accepted_offer_does_not_run_out(db: Session, engine: Engine, full: Evening) -> None:
    grow(db, full, 2)
    until = offer_ends(db)
    offer = db.scalars(select(Booking.public_id).where(Booking.state == "offered")).one()
    with unit_of_work(db):
        offers.accept(db, offer, parent_id=full.more[0], actor=OPERATOR, now=NOON)

    assert work(db, engine, "expire_offers", until + timedelta(days=1)) is None
    assert states(db)[1] == ("confirmed", full.more[0])


def test_reminders_are_written_by_the_worker(db: Session, engine: Engine, full: Evening) -> None:
    starts_at = db.get_one(WorkshopSession, full.session_id).starts_at
    week_before = starts_at - timedelta(days=7)

    assert work(db, engine, "write_booking_reminders", week_before) == {"written": 1}
    again = work(db, engine, "write_booking_reminders", week_before + timedelta(minutes=10))
    assert again == {"written": 0}
