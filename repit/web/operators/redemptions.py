"""One redemption as the operator sees it, and taking it back with a motive."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.errors import NoSuchObject
from repit.domain.redemptions import queries, reverse
from repit.domain.redemptions.queries import Taken
from repit.domain.vouchers.queries import of_redemption
from repit.web import database
from repit.web.access import actor
from repit.web.forms import given, received
from repit.web.operators.acting import complaint, made, today
from repit.web.operators.navigation import room
from repit.web.operators.voucher_forms import MotiveForm

blueprint = room("operators_redemptions", __name__, "/porteur/encaissements")


@blueprint.get("/<uuid:redemption_id>")
def show_redemption(redemption_id: UUID) -> ResponseReturnValue:
    return _page(_found(redemption_id), MotiveForm())


@blueprint.post("/<uuid:redemption_id>/annuler")
def reverse_redemption(redemption_id: UUID) -> ResponseReturnValue:
    taken = _found(redemption_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: reverse.reverse_by_operator(
            db, taken.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        now_taken = _found(redemption_id)
        if now_taken.can_be_reversed:
            return _page(now_taken, form, 422)
        flash(complaint(form), "refused")  # its form is gone: somebody was faster
        return redirect(url_for(".show_redemption", redemption_id=redemption_id), 303)
    flash(_("L’encaissement est annulé : le parent retrouve ses chèques."), "done")
    return redirect(url_for(".show_redemption", redemption_id=redemption_id), 303)


def _found(redemption_id: UUID) -> Taken:
    taken = queries.one(database.session(), redemption_id)
    if taken is None:
        raise NoSuchObject
    return taken


def _page(taken: Taken, form: MotiveForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "operators/vouchers/redemption.html",
        taken=taken,
        form=form,
        today=today(),
        vouchers=of_redemption(database.session(), taken.id),
    )
    return page, status
