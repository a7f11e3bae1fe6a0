"""Families' shares paid online that go back: what is on its way, and what Stripe refused."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import UnprocessableEntity

from repit.domain.bookings.share_view import open_refunds
from repit.domain.errors import Refused
from repit.domain.family_shares import refunds
from repit.web import database
from repit.web.acting import make
from repit.web.forms import RepitForm
from repit.web.operators.navigation import room
from repit.web.wording import word

blueprint = room("operators_shares", __name__, "/porteur/participations")


@blueprint.get("/")
def list_refunds() -> ResponseReturnValue:
    found = open_refunds(database.session())
    return render_template("operators/shares/list.html", refunds=found)


@blueprint.post("/<public_id>/reprendre")
def try_again(public_id: str) -> ResponseReturnValue:
    """Send a refund that Stripe refused once more."""
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    try:
        make(lambda db: refunds.try_again(db, public_id))
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    else:
        flash(_("Le remboursement repart dans la minute."), "done")
    return redirect(url_for(".list_refunds"), 303)
