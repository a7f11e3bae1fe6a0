"""A funder pays what is missing of its contribution, on a page of Stripe's."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import RadioField

from repit.domain.cards.gateway import Way
from repit.domain.cards.queries import is_promised_by, payments_of
from repit.domain.errors import Busy, NoSuchObject, Refused
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionView
from repit.web import database, online
from repit.web.access import actor, require, visitor
from repit.web.fields import listed
from repit.web.forms import RepitForm, received, refuse
from repit.web.funders.views import around
from repit.web.wording import word

blueprint = Blueprint("funders_paying", __name__, url_prefix="/financeur/versements")
blueprint.before_request(require("funder"))
blueprint.context_processor(around)

WAYS = {
    Way.BANK_TRANSFER: lazy_gettext("Par virement, vers un numéro de compte fait pour ce paiement"),
    Way.SEPA_DEBIT: lazy_gettext("Par prélèvement SEPA"),
    Way.CARD: lazy_gettext("Par carte"),
}
STATES = {
    "asked": (lazy_gettext("demandé"), ""),
    "open": (lazy_gettext("à payer"), "brand"),
    "processing": (lazy_gettext("en cours à la banque"), "warn"),
    "paid": (lazy_gettext("payé"), "ok"),
    "failed": (lazy_gettext("refusé par la banque"), "bad"),
    "expired": (lazy_gettext("abandonné"), ""),
}


class PayForm(RepitForm):
    way = RadioField(
        lazy_gettext("Comment payer"),
        choices=listed((way.value, words) for way, words in WAYS.items()),
        default=Way.BANK_TRANSFER.value,
    )


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    return _page(_own(public_id), PayForm())


@blueprint.post("/<public_id>")
def pay(public_id: str) -> ResponseReturnValue:
    """Ask Stripe for a page; the funder opens it from ours, which a form may not leave."""
    gift, form = _own(public_id), PayForm(received())
    if not form.validate():
        return _page(gift, form)
    here = url_for(".show", public_id=public_id)
    try:
        online.page_to_pay(
            public_id,
            Way(form.way.data),
            title=_("Versement %(reference)s", reference=gift.reference),
            back=url_for(".show", public_id=public_id, _external=True),
            locale=str(get_locale()),
            actor=actor(),
        )
    except (Refused, Busy) as refusal:
        refuse(form, None, str(word(refusal)))
        return _page(gift, form)
    return redirect(here, 303)


def _own(public_id: str) -> ContributionView:
    """Return a promise of this funder's; of another's, or without a key, there is nothing here."""
    if not online.pays_online():
        abort(404)
    db = database.session()
    if not is_promised_by(db, public_id, visitor().funder_id):
        raise NoSuchObject
    return contribution_queries.contribution(db, public_id)


def _page(gift: ContributionView, form: PayForm) -> ResponseReturnValue:
    tries = payments_of(database.session(), gift.id)
    page = render_template(
        "funders/pay.html",
        gift=gift,
        form=form,
        tries=tries,
        page=next((one for one in tries if one.state == "open"), None),
        coming=any(one.state == "processing" for one in tries),
        ways=WAYS,
        states=STATES,
    )
    return page, 422 if form.errors else 200
