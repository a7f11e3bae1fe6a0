"""The settings of an application under test."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

from repit.settings import Settings

_FIXED = Settings(
    secret_key="sessions of the tests, and of nothing else",
    code_key=urlsafe_b64encode(bytes(range(32))).decode(),
    database_url="",
)


def settings_for(database_url: str, **changes: Any) -> Settings:
    """Return settings for one database; `changes` name the fields that differ."""
    return replace(_FIXED, database_url=database_url, **changes)
