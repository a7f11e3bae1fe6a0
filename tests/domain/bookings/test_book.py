"""A seat, the children's places and the vouchers: all of it, or none of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.cancel import cancel, foretell
from repit.domain.bookings.errors import (
    AlreadyBooked,
    CareFull,
    ChildNotOfAge,
    NotOpenForBooking,
    RequestMismatch,
    SessionFull,
)
from repit.domain.bookings.models import Booking, CareRefusal, WaitingParty
from repit.domain.bookings.promote import promote
from repit.domain.bookings.waiting import wait
from repit.domain.care.models import CareSlot
from repit.domain.vouchers.errors import NotEnoughToHold
from repit.domain.vouchers.models import Hold, Voucher
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests.cast import NOON, OPERATOR, a_parent
from tests.domain.bookings.workshop import DAY, a_child, a_session, an_evening, asked, books


def held(db: Session) -> int:
    return db.scalar(select(func.count()).where(Hold.state == "held")) or 0


def booked(db: Session) -> int:
    return db.scalar(select(func.count()).where(Voucher.booked)) or 0


def counts(db: Session) -> tuple[int, int]:
    db.expire_all()
    seats = db.scalars(select(WorkshopSession.seats_taken)).one()
    return seats, db.scalars(select(CareSlot.places_taken)).one()


def test_one_gesture_books_the_seat_the_places_and_the_vouchers(db: Session) -> None:
    evening = an_evening(db)

    done = books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    assert (done.state, done.vouchers) == ("confirmed", 2)
    assert counts(db) == (1, 2)
    assert held(db) == booked(db) == 2


def test_the_same_request_twice_books_once(db: Session) -> None:
    evening = an_evening(db)
    wanted = asked(evening, evening.town.amina, evening.leo)

    first, second = books(db, wanted), books(db, wanted)

    assert (second.public_id, second.replayed) == (first.public_id, True)
    assert counts(db) == (1, 1)


def test_another_request_for_the_same_seat_is_refused(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina))

    with pytest.raises(AlreadyBooked):
        books(db, asked(evening, evening.town.amina, evening.leo))

    assert counts(db) == (1, 0)


def test_the_last_seat_is_one_seat(db: Session) -> None:
    evening = an_evening(db, seats=1)
    books(db, asked(evening, evening.town.amina))

    with pytest.raises(SessionFull):
        books(db, asked(evening, evening.town.chloe))


def test_a_room_too_small_for_both_children_takes_neither(db: Session) -> None:
    evening = an_evening(db, care={"room_places": 1})

    with pytest.raises(CareFull):
        books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    assert counts(db) == (0, 0)
    assert held(db) == 0


def test_who_comes_even_without_care_comes_alone_and_it_is_counted(db: Session) -> None:
    evening = an_evening(db, care={"carers": 0})

    done = books(db, asked(evening, evening.town.amina, evening.leo, without_care=True))

    assert done.came_without
    assert counts(db) == (1, 0)
    refusal = db.scalars(select(CareRefusal)).one()
    assert (refusal.reason, refusal.came_without, refusal.children) == ("carers", True, 1)


def test_too_few_vouchers_book_nothing(db: Session) -> None:
    evening = an_evening(db, care={"vouchers_per_child": 6})

    with pytest.raises(NotEnoughToHold) as refused:
        books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    assert (refused.value.wanted, refused.value.left) == (12, 10)
    assert counts(db) == (0, 0)


def test_a_child_too_old_is_said_by_name(db: Session) -> None:
    evening = an_evening(db, care={"oldest_years": 4})

    with pytest.raises(ChildNotOfAge) as refused:
        books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    assert refused.value.first_name == "Mia"


def test_nobody_books_what_has_begun(db: Session) -> None:
    evening = an_evening(db)

    with pytest.raises(NotOpenForBooking):
        books(db, asked(evening, evening.town.amina), now=NOON + timedelta(days=19))


def test_the_other_parent_sees_a_full_session_and_nothing_else(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina))

    with pytest.raises(SessionFull):
        books(db, asked(evening, evening.town.bruno))


def test_a_child_expected_through_the_other_home_finds_no_place(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina, evening.leo))

    with pytest.raises(CareFull) as refused:
        books(db, asked(evening, evening.town.bruno, evening.leo, seat=False))

    assert refused.value.reason == "other"


def test_a_child_of_another_home_cannot_be_named(db: Session) -> None:
    evening = an_evening(db)
    stranger = a_child(db, evening.town.chloe)

    with pytest.raises(Exception, match="NothingAsked"):
        books(db, asked(evening, evening.town.amina, stranger))


def test_cancelling_in_time_gives_everything_back_once(db: Session) -> None:
    evening = an_evening(db)
    done = books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))
    whose = {"by": "parent", "parent_id": evening.town.amina, "actor": OPERATOR, "now": NOON}

    foretold = foretell(db, done.public_id, now=NOON)
    db.rollback()
    with unit_of_work(db):
        first = cancel(db, done.public_id, **whose)  # type: ignore[arg-type]
    with unit_of_work(db):
        second = cancel(db, done.public_id, **whose)  # type: ignore[arg-type]

    assert foretold == first
    assert (first.given_back, first.late, second.given_back) == (2, False, 0)
    assert counts(db) == (0, 0)
    assert held(db) == booked(db) == 0
    assert db.scalars(select(Booking.state)).all() == ["cancelled"]


def test_a_parent_without_children_books_alone(db: Session) -> None:
    evening = an_evening(db)

    done = books(db, asked(evening, a_parent(db, "Nadia")))

    assert done.vouchers == 0


def test_a_fixed_group_is_booked_for_all_its_sessions_or_none(db: Session) -> None:
    evening = an_evening(db)
    with unit_of_work(db):
        db.get_one(Workshop, evening.workshop_id).format = "cohort"
    second = a_session(db, evening.workshop_id, day=DAY + timedelta(days=7), max_people=1)

    books(db, asked(evening, evening.town.amina))
    with pytest.raises(SessionFull):
        books(db, asked(evening, evening.town.chloe))

    rows = db.execute(select(Booking.session_id, Booking.parent_id).order_by(Booking.session_id))
    assert [tuple(row) for row in rows] == [
        (evening.session_id, evening.town.amina),
        (second, evening.town.amina),
    ]


def test_a_request_id_of_somebody_else_is_refused(db: Session) -> None:
    evening = an_evening(db)
    wanted = asked(evening, evening.town.amina)
    books(db, wanted)

    with pytest.raises(RequestMismatch):
        books(db, replace(wanted, parent_id=evening.town.chloe))


def test_a_sister_finds_it_full_while_her_brother_is_expected_elsewhere(db: Session) -> None:
    evening = an_evening(db, care={"vouchers_per_child": 0})
    books(db, asked(evening, evening.town.bruno, evening.leo))

    with pytest.raises(CareFull) as refused:
        books(db, asked(evening, evening.town.amina, evening.mia, seat=False))

    assert refused.value.reason == "other"


def test_who_found_another_way_in_waits_no_more(db: Session) -> None:
    evening = an_evening(db, seats=1)
    first = books(db, asked(evening, evening.town.amina))
    with unit_of_work(db):
        wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=NOON)
    books(db, asked(evening, evening.town.chloe, forced=True, origin="phone"))

    with unit_of_work(db):
        cancel(db, first.public_id, by="service", parent_id=None, actor=OPERATOR, now=NOON)
        db.get_one(WorkshopSession, evening.session_id).max_people = 3
    with unit_of_work(db):
        promote(db, f"session:{evening.session_id}", now=NOON)

    assert db.scalars(select(WaitingParty.state)).all() == ["served"]


def test_a_place_for_the_child_alone_is_not_the_seat_that_was_waited_for(db: Session) -> None:
    evening = an_evening(db, seats=1, care={"vouchers_per_child": 0})
    leo = evening.leo
    books(db, asked(evening, evening.town.chloe))
    with unit_of_work(db):
        wait(db, asked(evening, evening.town.amina, leo), actor=OPERATOR, now=NOON)
    books(db, asked(evening, evening.town.amina, leo, seat=False))
    with unit_of_work(db):
        db.get_one(WorkshopSession, evening.session_id).max_people = 3

    with unit_of_work(db):
        promote(db, f"session:{evening.session_id}", now=NOON)

    assert db.scalars(select(WaitingParty.state)).all() == ["waiting"]
