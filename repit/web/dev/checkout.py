"""The demo's Stripe: pay, refuse, contest, onboard, with the events told to our own door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import UnprocessableEntity

from repit.integrations.stripe_stand_in import WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.refusals import StandInRefusal
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Town
from repit.settings import Settings
from repit.web.forms import RepitForm
from repit.web.online import receive_event

Event = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """What somebody may do with a payment: its words, its icon, and what happens."""

    label: LazyString
    icon: str
    kind: str
    do: Callable[[Town, dict[str, Any]], list[Event]]


ACTS: dict[str, Act] = {
    "payer": Act(lazy_gettext("Payer"), "check", "", lambda town, page: town.pay(page["id"])),
    "abandonner": Act(
        lazy_gettext("Laisser passer le délai"),
        "clock",
        "quiet",
        lambda town, page: town.expire(page["id"]),
    ),
    "reussir": Act(
        lazy_gettext("La banque paie, quelques jours plus tard"),
        "check",
        "",
        lambda town, page: town.settle(page["id"]),
    ),
    "refuser": Act(
        lazy_gettext("La banque refuse"), "x", "quiet", lambda town, page: town.fail(page["id"])
    ),
    "contester": Act(
        lazy_gettext("Reprendre l’argent, des semaines plus tard"),
        "arrow-back-up",
        "quiet",
        lambda town, page: town.dispute(page["payment_intent"]),
    ),
    "gagner": Act(
        lazy_gettext("Donner raison au porteur"),
        "check",
        "quiet",
        lambda town, page: town.close_dispute(page["dispute"]["id"], won=True),
    ),
    "perdre": Act(
        lazy_gettext("Donner raison au payeur"),
        "x",
        "quiet",
        lambda town, page: town.close_dispute(page["dispute"]["id"], won=False),
    ),
}


def show_page(name: str) -> ResponseReturnValue:
    town = _town()
    page = _page(town, name)
    acts = [(key, ACTS[key]) for key in _possible(page)]
    return render_template("dev/checkout.html", page=page, acts=acts)


def act_on_page(name: str, act: str) -> ResponseReturnValue:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    town = _town()
    page = _page(town, name)
    if act not in _possible(page):
        flash(_("Ce n’est plus possible : ce paiement a changé entre-temps."), "refused")
    else:
        _tell(town, ACTS[act].do(town, page))
        flash(_("C’est fait, et Stripe l’a dit au site."), "done")
    return redirect(url_for("dev.show_page", name=name), 303)


def show_account(name: str) -> ResponseReturnValue:
    return render_template("dev/connect.html", account=_account(_town(), name))


def onboard(name: str) -> ResponseReturnValue:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    town = _town()
    account = _account(town, name)
    _tell(town, town.onboard(name))
    return redirect(account["return_url"], 303)


def _town() -> Town:
    settings: Settings = current_app.extensions["repit.settings"]
    if settings.stripe_stand_in is None:
        abort(404)  # the real Stripe has pages of its own
    return Town(Shelf(settings.stripe_stand_in), WEBHOOK_SECRET)


def _page(town: Town, name: str) -> dict[str, Any]:
    try:
        return town.session(name) | {"dispute": town.dispute_of(name)}
    except StandInRefusal:
        abort(404)


def _account(town: Town, name: str) -> dict[str, Any]:
    try:
        return town.account(name)
    except StandInRefusal:
        abort(404)


def _possible(page: dict[str, Any]) -> tuple[str, ...]:
    if page["status"] == "open":
        return ("payer", "abandonner")
    if page["status"] != "complete":
        return ()
    if page["payment_status"] != "paid":
        return ("reussir", "refuser") if not page["over"] else ()
    if page["dispute"] is None:
        return ("contester",)
    return ("gagner", "perdre") if page["dispute"]["status"] == "needs_response" else ()


def _tell(town: Town, events: list[Event]) -> None:
    for event in events:
        sent = town.signed(event)
        receive_event(sent.body, sent.signature)
