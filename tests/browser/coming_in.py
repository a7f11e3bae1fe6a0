"""Let a page be in as somebody who signed in elsewhere."""

from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.server import Server


def comes_in(page: Page, visitor: FlaskClient, server: Server) -> Page:
    """Give the page the visitor's cookie."""
    cookie = visitor.get_cookie("repit")
    assert cookie is not None
    page.context.add_cookies([{"name": "repit", "value": cookie.value, "url": server.url}])
    return page
