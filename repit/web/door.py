"""What sign-in needs of the installation: its keys, and its address as written in letters."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from repit.domain.stays.keys import SignInKeys
from repit.settings import Settings


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["repit.settings"]
    return found


def sign_in_keys() -> SignInKeys:
    """Return the keys of codes and counters."""
    return SignInKeys(settings().secret_key)


def public_url_for(endpoint: str, **values: Any) -> str:
    """Return a whole address under the public one; never under the host a request names."""
    public = urlsplit(settings().public_url)
    adapter = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return adapter.build(endpoint, values, force_external=True)
