"""A session is not moved to where one of its children is expected elsewhere."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.changes import move_session
from repit.domain.bookings.errors import ChildrenElsewhere
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import (
    BEGINS,
    DAY,
    ENDS,
    Evening,
    a_slot,
    an_evening,
    asked,
    books,
)

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def evening(db: Session) -> Evening:
    """Léo comes with Amina that evening; the next one he is with Bruno, in care alone."""
    evening = an_evening(db)
    other = a_slot(
        db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        day=NEXT_DAY,
        vouchers_per_child=0,
    )
    alone = {"session_id": None, "seat": False, "children": ((evening.leo, other),)}
    books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))
    books(db, asked(evening, evening.town.bruno, **alone))
    return evening


def move(db: Session, evening: Evening, days: int) -> int:
    with unit_of_work(db):
        return move_session(
            db,
            evening.session_id,
            day=DAY + timedelta(days=days),
            starts=BEGINS,
            ends=ENDS,
            place_id=evening.place_id,
            actor=OPERATOR,
            now=NOON,
        )


def test_a_child_who_would_be_in_two_rooms_stands_against_it(db: Session, evening: Evening) -> None:
    with pytest.raises(ChildrenElsewhere) as refused:
        move(db, evening, 1)

    assert refused.value.children == 1
    assert db.get_one(WorkshopSession, evening.session_id).day == DAY


def test_any_other_day_is_fine(db: Session, evening: Evening) -> None:
    assert move(db, evening, 2) == 1
