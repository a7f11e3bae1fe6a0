import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.care.models import CareSlot
from repit.domain.households.models import Child, Parent
from tests.cast import Town
from tests.domain.bookings.workshop import a_child
from tests.web.operators.desk import Desk, words
from tests.web.operators.winter import a_winter, books


@pytest.fixture
def amina(db: Session, town: Town) -> str:
    return "/porteur/parents/" + db.get_one(Parent, town.amina).public_id


def test_discretion_is_settled_with_the_parent(
    desk: Desk, db: Session, town: Town, amina: str
) -> None:
    page = words(desk.send(amina + "/discretion", discretion="hidden", declared="woman"))
    wrong = desk.send(amina + "/discretion", discretion="loud", declared="")

    row = db.get_one(Parent, town.amina)
    assert (row.discretion, row.declared) == ("hidden", "woman")
    assert "discrétion : normale, devenu rien ne se voit" in page
    assert wrong.status_code == 422


def test_a_child_who_needs_an_adult_alone_has_its_slots_counted_again(
    desk: Desk, db: Session, town: Town, amina: str
) -> None:
    winter = a_winter(db, town)
    children = [a_child(db, town.amina, name=name) for name in ("Léo", "Mia", "Noé")]
    books(db, winter, town.amina, *children)
    leo, mia = (db.get_one(Child, one).public_id for one in children[:2])
    db.rollback()

    for child in (leo, mia):  # two carers: nobody is left for Noé
        desk.send(f"{amina}/enfants/{child}/garde", care_weight="1", dedicated_carer="y")

    assert db.get_one(CareSlot, winter.slot_id).over_capacity
    db.rollback()
    page = words(desk.send(f"{amina}/enfants/{leo}/garde", care_weight="2"))
    assert "un adulte pour cet enfant : oui, devenu non" in page
    assert not db.get_one(CareSlot, winter.slot_id).over_capacity
    too_much = desk.send(f"{amina}/enfants/{leo}/garde", care_weight="6")
    assert too_much.status_code == 422


def test_a_strangers_child_and_a_stranger_are_not_found(
    desk: Desk, chloe: FlaskClient, db: Session, town: Town, amina: str
) -> None:
    other = a_child(db, town.chloe)
    public_id = db.scalars(select(Child.public_id).where(Child.id == other)).one()

    assert desk.open(f"{amina}/enfants/{public_id}/garde").status_code == 404
    assert chloe.get(amina + "/discretion").status_code == 404
    assert chloe.post(f"{amina}/enfants/{public_id}/garde").status_code == 404
