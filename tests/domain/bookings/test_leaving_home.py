"""A child who was booked may leave the home that booked it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings.models import ChildPlace
from repit.domain.households.children import leave
from repit.domain.households.models import Child, ChildHome, Parent
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import an_evening, asked, books


def test_a_booked_child_leaves_its_only_home(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina, evening.mia))
    parent = db.get_one(Parent, evening.town.amina).public_id
    child = db.get_one(Child, evening.mia).public_id

    with unit_of_work(db):
        leave(db, OPERATOR, (parent, child), NOON)

    homes = select(ChildHome.id).where(ChildHome.child_id == evening.mia)
    assert db.scalars(homes).all() == []
    assert db.scalars(select(ChildPlace.child_id)).all() == [evening.mia]
    assert list(checks.drifts(db.connection())) == []
