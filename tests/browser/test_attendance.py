"""A sheet on a phone: with a script, without one, and without a network."""

from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.attendance.likeness import looks_like, may_be_one, same_name
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.presence.models import Attendance
from repit.web import database
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.web.facilitators.stage import Hall, a_hall

STATIC = Path(__file__).parents[2] / "static/js"


@pytest.fixture
def hall(live_server: Server) -> Hall:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        hall = a_hall(live_server.app, db)
        hall.fanny_keeps_too()  # who leads notes children only when they keep them too
        return hall


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
    expect(page.locator("[data-waiting]")).to_be_hidden()  # what the phone refused is with us
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


def gives_to(page: Page, hall: Hall, name: str) -> None:
    leo(page, hall).get_by_text("Départ avec…").click()
    leo(page, hall).get_by_text("Une autre personne").click()
    leo(page, hall).get_by_label("Prénom et nom").fill(name)
    leo(page, hall).get_by_text("Le parent est d’accord").click()
    leo(page, hall).get_by_label("Motif").fill("Il insiste")
    leo(page, hall).get_by_role("button", name="Noter le départ").click()


@pytest.mark.parametrize(
    ("name", "words"),
    [("éloïse petit KARIM", "ne peut pas partir avec"), ("Carim Petitt", "ressemble à")],
)
def test_a_phone_without_network_refuses_a_blocked_person_itself(
    new_page: NewPage, live_server: Server, hall: Hall, name: str, words: str
) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    page = comes_in(new_page(), hall.rose, live_server)
    page.goto(hall.kept)
    page.context.set_offline(True)
    gives_to(page, hall, name)
    expect(leo(page, hall).locator("[data-said]")).to_contain_text(words)
    expect(page.locator("[data-waiting]").get_by_role("button", name="Retirer")).to_have_count(0)

    page.context.set_offline(False)
    page.locator("[data-waiting]").get_by_role("button", name="Retirer").click()
    expect(page.locator("[data-waiting]")).to_be_hidden()
    assert log(live_server)[1:] == [("refused", True, name)]


def test_what_is_refused_later_is_shown_until_it_is_dismissed(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    page = comes_in(new_page(), hall.fanny, live_server)
    page.goto(hall.led)
    hall.blocks("Paul Durand")  # after the page was read
    page.context.set_offline(True)
    amina = page.locator(f"#p-{hall.booking}")
    amina.get_by_role("button", name="Arrivée").click()
    gives_to(page, hall, "Paul Durand")
    waiting = page.locator("[data-waiting]")
    expect(waiting.get_by_role("listitem")).to_have_count(2)

    page.context.set_offline(False)
    expect(amina).to_contain_text("Départ")
    for _again in range(2):
        expect(waiting).to_contain_text("ne peut pas partir avec Paul Durand")
        expect(leo(page, hall).locator("[data-said]")).to_contain_text("ne peut pas partir")
        page.reload()
    waiting.get_by_role("button", name="Retirer").click()
    expect(waiting).to_be_hidden()
    assert log(live_server)[1:] == [("arrived", True, None), ("refused", True, "Paul Durand")]


def test_every_gesture_that_waits_is_on_the_card(
    new_page: NewPage, live_server: Server, hall: Hall
) -> None:
    page = comes_in(new_page(), hall.rose, live_server)
    page.goto(hall.kept)
    page.context.set_offline(True)
    leo(page, hall).get_by_role("button", name="Arrivée").click()
    leo(page, hall).get_by_text("Départ avec…").click()
    leo(page, hall).get_by_role("button", name="Noter le départ").click()
    said = leo(page, hall).locator("[data-said] > *")
    expect(said).to_have_count(2)
    expect(said.first).to_contain_text("Arrivée · Noté sur ce téléphone")
    expect(said.last).to_contain_text("Départ · Noté sur ce téléphone")

    page.context.set_offline(False)
    expect(leo(page, hall)).to_contain_text("avec Amina Dupont")
    assert [kind for kind, _, _ in log(live_server)] == ["arrived", "left"]


BLOCKED = ("Karim Lefebvre", "Karim Éloïse-Petit", "Straße Ødegård", "M. Lê", "Jean-Œdipe D’Łuk")
TYPED = (
    *BLOCKED, "K. Lefebvre", "Carim Lefevre", "Lefevre", "Paul Durand", "karim", "Lina Lefebvre",
    "KarimLefebvre", "Krim Lefbevre", "L. K.", "mme petit eloise", "Strasse Odegaard", "…", "Ｌê",
    "Karim Lefébvre", "oedipe jean dluk", "Kim", "Petit", "M.",
)  # fmt: skip


def test_the_phone_and_the_server_mean_the_same_names(new_page: NewPage, hall: Hall) -> None:
    page = new_page()
    page.goto("/entrer")
    page.evaluate((STATIC / "likeness.js").read_text() + "; globalThis.likeness = likeness")
    ways = {"same": same_name, "mayBeOne": may_be_one, "looksLike": looks_like}
    for blocked, typed in product(BLOCKED, TYPED):
        theirs = page.evaluate(
            "([ways, one, other]) => ways.map((way) => likeness[way](one, other))",
            [list(ways), blocked, typed],
        )
        assert theirs == [way(blocked, typed) for way in ways.values()], (blocked, typed)


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


@in_every_sight
@pytest.mark.parametrize("hours", [24, 24 * 7])
def test_saying_who_comes_shuts_nobody_out(
    new_page: NewPage, live_server: Server, hall: Hall, sight: dict[str, Any], hours: int
) -> None:
    with (
        live_server.app.app_context(),
        Session(database.extension.engine) as db,
        unit_of_work(db),
    ):
        slot, later = db.get_one(CareSlot, hall.slot_id), timedelta(hours=hours)
        slot.starts_at, slot.ends_at = slot.starts_at + later, slot.ends_at + later
        db.execute(update(CarerAssignment).values(state="asked"))
    page = speak(comes_in(new_page(**sight), hall.rose, live_server), sight)

    assert wrong_on(page, ["/prestataire/gardes", hall.kept]) == {}

    page.goto(hall.kept)
    page.locator("#equipe form button").first.click()
    expect(page.locator("#equipe .pill--ok")).to_have_count(1)
