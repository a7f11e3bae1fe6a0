"""Where a form was, for who opens again the address that it was sent to.

A form that was refused leaves its own address in the browser: opened again there, it is a page
that only answers what is sent. The page that holds the form stands above it.
"""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

READS = frozenset({"GET", "HEAD"})


def page_above() -> str | None:
    """Return the nearest page above this address that can be opened, about the same things.

    None when this is no reading, or an address that a person does not open (the API), or when
    nothing stands above it but the front page.
    """
    answered_otherwise = current_app.extensions.get("repit.answerers", {})
    if request.method not in READS or request.path.startswith(tuple(answered_otherwise)):
        return None
    routes = current_app.create_url_adapter(request)
    about = _about(routes, request.path, "POST") if routes else None
    if routes is None or about is None:
        return None
    path = request.path.rstrip("/")
    while path := path.rpartition("/")[0]:
        for address in (path, f"{path}/"):
            found = _about(routes, address, "GET")
            if found is not None and found.items() <= about.items():
                return address
    return None


def _about(routes: MapAdapter, path: str, method: str) -> dict[str, Any] | None:
    """Return what an address names, None when it is not answered."""
    try:
        return dict(routes.match(path, method=method)[1])
    except (HTTPException, RequestRedirect):
        return None
