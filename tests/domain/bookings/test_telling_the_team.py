"""Who leads a session and who keeps the children learn of a change, and are asked again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.changes import decide, move_session, recount
from repit.domain.bookings.closing import cancel_session, cancel_slot
from repit.domain.bookings.errors import CareFull
from repit.domain.bookings.models import ChildPlace
from repit.domain.care import assignments
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.providers.models import Provider
from repit.domain.workshops import facilitators
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import (
    BEGINS,
    DAY,
    ENDS,
    Evening,
    a_child,
    a_place,
    an_evening,
    asked,
    books,
)

LATER = DAY + timedelta(days=7)
FANNY = "fanny@exemple.test"


@pytest.fixture
def evening(db: Session) -> Evening:
    """Fanny leads it; two carers of La Roseraie said yes; Amina comes with Léo."""
    evening = an_evening(db)
    with unit_of_work(db):
        facilitators.add(
            db, evening.workshop_id, name="Fanny", email=FANNY, actor=OPERATOR, now=NOON
        )
    books(db, asked(evening, evening.town.amina, evening.leo))
    return evening


def moves(db: Session, evening: Evening, *, weeks: int = 1, place_id: int | None = None) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=DAY + timedelta(weeks=weeks),
            starts=BEGINS,
            ends=ENDS,
            place_id=place_id or evening.place_id,
            actor=OPERATOR,
            now=NOON,
        )


def office(db: Session, evening: Evening) -> str:
    return db.get_one(Provider, evening.town.roseraie.id).email


def states(db: Session, evening: Evening) -> list[str]:
    query = select(CarerAssignment.state).where(CarerAssignment.slot_id == evening.slot_id)
    return list(db.scalars(query.order_by(CarerAssignment.carer_id)))


def letters(db: Session, kind: Kind) -> list[Notice]:
    return list(db.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def test_a_yes_was_for_the_old_date(db: Session, evening: Evening) -> None:
    moves(db, evening)

    assert states(db, evening) == ["asked", "asked"]
    assert db.get_one(CareSlot, evening.slot_id).over_capacity
    assert db.scalars(select(ChildPlace.ended_at)).all() == [None]  # nobody is removed
    chloe = evening.town.chloe
    with pytest.raises(CareFull):
        books(db, asked(evening, chloe, a_child(db, chloe, name="Zoé")))


def test_a_yes_to_the_new_date_counts_again(db: Session, evening: Evening) -> None:
    moves(db, evening)
    carers = db.scalars(select(CarerAssignment.carer_id).order_by(CarerAssignment.carer_id)).all()
    db.rollback()

    with unit_of_work(db):
        assignments.confirm(db, evening.slot_id, carers[0], actor=OPERATOR, now=NOON)
        recount(db, evening.slot_id, now=NOON)

    assert states(db, evening) == ["confirmed", "asked"]
    assert not db.get_one(CareSlot, evening.slot_id).over_capacity


def test_another_room_at_the_same_time_keeps_every_yes(db: Session, evening: Evening) -> None:
    moves(db, evening, weeks=0, place_id=a_place(db, name="Maison de quartier"))

    assert states(db, evening) == ["confirmed", "confirmed"]


def test_the_team_is_told_of_each_move_once(db: Session, evening: Evening) -> None:
    moves(db, evening)

    [leads], [keeps] = letters(db, Kind.TEAM_MOVED), letters(db, Kind.CARE_MOVED)
    assert leads.to_address == FANNY
    assert keeps.to_address == office(db, evening)
    for letter in (leads, keeps):
        assert letter.facts["session_day"] == LATER.isoformat()
        assert letter.facts["title"] == "Un temps pour soi"
    assert (leads.facts["starts"], keeps.facts["starts"]) == ("18:00", "17:45")

    moves(db, evening, weeks=2)
    assert len(letters(db, Kind.TEAM_MOVED)) == 2


def test_the_team_is_told_once_that_a_session_is_postponed(db: Session, evening: Evening) -> None:
    for _ in range(2):
        with unit_of_work(db):
            decide(db, evening.session_id, "postpone", motive="Peu", actor=OPERATOR, now=NOON)

    told = letters(db, Kind.TEAM_POSTPONED)
    assert [one.to_address for one in told] == [FANNY, office(db, evening)]
    assert [one.facts["session_day"] for one in told] == [DAY.isoformat()] * 2
    assert all("motive" not in one.facts for one in told)

    moves(db, evening)
    assert len(letters(db, Kind.TEAM_MOVED)) == len(letters(db, Kind.CARE_MOVED)) == 1


def test_the_team_is_told_once_that_a_session_is_off(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        cancel_session(db, evening.session_id, motive="Travaux", actor=OPERATOR, now=NOON)

    told = letters(db, Kind.TEAM_CALLED_OFF)
    assert [one.to_address for one in told] == [FANNY, office(db, evening)]
    assert all("motive" not in one.facts for one in told)


def test_care_alone_called_off_concerns_who_keeps_it(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        cancel_slot(db, evening.slot_id, motive="Malade", actor=OPERATOR, now=NOON)

    [told] = letters(db, Kind.TEAM_CALLED_OFF)
    assert told.to_address == office(db, evening)
