"""A session and all the care beside it are one thing: for the line, for offers, for a closing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.closing import cancel_slot
from repit.domain.bookings.errors import NothingAsked
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.waiting import wait
from tests.cast import NOON, OPERATOR, a_parent, vouchers_for
from tests.domain.bookings.workshop import Evening, a_child, a_slot, an_evening, asked, books


@pytest.fixture
def evening(db: Session) -> Evening:
    """One seat, which Chloé has without any care; Amina waits for it with Léo."""
    evening = an_evening(db, seats=1)
    done = books(db, asked(evening, evening.town.chloe))
    waits(db, evening, evening.town.amina, evening.leo)
    evening.more.append(done.id)
    return evening


def waits(db: Session, evening: Evening, parent_id: int, *children: int, **how: bool) -> str:
    with unit_of_work(db):
        return wait(db, asked(evening, parent_id, *children, **how), actor=OPERATOR, now=NOON)


def cancels(db: Session, booking_id: int) -> None:
    with unit_of_work(db):
        public_id = db.get_one(Booking, booking_id).public_id
        cancel(db, public_id, by="parent", parent_id=None, actor=OPERATOR, now=NOON)


def calls_off(db: Session, slot_id: int) -> int:
    with unit_of_work(db):
        return cancel_slot(db, slot_id, motive="Travaux", actor=OPERATOR, now=NOON)


def another_slot(db: Session, evening: Evening, **changes: Any) -> int:
    town = evening.town
    return a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=evening.place_id,
        session_id=evening.session_id,
        **changes,
    )


def states(db: Session) -> list[str]:
    db.expire_all()
    return list(db.scalars(select(WaitingParty.state).order_by(WaitingParty.id)))


def test_a_seat_given_back_alone_goes_to_the_first_even_with_children(
    db: Session, evening: Evening
) -> None:
    waits(db, evening, a_parent(db, "Nadia"))

    cancels(db, evening.more[0])

    assert states(db) == ["offered", "waiting"]


def test_a_slot_that_is_not_open_keeps_nobody_waiting(db: Session, evening: Evening) -> None:
    another_slot(db, evening, state="draft")

    cancels(db, evening.more[0])

    assert states(db) == ["offered"]


def test_an_offer_with_care_that_ran_out_frees_the_seat_for_one_alone(
    db: Session, evening: Evening
) -> None:
    cancels(db, evening.more[0])

    done = books(db, asked(evening, a_parent(db, "Nadia")), now=NOON + timedelta(days=6))

    assert done.state == "confirmed"
    assert states(db) == ["left"]


def test_a_slot_called_off_ends_the_places_in_it_alone(db: Session) -> None:
    evening = an_evening(db)
    other = another_slot(db, evening)
    children = ((evening.leo, evening.slot_id), (evening.mia, other))
    books(db, asked(evening, evening.town.amina, seat=False, children=children))

    assert calls_off(db, evening.slot_id) == 1

    assert db.scalars(select(Booking.state)).all() == ["confirmed"]
    live = select(ChildPlace.child_id).where(ChildPlace.ended_at.is_(None))
    assert db.scalars(live).all() == [evening.mia]


def test_nobody_waits_for_care_that_was_called_off(db: Session, evening: Evening) -> None:
    nadia = a_parent(db, "Nadia")
    vouchers_for(db, nadia, evening.town.fund_id)
    waits(db, evening, nadia, a_child(db, nadia), without_care=True)

    calls_off(db, evening.slot_id)

    assert states(db) == ["closed", "waiting"]
    cancels(db, evening.more[0])
    assert states(db) == ["closed", "offered"]


def test_several_slots_that_stand_alone_are_booked_one_by_one(db: Session) -> None:
    evening = an_evening(db)

    with pytest.raises(NothingAsked):
        asked(
            evening,
            evening.town.amina,
            session_id=None,
            seat=False,
            children=((evening.leo, 1), (evening.mia, 2)),
        )
