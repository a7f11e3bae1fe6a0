"""Letters about a session that is put off: one at once, and one when the new day is known."""

from collections import Counter
from datetime import date, datetime, time

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings import waiting
from repit.domain.bookings.changes import decide, move_session
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import Evening, an_evening, asked, books
from tests.web.outbox.conftest import LetterBox
from tests.web.outbox.test_booking_letters import deliver, only

OLD, NEW = date(2026, 12, 9), date(2026, 12, 16)  # the tests live on 21 November 2026


@pytest.fixture
def evening(app: Flask, db: Session) -> Evening:
    """Amina comes with Léo on 9 December, and Chloé waits for the one seat there is."""
    evening = an_evening(db, seats=1)
    moves(db, evening, OLD, now=NOON)
    books(db, asked(evening, evening.town.amina), now=clock.now())
    with unit_of_work(db):
        waiting.wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now())
    with unit_of_work(db):
        db.execute(delete(Notice))
    return evening


def moves(db: Session, evening: Evening, day: date, now: datetime | None = None) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=day,
            starts=time(18),
            ends=time(20),
            place_id=evening.place_id,
            actor=OPERATOR,
            now=now or clock.now(),
        )


def puts_off(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        decide(
            db,
            evening.session_id,
            "postpone",
            motive="Grève",
            actor=OPERATOR,
            now=clock.now(),
        )


def letters(db: Session) -> Counter[str]:
    return Counter(db.scalars(select(Notice.kind)))


def test_who_comes_and_who_waits_is_told_once(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    puts_off(db, evening)
    puts_off(db, evening)
    assert letters(db) == {Kind.POSTPONED: 2, Kind.TEAM_POSTPONED: 1}

    deliver(db)
    deliver(db)

    told = [one for one in letter_box.received if f"<{Kind.POSTPONED}-" in one["Message-ID"]]
    assert (len(told), len(letter_box.received)) == (2, 3)
    to_amina, to_chloe = sorted(
        (str(one.get_body(("plain",)).get_content()) for one in told),  # type: ignore[union-attr]
        key=lambda text: "rang" in text,
    )
    for text in (to_amina, to_chloe):
        assert "Ne venez pas ce jour-là" in text
        assert "mercredi 9 décembre" in text
        assert "Grève" not in text  # the reason is the team's
    assert "Votre place reste à vous" in to_amina
    assert "/r/b" in to_amina
    assert "Vous gardez votre rang" in to_chloe
    assert "/r/w" in to_chloe


def test_the_new_day_is_told_as_ever(db: Session, evening: Evening, letter_box: LetterBox) -> None:
    puts_off(db, evening)
    deliver(db)
    letter_box.received.clear()

    moves(db, evening, NEW)
    deliver(db)

    assert "mercredi 16 décembre" in only(letter_box, Kind.BOOKING_MOVED)
    assert "mercredi 16 décembre" in only(letter_box, Kind.WAITING_MOVED)


def test_a_day_found_the_same_night_is_the_only_news_for_who_comes(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    puts_off(db, evening)
    moves(db, evening, NEW)
    deliver(db)

    about_amina = [one for one in letter_box.received if "/r/b" in one.as_string()]
    assert [f"<{Kind.BOOKING_MOVED}-" in str(one["Message-ID"]) for one in about_amina] == [True]


def test_it_leaves_the_calendar_and_comes_back(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    puts_off(db, evening)
    deliver(db)
    moves(db, evening, NEW)
    deliver(db)

    events = [
        event
        for letter in letter_box.received
        for part in letter.iter_attachments()
        for event in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]
    assert [str(one.get("STATUS", "CONFIRMED")) for one in events] == ["CANCELLED", "CONFIRMED"]
    first, second = (int(str(one["SEQUENCE"])) for one in events)
    assert first < second
    assert events[0]["UID"] == events[1]["UID"]


def test_who_wants_no_letter_gets_none(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        db.execute(update(Parent).values(discretion="silent"))
    puts_off(db, evening)

    assert letters(db) == {Kind.TEAM_POSTPONED: 1}


def test_another_decision_tells_nobody(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        decide(db, evening.session_id, "run", motive="", actor=OPERATOR, now=clock.now())

    assert not letters(db)
