"""What every page of a provider stands in: the guard, the navigation, the device."""

from datetime import date

from flask import Blueprint, abort
from flask_babel import get_timezone, lazy_gettext

from repit.domain import clock
from repit.web.access import require, visitor
from repit.web.navigation import Entry

NAVIGATION = (
    Entry("providers.scanner", lazy_gettext("Encaisser"), "qrcode"),
    Entry("provider_care.to_come", lazy_gettext("Gardes"), "baby-carriage"),
    Entry("provider_takings.listing", lazy_gettext("Mes encaissements"), "receipt"),
    Entry("provider_account.account", lazy_gettext("Mon compte"), "user"),
)


def room(name: str, url_prefix: str) -> Blueprint:
    """Return a blueprint for people who work for a provider."""
    blueprint = Blueprint(name, __name__, url_prefix=url_prefix)
    blueprint.before_request(require("provider"))
    blueprint.context_processor(around)
    return blueprint


def around() -> dict[str, object]:
    """Return what the layout shows around a provider's page."""
    here = visitor()
    return {"nav": NAVIGATION, "signed_in": True, "person_label": here.place or here.name}


def provider_id() -> int:
    """Return the provider the visitor works for."""
    found = visitor().provider_id
    if found is None:
        abort(404)
    return found


def device_key() -> int:
    """Return the key of this browser at the desk."""
    found = visitor().device_id
    if found is None:
        abort(404)
    return found


def today() -> date:
    """Return the calendar day where the provider reads the page."""
    return clock.day_in(str(get_timezone() or "Europe/Paris"), clock.now())
