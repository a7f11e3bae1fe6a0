"""A facilitator's sessions and their sheets. What somebody else leads is not there."""

from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.attendance import agenda
from repit.domain.attendance.agenda import Meeting
from repit.domain.bookings import overview
from repit.web import database, sheets, walk_ins
from repit.web.access import visitor
from repit.web.deciding import DECISIONS, DecideForm, decided, said
from repit.web.facilitators.frame import room
from repit.web.forms import received
from repit.web.sheets import Addresses

INVALID = 422

blueprint = room("facilitators", "/animateur")


@blueprint.get("")
def to_come() -> str:
    return _list(past=False)


@blueprint.get("/passees")
def past() -> str:
    return _list(past=True)


@blueprint.get("/seances/<public_id>")
def sheet(public_id: str) -> str:
    meeting = _mine(public_id)
    meeting.check_readable(clock.now())
    return _sheet(meeting, DecideForm())


@blueprint.post("/seances/<public_id>/decider")
def decide(public_id: str) -> ResponseReturnValue:
    """Decide when it is due; otherwise cancelling is the operator's."""
    meeting = _mine(public_id)
    row = overview.session(database.session(), public_id)
    form = DecideForm(received())
    if not row.to_decide(clock.now()):
        flash(_("Il n’y a rien à décider pour cette séance."), "info")
    elif not decided(form, row.id):
        return _sheet(meeting, form), INVALID
    elif form.decision.data == "postpone":
        flash(_("C’est noté. Le porteur du dispositif donne la nouvelle date."), "done")
    else:
        flash(said(form), "done")
    return redirect(url_for(".sheet", public_id=public_id), 303)


@blueprint.post("/seances/<public_id>/noter")
def note(public_id: str) -> ResponseReturnValue:
    """Note the adults; the children too, for who also works for those who keep them."""
    meeting = _mine(public_id)
    scope = replace(meeting.scope, children=_keeps(meeting))
    return sheets.tap(replace(meeting, scope=scope), _addresses(public_id))


@blueprint.route("/seances/<public_id>/sans-reservation", methods=["GET", "POST"])
def walk_in(public_id: str) -> ResponseReturnValue:
    return walk_ins.find("facilitators/walk_in.html", _mine(public_id), _addresses(public_id))


def _list(*, past: bool) -> str:
    now = clock.now()
    meetings = agenda.sessions_led(database.session(), visitor().person_id, now=now, past=past)
    return render_template("facilitators/sessions.html", meetings=meetings, past=past, now=now)


def _sheet(meeting: Meeting, form: DecideForm) -> str:
    """Name the children around the session alone; their sheets are for those who keep them."""
    db, now = database.session(), clock.now()
    row = overview.session(db, meeting.public_id)
    named = meeting.names_visible(now)
    return sheets.show(
        "facilitators/sheet.html",
        meeting,
        _addresses(meeting.public_id),
        row=row,
        to_decide=row.to_decide(now),
        children_named=named,
        children_kept=named and _keeps(meeting),
        decision_words=DECISIONS,
        form=form,
    )


def _keeps(meeting: Meeting) -> bool:
    db = database.session()
    return agenda.keeps_children(db, visitor().person_id, meeting.scope.session_id)


def _mine(public_id: str) -> Meeting:
    return agenda.session_led(database.session(), visitor().person_id, public_id)


def _addresses(public_id: str) -> Addresses:
    return Addresses(
        sheet=url_for(".sheet", public_id=public_id),
        note=url_for(".note", public_id=public_id),
        walk_in=url_for(".walk_in", public_id=public_id),
    )
