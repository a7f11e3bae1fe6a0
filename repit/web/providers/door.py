"""The one door of every code, `/V/<token>`: what a phone's own camera opens.

Without a provider's stay it says the same for any code and asks the database nothing about
it: nobody learns here whether a code exists, what it is worth, or that it was used.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repit.domain.codes import LENGTH
from repit.web.access import ANYONE, require, visitor_or_none

WITH_HYPHENS = LENGTH + 2

blueprint = Blueprint("door", __name__)
blueprint.before_request(require(ANYONE))


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/V/<token>")
@blueprint.get("/v/<token>")
def open_door(token: str) -> ResponseReturnValue:
    here = visitor_or_none()
    if here is not None and here.role == "provider":
        # A longer token starts with the code, and is only read inside its address.
        code = token if len(token) <= WITH_HYPHENS else request.base_url
        return redirect(url_for("providers.look_at", code=code), 303)
    return make_response(
        render_template("providers/door.html", onward=request.path, signed_in=here is not None)
    )
