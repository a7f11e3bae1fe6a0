"""A child that a parent adds counts for no quota before the staff has confirmed it."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.care import sheets
from repit.domain.entitlements.facts import facts_for
from repit.domain.households.models import Child, Parent
from repit.domain.households.rules import NewChild
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY


def ages(db: Session, parent_id: int) -> tuple[int, ...]:
    return facts_for(db, [], [parent_id], TODAY)[parent_id].child_ages


def test_it_counts_once_somebody_has_said_so(db: Session, operator: FlaskClient) -> None:
    nadia = cast.a_parent(db, "Nadia")
    with unit_of_work(db):
        new = NewChild("Inès", date(2021, 5, 4))
        sheets.add_child(db, nadia, new, actor=OPERATOR, now=NOON)
    before = ages(db, nadia)
    parent = db.get_one(Parent, nadia).public_id
    child = db.scalars(select(Child.public_id)).one()
    db.rollback()

    home = operator.get("/porteur/").text
    page = operator.get(f"/porteur/parents/{parent}").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    answer = operator.post(
        f"/porteur/parents/{parent}/enfants/{child}/confirmer", data={"csrf_token": token}
    )

    assert before == ()
    assert "à vérifier" in home
    assert answer.status_code == 303
    assert ages(db, nadia) == (4,)
