"""Where Stripe tells what happened. No cookie, no form, no token: the signature is all there is."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from repit.domain.cards.errors import EventRefused
from repit.web.access import ANYONE, require
from repit.web.online import receive_event

LONGEST_EVENT = 256 * 1024
blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
blueprint.before_request(require(ANYONE))


@blueprint.post("/stripe")
def take_in_event() -> ResponseReturnValue:
    """Answer quickly and in a word; Stripe sends again for three days what is not answered 2xx."""
    request.max_content_length = LONGEST_EVENT
    body = request.get_data()
    try:
        taken = receive_event(body, request.headers.get("Stripe-Signature"))
    except EventRefused as refusal:
        return {"refused": refusal.reason}, 400
    return {"state": taken.state, "first": taken.first}
