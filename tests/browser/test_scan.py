"""The provider's scanner in a real Chromium, under the policy the pages really have."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.ledger.queries import owed_to
from repit.domain.providers import devices
from repit.domain.providers.models import Device
from repit.web import database
from tests.browser.camera import Camera
from tests.browser.coming_in import comes_in
from tests.browser.conduct import Conduct
from tests.browser.conftest import CHROMIUM, NewPage
from tests.browser.photo import photo_of
from tests.browser.server import Server
from tests.cast import OPERATOR
from tests.web.providers.stage import Stage, a_stage

SECONDS = 1_000
READS_WITHIN = 30 * SECONDS
REFUSED = ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
HEADLESS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

NATIVE = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { %(formats)s }
  async detect() { %(detect)s }
};
"""


@pytest.fixture
def stage(live_server: Server) -> Iterator[Stage]:
    with live_server.app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        yield a_stage(live_server.app, db)


@pytest.fixture
def rose(new_page: NewPage, live_server: Server, stage: Stage) -> Page:
    """The scanner, open on the provider's phone."""
    page = comes_in(new_page(), stage.phone, live_server)
    page.goto("/prestataire")
    return page


def address_of(server: Server, code: str) -> str:
    return f"{server.url}/v/{code}".upper()


def vendor_files(page: Page) -> list[str]:
    """Return, from now on, what the page loads of other people's code."""
    loaded: list[str] = []

    def note(request: Request) -> None:
        if "/static/vendor/" in request.url:
            loaded.append(request.url)

    page.on("request", note)
    return loaded


def sees_amina(page: Page) -> None:
    expect(page.get_by_role("heading", name="Amina")).to_be_visible(timeout=READS_WITHIN)


def fills_in(page: Page) -> None:
    page.get_by_text("Garde d’enfants").first.click()
    page.get_by_label("Heures").fill("1")


def test_the_camera_reads_a_code_with_our_own_reader(
    rose: Page, live_server: Server, stage: Stage, camera: Camera
) -> None:
    camera.shows(address_of(live_server, stage.codes[0]))
    loaded = vendor_files(rose)
    assert rose.locator("html[data-engine]").count() == 0

    rose.get_by_role("button", name="Scanner").click()
    sees_amina(rose)

    assert rose.locator("html").get_attribute("data-engine") == "wasm"
    assert rose.locator("html").get_attribute("data-signal") == "read"
    assert any(".wasm" in address for address in loaded)
    assert rose.locator("video").first.evaluate("video => video.srcObject") is None


def test_nothing_is_loaded_before_the_camera_is_asked_for(
    new_page: NewPage, live_server: Server, stage: Stage
) -> None:
    page = comes_in(new_page(), stage.phone, live_server)
    loaded = vendor_files(page)

    page.goto("/prestataire")
    page.get_by_label("Code du chèque").fill(stage.codes[0])
    page.get_by_role("button", name="Voir ce code").click()
    sees_amina(page)

    assert loaded == []


def test_taking_sounds_green_and_undoing_is_one_tap_away(rose: Page, stage: Stage) -> None:
    rose.get_by_label("Code du chèque").fill(stage.codes[0])
    rose.get_by_role("button", name="Voir ce code").click()
    sees_amina(rose)
    fills_in(rose)
    expect(rose.get_by_text("Au plus 1,00 € pour cette prestation.")).to_be_visible()
    rose.get_by_role("button", name="Encaisser 10,00 €").click()

    expect(rose.locator("[data-result=ok]")).to_be_visible()
    assert rose.locator("html").get_attribute("data-signal") == "ok"
    assert "/prestataire/encaissements/" in rose.url

    rose.get_by_role("button", name="Annuler cet encaissement").click()
    expect(rose.locator(".result--warn")).to_contain_text("Annulé")


