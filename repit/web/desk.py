"""The desk of this application: one for the provider's pages and the API alike."""

from typing import cast

from flask import Flask, current_app

from repit.domain.codes import CodeVault
from repit.domain.redemptions.desk import Desk
from repit.settings import Settings
from repit.web import database

NAME = "repit.desk"


def register(app: Flask, settings: Settings) -> None:
    """Open the desk on the application's database, with its code keys."""
    with app.app_context():
        engine = database.extension.engine
    app.extensions[NAME] = Desk(engine, CodeVault.from_text(settings.code_key))


def desk() -> Desk:
    """Return the desk of the application that answers this request."""
    return desk_of(current_app)


def desk_of(app: Flask) -> Desk:
    """Return the desk of an application."""
    return cast(Desk, app.extensions[NAME])
