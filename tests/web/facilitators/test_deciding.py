"""Who leads a session says what becomes of it when too few come, from the message's own page."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import Booking
from repit.domain.workshops.models import WorkshopSession
from tests.web.facilitators.stage import TOKEN, Hall, another_facilitator
from tests.web.operators.desk import words


@pytest.fixture
def hall(hall: Hall) -> Hall:
    """It begins tomorrow, and one parent of three is expected."""
    hall.move(timedelta(hours=24))
    with unit_of_work(hall.db):
        row = hall.db.get_one(WorkshopSession, hall.session_id)
        row.min_people, row.decide_at = 3, row.starts_at - timedelta(hours=48)
    return hall


def says(hall: Hall, who: FlaskClient, **fields: str) -> TestResponse:
    found = TOKEN.search(hall.fanny.get(hall.led).text)
    assert found
    data = {"csrf_token": found[1], **fields}
    return who.post(f"{hall.led}/decider", data=data, follow_redirects=True)


def decision(hall: Hall) -> tuple[str, str | None]:
    hall.db.rollback()
    row = hall.db.get_one(WorkshopSession, hall.session_id)
    return row.state, row.decision


def test_it_runs_and_nothing_more_is_asked(hall: Hall) -> None:
    assert "Une décision est attendue" in words(hall.fanny.get(hall.led))

    page = words(says(hall, hall.fanny, decision="run", why="Petit groupe, bon groupe"))

    assert "C’est décidé : la séance a lieu" in page
    assert "Une décision est attendue" not in page
    assert decision(hall) == ("open", "run")


def test_it_is_cancelled_once_and_the_parent_with_it(hall: Hall) -> None:
    says(hall, hall.fanny, decision="cancel", why="Trop peu")
    again = words(says(hall, hall.fanny, decision="run", why="Non"))

    assert "Il n’y a rien à décider" in again
    assert decision(hall) == ("cancelled", "cancel")
    assert hall.db.scalars(select(Booking.state)).all() == ["cancelled"]


def test_a_new_date_is_left_to_the_operator(hall: Hall) -> None:
    page = words(says(hall, hall.fanny, decision="postpone", why="Grève"))

    assert "Le porteur du dispositif donne la nouvelle date" in page
    assert decision(hall) == ("open", "postpone")
    assert "reportée : personne n’est attendu" in page.replace("\xa0", " ")
    for act in ("Arrivée Amina", "Venue sans réservation"):
        assert act not in page
    assert "reporté" in words(hall.fanny.get("/animateur"))
    assert "Arrivée Léo" not in words(hall.rose.get(hall.kept))


@pytest.mark.parametrize(
    "fields", [{"decision": "cancel", "why": " "}, {"decision": "zumba", "why": "X"}, {"why": "X"}]
)
def test_without_a_motive_or_a_choice_nothing_is_decided(
    hall: Hall, fields: dict[str, str]
) -> None:
    assert says(hall, hall.fanny, **fields).status_code == 422
    assert decision(hall) == ("open", None)


def test_a_session_with_enough_people_is_not_theirs_to_cancel(hall: Hall) -> None:
    with unit_of_work(hall.db):
        hall.db.get_one(WorkshopSession, hall.session_id).min_people = 1

    page = words(says(hall, hall.fanny, decision="cancel", why="Envie d’ailleurs"))

    assert "Il n’y a rien à décider" in page
    assert decision(hall) == ("open", None)


def test_nobody_else_decides(hall: Hall) -> None:
    for stranger in (another_facilitator(hall), hall.rose):
        assert says(hall, stranger, decision="cancel", why="X").status_code == 404
    assert decision(hall) == ("open", None)
