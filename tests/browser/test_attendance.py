"""A sheet on a phone: with a script, without one, and without a network."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.presence.models import Attendance
from repit.web import database
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.web.facilitators.stage import Hall, a_hall


@pytest.fixture
def hall(live_server: Server) -> Hall:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        return a_hall(live_server.app, db)


def log(server: Server) -> list[tuple[str, bool, str | None]]:
    with server.app.app_context(), Session(database.extension.engine) as db:
        rows = db.scalars(select(Attendance).order_by(Attendance.id))
        return [(row.kind, row.offline, row.person_name) for row in rows]


def leo(page: Page, hall: Hall) -> Any:
    return page.locator(f"#p-{hall.leo}")


@pytest.mark.parametrize("script", [True, False])
def test_a_child_comes_and_leaves_with_its_grandmother(
    new_page: NewPage, live_server: Server, hall: Hall, *, script: bool
) -> None:
    page = comes_in(new_page(java_script_enabled=script), hall.rose, live_server)
    page.goto("/prestataire/gardes")
    page.get_by_role("link", name="Un temps pour soi").click()
    leo(page, hall).get_by_role("button", name="Arrivée").click()
    expect(leo(page, hall)).to_contain_text("Départ avec…")

    leo(page, hall).get_by_text("Départ avec…").click()
    leo(page, hall).get_by_text("Zoé N’Diaye", exact=True).last.click()
    leo(page, hall).get_by_role("button", name="Noter le départ").click()
    expect(leo(page, hall)).to_contain_text("avec Zoé N’Diaye")

    page.get_by_role("button", name="Encaisser les chèques réservés").click()
    expect(page.get_by_text("1 chèque est encaissé.")).to_be_visible()
    assert log(live_server) == [("arrived", False, None), ("left", False, "Zoé N’Diaye")]


@pytest.mark.parametrize("script", [True, False])
def test_a_blocked_person_is_refused_on_the_spot(
    new_page: NewPage, live_server: Server, hall: Hall, *, script: bool
) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    page = comes_in(new_page(java_script_enabled=script), hall.rose, live_server)
    page.goto(hall.kept)
    leo(page, hall).get_by_text("Départ avec…").click()
    leo(page, hall).get_by_text("Une autre personne").click()
    leo(page, hall).get_by_label("Prénom et nom").fill("ÉLOÏSE PETIT karim")
    leo(page, hall).get_by_text("Le parent est d’accord").click()
    leo(page, hall).get_by_label("Motif").fill("Il insiste")
    leo(page, hall).get_by_role("button", name="Noter le départ").click()

    expect(page.get_by_text("Ce refus est noté").first).to_be_visible()
    assert log(live_server)[1:] == [("refused", False, "ÉLOÏSE PETIT karim")]
    if not script:
        return
    leo(page, hall).get_by_label("Prénom et nom").fill("Paul Durand")
    leo(page, hall).get_by_role("button", name="Noter le départ").click()
    expect(leo(page, hall)).to_contain_text("avec Paul Durand")


def test_taps_wait_on_the_phone_until_there_is_a_network(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    page = comes_in(new_page(), hall.fanny, live_server)
    page.goto(hall.led)
    page.context.set_offline(True)
    arrives = leo(page, hall).get_by_role("button", name="Arrivée")
    arrives.click()
    arrives.click()
    waiting = page.locator("[data-waiting]")
    expect(waiting).to_contain_text("Arrivée · Léo")
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    expect(leo(page, hall)).to_contain_text("pas encore envoyé")
    assert log(live_server) == []

    page.context.set_offline(False)
    expect(leo(page, hall)).to_contain_text("Départ avec…")
    expect(waiting).to_be_hidden()
    assert log(live_server) == [("arrived", True, None)]


def test_an_answer_lost_on_the_way_is_not_noted_twice(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    page = comes_in(new_page(), hall.fanny, live_server)
    page.goto(hall.led)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    page.route("**/noter", lose, times=1)
    leo(page, hall).get_by_role("button", name="Arrivée").click()
    expect(page.locator("[data-waiting]")).to_contain_text("Léo")
    page.get_by_role("button", name="Envoyer maintenant").click()
    expect(leo(page, hall)).to_contain_text("Départ avec…")
    assert log(live_server) == [("arrived", False, None)]


def test_two_phones_without_network_take_the_same_child(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    phones = [
        (comes_in(new_page(), hall.rose, live_server), hall.kept),
        (comes_in(new_page(), hall.fanny, live_server), hall.led),
    ]
    for page, sheet in phones:
        page.goto(sheet)
        page.context.set_offline(True)
        leo(page, hall).get_by_role("button", name="Arrivée").click()
        expect(page.locator("[data-waiting]")).to_contain_text("Léo")
    for page, _sheet in phones:
        page.context.set_offline(False)
        expect(leo(page, hall)).to_contain_text("Départ avec…")

    expect(leo(phones[1][0], hall)).to_contain_text("Deux téléphones ont noté cela")
    assert log(live_server) == [("arrived", True, None)] * 2


def test_somebody_else_on_the_same_phone_does_not_send_what_waits(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    page = comes_in(new_page(), hall.fanny, live_server)
    page.goto(hall.led)
    page.context.set_offline(True)
    leo(page, hall).get_by_role("button", name="Arrivée").click()
    expect(page.locator("[data-waiting]")).to_contain_text("Léo")

    page.context.clear_cookies()
    page.context.set_offline(False)
    comes_in(page, hall.odile, live_server)
    page.goto(hall.operators)
    expect(page.locator("[data-waiting]")).to_be_hidden()
    assert log(live_server) == []


@in_every_sight
def test_sheets_shut_nobody_out(
    new_page: NewPage, live_server: Server, hall: Hall, sight: dict[str, Any]
) -> None:
    for phone, sheet in ((hall.rose, hall.kept), (hall.fanny, hall.led)):
        at = clock.now().isoformat()
        hall.tap(phone, sheet, "arrived", script=True, at=at, offline="y")
    wrong: dict[str, Any] = {}
    for client, addresses in (
        (hall.fanny, ["/animateur", hall.led, f"{hall.led}/sans-reservation"]),
        (hall.rose, ["/prestataire/gardes", hall.kept]),
        (hall.odile, [hall.operators, "/porteur/presences/desaccords"]),
    ):
        page = comes_in(new_page(**sight), client, live_server)
        wrong |= wrong_on(speak(page, sight), addresses)
    assert wrong == {}
