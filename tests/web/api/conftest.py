"""A town, its providers' software, and a clock that stands still."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from repit.domain import clock
from tests.cast import NOON, Town, a_town
from tests.web.api.software import Software


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock in the year of the cast's vouchers."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


@pytest.fixture
def roseraie(app: Flask, town: Town) -> Software:
    return Software(app, town.roseraie.token)
