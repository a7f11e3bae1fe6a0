"""Every page that no other test opens, of every audience: those to come are here by themselves.

What is open to whom, and what stands in addresses, is the table of `tests.journeys`.
"""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from repit.web import database
from repit.web.access import ANYONE
from tests.browser import test_money_pages, test_operator_pages
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.journeys.access_table import PLACES
from tests.journeys.routes import PLACE, Route, routes
from tests.journeys.two_sides import Visitor, everybody

OPENED_ELSEWHERE = (*test_money_pages.PAGES, *test_operator_pages.PAGES)
OK = 200
NAMED = re.compile(r"{(\w+)}")


@pytest.fixture
def visitors(live_server: Server) -> list[Visitor]:
    """One visitor of each kind, in a town where something has happened."""
    with live_server.app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        return [one for one in everybody(live_server.app, db, engine) if "two" not in one.name]


@in_every_sight
def test_nothing_on_a_page_shuts_anybody_out(
    new_page: NewPage, live_server: Server, visitors: list[Visitor], sight: dict[str, Any]
) -> None:
    wrong = wrong_on(speak(new_page(**sight), sight), ["/nulle-part"], status=404)
    # A demo's own page about one thing stands in no table: its thing is made by who opens it.
    known = [route for route in routes(live_server.app) if set(route.places) <= set(PLACES)]
    left = [route for route in known if not opened_elsewhere(route)]

    for visitor in visitors:
        mine = [route for route in left if is_a_page_of(visitor, route)]
        left = [route for route in left if route not in mine]
        if mine:
            page = comes_in(new_page(**sight), visitor.client, live_server)
            wrong |= wrong_on(speak(page, sight), [route.address(visitor) for route in mine])

    assert wrong == {}


def opened_elsewhere(route: Route) -> bool:
    """Tell whether this page has a test with more on it than here."""
    return PLACE.sub("·", route.rule) in {
        NAMED.sub("·", address.partition("?")[0]) for address in OPENED_ELSEWHERE
    }


def is_a_page_of(visitor: Visitor, route: Route) -> bool:
    """Tell a page for this visitor from a file, a part of a page and a way to another page."""
    if route.method != "GET" or route.audience not in {ANYONE, visitor.role}:
        return False
    answer = visitor.client.get(route.address(visitor), buffered=True)
    return answer.status_code == OK and answer.text.lstrip().startswith("<!doctype html>")
