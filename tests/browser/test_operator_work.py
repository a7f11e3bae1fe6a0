"""An operator starts an issue and watches it end, with and without scripts; a token is copied."""

from datetime import date
from threading import Event

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.entitlements.models import Entitlement, ScaleRule
from repit.domain.entitlements.models import Scale as ScaleRow
from repit.domain.jobs.worker import Worker
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.tasks import tasks
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.cast import NOON, Town

LAPTOP = {"width": 1280, "height": 900}


@pytest.fixture
def town(live_server: Server) -> Town:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        town = cast.a_town(db)
        with unit_of_work(db):
            scale = db.scalars(select(ScaleRow)).one()
            rule = {"label": "de base", "condition": "every_parent", "effect": "add"}
            db.add(ScaleRule(scale_id=scale.id, position=1, vouchers=12, **rule))
            for parent in (town.amina, town.bruno):
                db.add(
                    Entitlement(
                        parent_id=parent,
                        programme_id=town.programme_id,
                        state="granted",
                        requested_on=date(2026, 1, 5),
                        first_day=date(2026, 1, 1),
                        decided_at=NOON,
                    )
                )
        return town


def preview_of(server: Server, town: Town) -> str:
    with server.app.app_context(), Session(database.extension.engine) as db:
        programme = db.get_one(Programme, town.programme_id).public_id
    return f"/porteur/emissions/apercu?programme={programme}"


def work(server: Server) -> None:
    with server.app.app_context():
        settings = server.app.extensions["repit.settings"]
        engine = database.extension.engine
        Worker(engine=engine, tasks=tasks(settings), clock=clock.now).run(Event(), until_empty=True)


def test_the_page_follows_the_issue_by_itself(
    new_page: NewPage, live_server: Server, town: Town, odile: FlaskClient
) -> None:
    page = comes_in(new_page(viewport=LAPTOP), odile, live_server)
    page.goto(preview_of(live_server, town))
    page.get_by_role("button", name="Émettre maintenant").click()
    expect(page.get_by_text("Le travail va commencer")).to_be_visible()

    work(live_server)

    expect(page.get_by_text("Chèques émis")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("14", exact=True)).to_be_visible()


def test_without_scripts_a_link_shows_how_far_it_is(
    new_page: NewPage, live_server: Server, town: Town, odile: FlaskClient
) -> None:
    silent = new_page(viewport=LAPTOP, java_script_enabled=False)
    page = comes_in(silent, odile, live_server)
    page.goto(preview_of(live_server, town))
    page.get_by_role("button", name="Émettre maintenant").click()

    work(live_server)
    page.get_by_role("link", name="Actualiser").click()

    expect(page.get_by_text("Chèques émis")).to_be_visible()


def test_a_token_is_copied_once_and_gone_when_one_comes_back(
    new_page: NewPage, live_server: Server, town: Town, odile: FlaskClient
) -> None:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        roseraie = db.get_one(Provider, town.roseraie.id).public_id
    able = new_page(viewport=LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    page = comes_in(able, odile, live_server)
    page.goto(f"/porteur/prestataires/{roseraie}/jeton")
    page.get_by_label("Nom du logiciel").fill("Logiciel de caisse")
    page.get_by_role("button", name="Créer le jeton").click()

    token = page.get_by_label("Jeton", exact=True).input_value()
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_text("Copié.", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token

    page.get_by_role("link", name="revenir à la fiche").click()
    expect(page.get_by_text("Logiciel de caisse").first).to_be_visible()
    assert token not in page.content()
