"""Applications under test, put together once per worker: a hundred routes take their time."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask

from repit.app import create_app
from repit.settings import Settings
from repit.web import desk


@dataclass(frozen=True)
class _Made:
    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]


def application(settings: Settings) -> Flask:
    """Return the application for these settings, as it was when it was made.

    A test that adds routes, or leaves a listener that refuses on its engine, makes its own.
    """
    made = _made(settings)
    for kept, now in ((made.config, made.app.config), (made.extensions, made.app.extensions)):
        now.clear()
        now.update(kept)
    desk.register(made.app, settings)  # a new desk remembers no device of another test
    return made.app


@cache
def _made(settings: Settings) -> _Made:
    app = create_app(settings)
    app.testing = True
    return _Made(app, dict(app.config), dict(app.extensions))
