"""From a quarter that is over to what its funder takes home: two people, a phone and a laptop."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.people.models import Membership
from repit.domain.releases.models import Release
from repit.web import database
from tests import cast
from tests.browser.axe import complaints
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import speak
from tests.browser.server import Server
from tests.cast import NOON
from tests.commands.work import work
from tests.journeys.neighbourhood import close_the_books, households
from tests.visits import visit_as

SIGHTS: tuple[dict[str, Any], ...] = (
    {"locale": "fr", "viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    {"locale": "ar", "viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
)
FIRST_QUARTER = "quarter:2026-01-01"
HERE = "/porteur/publications/"
HOUSEHOLDS = 100
"""Of two funds: enough that some tables keep their parts, and are drawn."""
MONEY = 500_000
TABS = 80
"""More than any page has places for the focus before its files."""


@dataclass(frozen=True)
class Quarter:
    """A quarter that is over, for two funders; Odile decides, Lise reads for the first."""

    db: Session
    engine: Engine
    odile: FlaskClient
    lise: FlaskClient

    def drafted(self) -> None:
        """Let the worker count, make safe and attack."""
        assert work(self.db, self.engine, "draft_release", clock.now())


@pytest.fixture
def quarter(live_server: Server) -> Iterator[Quarter]:
    with live_server.app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        programme_id = cast.a_programme(db)
        one, other = cast.a_funder(db, "DRDFE"), cast.a_funder(db, "La Caf")
        fund_id = cast.a_fund(db, programme_id, funder_id=one, title="Parents isolés", cents=MONEY)
        other_fund_id = cast.a_fund(db, programme_id, funder_id=other, cents=MONEY)
        households(db, engine, fund_id, other_fund_id, many=HOUSEHOLDS)
        close_the_books(db, programme_id, now=clock.now())
        lise = cast.a_person(db, "Lise Lecture")
        with unit_of_work(db):
            db.add(Membership(person_id=lise, role="funder", funder_id=one, since=NOON))
        odile = visit_as(live_server.app, cast.an_operator(db))
        yield Quarter(db, engine, odile, visit_as(live_server.app, lise))


@pytest.mark.parametrize(
    "sight", SIGHTS, ids=lambda one: f"{one['locale']}-{one['viewport']['width']}"
)
def test_a_quarter_is_drafted_read_approved_and_taken_home(
    new_page: NewPage, live_server: Server, quarter: Quarter, sight: dict[str, Any]
) -> None:
    desk = speak(comes_in(new_page(**sight), quarter.odile, live_server), sight)
    funders = speak(comes_in(new_page(**sight), quarter.lise, live_server), sight)

    asks_for_a_draft(desk)
    funders.goto("/financeur/publications/")
    assert funders.locator("main a[href*='/financeur/publications/']").count() == 0
    quarter.drafted()
    approves(desk)

    reads(funders)
    takes_home(funders)
    comes_by_keyboard_alone(funders)
    is_fit_to_print(funders)


def asks_for_a_draft(page: Page) -> None:
    """Choose the fund and the quarter as an operator does; nothing is read before it is made."""
    page.goto(HERE)
    page.locator(f"main a[href$='{HERE}nouvelle']").first.click()
    page.locator("main a", has_text="Parents isolés").click()
    page.locator(f"input[name=period][value='{FIRST_QUARTER}']").check()
    assert complaints(page) == []
    page.locator("main form[action*='nouvelle'] button").click()
    page.wait_for_url(re.compile(HERE + r"[\w-]{22}$"))
    assert complaints(page) == []


def approves(page: Page) -> None:
    """Read the draft and what the audit did, then approve it: from here on it does not change."""
    page.reload()
    expect(page.locator("section", has=page.locator("h2")).first).to_be_visible()
    assert page.locator("main figure svg").count() >= 1
    assert complaints(page) == []
    page.locator("form[action$='/approuver'] button").click()
    expect(page.locator("form[action$='/approuver']")).to_have_count(0)
    expect(page.locator("[role=status], .flash, .note--ok").first).to_be_visible()
    assert complaints(page) == []


def reads(page: Page) -> None:
    """Numbers first, then tables, each under its plot, with what they mean."""
    page.goto("/financeur/publications/")
    page.locator("main a[href*='/financeur/publications/']").first.click()
    page.wait_for_url(re.compile(r"/financeur/publications/[\w-]{22}$"))
    assert complaints(page) == []
    plots = page.locator("main figure svg")
    assert plots.count() >= 1
    for place in range(plots.count()):
        beside = plots.nth(place).locator("xpath=ancestor::section[1]//table")
        assert beside.count() == 1
    assert page.locator("main table caption").count() == page.locator("main table").count()


def takes_home(page: Page) -> None:
    """Download every kind of file; each is what it says it is."""
    links = page.locator("main a[download]")
    kinds = set()
    for place in range(links.count()):
        with page.expect_download() as coming:
            links.nth(place).click()
        name = coming.value.suggested_filename
        kinds.add(opened(name, Path(coming.value.path()).read_bytes()))
    assert kinds == {"csv", "json", "pdf", "xlsx"}


def opened(name: str, content: bytes) -> str:
    """Open a file as its reader would; return what it is."""
    kind = name.rpartition(".")[2]
    if kind == "pdf":
        assert "Parents isolés" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    elif kind == "xlsx":
        assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    else:
        assert "2026-001" in content.decode("utf-8-sig")
    return kind


def comes_by_keyboard_alone(page: Page) -> None:
    """Reach the files by tabs; the focus is always to be seen."""
    page.reload()
    page.locator("body").press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
    for _ in range(TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN)
        if page.evaluate("document.activeElement.hasAttribute('download')"):
            break
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.suggested_filename


FOCUS_IS_SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  return box.width > 0 && (style.outlineStyle !== "none" || style.boxShadow !== "none");
}"""


def is_fit_to_print(page: Page) -> None:
    """On paper: no navigation and no buttons, the whole release, what is folded too."""
    folded = page.locator("main .fold dd").first
    assert not folded.is_visible()
    page.emulate_media(media="print", color_scheme="light")
    assert not page.locator("nav").first.is_visible()
    assert not page.locator("main a[download]").first.is_visible()
    assert page.locator("main table").last.is_visible()
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert "Parents isolés" in "".join(one.extract_text() for one in paper.pages)
    assert folded.is_visible()
    page.emulate_media(media="screen")


def test_a_release_is_frozen_and_numbered(
    new_page: NewPage, live_server: Server, quarter: Quarter
) -> None:
    desk = comes_in(new_page(), quarter.odile, live_server)
    asks_for_a_draft(desk)
    quarter.drafted()
    approves(desk)

    quarter.db.rollback()
    release = quarter.db.scalars(select(Release)).one()
    assert (release.state, release.year, release.serial) == ("approved", 2026, 1)
    quarter.db.rollback()
    desk.goto(f"{HERE}nouvelle")
    desk.locator("main a", has_text="Parents isolés").click()
    assert desk.locator(f"input[name=period][value='{FIRST_QUARTER}']").count() == 0
