"""Pages of the demo alone: what the components look like, in every language and theme."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from repit.domain import clock
from repit.web.access import ANYONE, require
from repit.web.dev import checkout, outbox
from repit.web.dev.forms import StyleForm, StyleSearch
from repit.web.forms import received
from repit.web.navigation import Entry

blueprint = Blueprint("dev", __name__, url_prefix="/dev")
blueprint.before_request(require(ANYONE))
blueprint.add_url_rule("/outbox", view_func=outbox.outbox)
blueprint.add_url_rule("/checkout/<name>", view_func=checkout.show_page)
blueprint.add_url_rule("/checkout/<name>/<act>", view_func=checkout.act_on_page, methods=["POST"])
blueprint.add_url_rule("/connect/<name>", view_func=checkout.show_account)
blueprint.add_url_rule("/connect/<name>", view_func=checkout.onboard, methods=["POST"])

NAVIGATION = {
    "parent": (
        Entry("dev.style", _("Mes chèques"), "ticket"),
        Entry("public.home", _("Trouver"), "map-pin"),
        Entry("public.help_page", _("Aide"), "help-circle"),
    ),
    "provider": (
        Entry("dev.style", _("Encaisser"), "qrcode"),
        Entry("public.home", _("Mes encaissements"), "receipt"),
        Entry("public.help_page", _("Mon compte"), "user"),
    ),
    "operator": (
        Entry("dev.style", _("Accueil"), "home"),
        Entry("public.home", _("Parents"), "users"),
        Entry("public.help_page", _("Chèques"), "ticket"),
        Entry("public.privacy", _("Prestataires"), "building-store"),
        Entry("public.accessibility", _("Financeurs et enveloppes"), "coins"),
    ),
    "funder": (
        Entry("dev.style", _("Mes enveloppes"), "coins"),
        Entry("public.privacy", _("Définitions"), "info-circle"),
    ),
}


@blueprint.get("/style")
def style() -> ResponseReturnValue:
    return _page(StyleForm())


@blueprint.post("/style")
def try_style() -> ResponseReturnValue:
    form = StyleForm(received())
    form.validate()
    return _page(form), 422 if form.errors else 200


def _page(form: StyleForm) -> str:
    layout = request.args.get("layout", "operator")
    now = clock.now()
    return render_template(
        "dev/style.html",
        layout=layout if layout in NAVIGATION else "operator",
        nav=NAVIGATION.get(layout, NAVIGATION["operator"]),
        signed_in=True,
        person_label="Samira El Amrani",
        form=form,
        search=StyleSearch(request.args),
        now=now,
        last_day=(now + timedelta(days=41)).date(),
        qr_path="M0 0h7v7h-7zM9 0h2v2h-2zM14 0h7v7h-7zM0 14h7v7h-7zM9 9h3v3h-3zM14 14h2v2h-2z",
    )
