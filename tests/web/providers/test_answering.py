"""A provider sees who was asked for a slot of its own, and says who can come."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.care import assignments
from repit.domain.care.models import Carer, CarerAssignment, CarerCheck, CareSlot
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from tests import cast
from tests.cast import OPERATOR
from tests.visits import visit_as
from tests.web.facilitators.stage import TOKEN, Hall, a_hall
from tests.web.operators.desk import words
from tests.web.providers.stage import in_days, works_for

LIST = "/prestataire/gardes"
ASKED = "Réponse attendue"
YES, NO = "Oui, peut venir", "Non"


@pytest.fixture
def hall(app: Flask, db: Session) -> Hall:
    """Care in a week, for which nobody has answered yet; Léo is booked."""
    hall = a_hall(app, db)
    hall.move(timedelta(days=7))
    with unit_of_work(db):
        db.execute(update(CarerAssignment).values(state="asked"))
    return hall


def carers(hall: Hall) -> list[Carer]:
    asked = select(CarerAssignment.carer_id).where(CarerAssignment.slot_id == hall.slot_id)
    found = list(hall.db.scalars(select(Carer).where(Carer.id.in_(asked)).order_by(Carer.id)))
    hall.db.rollback()
    return found


def says(hall: Hall, answer: str, *, phone: FlaskClient | None = None) -> TestResponse:
    phone = phone or hall.rose
    token = TOKEN.search(phone.get("/entrer").text)
    assert token
    return phone.post(
        f"{hall.kept}/intervenants/{carers(hall)[0].public_id}/{answer}",
        data={"csrf_token": token.group(1)},
        follow_redirects=True,
    )


def slot(hall: Hall) -> CareSlot:
    hall.db.rollback()
    return hall.db.get_one(CareSlot, hall.slot_id)


def states(hall: Hall) -> list[str]:
    hall.db.rollback()
    mine = CarerAssignment.slot_id == hall.slot_id
    query = select(CarerAssignment.state).where(mine).order_by(CarerAssignment.carer_id)
    return list(hall.db.scalars(query))


def test_the_provider_reads_who_is_asked_and_says_yes(hall: Hall) -> None:
    assert ASKED in words(hall.rose.get(LIST))
    page = words(hall.rose.get(hall.kept))
    assert all(one.name in page for one in carers(hall))
    assert (YES in page, ASKED in page) == (True, True)

    for one in carers(hall):
        token = TOKEN.search(hall.rose.get("/entrer").text)
        assert token
        path = f"{hall.kept}/intervenants/{one.public_id}/oui"
        hall.rose.post(path, data={"csrf_token": token.group(1)})

    assert set(states(hall)) == {"confirmed"}
    assert not slot(hall).over_capacity
    assert ASKED not in words(hall.rose.get(LIST))
    assert "Peut venir" in words(hall.rose.get(hall.kept))


def test_both_ways_can_be_changed_until_it_begins(hall: Hall) -> None:
    names = sorted(one.name for one in carers(hall))
    said = words(says(hall, "oui"))
    assert "C’est noté" in said
    team = said[said.index("Qui peut venir") :]
    assert team.index(names[0]) < team.index(names[1])  # nobody changes place by an answer
    assert states(hall)[0] == "confirmed"
    assert "Ne vient pas" in words(says(hall, "non"))
    assert states(hall)[0] == "withdrawn"
    assert slot(hall).over_capacity  # Léo is booked, and nobody is left who said yes
    assert "Peut venir" in words(says(hall, "oui"))
    assert (states(hall)[0], slot(hall).over_capacity) == ("confirmed", False)

    hall.move(timedelta(days=-7))

    assert "La garde a commencé" in words(says(hall, "non"))
    assert states(hall)[0] == "confirmed"
    assert YES not in words(hall.rose.get(hall.kept))


def test_whom_the_operator_took_off_stays_off(hall: Hall) -> None:
    with unit_of_work(hall.db):
        assignments.withdraw(
            hall.db, hall.slot_id, carers(hall)[0].id, actor=OPERATOR, now=clock.now()
        )

    assert carers(hall)[0].name not in words(hall.rose.get(hall.kept))
    assert "n’est plus demandé" in words(says(hall, "oui"))
    assert states(hall)[0] == "withdrawn"


def test_who_misses_a_paper_may_come_and_does_not_count(hall: Hall) -> None:
    with unit_of_work(hall.db):
        mine = CarerCheck.carer_id == carers(hall)[0].id
        hall.db.execute(update(CarerCheck).where(mine).values(last_day=in_days(-1)))
        hall.db.execute(update(CarerCheck).where(mine).values(first_day=in_days(-9)))

    assert "À montrer pour ce jour-là" in words(says(hall, "oui"))
    assert (states(hall)[0], slot(hall).over_capacity) == ("confirmed", True)


def test_another_provider_answers_for_nobody_here(app: Flask, hall: Hall) -> None:
    other = cast.a_provider(hall.db, until=in_days(365))
    paul = visit_as(app, works_for(hall.db, other, "Paul Noir"))

    assert says(hall, "oui", phone=paul).status_code == 404
    assert states(hall)[0] == "asked"


def test_a_draft_is_shown_as_soon_as_somebody_is_asked(hall: Hall) -> None:
    with unit_of_work(hall.db):
        hall.db.get_one(CareSlot, hall.slot_id).state = "draft"
    assert hall.slot in hall.rose.get(LIST).text
    says(hall, "non")
    assert hall.rose.get(hall.kept).status_code == 200

    with unit_of_work(hall.db):
        hall.db.execute(update(CarerAssignment).values(state="withdrawn", declined=False))
    assert hall.slot not in hall.rose.get(LIST).text
    assert hall.rose.get(hall.kept).status_code == 404


def test_the_operator_asks_and_the_provider_is_written_to_once(hall: Hall) -> None:
    path = f"/porteur/gardes/{hall.slot}"
    with unit_of_work(hall.db):
        hall.db.execute(update(CarerAssignment).values(state="withdrawn"))
    for one in carers(hall):
        token = TOKEN.search(hall.odile.get(path).text)
        assert token
        data = {"csrf_token": token.group(1), "carer": one.public_id}
        asked = hall.odile.post(f"{path}/intervenants/", data=data, follow_redirects=True)
        assert "le prestataire répond sur sa page" in words(asked)

    [told] = hall.db.scalars(select(Notice).where(Notice.kind == Kind.CARE_ASKED)).all()
    assert told.facts["slot"] == hall.slot
    assert not any(one.name in str(told.facts) for one in carers(hall))

    says(hall, "oui")
    with unit_of_work(hall.db):
        assignments.withdraw(
            hall.db, hall.slot_id, carers(hall)[1].id, actor=OPERATOR, now=clock.now()
        )
    token = TOKEN.search(hall.odile.get(path).text)
    assert token
    data = {"csrf_token": token.group(1), "carer": carers(hall)[1].public_id}
    hall.odile.post(f"{path}/intervenants/", data=data)
    assert len(hall.db.scalars(select(Notice).where(Notice.kind == Kind.CARE_ASKED)).all()) == 2
