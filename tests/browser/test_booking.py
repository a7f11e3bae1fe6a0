"""A parent books an evening for herself and a child, then gives it back: on a phone, both ways."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking
from repit.domain.vouchers.models import Hold
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.domain.bookings.workshop import a_session, a_slot, an_evening
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
