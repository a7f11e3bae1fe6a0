"""Refuse changes sent from somebody else's page.

The second lock on forms, beside their token. Browsers say where a request comes from;
when one says nothing (or « null », which our own Referrer-Policy causes), the token decides.
"""

from flask import Flask, abort, request

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
BEARER_BLUEPRINTS = {"api"}  # no cookie opens these, so no page can ride on one


def register(app: Flask) -> None:
    """Check where every change comes from."""

    @app.before_request
    def refuse_foreign_changes() -> None:
        if request.method in SAFE_METHODS or request.blueprint in BEARER_BLUEPRINTS:
            return
        if _is_foreign():
            abort(403)


def _is_foreign() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin in {None, "null"}:
        return False
    return origin != request.host_url.rstrip("/")
