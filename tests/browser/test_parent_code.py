"""The code on a parent's screen and on paper, read by a real camera and a real reader."""

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from repit.web import database
from tests.browser.camera import Camera
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.web.parents.stage import Home, a_home

PAPER = {"width": 794, "height": 1123}  # A4 at 96 dots an inch
SECONDS = 1_000


@pytest.fixture
def home(live_server: Server) -> Iterator[Home]:
    with live_server.app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        yield a_home(live_server.app, db)


def comes_in(page: Page, visitor: FlaskClient, server: Server) -> Page:
    """Let the page be in as the visitor is."""
    cookie = visitor.get_cookie("repit")
    assert cookie is not None
    page.context.add_cookies([{"name": "repit", "value": cookie.value, "url": server.url}])
    return page


def picture_of(page: Page, what: str) -> Image.Image:
    """Return what somebody in front of the screen would see."""
    return Image.open(io.BytesIO(page.locator(what).screenshot()))


def test_the_code_on_amina_s_screen_is_scanned_and_taken(
    new_page: NewPage, live_server: Server, home: Home, camera: Camera
) -> None:
    amina = comes_in(new_page(), home.phone, live_server)
    amina.goto("/mes-cheques")
    amina.get_by_role("link", name="Montrer mon code").click()
    amina.locator("label", has_text="20").first.click()
    amina.get_by_role("button", name="Voir le code").click()
    expect(amina.get_by_role("heading", name="2 chèques à montrer")).to_be_visible()
    camera.shows_picture(picture_of(amina, ".qr"))

    rose = comes_in(new_page(), home.desk.phone, live_server)
    rose.goto("/prestataire")
    rose.get_by_role("button", name="Scanner").click()
    expect(rose.get_by_role("heading", name="Amina")).to_be_visible(timeout=30 * SECONDS)
    rose.get_by_text("Garde d’enfants").first.click()
    rose.get_by_label("Heures").fill("1")
    rose.get_by_role("button", name="Encaisser").click()
    expect(rose.locator("[data-result=ok]")).to_be_visible(timeout=15 * SECONDS)

    # Her own page notices by itself.
    expect(amina.get_by_text("C’est fait")).to_be_visible(timeout=15 * SECONDS)
    expect(amina.get_by_text("2 chèques utilisés")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("dark", [True, False])
def test_the_screen_s_code_is_black_on_white_and_read(
    new_page: NewPage, live_server: Server, home: Home, *, scripts: bool, dark: bool
) -> None:
    page = comes_in(
        new_page(
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            viewport={"width": 320, "height": 640},
        ),
        home.phone,
        live_server,
    )
    page.goto(home.shows(1))
    [read] = zxingcpp.read_barcodes(picture_of(page, ".qr"))
    spoken = page.locator(".code bdi").inner_text().replace("-", "")
    assert read.text == f"{live_server.url}/v/{spoken}".upper()


def test_every_printed_voucher_is_read_back(
    new_page: NewPage, live_server: Server, home: Home
) -> None:
    page = comes_in(new_page(viewport=PAPER), home.phone, live_server)
    page.goto("/mes-cheques/papier?cheques=4")
    page.emulate_media(media="print")
    paper = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    read = {found.text for found in zxingcpp.read_barcodes(paper)}
    assert read == {f"{live_server.url}/v/{code}".upper() for code in home.desk.codes}
    assert page.get_by_role("link", name="Mes chèques").count() == 0


def test_the_sheet_is_a_page_of_paper(new_page: NewPage, live_server: Server, home: Home) -> None:
    page = comes_in(new_page(), home.phone, live_server)
    page.goto("/mes-cheques/papier?cheques=4")
    sheet = page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
