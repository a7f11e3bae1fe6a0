"""An operator opens a parent, imports a file and prints a page, in a real browser."""

from threading import Event

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.households import children
from repit.domain.households.models import Parent
from repit.domain.households.rules import NewChild
from repit.domain.jobs.worker import Worker
from repit.tasks import tasks
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.cast import NOON, OPERATOR, TODAY

LAPTOP = {"width": 1280, "height": 900}
FILE = """prénom;nom;commune;code postal;enfants
Inès;Roux;Lens;62300;Léa 02/04/2019
Karim;Petit;Lens;;
""".encode("cp1252")


@pytest.fixture
def desk(new_page: NewPage, live_server: Server, odile: FlaskClient) -> Page:
    return comes_in(new_page(viewport=LAPTOP), odile, live_server)


def work(server: Server) -> None:
    with server.app.app_context():
        settings = server.app.extensions["repit.settings"]
        engine = database.extension.engine
        Worker(engine=engine, tasks=tasks(settings), clock=clock.now).run(Event(), until_empty=True)


def test_a_file_is_read_again_confirmed_and_followed_to_its_end(
    desk: Page, live_server: Server
) -> None:
    desk.goto("/porteur/imports/nouveau")
    liste = FilePayload(name="liste.csv", mimeType="text/csv", buffer=FILE)
    desk.get_by_label("Fichier CSV").set_input_files([liste])
    desk.get_by_role("button", name="Contrôler le fichier").click()
    expect(desk.get_by_text("Karim Petit")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Fichier à corriger").click()
    assert download.value.suggested_filename == "parents-a-corriger.csv"
    desk.get_by_role("button", name="Ouvrir 1 fiche").click()
    expect(desk.get_by_text("0 sur 1")).to_be_visible()

    work(live_server)

    expect(desk.get_by_text("terminé", exact=True)).to_be_visible(timeout=15_000)
    desk.get_by_role("button", name="Annuler cet import").click()
    expect(desk.get_by_text("L’import est annulé : 1 fiche retirée.")).to_be_visible()


def test_a_lookalike_is_opened_beside_and_nothing_typed_is_lost(desk: Page) -> None:
    for _time in range(2):
        desk.goto("/porteur/parents/nouveau")
        desk.get_by_label("Prénom").first.fill("Inès")
        desk.get_by_label("Nom", exact=True).fill("Roux")
        desk.get_by_label("Code postal").fill("62300")
        desk.get_by_label("Commune").fill("Lens")
        desk.get_by_role("button", name="Ouvrir la fiche").click()
    expect(desk.get_by_text("Une fiche ressemble à celle-ci").first).to_be_visible()
    assert desk.get_by_label("Commune").input_value() == "Lens"

    desk.get_by_label("créer quand même").check()
    desk.get_by_role("button", name="Ouvrir la fiche").click()

    expect(desk.get_by_text("est ouverte")).to_be_visible()


def test_paper_never_tells_one_parent_of_the_other(desk: Page, live_server: Server) -> None:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        amina, bruno = (db.get_one(Parent, cast.a_parent(db, name)) for name in ("Amina", "Bruno"))
        path, second = f"/porteur/parents/{amina.public_id}", bruno.household_id
        with unit_of_work(db):
            lea = children.add(db, OPERATOR, amina.public_id, NewChild("Léa", TODAY), NOON)
            ours = amina.public_id, lea
            children.live_also_with(db, OPERATOR, ours, second, NOON)
    desk.goto(path)
    expect(desk.get_by_text("Aussi chez Bruno Dupont")).to_be_visible()

    desk.emulate_media(media="print")

    expect(desk.get_by_text("Léa", exact=True).first).to_be_visible()
    on_paper = desk.locator("body").inner_text()
    for secret in ("Bruno", "Aussi chez", "est inscrit", "Un second foyer", "Vit aussi"):
        assert secret not in on_paper
