"""Print vouchers: the same ones as in the telephone, each with its own code."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.vouchers.wallet import PaperVoucher, to_print, wallet
from repit.integrations import qr_codes
from repit.web import database
from repit.web.forms import given
from repit.web.parents.forms import MOST_AT_ONCE, PaperForm
from repit.web.parents.frame import parent_id, room
from repit.web.parents.reasons import why_none
from repit.web.vault import settings, vault

blueprint = room("parent_paper")


@blueprint.get("/papier")
def paper() -> ResponseReturnValue:
    db = database.session()
    found = wallet(db, parent_id(), now=clock.now())
    if found.suspended:
        return render_template("parents/suspended.html")
    wanted = request.args.get("dispositif")
    purse = found.purse(wanted)
    if purse is None and wanted is not None:
        abort(404)
    if wanted is None and found.must_choose:
        return render_template("parents/which.html", purses=found.spendable)
    form = PaperForm(request.args)
    sheet: list[PaperVoucher] = []
    if purse and "cheques" in request.args and form.validate():
        sheet = to_print(db, parent_id(), purse, most=given(form.cheques.data), vault=vault())
    elif "cheques" not in request.args:
        form = PaperForm()
    return render_template(
        "parents/paper.html",
        form=form,
        purse=purse,
        most=min(purse.spendable, MOST_AT_ONCE) if purse else 0,
        reason=why_none(purse),
        sheet=[(one, _drawing(one.code)) for one in sheet],
    )


def _drawing(code: str) -> qr_codes.QrDrawing:
    return qr_codes.draw(qr_codes.voucher_address(settings().public_url, code))
