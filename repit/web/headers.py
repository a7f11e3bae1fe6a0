"""What every answer tells the browser to refuse."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, request, session

View = TypeVar("View", bound=Callable[..., object])

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "media-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
ONE_YEAR = 31_536_000

_scan_views: set[Callable[..., object]] = set()


def scan_page(view: View) -> View:
    """Let this page open the camera and compile the reader. Goes right under the route."""
    _scan_views.add(view)
    return view


def register(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer of the application."""

    @app.after_request
    def protect(response: Response) -> Response:
        scanning = current_app.view_functions.get(request.endpoint or "") in _scan_views
        headers = response.headers
        headers["Content-Security-Policy"] = _policy(scanning=scanning)
        headers["Permissions-Policy"] = _features(scanning=scanning)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if secure:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
        if request.endpoint != "static":
            _keep_out_of_caches(response)
        return response


def _policy(*, scanning: bool) -> str:
    directives = dict(POLICY)
    if scanning:
        directives["script-src"] += " 'wasm-unsafe-eval'"
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _features(*, scanning: bool) -> str:
    allowed = {"camera"} if scanning else set()
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in FEATURES)


def _keep_out_of_caches(response: Response) -> None:
    """A page made for someone is never kept, not even by the phone it was shown on."""
    if response.headers.get("Cache-Control") == "no-store":
        return  # the API says so itself, and its answers do not depend on a cookie
    if session:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
