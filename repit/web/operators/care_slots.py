"""Care slots: the list, one slot with its carers and what it can take, and what it offers."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.bookings import changes, closing, slot_overview
from repit.domain.bookings.capacity import capacity
from repit.domain.bookings.lists import waiting_list
from repit.domain.bookings.slot_overview import SlotFilter, SlotRow
from repit.domain.care import queries, service
from repit.domain.care.presets import PRESETS
from repit.domain.care.queries import SlotView
from repit.domain.care.standing import assigned, carers_on
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.forms import RepitForm, chosen, given, received
from repit.web.operators import histories
from repit.web.operators.acting import complaint, made
from repit.web.operators.care_forms import (
    CARER_KINDS,
    CONFIDENCE,
    COUNTRIES,
    MIXINGS,
    PRESET_NAMES,
    SAMPLE_WORDS,
    WHY_NOT,
    AskForm,
    SlotSearch,
)
from repit.web.operators.check_words import CHECKS
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm

blueprint = room("operators_care", __name__, "/porteur/gardes")
for _name, _words in (
    ("check_words", CHECKS),
    ("carer_kind", CARER_KINDS),
    ("mixing_words", MIXINGS),
    ("preset_name", PRESET_NAMES),
    ("why_not_words", WHY_NOT),
    ("country_words", COUNTRIES),
    ("confidence_words", CONFIDENCE),
):
    blueprint.add_app_template_filter(_words.__getitem__, _name)


@blueprint.get("/")
def list_slots() -> ResponseReturnValue:
    form = SlotSearch(request.args)
    wanted = SlotFilter(text=form.q.data or "", show=chosen(form.show))
    found = slot_overview.slots(database.session(), wanted, now=clock.now(), number=wanted_page())
    if exporting():
        return _csv(found.items)
    words = ngettext("%(num)s créneau", "%(num)s créneaux", found.total)
    return render_template("operators/care/list.html", form=form, found=found, count_words=words)


def _csv(rows: list[SlotRow]) -> ResponseReturnValue:
    columns = [
        _("Titre"), _("Début"), _("Fin"), _("Lieu"), _("Salle"), _("Prestataire"), _("Enfants"),
        _("Places"), _("Intervenants confirmés"), _("Chèques par enfant"), _("En attente"),
    ]  # fmt: skip
    lines = [
        (
            row.title,
            row.starts_at,
            row.ends_at,
            row.place_name,
            row.room,
            row.provider_name,
            row.places_taken,
            row.room_places,
            row.confirmed,
            row.vouchers_per_child,
            row.waiting,
        )
        for row in rows
    ]
    return csv_file("gardes", columns, lines)


@blueprint.get("/<public_id>")
def show_slot(public_id: str) -> ResponseReturnValue:
    return slot_page(public_id)


def slot_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Return the page of one slot, with a refused form in its place."""
    db, now = database.session(), clock.now()
    slot = queries.slot(db, public_id)
    shown = {"ask_form": ask_form(slot), "cancel_form": MotiveForm()} | forms
    counted = capacity(db, slot.id)
    page = render_template(
        "operators/care/show.html",
        slot=slot,
        details=slot.details,
        preset=PRESETS[slot.details.preset],
        counted=counted,
        left=[(str(SAMPLE_WORDS[name]), formats.number(more)) for name, more in counted.left],
        people=assigned(db, slot),
        waiting=waiting_list(db, f"slot:{slot.id}"),
        over=slot.ends_at <= now,
        entries=histories.entries(history(db, [("care_slot", slot.id)], limit=20)),
        **shown,
    )
    return page, status


def ask_form(slot: SlotView, typed: Any = None) -> AskForm:
    """Return the list of those who may be asked, each with what is in the way."""
    db, details = database.session(), slot.details
    known = {one.carer.id for one in assigned(db, slot) if one.state != "withdrawn"}
    everyone = carers_on(db, details.provider_id, details.day, details.programme_id)
    form = AskForm(typed)
    form.carer.choices = listed(
        (one.public_id, _named(one.name, one.missing)) for one in everyone if one.id not in known
    )
    return form


def _named(name: str, missing: tuple[str, ...]) -> str:
    if not missing:
        return name
    papers = ", ".join(str(CHECKS[kind]) for kind in missing)
    return _("%(name)s (manque ce jour-là : %(papers)s)", name=name, papers=papers)


@blueprint.post("/<public_id>/ouvrir")
def open_slot(public_id: str) -> ResponseReturnValue:
    slot = queries.slot(database.session(), public_id)

    def change(db: Session) -> None:
        service.publish(db, slot.id, actor=actor(), now=clock.now())
        changes.recount(db, slot.id, now=clock.now())

    form = RepitForm(received())
    if made(form, change, beside=None):
        flash(_("Le créneau est ouvert aux réservations."), "done")
    else:
        flash(complaint(form), "refused")
    return redirect(url_for(".show_slot", public_id=public_id), 303)


@blueprint.post("/<public_id>/repeter")
def repeat_slot(public_id: str) -> ResponseReturnValue:
    slot = queries.slot(database.session(), public_id)
    form, counted = RepitForm(received()), [0]

    def change(db: Session) -> None:
        counted.append(service.repeat(db, slot.id, actor=actor(), now=clock.now()))

    if not made(form, change, beside=None):
        flash(complaint(form), "refused")
    elif counted[-1]:
        words = ngettext(
            "La même garde est notée, en brouillon, pour %(num)d autre séance.",
            "La même garde est notée, en brouillon, pour %(num)d autres séances.",
            counted[-1],
        )
        flash(words, "done")
    else:
        flash(_("Toutes les séances à venir ont déjà une garde."), "info")
    return redirect(url_for(".show_slot", public_id=public_id), 303)


@blueprint.post("/<public_id>/annuler")
def cancel_slot(public_id: str) -> ResponseReturnValue:
    slot = queries.slot(database.session(), public_id)
    form = MotiveForm(received())

    def change(db: Session) -> None:
        closing.cancel_slot(
            db, slot.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        )

    if not made(form, change, beside="motive"):
        return slot_page(public_id, 422, form=form, cancel_form=form)
    flash(_("La garde est annulée. Chaque parent est prévenu, ses chèques reviennent."), "done")
    return redirect(url_for(".show_slot", public_id=public_id), 303)
