"""A parent books an evening for herself and a child, then gives it back: on a phone, both ways."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import Booking
from repit.domain.households.models import Child
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from repit.web import database
from tests import cast
from tests.browser.axe import complaints
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.domain.bookings.workshop import a_child, a_session, a_slot, an_evening
from tests.visits import visit_as
from tests.web.providers.stage import in_days

PHONE = {"width": 390, "height": 844}


def stands(server: Server) -> tuple[list[str], list[str]]:
    """Return the states of the bookings and of the holds."""
    with server.app.app_context(), Session(database.extension.engine) as db:
        holds = list(db.scalars(select(Hold.state).order_by(Hold.id)))
        return list(db.scalars(select(Booking.state).order_by(Booking.id))), holds


@pytest.mark.parametrize("locale", ["fr", "ar"])
@pytest.mark.parametrize("script", [True, False])
def test_a_parent_books_and_gives_back_what_she_booked(
    new_page: NewPage, live_server: Server, *, script: bool, locale: str
) -> None:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        evening = an_evening(db)
        session_id = a_session(db, evening.workshop_id, day=in_days(12))
        a_slot(
            db,
            evening.town.roseraie.id,
            programme_id=evening.town.programme_id,
            place_id=evening.place_id,
            session_id=session_id,
            day=in_days(12),
        )
        amina = visit_as(live_server.app, cast.person_named(db, "Amina Dupont"))
    page = comes_in(
        new_page(java_script_enabled=script, viewport=PHONE, locale=locale), amina, live_server
    )
    page.goto(f"/langue/{locale}")

    page.goto("/ateliers")
    page.get_by_role("link", name="Un temps pour soi").first.click()
    page.locator("label", has_text="Léo").click()
    page.locator("button[value=book]").click()

    expect(page.get_by_text("Léo").first).to_be_visible()
    assert stands(live_server) == (["confirmed"], ["held"])

    page.locator("a[href$='/annuler']").last.click()
    page.locator("main form button").first.click()

    expect(page.locator("main")).to_be_visible()
    assert stands(live_server) == (["cancelled"], ["released"])


def test_a_very_long_name_stays_on_a_phone(new_page: NewPage, live_server: Server) -> None:
    name = "W" * 80
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        evening = an_evening(db)
        session_id = a_session(db, evening.workshop_id, day=in_days(12))
        a_slot(
            db,
            evening.town.roseraie.id,
            programme_id=evening.town.programme_id,
            place_id=evening.place_id,
            session_id=session_id,
            day=in_days(12),
        )
        mia = a_child(db, evening.town.amina, name=name)
        with unit_of_work(db):
            child = db.get_one(Child, mia)
            child.confirmed = False
            sheet = f"/mes-enfants/{child.public_id}"
            session = db.get_one(WorkshopSession, session_id).public_id
        amina = visit_as(live_server.app, cast.person_named(db, "Amina Dupont"))
    page = comes_in(new_page(viewport=PHONE), amina, live_server)

    wrong = {}
    book = f"/ateliers/{session}"
    for address in ("/mes-enfants", sheet, f"{sheet}/corriger", f"{sheet}/personnes", book):
        page.goto(address)
        wrong[address] = complaints(page)
    page.locator("label", has_text=name).click()
    page.locator("button[value=book]").click()
    expect(page.get_by_text("est à remplir avant la garde")).to_be_visible()
    wrong["booked"] = complaints(page)
    page.locator("a[href$='/annuler']").last.click()
    wrong["given back"] = complaints(page)

    assert {where: said for where, said in wrong.items() if said} == {}