def test_what_nothing_pays_is_said_before_it_is_taken(rose: Page, stage: Stage) -> None:
    rose.get_by_label("Code du chèque").fill(stage.shown(2))
    rose.get_by_role("button", name="Voir ce code").click()
    sees_amina(rose)

    rose.get_by_text("Garde d’enfants").first.click()
    rose.get_by_label("Heures").fill("2")
    rose.get_by_label("Nombre de chèques à encaisser").fill("1")
    expect(rose.get_by_text("30,00 € ne seront pas payés.")).to_be_visible()
    expect(rose.get_by_text("Nombre de chèques possible ici : 4.")).to_be_visible()
    rose.get_by_label("Participation de la famille").fill("2")
    expect(rose.get_by_text("28,00 € ne seront pas payés.")).to_be_visible()
    rose.get_by_label("Heures").fill("1")
    rose.get_by_label("Nombre de chèques à encaisser").fill("2")
    expect(rose.get_by_text("ne seront pas payés")).to_have_count(0)


def test_an_answer_lost_on_the_way_is_asked_for_again_and_counted_once(
    rose: Page, stage: Stage
) -> None:
    rose.get_by_label("Code du chèque").fill(stage.codes[0])
    rose.get_by_role("button", name="Voir ce code").click()
    sees_amina(rose)
    fills_in(rose)
    rose.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (...all) => {
            await real(...all);
            window.fetch = real;
            throw new TypeError("the network went away");
          };
        }"""
    )
    rose.get_by_role("button", name="Encaisser").click()
    expect(rose.get_by_text("Pas de réseau. Rien n’est perdu")).to_be_visible()
    assert rose.get_by_label("Heures").input_value() == "1"

    rose.get_by_role("button", name="Encaisser").click()
    expect(rose.locator("[data-result=ok]")).to_be_visible()
    stage.db.rollback()
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}


def test_a_device_revoked_meanwhile_is_led_to_the_entrance_and_told(
    rose: Page, stage: Stage
) -> None:
    rose.get_by_label("Code du chèque").fill(stage.codes[0])
    rose.get_by_role("button", name="Voir ce code").click()
    sees_amina(rose)
    here = stage.db.scalars(select(Device.public_id).where(Device.kind == "browser")).one()
    with unit_of_work(stage.db):
        devices.revoke(stage.db, stage.roseraie.id, here, actor=OPERATOR, now=clock.now())

    fills_in(rose)
    rose.get_by_role("button", name="Encaisser").click()

    expect(rose.get_by_text("Cet appareil n’a plus le droit d’encaisser.")).to_be_visible()
    assert owed_to(stage.db, [stage.roseraie.id]).get(stage.roseraie.id, 0) == 0


@pytest.mark.parametrize(("width", "turned", "blur"), [(1600, 0, 0), (3000, 17, 2)])
def test_a_photo_of_a_code_is_read(
    rose: Page, live_server: Server, stage: Stage, width: int, turned: int, blur: int
) -> None:
    photo = photo_of(address_of(live_server, stage.codes[0]), width, turned=turned, blur=blur)

    rose.locator("[data-photo]").set_input_files(photo)

    sees_amina(rose)


def test_a_photo_without_a_code_says_what_to_do(rose: Page) -> None:
    empty = io.BytesIO()
    Image.new("RGB", (800, 600), (120, 120, 120)).save(empty, "JPEG")

    rose.locator("[data-photo]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": empty.getvalue()}
    )

    said = rose.get_by_text("Aucun code lisible sur cette photo.")
    expect(said).to_be_visible(timeout=READS_WITHIN)


def test_the_browser_s_own_reader_is_used_where_it_reads_qr_codes(
    rose: Page, live_server: Server, stage: Stage, camera: Camera
) -> None:
    camera.shows_nothing()
    found = address_of(live_server, stage.codes[0])
    native = {"formats": "return ['qr_code']", "detect": f"return [{{ rawValue: '{found}' }}]"}
    rose.add_init_script(NATIVE % native)
    rose.reload()
    loaded = vendor_files(rose)

    rose.get_by_role("button", name="Scanner").click()
    sees_amina(rose)

    assert rose.locator("html").get_attribute("data-engine") == "native"
    assert loaded == []


@pytest.mark.parametrize(
    "native",
    [
        {"formats": "return []", "detect": "throw new Error('never asked')"},
        {"formats": "throw new Error('not here')", "detect": ""},
        {"formats": "return ['qr_code']", "detect": "throw new Error('a broken service')"},
    ],
    ids=["reads nothing", "throws", "fails when asked to read"],
)
def test_a_useless_reader_of_the_browser_is_passed_over(
    rose: Page, live_server: Server, stage: Stage, camera: Camera, native: dict[str, str]
) -> None:
    camera.shows(address_of(live_server, stage.codes[0]))
    rose.add_init_script(NATIVE % native)
    rose.reload()

    rose.get_by_role("button", name="Scanner").click()
    sees_amina(rose)

    assert rose.locator("html").get_attribute("data-engine") == "wasm"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (
            ["--use-fake-device-for-media-stream", "--deny-permission-prompts"],
            "La caméra n’est pas permise ici.",
        ),
        ([], "Cet appareil n’a pas de caméra."),
    ],
    ids=["refused", "none"],
)
def test_a_camera_that_does_not_open_leaves_the_other_ways(
    browser: Browser, live_server: Server, stage: Stage, flags: list[str], words: str
) -> None:
    other = browser.browser_type.launch(executable_path=CHROMIUM, args=[*HEADLESS, *flags])
    conduct = Conduct(live_server.url)
    context = other.new_context(base_url=live_server.url, locale="fr-FR")
    conduct.watch(context)
    page = comes_in(context.new_page(), stage.phone, live_server)
    page.goto("/prestataire")

    page.get_by_role("button", name="Scanner").click()

    expect(page.get_by_text(words)).to_be_visible(timeout=15 * SECONDS)
    expect(page.get_by_role("button", name="Scanner")).to_be_visible()
    expect(page.get_by_text("Prendre une photo du code")).to_be_visible()
    expect(page.get_by_label("Code du chèque")).to_be_visible()
    other.close()
    assert conduct.complaints == []


def test_the_camera_closes_with_the_page(rose: Page, camera: Camera) -> None:
    camera.shows_nothing()
    rose.get_by_role("button", name="Scanner").click()
    expect(rose.get_by_text("Placez le code dans le cadre.")).to_be_visible(timeout=READS_WITHIN)
    rose.evaluate(
        "() => { window.track = document.querySelector('video').srcObject.getVideoTracks()[0]; }"
    )

    rose.evaluate("() => { window.dispatchEvent(new PageTransitionEvent('pagehide')); }")

    assert rose.evaluate("() => window.track.readyState") == "ended"
    expect(rose.get_by_role("button", name="Scanner")).to_be_visible()


def test_a_code_added_twice_is_said_to_be_in_the_list(
    rose: Page, live_server: Server, stage: Stage, camera: Camera
) -> None:
    camera.shows(address_of(live_server, stage.codes[0]))
    rose.get_by_label("Code du chèque").fill(stage.codes[0].lower())
    rose.get_by_role("button", name="Voir ce code").click()
    sees_amina(rose)

    rose.get_by_text("Ajouter un autre code").click()
    rose.get_by_role("button", name="Scanner").click()
    expect(rose.get_by_text("Ce code est déjà dans la liste.")).to_be_visible(timeout=READS_WITHIN)
    rose.get_by_role("button", name="Arrêter").click()
    rose.get_by_label("Code du chèque").fill(stage.codes[1])
    rose.get_by_role("button", name="Voir ce code").click()

    expect(rose.get_by_text("2 chèques")).to_be_visible()
    expect(rose.get_by_text("20 €", exact=True)).to_be_visible()


def test_without_javascript_the_typed_code_does_it_all(
    new_page: NewPage, live_server: Server, stage: Stage
) -> None:
    page = comes_in(new_page(java_script_enabled=False), stage.phone, live_server)
    page.goto("/prestataire")
    expect(page.get_by_role("button", name="Scanner")).not_to_be_visible()

    page.get_by_label("Code du chèque").fill(stage.codes[0])
    page.get_by_role("button", name="Voir ce code").click()
    page.get_by_text("Garde d’enfants").first.click()
    page.get_by_label("Heures").fill("1")
    page.get_by_role("button", name="Encaisser").click()

    expect(page.locator("[data-result=ok]")).to_be_visible()
    page.get_by_role("button", name="Annuler cet encaissement").click()
    expect(page.locator(".result--warn")).to_contain_text("Annulé")


def test_a_phone_s_own_camera_leads_to_the_same_page(
    new_page: NewPage, live_server: Server, stage: Stage
) -> None:
    page = comes_in(new_page(), stage.phone, live_server)

    page.goto(address_of(live_server, stage.codes[0]).replace("HTTP://", "http://"))

    sees_amina(page)
