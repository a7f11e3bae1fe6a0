"""The sheets of sessions and slots as the operator has them, and what two phones disagree about."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from repit.domain import clock
from repit.domain.attendance import agenda, queries
from repit.domain.attendance.agenda import Meeting
from repit.web import database, sheets, walk_ins
from repit.web.operators.navigation import room
from repit.web.sheets import Addresses

blueprint = room("operators_attendance", __name__, "/porteur")


@blueprint.get("/ateliers/seances/<public_id>/feuille")
def session_sheet(public_id: str) -> str:
    return sheets.show("operators/attendance/sheet.html", _session(public_id), _at(public_id))


@blueprint.post("/ateliers/seances/<public_id>/feuille/noter")
def note_in_session(public_id: str) -> ResponseReturnValue:
    return sheets.tap(_session(public_id), _at(public_id))


@blueprint.route("/ateliers/seances/<public_id>/feuille/sans-reservation", methods=["GET", "POST"])
def walk_in(public_id: str) -> ResponseReturnValue:
    return walk_ins.find("operators/attendance/walk_in.html", _session(public_id), _at(public_id))


@blueprint.get("/gardes/<public_id>/feuille")
def slot_sheet(public_id: str) -> str:
    return sheets.show("operators/attendance/sheet.html", _slot(public_id), _at_slot(public_id))


@blueprint.post("/gardes/<public_id>/feuille/noter")
def note_in_slot(public_id: str) -> ResponseReturnValue:
    return sheets.tap(_slot(public_id), _at_slot(public_id))


@blueprint.get("/presences/desaccords")
def disagreements() -> str:
    found = queries.disagreements(database.session(), now=clock.now())
    return render_template(
        "operators/attendance/disagreements.html", found=found, state_words=sheets.state_words
    )


def _session(public_id: str) -> Meeting:
    return agenda.session(database.session(), public_id)


def _slot(public_id: str) -> Meeting:
    return agenda.slot(database.session(), public_id)


def _at(public_id: str) -> Addresses:
    return Addresses(
        sheet=url_for(".session_sheet", public_id=public_id),
        note=url_for(".note_in_session", public_id=public_id),
        walk_in=url_for(".walk_in", public_id=public_id),
    )


def _at_slot(public_id: str) -> Addresses:
    return Addresses(
        sheet=url_for(".slot_sheet", public_id=public_id),
        note=url_for(".note_in_slot", public_id=public_id),
    )
