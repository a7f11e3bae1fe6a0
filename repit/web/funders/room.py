"""What every page of a funder stands in: two links, who is signed in, and whose money it is."""

from flask import Blueprint, abort
from flask_babel import lazy_gettext as _

from repit.web.access import require, visitor
from repit.web.navigation import Entry

NAVIGATION = (
    Entry("funders.own_funds", _("Mes enveloppes"), "wallet"),
    Entry("funders_releases.list_releases", _("Publications"), "report-analytics"),
)


def room(name: str, import_name: str, url_prefix: str) -> Blueprint:
    """Return the blueprint of some of a funder's pages, guarded and framed."""
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix)
    blueprint.before_request(require("funder"))
    blueprint.context_processor(_around)
    return blueprint


def funder_id() -> int:
    """Return whose pages these are; a reader of no funder finds nothing."""
    found = visitor().funder_id
    if found is None:
        abort(404)
    return found


def _around() -> dict[str, object]:
    here = visitor()
    return {"nav": NAVIGATION, "signed_in": True, "person_label": here.place or here.name}
