"""One child, one payment: what is held for an appointment is filled in, and comes first."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings.presenting import present_held
from repit.domain.care.models import CareSlot
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.present import present
from tests import cast
from tests.cast import VAULT
from tests.visits import visit_as
from tests.web.facilitators.conftest import hall as hall  # noqa: PLC0414  (a fixture)
from tests.web.facilitators.stage import Hall
from tests.web.operators.desk import words
from tests.web.providers.stage import hidden_in, today, token_in


@pytest.fixture
def amina(hall: Hall) -> FlaskClient:
    return visit_as(hall.app, cast.person_named(hall.db, "Amina Dupont"))


def held_code(hall: Hall) -> str:
    with unit_of_work(hall.db):
        about = {"parent_id": hall.amina, "vault": VAULT, "now": clock.now()}
        return present_held(hall.db, hall.booking, **about).code  # type: ignore[arg-type]


def ordinary_code(hall: Hall) -> str:
    with unit_of_work(hall.db):
        about = {"vouchers": 1, "vault": VAULT, "now": clock.now()}
        return present(hall.db, hall.amina, hall.programme_id, **about).code  # type: ignore[arg-type]


def looks(hall: Hall, code: str) -> TestResponse:
    token = token_in(hall.rose.get("/prestataire"))
    return hall.rose.post("/prestataire/regarder", data={"csrf_token": token, "typed": code})


def takes(hall: Hall, page: TestResponse, **answers: str) -> TestResponse:
    [form] = re.findall(r"<form[^>]* data-take .*?</form>", page.text, flags=re.DOTALL)
    filled = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return hall.rose.post("/prestataire/encaisser", data=filled | hidden_in(page) | answers)


def taken(hall: Hall) -> list[tuple[str, int | None, int]]:
    hall.db.rollback()
    rows = hall.db.scalars(select(Redemption))
    return [(row.category, row.minutes, row.vouchers) for row in rows]


def test_what_is_held_is_taken_with_nothing_to_choose(hall: Hall) -> None:
    page = looks(hall, held_code(hall))
    assert "tout est déjà rempli" in words(page)
    assert "Pour quelle prestation" not in words(page)
    assert takes(hall, page).status_code == 303
    assert taken(hall) == [("workshop_childcare", 120, 1)]


def test_others_are_not_taken_while_some_are_held_for_that_day(hall: Hall) -> None:
    answers = {
        "category": "workshop_childcare",
        "service_on": today().isoformat(),
        "hours": "2",
    }
    code = ordinary_code(hall)
    page = looks(hall, code)
    assert "1 autre chèque de ce parent est réservé chez vous" in words(page)
    refused = takes(hall, page, **answers)
    assert refused.status_code == 409
    assert "un enfant ne se paie pas deux fois" in words(refused)
    assert taken(hall) == []

    other_day = answers | {"service_on": (today() - timedelta(days=1)).isoformat()}
    assert takes(hall, looks(hall, held_code(hall))).status_code == 303
    assert takes(hall, looks(hall, ordinary_code(hall)), **other_day).status_code == 303
    page = looks(hall, ordinary_code(hall))
    assert "réservé chez vous" not in words(page)
    assert takes(hall, page, **answers).status_code == 303
    assert takes(hall, page, **answers).status_code == 303  # a repeat is the first answer
    assert len(taken(hall)) == 3


@pytest.mark.parametrize(("hours", "shown"), [(0, True), (-9, True), (-15, False)])
def test_the_code_is_shown_until_the_care_is_long_over(
    hall: Hall, amina: FlaskClient, hours: int, *, shown: bool
) -> None:
    hall.move(timedelta(hours=hours))  # it began forty minutes before
    page = words(amina.get(f"/mes-rendez-vous/{hall.booking}"))
    assert ("Montrer le code" in page) is shown
    assert "Tout annuler" not in page


def test_before_the_day_the_look_says_when_and_offers_nothing_to_tap(hall: Hall) -> None:
    with unit_of_work(hall.db):
        hall.db.get_one(CareSlot, hall.slot_id).day += timedelta(days=3)
    hall.move(timedelta(days=3))

    page = looks(hall, held_code(hall))

    assert page.status_code == 200
    day = format_date(today() + timedelta(days=3), "EEEE d MMMM", locale="fr")
    assert f"à partir du {day}" in words(page)
    assert "data-take" not in page.text
    assert "Voir mes gardes" in words(page)
