"""A week, two days and the same morning before: once each, by day, and never of what is off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.changes import move_session
from repit.domain.bookings.closing import cancel_session
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.people.models import Person
from repit.domain.reminders.bookings import due_at, enqueue_booking_reminders
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR, a_town
from tests.domain.bookings.workshop import (
    DAY,
    Evening,
    a_place,
    a_session,
    a_slot,
    a_workshop,
    an_evening,
    asked,
    books,
)

PARIS = ZoneInfo("Europe/Paris")
WEEK, TWO_DAYS, MORNING = "booking_week", "booking_two_days", "booking_morning"


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS).astimezone(UTC)


def before(days: int, hour: int = 12, minute: int = 0) -> datetime:
    return local(DAY - timedelta(days=days), hour, minute)


def remind(db: Session, now: datetime) -> list[str]:
    """Return the reminders that are new, until nothing is."""
    known = set(db.scalars(select(Notice.id)))
    while True:
        with unit_of_work(db):
            if not enqueue_booking_reminders(db, now=now):
                break
    db.expire_all()
    return [one.kind for one in reminders(db) if one.id not in known]


def reminders(db: Session) -> list[Notice]:
    query = select(Notice).where(Notice.dedupe.startswith("reminder:")).order_by(Notice.id)
    return list(db.scalars(query))


@pytest.fixture
def evening(db: Session) -> Evening:
    """Amina comes with Léo, in eighteen days."""
    stage = an_evening(db)
    books(db, asked(stage, stage.town.amina, stage.leo))
    return stage


def test_three_times_and_no_more(db: Session, evening: Evening) -> None:
    assert remind(db, before(8)) == []
    assert remind(db, before(7, 9, 59)) == []
    assert remind(db, before(7, 10)) == [WEEK]
    assert remind(db, before(7, 10)) == []
    assert remind(db, before(3)) == []
    assert remind(db, before(2, 10)) == [TWO_DAYS]
    assert remind(db, before(0, 8)) == [MORNING]
    assert remind(db, before(0, 17, 59)) == []
    assert remind(db, before(0, 18)) == []


def test_it_says_when_and_where_and_whose(db: Session, evening: Evening) -> None:
    remind(db, before(7))

    [notice] = reminders(db)
    assert notice.facts | {"booking": ""} == {
        "title": "Un temps pour soi",
        "session_day": DAY.isoformat(),
        "starts": "18:00",
        "ends": "20:00",
        "zone": "Europe/Paris",
        "place": "Espace Famille",
        "address": "2 rue des Lilas, 62300 Lens",
        "booking": "",
    }
    assert notice.facts["booking"]
    assert notice.booking_id is not None
    assert notice.to_address == "amina.dupont@exemple.test"


@pytest.mark.parametrize(("hour", "minute"), [(21, 0), (23, 30), (0, 10), (7, 59)])
def test_nothing_is_written_at_night(db: Session, evening: Evening, hour: int, minute: int) -> None:
    assert remind(db, before(6, hour, minute)) == []
    assert remind(db, before(5, 8)) == [WEEK]


def test_a_worker_that_slept_writes_only_the_nearest(db: Session, evening: Evening) -> None:
    assert remind(db, before(1)) == [TWO_DAYS]
    assert remind(db, before(0, 9)) == [MORNING]


def test_who_books_late_is_reminded_only_of_what_is_still_to_come(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina), now=before(5))

    assert remind(db, before(5)) == []
    assert remind(db, before(2, 10)) == [TWO_DAYS]


def test_who_books_the_same_day_is_not_reminded(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina), now=before(0, 9))

    assert remind(db, before(0, 12)) == []


@pytest.mark.parametrize("discretion", ["silent", "hidden"])
def test_who_wants_no_messages_gets_none(db: Session, evening: Evening, discretion: str) -> None:
    with unit_of_work(db):
        db.execute(update(Parent).values(discretion=discretion))

    assert remind(db, before(7)) == []


def test_nobody_without_an_address_or_an_account_is_written_to(
    db: Session, evening: Evening
) -> None:
    with unit_of_work(db):
        db.execute(update(Person).values(disabled_at=NOON))

    assert remind(db, before(7)) == []


def test_what_was_cancelled_is_not_announced(db: Session, evening: Evening) -> None:
    remind(db, before(7))
    [waiting] = reminders(db)
    with unit_of_work(db):
        cancel(
            db,
            waiting.facts["booking"],
            by="parent",
            parent_id=evening.town.amina,
            actor=OPERATOR,
            now=before(6),
        )

    assert reminders(db) == []  # it had not left yet
    assert remind(db, before(2)) == []


def test_a_session_called_off_is_told_once_and_announced_no_more(
    db: Session, evening: Evening
) -> None:
    books(db, asked(evening, evening.town.chloe))
    remind(db, before(7))
    with unit_of_work(db):
        cancel_session(
            db, evening.session_id, motive="Dégât des eaux", actor=OPERATOR, now=before(6)
        )

    assert remind(db, before(2)) == []
    assert reminders(db) == []
    left = db.scalars(select(Notice).order_by(Notice.id)).all()
    assert [one.kind for one in left] == ["called_off", "called_off", "team_called_off"]
    assert len({one.to_address for one in left}) == 3


def moves(db: Session, evening: Evening, day: date, now: datetime) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=day,
            starts=time(18),
            ends=time(20),
            place_id=evening.place_id,
            actor=OPERATOR,
            now=now,
        )


def test_a_session_that_moved_is_announced_again(db: Session, evening: Evening) -> None:
    assert remind(db, before(7)) == [WEEK]

    moves(db, evening, DAY + timedelta(days=14), before(6))

    assert remind(db, before(2)) == []
    assert remind(db, before(-7)) == [WEEK]
    new = reminders(db)[-1]
    assert new.facts["session_day"] == (DAY + timedelta(days=14)).isoformat()
    assert remind(db, before(-12)) == [TWO_DAYS]


def test_who_was_just_told_of_the_new_day_is_not_told_twice(db: Session, evening: Evening) -> None:
    moves(db, evening, DAY - timedelta(days=10), NOON + timedelta(days=3))  # five days before

    assert remind(db, NOON + timedelta(days=3, minutes=10)) == []
    assert remind(db, before(12)) == [TWO_DAYS]


def test_care_that_stands_alone_is_announced_once_for_two_children(db: Session) -> None:
    evening = an_evening(db)
    slot_id = a_slot(
        db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        day=DAY + timedelta(days=1),
        starts=time(14),
        ends=time(17),
    )
    pairs = ((evening.leo, slot_id), (evening.mia, slot_id))
    books(db, asked(evening, evening.town.amina, session_id=None, seat=False, children=pairs))

    assert remind(db, before(6)) == [WEEK]
    [notice] = reminders(db)
    assert (notice.facts["title"], notice.facts["starts"]) == (
        "Un après-midi pour souffler",
        "14:00",
    )


SATURDAYS = [
    # The Saturdays of Rivéry: the clocks change in the night between.
    (date(2023, 3, 25), "2023-03-18T09:00", "2023-03-23T09:00", "2023-03-25T07:00"),
    (date(2023, 4, 1), "2023-03-25T09:00", "2023-03-30T08:00", "2023-04-01T06:00"),
    (date(2023, 3, 26), "2023-03-19T09:00", "2023-03-24T09:00", "2023-03-26T06:00"),
    (date(2023, 10, 29), "2023-10-22T08:00", "2023-10-27T08:00", "2023-10-29T07:00"),
]


@pytest.mark.parametrize(("day", "week", "two_days", "morning"), SATURDAYS)
def test_ten_o_clock_is_ten_o_clock_across_the_change(
    day: date, week: str, two_days: str, morning: str
) -> None:
    for kind, moment in ((WEEK, week), (TWO_DAYS, two_days), (MORNING, morning)):
        due = due_at(day, "Europe/Paris", datetime.fromisoformat(moment).replace(tzinfo=UTC))
        assert due
        assert (due[0].kind, due[1].strftime("%Y-%m-%dT%H:%M")) == (kind, moment)


def test_the_two_saturdays_are_announced_at_the_same_hour(db: Session) -> None:
    town, place_id = a_town(db), a_place(db)
    workshop_id = a_workshop(db, town.programme_id, place_id, min_people=1)
    first, second = (
        a_session(db, workshop_id, day=day, starts=time(10, 30), ends=time(12))
        for day in (date(2023, 3, 25), date(2023, 4, 1))
    )
    early = datetime(2023, 3, 1, 12, tzinfo=UTC)
    evening = Evening(town, place_id, workshop_id, first, 0, 0, 0)
    for session_id in (first, second):
        books(db, asked(evening, town.amina, session_id=session_id), now=early)

    assert remind(db, datetime(2023, 3, 18, 8, 59, tzinfo=UTC)) == []
    assert remind(db, datetime(2023, 3, 18, 9, tzinfo=UTC)) == [WEEK]
    assert remind(db, datetime(2023, 3, 25, 8, 59, tzinfo=UTC)) == [MORNING]
    assert remind(db, datetime(2023, 3, 25, 9, tzinfo=UTC)) == [WEEK]
    assert remind(db, datetime(2023, 3, 30, 7, 59, tzinfo=UTC)) == []
    assert remind(db, datetime(2023, 3, 30, 8, tzinfo=UTC)) == [TWO_DAYS]
    assert remind(db, datetime(2023, 4, 1, 6, tzinfo=UTC)) == [MORNING]


def test_elsewhere_the_morning_comes_at_another_moment(db: Session, evening: Evening) -> None:
    zone = "Indian/Reunion"  # four hours east of UTC
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(zone=zone))

    assert remind(db, datetime.combine(DAY - timedelta(days=7), time(5, 59), UTC)) == []
    assert remind(db, datetime.combine(DAY - timedelta(days=7), time(6), UTC)) == [WEEK]
