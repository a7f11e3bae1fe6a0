"""Take vouchers before Flask is asked: the hot path costs no routing, session or hook.

Only what succeeds is answered here. Everything else goes on to the application with its reason
in the request's environment, so refusals have one place, `views`. See
repit/decisions/0014-a-lane-before-flask.md.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from repit.domain import clock
from repit.domain.redemptions.desk import Desk
from repit.web.api import answers, content
from repit.web.api.redemption_body import brought_by

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/v1/redemptions"
TROUBLE = "repit.api.trouble"
REPLAYED = "Idempotent-Replayed"

_HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class Lane:
    """The application, with a lane beside it for `POST /api/v1/redemptions`."""

    def __init__(self, application: "WSGIApplication", desk: Callable[[], Desk]) -> None:
        """Stand before an application; `desk` gives its desk of the moment."""
        self._application = application
        self._desk = desk

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a redemption that succeeds; hand on everything else."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._application(environ, start_response)
        try:
            key = content.key_of(environ)
            brought = brought_by(content.json_of(environ))
            taken = self._desk().redeem(key, brought, now=clock.now())
        except Exception as trouble:  # raised again, and answered, by the application
            environ[TROUBLE] = trouble
            return self._application(environ, start_response)
        body = answers.receipt(taken)
        headers = [*_HEADERS, ("Content-Length", str(len(body)))]
        headers.append(("Location", f"{PATH}/{taken.id}"))
        if taken.replayed:
            headers.append((REPLAYED, "true"))
        start_response("200 OK" if taken.replayed else "201 Created", headers)
        return (body,)
