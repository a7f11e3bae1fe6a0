"""A real browser on a real server: Chromium, strict about what a page may do."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session

from repit.app import create_app
from repit.web import database
from tests import cast
from tests.browser.camera import Camera
from tests.browser.conduct import Conduct
from tests.browser.server import Server, free_port, serving
from tests.settings import settings_for
from tests.visits import visit_as

CHROMIUM = os.environ.get("REPIT_CHROMIUM", "/usr/bin/chromium")  # noqa: TID251
FLAGS = [
    "--no-sandbox",  # Chromium's sandbox refuses root, which is what containers run as
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PHONE = {"width": 390, "height": 844}

NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """What the browser films: `camera.shows(text)` before the page opens it."""
    return Camera(tmp_path_factory.mktemp("camera") / "camera.mjpeg")


@pytest.fixture(scope="session")
def browser(camera: Camera) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={camera.path}"],
        )
        yield browser
        browser.close()


@pytest.fixture
def live_server(database_url: str) -> Iterator[Server]:
    """The demo's application on a free port, with an empty database behind it."""
    port = free_port()
    app = create_app(settings_for(database_url, public_url=f"http://127.0.0.1:{port}", demo=True))
    with serving(app, port) as server:
        yield server


@pytest.fixture(autouse=True)
def _the_machines_own_day(machine_clock: None) -> None:
    """A browser reads the machine's clock, and compares it with what the service says."""


@pytest.fixture
def new_page(browser: Browser, live_server: Server) -> Iterator[NewPage]:
    """Open a page as one more visitor: `new_page(viewport=…, locale="ar")`, a phone by default.

    At the end no page may have violated its policy, failed a script or called another host.
    """
    conduct = Conduct(live_server.url)
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        settings = {"viewport": PHONE, "locale": "fr-FR", "base_url": live_server.url, **options}
        context = browser.new_context(**settings)
        contexts.append(context)
        conduct.watch(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert conduct.complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One visitor on a phone, in French."""
    return new_page()


@pytest.fixture
def odile(live_server: Server) -> FlaskClient:
    """The operator, signed in elsewhere: `comes_in(page, odile, live_server)`."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        person_id = cast.an_operator(db)
    return visit_as(live_server.app, person_id)
