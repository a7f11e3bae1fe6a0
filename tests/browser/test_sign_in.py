"""Coming in with a real browser, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from repit.web import database
from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.cast import a_parent, a_person

EMAIL = "amina@exemple.test"


@pytest.fixture
def db(live_server: Server) -> Iterator[Session]:
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        yield db


@pytest.mark.parametrize("scripts", [True, False])
def test_amina_comes_in_by_the_link(new_page: NewPage, db: Session, *, scripts: bool) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina", email=EMAIL))
    page = new_page(java_script_enabled=scripts)

    page.goto("/entrer")
    page.get_by_label("Votre adresse e-mail").fill(EMAIL)
    page.get_by_role("button", name="Recevoir le message").click()
    expect(page.get_by_role("heading", name="Tapez votre code")).to_be_visible()
    page.goto("/dev/outbox")
    page.get_by_role("link", name="Ouvrir ce lien").click()
    page.get_by_role("main").get_by_role("button", name="Entrer").click()

    assert page.url.endswith("/mes-cheques")


def test_amina_types_the_code_on_another_device(new_page: NewPage, db: Session) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina", email=EMAIL))
    phone, library = new_page(), new_page()
    phone.goto("/entrer")
    phone.get_by_label("Votre adresse e-mail").fill(EMAIL)
    phone.get_by_role("button", name="Recevoir le message").click()
    phone.goto("/dev/outbox")
    letter = phone.get_by_role("article").inner_text()
    code = next(line for line in letter.splitlines() if line.isdigit())

    library.goto("/entrer/code")
    library.get_by_label("Votre adresse e-mail").fill(EMAIL)
    library.get_by_label("Le code reçu").fill(code)
    library.get_by_role("main").get_by_role("button", name="Entrer").click()

    assert library.url.endswith("/mes-cheques")


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_cut_in_any_language(new_page: NewPage, language: str, width: int) -> None:
    page = new_page(locale=language, viewport={"width": width, "height": 800})

    for path in ("/entrer", "/entrer/code", "/entrer/lien/abc"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
