"""Open pages one after another, as different people see them, and collect what is wrong."""

import os
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import complaints

ALL_SIGHTS: tuple[dict[str, Any], ...] = (
    {"locale": "fr", "viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
    {"locale": "ar", "viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    {"locale": "ar", "viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    {"locale": "fr", "viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
)
"""Small, middle and large, both directions, both lights: French words are the longest."""
SIGHTS = ALL_SIGHTS[: int(os.environ.get("REPIT_TEST_SIGHTS", "2"))]  # noqa: TID251
"""The normal run has time for two, as unlike as can be; `REPIT_TEST_SIGHTS=4` takes them all."""

in_every_sight = pytest.mark.parametrize(
    "sight",
    SIGHTS,
    ids=lambda one: f"{one['locale']}-{one['viewport']['width']}",
)


def wrong_on(page: Page, addresses: Iterable[str], *, status: int = 200) -> dict[str, list[str]]:
    """Return what is wrong by address, where something is; `status`: how each answers."""
    wrong: dict[str, list[str]] = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer
        assert answer.status == status, address
        if found := complaints(page):
            wrong[address] = found
    return wrong


def speak(page: Page, sight: dict[str, Any]) -> Page:
    """Choose the language of this sight, as its reader would."""
    page.goto(f"/langue/{sight['locale']}")
    return page
