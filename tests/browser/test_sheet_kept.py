"""A sheet that was opened once opens again without network, and is gone when it must be."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.presence.models import Attendance
from repit.web import database
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.web.facilitators.stage import Hall, a_hall

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found;
}"""
ROUND = "(card) => getComputedStyle(card).borderRadius"
UNTIL_KEPT = """async (path) => {
  while (!(await caches.match(path)) || !navigator.serviceWorker.controller)
    await new Promise((again) => setTimeout(again, 50));
}"""
UNTIL_GONE = """async () => {
  while ((await caches.keys()).length) await new Promise((again) => setTimeout(again, 50));
}"""
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"


@pytest.fixture
def hall(live_server: Server) -> Hall:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        return a_hall(live_server.app, db)


@pytest.fixture
def phone(new_page: NewPage, live_server: Server, hall: Hall) -> Page:
    """Rose's phone, on which the sheet was opened once."""
    page = comes_in(new_page(), hall.rose, live_server)
    page.goto("/prestataire/gardes")
    page.goto(hall.kept)
    page.evaluate(UNTIL_KEPT, hall.kept)
    return page


def leo(page: Page, hall: Hall) -> Any:
    return page.locator(f"#p-{hall.leo}")


def log(server: Server) -> list[tuple[str, bool]]:
    with server.app.app_context(), Session(database.extension.engine) as db:
        rows = db.scalars(select(Attendance).order_by(Attendance.id))
        return [(row.kind, row.offline) for row in rows]


def test_it_opens_without_network_and_what_is_noted_leaves_later(
    phone: Page, live_server: Server, hall: Hall
) -> None:
    expect(phone.get_by_text("Il n’y a pas de réseau")).to_be_hidden()
    phone.context.set_offline(True)
    phone.goto("about:blank")
    phone.goto(hall.kept)

    expect(phone.get_by_text("Il n’y a pas de réseau")).to_be_visible()
    expect(phone.get_by_text("Zoé N’Diaye").first).to_be_attached()
    assert (
        phone.locator(".card").first.evaluate("one => getComputedStyle(one).borderRadius") != "0px"
    )
    leo(phone, hall).get_by_role("button", name="Arrivée").click()
    expect(phone.locator("[data-waiting]")).to_contain_text("Arrivée · Léo")
    assert log(live_server) == []

    phone.context.set_offline(False)
    expect(leo(phone, hall)).to_contain_text("Départ avec…")
    expect(phone.get_by_text("Il n’y a pas de réseau")).to_be_hidden()
    assert log(live_server) == [("arrived", True)]


def test_nothing_but_the_sheet_and_its_files_is_kept(phone: Page, hall: Hall) -> None:
    pages = [path for path in phone.evaluate(KEPT) if not path.startswith("/static/")]

    assert pages == [hall.kept]
    phone.context.set_offline(True)
    with pytest.raises(Error):
        phone.goto("/prestataire/gardes")


def test_signing_out_takes_it_away(phone: Page, hall: Hall) -> None:
    phone.set_viewport_size({"width": 1280, "height": 800})
    phone.get_by_role("button", name="Se déconnecter").click()
    phone.wait_for_url("**/entrer")

    assert phone.evaluate(KEPT) == []
    assert phone.evaluate(WORKERS) == 0
    phone.context.set_offline(True)
    with pytest.raises(Error):
        phone.goto(hall.kept)


def test_who_signs_in_next_does_not_find_it(phone: Page, hall: Hall) -> None:
    phone.context.clear_cookies()  # the visit ran out
    phone.goto("/entrer")
    phone.evaluate(UNTIL_GONE)

    phone.context.set_offline(True)
    with pytest.raises(Error):
        phone.goto(hall.kept)


def test_a_day_after_the_end_it_is_gone(new_page: NewPage, live_server: Server, hall: Hall) -> None:
    ends_in, left = timedelta(minutes=80), timedelta(seconds=25)
    hall.move(left - ends_in - timedelta(hours=24))
    page = comes_in(new_page(), hall.rose, live_server)
    page.goto(hall.kept)
    page.evaluate(UNTIL_KEPT, hall.kept)
    page.context.set_offline(True)

    expect(page.get_by_text("Zoé N’Diaye")).to_have_count(0, timeout=60_000)
    page.context.set_offline(False)
    page.goto("/prestataire/gardes")
    assert [path for path in page.evaluate(KEPT) if not path.startswith("/static/")] == []
