"""A carer's slots: who is expected, with what I need and no longer than I need it."""

from datetime import datetime

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.attendance import agenda, queries
from repit.domain.attendance.agenda import Meeting
from repit.domain.attendance.queries import ChildLine
from repit.domain.bookings import staffing
from repit.domain.bookings.redeeming import take_held
from repit.domain.care import queries as care
from repit.domain.care import standing as carers
from repit.domain.care.standing import Assigned
from repit.domain.errors import DomainError
from repit.domain.redemptions.rules import check_device
from repit.web import database, sheets
from repit.web.access import actor
from repit.web.acting import complaint, made, make
from repit.web.desk import desk
from repit.web.forms import RepitForm, received
from repit.web.providers.frame import device_key, provider_id, room
from repit.web.sheets import Addresses
from repit.web.wording import word

KEEP_UNTIL = "X-Keep-Until"
"""Read by `static/js/sheet-worker.js`; a page without it is not kept on the phone."""

blueprint = room("provider_care", "/prestataire/gardes")


@blueprint.get("")
def to_come() -> str:
    return _list(past=False)


@blueprint.get("/passees")
def past() -> str:
    return _list(past=True)


@blueprint.get("/creneaux/<public_id>")
def sheet(public_id: str) -> Response:
    """Show the children from 48 hours before to 24 hours after; otherwise how many.

    The phone may keep the page for as long, to open it without network.
    """
    meeting, now = _mine(public_id), clock.now()
    people = _answerable(meeting, now)
    if not meeting.names_visible(now):
        return make_response(
            render_template("providers/care_closed.html", meeting=meeting, people=people, now=now)
        )
    until = meeting.names_until
    page = make_response(
        sheets.show(
            "providers/care_sheet.html",
            meeting,
            _addresses(public_id),
            people=people,
            now=now,
            until=until,
        )
    )
    page.headers[KEEP_UNTIL] = until.isoformat()
    return page


@blueprint.get("/feuille.js")
def worker() -> Response:
    """Return what keeps an open sheet on the phone; its address is as far as it reaches."""
    return current_app.send_static_file("js/sheet-worker.js")


@blueprint.post("/creneaux/<public_id>/noter")
def note(public_id: str) -> ResponseReturnValue:
    return sheets.tap(_mine(public_id), _addresses(public_id))


@blueprint.post("/creneaux/<public_id>/intervenants/<carer_id>/<any(oui, non):said>")
def answer(public_id: str, carer_id: str, said: str) -> ResponseReturnValue:
    """Note whether one of our carers, who was asked, can come."""
    form = RepitForm(received())

    def change(db: Session) -> None:
        staffing.answer(
            db,
            public_id,
            carer_id,
            provider_id=provider_id(),
            comes=said == "oui",
            actor=actor(),
            now=clock.now(),
        )

    if made(form, change, beside=None):
        flash(_("C’est noté."), "done")
    else:
        flash(complaint(form), "refused")
    return redirect(url_for(".sheet", public_id=public_id, _anchor="equipe"), 303)


@blueprint.post("/creneaux/<public_id>/encaisser")
def redeem(public_id: str) -> ResponseReturnValue:
    """Take the vouchers that were reserved for the children who came."""
    meeting, form = _mine(public_id), RepitForm(received())
    back = redirect(url_for(".sheet", public_id=public_id), 303)
    if not form.validate():
        flash(complaint(form), "refused")
        return back
    children = queries.sheet(database.session(), meeting.scope).to_take
    taken = sum(_taken(child) for child in children)
    if taken:
        said = ngettext("%(num)d chèque est encaissé.", "%(num)d chèques sont encaissés.", taken)
        flash(said, "done")
    elif not children:
        flash(_("Aucun chèque n’attend : notez d’abord qui est là."), "info")
    return back


def _answerable(meeting: Meeting, now: datetime) -> tuple[Assigned, ...]:
    """Return those of our carers for whom a yes or a no can be said now."""
    if meeting.starts_at <= now or meeting.state == "cancelled":
        return ()
    db = database.session()
    return carers.answerable(db, care.slot(db, meeting.public_id))


def _taken(child: ChildLine) -> int:
    """Take what is held for one child; a refusal is kept by the desk, and said."""
    now = clock.now()
    standing = check_device(desk().standing(device_key(), now))
    try:
        return make(lambda db: take_held(db, child.place_id, standing=standing, now=now)).vouchers
    except DomainError as refusal:
        desk().keep(device_key(), refusal, standing, now)
        flash(_("%(child)s : %(why)s", child=child.first_name, why=str(word(refusal))), "refused")
        return 0


def _list(*, past: bool) -> str:
    now = clock.now()
    db = database.session()
    return render_template(
        "providers/care.html",
        meetings=agenda.slots_of(db, provider_id(), now=now, past=past),
        unnoted=[] if past else agenda.slots_unnoted(db, provider_id(), now=now),
        past=past,
        now=now,
    )


def _mine(public_id: str) -> Meeting:
    return agenda.slot(database.session(), public_id, provider_id=provider_id())


def _addresses(public_id: str) -> Addresses:
    return Addresses(
        sheet=url_for(".sheet", public_id=public_id),
        note=url_for(".note", public_id=public_id),
        redeem=url_for(".redeem", public_id=public_id),
    )
