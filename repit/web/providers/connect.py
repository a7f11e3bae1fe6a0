"""A provider chooses to be paid at Stripe, says who it is there, and comes back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import UnprocessableEntity

from repit.db.unit_of_work import end_reading
from repit.domain import clock
from repit.domain.cards import connect
from repit.domain.cards.connect_queries import account_of
from repit.domain.errors import Busy, Refused
from repit.web import database, online
from repit.web.access import actor
from repit.web.acting import make
from repit.web.forms import RepitForm
from repit.web.providers.frame import provider_id, room
from repit.web.wording import word

blueprint = room("provider_connect", "/prestataire/compte/stripe")


@blueprint.get("")
def show() -> ResponseReturnValue:
    _needs_a_key()
    account = account_of(database.session(), provider_id())
    return render_template("providers/connect.html", account=account)


@blueprint.post("")
def choose() -> ResponseReturnValue:
    """Note the choice, and let Stripe make the account: asked again, it is the same one."""
    _needs_a_key()
    _checked()
    now = clock.now()
    chosen = make(lambda db: connect.choose(db, provider_id(), actor=actor(), now=now))
    if chosen.account_id is None:
        try:
            account_id = online.gateway().open_account(
                email=chosen.email, country=chosen.country, name=chosen.public_id
            )
        except (Refused, Busy) as refusal:
            flash(str(word(refusal)), "refused")
            return redirect(url_for(".show"), 303)
        make(lambda db: connect.opened(db, chosen.public_id, account_id))
    flash(_("C’est noté. Dites maintenant à Stripe qui vous êtes."), "done")
    return redirect(url_for(".show"), 303)


@blueprint.get("/continuer")
def go_on() -> ResponseReturnValue:
    """Leave for a page of Stripe's, whose address is good for some minutes."""
    _needs_a_key()
    account = account_of(database.session(), provider_id())
    if account is None or account.account_id is None:
        abort(404)
    end_reading(database.session())
    try:
        page = online.gateway().onboarding_page(
            account.account_id,
            return_url=url_for(".come_back", _external=True),
            again_url=url_for(".go_on", _external=True),
        )
    except (Refused, Busy) as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".show"), 303)
    return redirect(page, 303)


@blueprint.get("/retour")
def come_back() -> ResponseReturnValue:
    """Ask Stripe where the account stands: its own news may come later."""
    _needs_a_key()
    account = account_of(database.session(), provider_id())
    if account is None or account.account_id is None:
        abort(404)
    end_reading(database.session())
    try:
        state = online.gateway().account(account.account_id)
    except (Refused, Busy) as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".show"), 303)
    make(lambda db: connect.stands(db, state))
    return redirect(url_for(".show"), 303)


@blueprint.post("/arreter")
def stop() -> ResponseReturnValue:
    _needs_a_key()
    _checked()
    now = clock.now()
    make(lambda db: connect.stop(db, provider_id(), actor=actor(), now=now))
    flash(_("Vos prochains virements iront sur votre compte bancaire."), "done")
    return redirect(url_for(".show"), 303)


def _needs_a_key() -> None:
    if not online.pays_online():
        abort(404)


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
