"""A place that comes free just before the start is for those who wait, and for no one else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import offering, overview, waiting
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.errors import SessionFull
from repit.domain.bookings.models import WaitingParty
from repit.domain.bookings.overview import SessionFilter
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.reports import todo
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import DAY, Evening, an_evening, asked, books

Line = tuple[Evening, datetime]


@pytest.fixture
def line(db: Session) -> Line:
    """One seat, Amina's; Chloé and Dina wait; a quarter of an hour before, Amina cancels."""
    evening = an_evening(db, seats=1)
    evening.more.append(cast.a_parent(db, "Dina", person_id=cast.a_person(db, "Dina")))
    late = db.get_one(WorkshopSession, evening.session_id).starts_at - timedelta(minutes=15)
    theirs = books(db, asked(evening, evening.town.amina)).public_id
    for parent_id in (evening.town.chloe, evening.more[0]):
        with unit_of_work(db):
            waiting.wait(db, asked(evening, parent_id), actor=OPERATOR, now=NOON)
    who: dict[str, Any] = {"by": "parent", "parent_id": None, "actor": OPERATOR}
    with unit_of_work(db):
        cancel(db, theirs, now=late, **who)
    return evening, late


def told(db: Session, kind: Kind) -> int:
    return len(db.scalars(select(Notice).where(Notice.kind == kind)).all())


def seen_by(db: Session, evening: Evening, parent_id: int, now: datetime) -> tuple[bool, bool]:
    [one] = offering.availability(db, parent_id, locale="fr", now=now)
    return one.full, one.called


def to_call(db: Session, now: datetime) -> tuple[int, int]:
    listed = overview.sessions(db, SessionFilter(show="to_call"), now=now, number=1).total
    return listed, todo.counts(db, today=DAY, now=now).sessions_to_call


def test_who_did_not_wait_does_not_get_it(db: Session, line: Line) -> None:
    evening, late = line

    with pytest.raises(SessionFull):
        books(db, asked(evening, evening.town.bruno), now=late)

    assert seen_by(db, evening, evening.town.bruno, late) == (True, False)


def test_the_first_of_those_who_wait_to_book_has_it(db: Session, line: Line) -> None:
    evening, late = line
    assert seen_by(db, evening, evening.town.chloe, late) == (False, True)

    books(db, asked(evening, evening.town.chloe), now=late)

    query = select(WaitingParty.state).order_by(WaitingParty.id)
    assert db.scalars(query).all() == ["served", "waiting"]
    with pytest.raises(SessionFull):
        books(db, asked(evening, evening.more[0]), now=late)


def test_all_are_told_once_and_the_operator_calls(db: Session, line: Line) -> None:
    evening, late = line
    assert told(db, Kind.PLACE_FREE_NOW) == told(db, Kind.WAITING) == 2
    assert to_call(db, late) == (1, 1)

    books(db, asked(evening, evening.town.chloe), now=late)

    assert to_call(db, late) == (0, 0)


def test_who_waited_in_vain_is_told_at_the_start(db: Session, line: Line) -> None:
    _, late = line
    for _ in range(2):
        with unit_of_work(db):
            waiting.close_past(db, now=late + timedelta(minutes=16))

    assert told(db, Kind.WAITED_IN_VAIN) == 2
