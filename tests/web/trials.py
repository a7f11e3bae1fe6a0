"""An application with pages that fail in every way, and one that scans."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask, session
from flask_babel import lazy_gettext

from repit.app import create_app
from repit.domain.errors import Busy, NotFound, Refused
from repit.domain.money import Cents
from repit.web import wording
from repit.web.headers import scan_page
from tests.settings import settings_for


@dataclass(eq=False)
class TooDear(Refused):
    asked: Cents
    last_day: date
    code = "too_dear"


@dataclass(eq=False)
class Elsewhere(NotFound):
    code = "elsewhere"


@dataclass(eq=False)
class Crowded(Busy):
    code = "crowded"


@pytest.fixture
def trials(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with pages that fail in every way."""
    words = (
        lazy_gettext("Refusé à %(asked)s."),
        lazy_gettext("Avant %(last_day)s."),
    )
    monkeypatch.setitem(wording.WORDING, "too_dear", words)
    plain = (lazy_gettext("Rien ici."), lazy_gettext("Cherchez ailleurs."))
    monkeypatch.setitem(wording.WORDING, "elsewhere", plain)
    monkeypatch.setitem(wording.WORDING, "crowded", plain)
    app = create_app(settings_for(database_url))

    @app.get("/trials/<kind>")
    def fail(kind: str) -> str:
        if kind == "signed-in":
            session["stay"] = "somebody"
            return "private"
        refusals = {
            "dear": TooDear(Cents(3_000), date(2027, 3, 15)),
            "elsewhere": Elsewhere(),
            "crowded": Crowded(),
            "bug": RuntimeError("Amina, 06 12 34 56 78"),
        }
        raise refusals[kind]

    @app.get("/trials/scan")
    @scan_page
    def scan() -> str:
        return "scan"

    return app
