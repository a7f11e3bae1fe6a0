"""Pay a contribution online with nothing but the call for funds: its address is the key."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain.actors import LINK
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionView
from repit.web import database, online
from repit.web.access import ANYONE, require
from repit.web.appointments import links
from repit.web.forms import received
from repit.web.links import Purpose
from repit.web.pay_form import PayForm, asked_for_a_page, what_was_tried

blueprint = Blueprint("paying", __name__, url_prefix="/payer")
blueprint.before_request(require(ANYONE))


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return _page(_named(token), PayForm())


@blueprint.post("/<token>")
def pay(token: str) -> ResponseReturnValue:
    gift, form = _named(token), PayForm(received())
    back = url_for(".show", token=token, _external=True)
    if not asked_for_a_page(form, gift, back=back, actor=LINK):
        return _page(gift, form)
    return redirect(url_for(".show", token=token), 303)


def _named(token: str) -> ContributionView:
    signed = links().read(token)
    if signed is None or signed.purpose is not Purpose.PAYMENT or not online.pays_online():
        abort(404)
    return contribution_queries.contribution(database.session(), signed.name)


def _page(gift: ContributionView, form: PayForm) -> ResponseReturnValue:
    page = render_template("public/pay.html", gift=gift, form=form, **what_was_tried(gift))
    return page, 422 if form.errors else 200
