"""What every page of a parent stands in: the guard, the tabs, whose page it is."""

from datetime import date

from flask import Blueprint, abort
from flask_babel import get_timezone, lazy_gettext

from repit.domain import clock
from repit.web.access import require, visitor
from repit.web.navigation import Entry

NAVIGATION = (
    Entry("parents.wallet", lazy_gettext("Mes chèques"), "ticket"),
    Entry("parent_finding.listing", lazy_gettext("Trouver"), "map-pin"),
    Entry("parent_bookings.mine", lazy_gettext("Rendez-vous"), "calendar"),
    Entry("parent_children.listing", lazy_gettext("Enfants"), "baby-carriage"),
    Entry("parents.help_page", lazy_gettext("Aide"), "help-circle"),
)


def room(name: str, address: str = "/mes-cheques") -> Blueprint:
    """Return a blueprint for parents."""
    blueprint = Blueprint(name, __name__, url_prefix=address)
    blueprint.before_request(require("parent"))
    blueprint.context_processor(around)
    return blueprint


def around() -> dict[str, object]:
    """Return what the layout shows around a parent's page."""
    return {"nav": NAVIGATION, "signed_in": True, "person_label": visitor().name}


def parent_id() -> int:
    """Return whose vouchers these are."""
    found = visitor().parent_id
    if found is None:
        abort(404)
    return found


def today() -> date:
    """Return the calendar day where the parent reads the page."""
    return clock.day_in(str(get_timezone() or "Europe/Paris"), clock.now())
