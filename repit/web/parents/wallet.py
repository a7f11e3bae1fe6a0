"""« Mes chèques »: how many, why, what became of them; and help."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.redemptions.uses import latest_uses, uses
from repit.domain.vouchers import wallet as vouchers
from repit.domain.vouchers.adding_up import adding_up, sums
from repit.web import database
from repit.web.parents.frame import parent_id, room
from repit.web.parents.reasons import why_none, why_waiting

LAST_USES = 3
LONGEST_NUMBER = 6

blueprint = room("parents")


@blueprint.get("")
def wallet() -> ResponseReturnValue:
    db = database.session()
    found = vouchers.wallet(db, parent_id(), now=clock.now())
    if found.suspended:
        return render_template("parents/suspended.html")
    return render_template(
        "parents/wallet.html",
        wallet=found,
        why_none=why_none,
        why_waiting=why_waiting,
        uses=latest_uses(db, parent_id(), most=LAST_USES),
    )


@blueprint.get("/")
def slash() -> ResponseReturnValue:
    return redirect(url_for(".wallet"), 308)


@blueprint.get("/pourquoi")
def why() -> ResponseReturnValue:
    given = adding_up(database.session(), parent_id(), now=clock.now())
    return render_template(
        "parents/why.html",
        sums=sums(given),
        running=[one for one in given if one.running],
        past=[one for one in given if not one.running],
        why_waiting=why_waiting,
    )


@blueprint.get("/utilises")
def used() -> ResponseReturnValue:
    page = uses(database.session(), parent_id(), number=_wanted_page())
    return render_template("parents/used.html", page=page)


@blueprint.get("/aide")
def help_page() -> ResponseReturnValue:
    return render_template("parents/help.html")


def _wanted_page() -> int:
    typed = request.args.get("page", "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else 1
