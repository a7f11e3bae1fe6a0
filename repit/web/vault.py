"""The code keys of this application, for pages that show people their own codes."""

from typing import cast

from flask import current_app

from repit.domain.codes import CodeVault
from repit.settings import Settings

NAME = "repit.vault"


def vault() -> CodeVault:
    """Return the vault of the application that answers this request."""
    if NAME not in current_app.extensions:
        current_app.extensions[NAME] = CodeVault.from_text(settings().code_key)
    return cast(CodeVault, current_app.extensions[NAME])


def settings() -> Settings:
    """Return the settings of the application that answers this request."""
    return cast(Settings, current_app.extensions["repit.settings"])
