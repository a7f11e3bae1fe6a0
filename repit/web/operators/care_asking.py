"""Who keeps the children of a slot: asked, confirmed, withdrawn, on call."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.bookings import changes, staffing
from repit.domain.care import assignments, queries
from repit.domain.care.queries import SlotView
from repit.domain.care.standing import assigned
from repit.domain.errors import NoSuchObject
from repit.web import database
from repit.web.access import actor
from repit.web.forms import RepitForm, received
from repit.web.operators.acting import complaint, made, today
from repit.web.operators.care_slots import ask_form, slot_page
from repit.web.operators.navigation import room

blueprint = room("operators_asking", __name__, "/porteur/gardes/<public_id>/intervenants")

Act = Callable[[Session, int, int], None]

ACTS: dict[str, Act] = {
    "confirmer": lambda db, slot_id, carer_id: assignments.confirm(
        db, slot_id, carer_id, actor=actor(), now=clock.now()
    ),
    "retirer": lambda db, slot_id, carer_id: assignments.withdraw(
        db, slot_id, carer_id, actor=actor(), now=clock.now()
    ),
    "compter": lambda db, slot_id, carer_id: assignments.let_count(
        db, slot_id, carer_id, counts=True, actor=actor(), now=clock.now()
    ),
    "en-renfort": lambda db, slot_id, carer_id: assignments.let_count(
        db, slot_id, carer_id, counts=False, actor=actor(), now=clock.now()
    ),
}


@blueprint.post("/")
def ask(public_id: str) -> ResponseReturnValue:
    slot = queries.slot(database.session(), public_id)
    form = ask_form(slot, received())

    def change(db: Session) -> None:
        carer_id = queries.carer(db, form.carer.data, today=today()).row.id
        on_call = bool(form.on_call.data)
        staffing.ask(db, slot.id, carer_id, on_call=on_call, actor=actor(), now=clock.now())

    if not made(form, change, beside="carer"):
        return slot_page(public_id, 422, form=form, ask_form=form)
    flash(
        _("C’est noté : le prestataire répond sur sa page. Un oui au téléphone ? Confirmez ici."),
        "done",
    )
    return _back(slot)


@blueprint.post("/<carer_id>/<any(confirmer, retirer, compter, 'en-renfort'):act>")
def answer(public_id: str, carer_id: str, act: str) -> ResponseReturnValue:
    db = database.session()
    slot = queries.slot(db, public_id)
    found = next((one for one in assigned(db, slot) if one.carer.public_id == carer_id), None)
    if found is None:
        raise NoSuchObject

    def change(db: Session) -> None:
        ACTS[act](db, slot.id, found.carer.id)
        changes.recount(db, slot.id, now=clock.now())

    form = RepitForm(received())
    if not made(form, change, beside=None):
        flash(complaint(form), "refused")
        return _back(slot)
    said = {
        "confirmer": _("%(name)s vient : les places sont recomptées.", name=found.carer.name),
        "retirer": _("%(name)s ne vient pas : les places sont recomptées.", name=found.carer.name),
    }
    flash(said.get(act, _("Les places sont recomptées.")), "done")
    return _back(slot)


def _back(slot: SlotView) -> ResponseReturnValue:
    return redirect(url_for("operators_care.show_slot", public_id=slot.public_id), 303)
