"""« À regarder »: departures refused at a door, and vouchers taken for who did not come."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.attendance import alerts
from repit.web import database, sheets
from repit.web.access import actor
from repit.web.acting import make
from repit.web.forms import RepitForm
from repit.web.operators.navigation import room

blueprint = room("operators_alerts", __name__, "/porteur/presences/a-regarder")


@blueprint.get("/")
def list_alerts() -> str:
    db, now = database.session(), clock.now()
    return render_template(
        "operators/attendance/alerts.html",
        departures=alerts.refused_departures(db, now=now),
        takings=alerts.taken_for_nobody(db, now=now),
        state_words=sheets.state_words,
    )


@blueprint.post("/remises/<uuid:nonce>")
def see_departure(nonce: UUID) -> ResponseReturnValue:
    return _seen(lambda db: alerts.see_departure(db, nonce, actor=actor(), now=clock.now()))


@blueprint.post("/encaisses/<place>")
def see_taking(place: str) -> ResponseReturnValue:
    return _seen(lambda db: alerts.see_taking(db, place, actor=actor(), now=clock.now()))


def _seen(change: Callable[[Session], None]) -> ResponseReturnValue:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    make(change)
    flash(_("C’est noté dans le journal."), "done")
    return redirect(url_for(".list_alerts"), 303)
