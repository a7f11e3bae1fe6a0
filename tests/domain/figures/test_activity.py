"""What happened besides vouchers, each thing in the period in which it was written down."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from repit.domain.figures import activity, board, freezing, tallies
from repit.domain.figures.activity import Days, Happened
from repit.domain.figures.asked import Asked
from repit.domain.figures.rules import midnight
from repit.domain.periods import PeriodKind, period_of
from tests.domain.bookings.workshop import Evening, an_evening
from tests.domain.figures import seats
from tests.domain.figures.stage import noon

APRIL = (date(2026, 4, 1), date(2026, 4, 30))
MAY = (date(2026, 5, 1), date(2026, 5, 31))
BOTH = (APRIL[0], MAY[1])
NOW = noon(date(2026, 8, 1))


@pytest.fixture
def evening(db: Session) -> Evening:
    return an_evening(db)


def happened(db: Session, evening: Evening, days: tuple[date, date]) -> Happened:
    first, last = days
    zone = "Europe/Paris"
    asked_days = Days(
        evening.town.programme_id,
        first,
        last,
        midnight(zone, first),
        midnight(zone, last + timedelta(days=1)),
    )
    return activity.happened(db, asked_days, now=NOW)


def value(found: Happened, name: str, part: str = "") -> int:
    return found.facts[name, part].value


def test_a_late_note_counts_when_it_comes_and_an_annulled_one_takes_it_away(
    db: Session, evening: Evening
) -> None:
    at = noon(date(2026, 4, 28))
    booking = seats.booked(db, evening)
    seats.note(db, booking, "arrived", at=at, received=at + timedelta(days=6))
    assert value(happened(db, evening, APRIL), "attendances") == 0
    assert value(happened(db, evening, MAY), "attendances") == 1
    assert value(happened(db, evening, MAY), "participants") == 1

    seats.note(db, booking, "annulled", at=at, received=at + timedelta(days=40))
    assert value(happened(db, evening, MAY), "attendances") == 1
    june = (date(2026, 6, 1), date(2026, 6, 30))
    assert value(happened(db, evening, june), "attendances") == -1
    assert value(happened(db, evening, (MAY[0], june[1])), "attendances") == 0


def test_children_are_counted_once_and_their_time_each_time(db: Session, evening: Evening) -> None:
    at = noon(date(2026, 4, 28))
    booking = seats.booked(db, evening)
    place = seats.place(db, booking)
    seats.note(db, booking, "arrived", at=at, place=place)
    seats.note(db, booking, "left", at=at + timedelta(minutes=95), place=place)
    found = happened(db, evening, APRIL)
    assert value(found, "children_cared") == 1
    assert value(found, "care_minutes") == 95
    assert found.facts["care_minutes", ""].households == 1
    assert value(found, "attendances") == 0  # the parent was not noted


def test_nobody_came_and_nobody_called(db: Session, evening: Evening) -> None:
    booking = seats.booked(db, evening)
    seats.note(db, booking, "no_show", at=noon(date(2026, 4, 28)))
    found = happened(db, evening, APRIL)
    assert value(found, "no_shows") == 1
    assert value(found, "expected") == 1


def test_waiting_counts_when_it_ends(db: Session, evening: Evening) -> None:
    seats.waited(db, evening, asked_at=noon(date(2026, 4, 10)), ended_at=noon(date(2026, 5, 2)))
    assert value(happened(db, evening, APRIL), "waiting_parties") == 0
    may = happened(db, evening, MAY)
    assert value(may, "waiting_parties", "served") == 1
    assert may.waited_days == [22]


def test_one_household_that_waited_twice_is_one_behind_how_long(
    db: Session, evening: Evening
) -> None:
    for day in (10, 11):
        asked_at = noon(date(2026, 4, day))
        seats.waited(db, evening, asked_at=asked_at, ended_at=noon(date(2026, 5, 2)))
    quarter = period_of(PeriodKind.QUARTER, MAY[0])
    programme_id = evening.town.programme_id
    rows = freezing.facts_of(db, programme_id, PeriodKind.QUARTER, quarter, now=NOW)
    [waited] = [row for row in rows if row["name"] == freezing.WAITED]
    assert (waited["value"], waited["households"]) == (21, 1)  # of 21 and 22 days, the lower


def test_the_middle_of_two_is_the_lower_one() -> None:
    assert tallies.median(Counter([8, 3])) == 3
    assert tallies.median(Counter([8, 3, 8])) == 8
    assert tallies.median(Counter()) is None


def test_the_parts_of_a_period_add_up_to_it(db: Session, evening: Evening) -> None:
    booking = seats.booked(db, evening)
    place = seats.place(db, booking)
    at = noon(date(2026, 4, 28))
    seats.note(db, booking, "arrived", at=at, place=place)
    seats.note(db, booking, "left", at=at + timedelta(hours=2), place=place, received=noon(MAY[0]))
    seats.note(db, booking, "arrived", at=at, received=noon(MAY[0]))
    seats.refused(db, evening, at=noon(MAY[1]))
    parts = [happened(db, evening, days) for days in (APRIL, MAY)]
    whole = happened(db, evening, BOTH)
    for name in ("attendances", "care_minutes", "no_shows", "refused_for_lack_of_care"):
        assert sum(value(part, name) for part in parts) == value(whole, name)
    assert value(whole, "care_minutes") == 120
    assert value(whole, "refused_for_lack_of_care") == 1


def test_the_board_tells_it(db: Session, evening: Evening) -> None:
    booking = seats.booked(db, evening)
    seats.note(db, booking, "arrived", at=noon(date(2026, 4, 28)))
    asked_days = Asked(evening.town.programme_id, *APRIL)
    found = board.activity(db, asked_days, now=NOW)
    assert found.counts["attendances"] == 1
    assert (found.counts["no_shows"], found.counts["expected"]) == (0, 1)
    assert found.counts["satisfaction_answers"] == 0
    assert found.waiting == {"served": 0, "left": 0, "still": 0}
