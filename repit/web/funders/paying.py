"""A funder pays what is missing of its contribution, on a page of Stripe's."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain.cards.queries import is_promised_by
from repit.domain.errors import NoSuchObject
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionView
from repit.web import database, online
from repit.web.access import actor, visitor
from repit.web.forms import received
from repit.web.funders.room import room
from repit.web.pay_form import PayForm, asked_for_a_page, what_was_tried

blueprint = room("funders_paying", __name__, "/financeur/versements")


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    return _page(_own(public_id), PayForm())


@blueprint.post("/<public_id>")
def pay(public_id: str) -> ResponseReturnValue:
    """Ask Stripe for a page; the funder opens it from ours, which a form may not leave."""
    gift, form = _own(public_id), PayForm(received())
    here = url_for(".show", public_id=public_id)
    back = url_for(".show", public_id=public_id, _external=True)
    if not asked_for_a_page(form, gift, back=back, actor=actor()):
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
    page = render_template("funders/pay.html", gift=gift, form=form, **what_was_tried(gift))
    return page, 422 if form.errors else 200
