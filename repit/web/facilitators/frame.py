"""What every page of a facilitator stands in: the guard and the navigation."""

from flask import Blueprint
from flask_babel import lazy_gettext

from repit.web.access import require, visitor
from repit.web.navigation import Entry

NAVIGATION = (
    Entry("facilitators.to_come", lazy_gettext("Mes séances"), "calendar"),
    Entry("facilitators.past", lazy_gettext("Séances passées"), "history"),
    Entry("facilitator_referrals.list_referrals", lazy_gettext("Orientations"), "heart-handshake"),
)


def room(name: str, url_prefix: str) -> Blueprint:
    """Return a blueprint for people who lead workshops."""
    blueprint = Blueprint(name, __name__, url_prefix=url_prefix)
    blueprint.before_request(require("facilitator"))
    blueprint.context_processor(around)
    return blueprint


def around() -> dict[str, object]:
    """Return what the layout shows around a facilitator's page."""
    return {"nav": NAVIGATION, "signed_in": True, "person_label": visitor().name}
