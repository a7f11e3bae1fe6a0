"""A facilitator's sessions and their sheets. What somebody else leads is not there."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.attendance import agenda
from repit.domain.attendance.agenda import Meeting
from repit.web import database, sheets
from repit.web.access import visitor
from repit.web.facilitators.frame import room
from repit.web.sheets import Addresses

blueprint = room("facilitators", "/animateur")


@blueprint.get("")
def to_come() -> str:
    return _list(past=False)


@blueprint.get("/passees")
def past() -> str:
    return _list(past=True)


@blueprint.get("/seances/<public_id>")
def sheet(public_id: str) -> str:
    return sheets.show("facilitators/sheet.html", _mine(public_id), _addresses(public_id))


@blueprint.post("/seances/<public_id>/noter")
def note(public_id: str) -> ResponseReturnValue:
    return sheets.tap(_mine(public_id), _addresses(public_id))


@blueprint.route("/seances/<public_id>/sans-reservation", methods=["GET", "POST"])
def walk_in(public_id: str) -> ResponseReturnValue:
    return sheets.find_walk_in("facilitators/walk_in.html", _mine(public_id), _addresses(public_id))


def _list(*, past: bool) -> str:
    now = clock.now()
    meetings = agenda.sessions_led(database.session(), visitor().person_id, now=now, past=past)
    return render_template("facilitators/sessions.html", meetings=meetings, past=past)


def _mine(public_id: str) -> Meeting:
    return agenda.session_led(database.session(), visitor().person_id, public_id)


def _addresses(public_id: str) -> Addresses:
    return Addresses(
        sheet=url_for(".sheet", public_id=public_id),
        note=url_for(".note", public_id=public_id),
        walk_in=url_for(".walk_in", public_id=public_id),
    )
