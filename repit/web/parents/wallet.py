"""« Mes chèques »: how many, why, what became of them; and help."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.entitlements.queries import allowances_of
from repit.domain.redemptions.uses import latest_uses, uses
from repit.domain.vouchers import wallet as vouchers
from repit.web import database
from repit.web.parents.frame import parent_id, room, today
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
    allowances = allowances_of(database.session(), parent_id())
    return render_template(
        "parents/why.html",
        running=[one for one in allowances if one.period.last_day >= today()],
        past=[one for one in allowances if one.period.last_day < today()],
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
