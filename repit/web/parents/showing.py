"""Choose how many vouchers, show their code, see that it was used."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.redemptions.uses import Screen, screen
from repit.domain.retrying import retrying
from repit.domain.vouchers.errors import NotEnoughVouchers
from repit.domain.vouchers.present import Shown, present
from repit.domain.vouchers.wallet import Purse, wallet
from repit.integrations import qr_codes
from repit.web import database
from repit.web.forms import given, received, refuse
from repit.web.parents.forms import MOST_AT_ONCE, ShowForm
from repit.web.parents.frame import parent_id, room
from repit.web.parents.reasons import why_none
from repit.web.vault import settings, vault
from repit.web.wording import word

OK, CONFLICT, INVALID = 200, 409, 422

blueprint = room("parent_showing")


@blueprint.get("/montrer")
def choose() -> ResponseReturnValue:
    return _page(ShowForm())


@blueprint.post("/montrer")
def show() -> ResponseReturnValue:
    form = ShowForm(received())
    if not form.validate():
        return _page(form, INVALID)
    found = wallet(database.session(), parent_id(), now=clock.now())
    wanted = request.args.get("dispositif")
    purse = found.purse(wanted)
    if found.suspended or purse is None or (wanted is None and found.must_choose):
        return _page(form, CONFLICT)
    try:
        shown = _present(purse, given(form.cheques.data))
    except NotEnoughVouchers as refusal:
        refuse(form, "cheques", str(word(refusal)))
        return _page(form, CONFLICT)
    return redirect(url_for(".code", name=vault().hash(shown.code).hex()), 303)


@blueprint.get("/code/<name>")
def code(name: str) -> ResponseReturnValue:
    found, now = _screen(name), clock.now()
    address = qr_codes.voucher_address(settings().public_url, found.code)
    return render_template(
        "parents/code.html",
        screen=found,
        state=found.state(now),
        qr=qr_codes.draw(address),
        name=name,
    )


@blueprint.get("/code/<name>/etat")
def state(name: str) -> ResponseReturnValue:
    """Say in one word what became of a code: the page that shows it asks now and then."""
    return _screen(name).state(clock.now()), {"Content-Type": "text/plain; charset=utf-8"}


def _present(purse: Purse, count: int) -> Shown:
    db, keys = database.session(), vault()

    def once() -> Shown:
        with unit_of_work(db):
            return present(
                db,
                parent_id(),
                purse.programme_id,
                vouchers=count,
                vault=keys,
                now=clock.now(),
            )

    return retrying(once)


def _screen(name: str) -> Screen:
    found = screen(database.session(), parent_id(), name, vault=vault())
    if found is None:
        abort(404)
    return found


def _page(form: ShowForm, status: int = OK) -> ResponseReturnValue:
    found = wallet(database.session(), parent_id(), now=clock.now())
    if found.suspended:
        return render_template("parents/suspended.html"), status
    wanted = request.args.get("dispositif")
    purse = found.purse(wanted)
    if purse is None and wanted is not None:
        abort(404)
    if wanted is None and found.must_choose:
        return render_template("parents/which.html", purses=found.spendable), status
    asked = form.cheques.data or 0
    page = render_template(
        "parents/choose.html",
        form=form,
        purse=purse,
        several=len(found.purses) > 1,
        # What was asked stays there to be seen, even when it is more than there is.
        most=min(max(purse.spendable, asked), MOST_AT_ONCE) if purse else 0,
        reason=why_none(purse),
    )
    return page, status
