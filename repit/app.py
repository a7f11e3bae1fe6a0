"""Put the application together. Nothing is decided here."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask

from repit.commands import demo, figures, money, notices, openapi, upkeep, worker
from repit.settings import ROOT, Settings
from repit.settings_checks import LOOPBACK
from repit.web import (
    access,
    categories,
    compression,
    database,
    desk,
    errors,
    frame,
    headers,
    locale,
    online,
    origin,
    referrals,
    release_pages,
    static_files,
)
from repit.web.account.roles import blueprint as account
from repit.web.api import views as api
from repit.web.api.pages import blueprint as api_pages
from repit.web.dev.views import blueprint as dev
from repit.web.facilitators.rooms import ROOMS as FACILITATOR_ROOMS
from repit.web.funders.paying import blueprint as funders_paying
from repit.web.funders.releases import blueprint as funders_releases
from repit.web.funders.views import blueprint as funders
from repit.web.hooks.stripe import blueprint as hooks
from repit.web.operators.rooms import ROOMS
from repit.web.parents.rooms import ROOMS as PARENT_ROOMS
from repit.web.providers.rooms import ROOMS as PROVIDER_ROOMS
from repit.web.public.figures import blueprint as public_figures
from repit.web.public.link_pages import blueprint as links
from repit.web.public.paying import blueprint as paying
from repit.web.public.views import blueprint as public

MEGABYTE = 1024 * 1024
BLUEPRINTS: tuple[Blueprint, ...] = (
    public,
    public_figures,
    links,
    paying,
    account,
    *PARENT_ROOMS,
    *PROVIDER_ROOMS,
    *FACILITATOR_ROOMS,
    *ROOMS,
    funders,
    funders_paying,
    funders_releases,
    api.blueprint,
    api_pages,
    hooks,
)
DEMO_BLUEPRINTS: tuple[Blueprint, ...] = (dev,)


def create_app(settings: Settings) -> Flask:
    """Return a ready application for one set of settings."""
    app = Flask(
        "repit", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(_flask_settings(settings))
    app.extensions["repit.settings"] = settings
    database.register(app)
    desk.register(app, settings)
    online.register(app, settings)
    compression.register(app)  # first in, so last to touch an answer
    headers.register(app, secure=settings.secure)
    origin.register(app)
    static_files.register(app)
    locale.register(app)
    frame.register(app, settings)
    categories.register(app)
    referrals.register(app)
    release_pages.register(app)
    access.register(app)
    errors.register(app)
    for blueprint in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ()):
        app.register_blueprint(blueprint)
    for commands in (upkeep, demo, figures, money, notices, openapi, worker):
        commands.register(app, settings)
    api.register(app)  # last: its lane stands before the whole application
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "DEBUG": settings.debug,
        "TRUSTED_HOSTS": _hosts(settings.public_url),
        "MAX_CONTENT_LENGTH": 5 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE // 2,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": "__Host-repit" if settings.secure else "repit",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=90),  # the database decides; see access
    }


def _hosts(public_url: str) -> list[str]:
    """Return the names we answer to; on one's own machine, every name it has for itself."""
    host = urlsplit(public_url).hostname or ""
    return ["127.0.0.1", "localhost", "[::1]"] if host in LOOPBACK else [host]
