"""Offer a care slot, or change one; the price is suggested from the agreed tariff."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.bookings import changes
from repit.domain.care import queries, service
from repit.domain.care.details import SlotDetails, around
from repit.domain.care.presets import PRESETS
from repit.domain.care.prices import Price, price
from repit.domain.care.queries import SlotView
from repit.domain.errors import Refused
from repit.domain.programmes.queries import ProgrammeView, programme_by_id, programmes
from repit.domain.providers import queries as providers
from repit.domain.workshops import queries as workshops
from repit.domain.workshops import times
from repit.domain.workshops.queries import PlaceView, SessionBrief
from repit.web import database, formats
from repit.web.access import actor
from repit.web.forms import given, received, refuse
from repit.web.operators.acting import Change, make
from repit.web.operators.care_forms import SlotForm, shown_in_form, start_beside, usual
from repit.web.operators.navigation import room
from repit.web.operators.repeated import fold_in
from repit.web.operators.workshop_forms import no_place_words
from repit.web.wording import word

blueprint = room("operators_care_edit", __name__, "/porteur/gardes")

FIELD_OF = {
    "ages_out_of_order": "oldest_years",
    "carer_busy": "starts",
    "date_in_the_past": "day",
    "missing_hour": "starts",
    "repeated_hour": "which",
    "no_agreed_price": "vouchers_per_child",
    "price_above_tariff": "vouchers_per_child",
    "care_share_above_tariff": "family_share_cents",
}
"""Beside which field a refusal is said; the others stand above them all."""


@dataclass(frozen=True)
class Around:
    """What a slot is put in: a session or nothing, and what there is to choose from."""

    session: SessionBrief | None
    programmes: list[ProgrammeView]
    places: list[PlaceView]

    def fixed(self, db: Session, form: SlotForm) -> dict[str, Any]:
        """Return what is not typed as such; only after validate()."""
        programme = given(self.programme_of(form))
        provider_id = providers.id_of(db, form.provider.data)
        return {
            "programme_id": programme.id,
            "provider_id": given(provider_id),
            "place_id": next(one.id for one in self.places if one.public_id == form.place.data),
            "session_id": self.session.id if self.session else None,
            "day": self.session.day if self.session else given(form.day.data),
            "zone": self.session.zone if self.session else programme.settings.zone,
        }

    def programme_of(self, form: SlotForm) -> ProgrammeView | None:
        """Return the programme of the session, or the one that was chosen, if one was."""
        if self.session is not None:
            return self.programmes[0]
        typed = form.programme.data
        return next((one for one in self.programmes if one.public_id == typed), None)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_slot() -> ResponseReturnValue:
    around_it = _around(request.args.get("seance"))
    if not around_it.places:
        flash(no_place_words(), "info")
        return redirect(url_for("operators_places.new_place"), 303)
    form = _form(around_it, _start(around_it))
    noted: list[str] = []
    if request.method == "POST" and _kept(
        form,
        around_it,
        lambda db: noted.append(
            service.create(db, _details(form, around_it), actor=actor(), now=clock.now())
        ),
    ):
        flash(_("La garde est notée, en brouillon. Demandez maintenant qui vient."), "done")
        return redirect(url_for("operators_care.show_slot", public_id=noted[-1]), 303)
    return _page(form, around_it, None)


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def change_slot(public_id: str) -> ResponseReturnValue:
    slot = queries.slot(database.session(), public_id)
    around_it = _around(slot.session_public_id)
    form = _form(around_it, shown_in_form(slot))
    if request.method == "POST" and _kept(
        form, around_it, lambda db: _change(db, slot, _details(form, around_it))
    ):
        flash(_("Le créneau est à jour. Personne n’est retiré."), "done")
        return redirect(url_for("operators_care.show_slot", public_id=public_id), 303)
    return _page(form, around_it, slot)


def _kept(form: SlotForm, around_it: Around, change: Change[object]) -> bool:
    """Check the form and make the change; put a refusal beside the field it is about."""
    if not _valid(form, around_it) or not _price_meant(form, around_it):
        return False
    try:
        make(change)
    except Refused as refusal:
        beside = FIELD_OF.get(refusal.code)
        if around_it.session is not None and beside == "day":
            beside = None  # the day is the session's: it is not typed here
        refuse(form, beside, str(word(refusal)))
        return False
    return True


def _change(db: Session, slot: SlotView, details: SlotDetails) -> None:
    now = clock.now()
    service.change(db, slot.id, details, actor=actor(), now=now)
    if slot.places_taken and details.room_places != slot.details.room_places:
        changes.set_room(db, slot.id, room_places=details.room_places, actor=actor(), now=now)
    changes.recount(db, slot.id, now=now)


def _around(session_public_id: str | None) -> Around:
    db = database.session()
    session = workshops.session_brief(db, session_public_id) if session_public_id else None
    if session is not None:
        offered = [programme_by_id(db, session.programme_id)]
    else:
        offered = programmes(db, closed=False).items
    return Around(session, offered, workshops.places(db))


def _start(around_it: Around) -> dict[str, Any]:
    session = around_it.session
    if session is None:
        return usual()
    place = next(one for one in around_it.places if one.id == session.place_id)
    return start_beside(session, place.public_id, around(session.starts, session.ends))


def _form(around_it: Around, start: dict[str, Any]) -> SlotForm:
    form = SlotForm(received(), data=start)
    offered = providers.names(database.session())
    known = {public_id for public_id, _name in offered}
    own = start.get("provider")
    if own and own not in known:
        offered.append((own, _("le prestataire actuel, suspendu")))
    form.offer(offered, around_it.places)
    if around_it.session is None:
        form.offer_programmes(around_it.programmes)
    return form


def _valid(form: SlotForm, around_it: Around) -> bool:
    valid = form.validate()
    if around_it.session is None:
        for name in ("public_title", "day"):
            if not form[name].data and not form[name].errors:
                refuse(form, name, _("Remplissez ce champ."))
                valid = False
    return valid


def _price_meant(form: SlotForm, around_it: Around) -> bool:
    """Ask where nothing would be paid for although a price was agreed: parents read « gratuit »."""
    agreed = _agreed(form, around_it)
    typed = form.vouchers_per_child.data
    if agreed is None or not agreed.cost or form.free.data:
        return True
    if (agreed.most if typed is None else typed) > 0:
        return True
    facts = {"cost": formats.money(agreed.cost), "face": formats.money(agreed.face)}
    if agreed.most:
        words = ngettext(
            "Le tarif donne %(num)d chèque par enfant. Écrivez-le, ou cochez « gratuite ».",
            "Le tarif donne %(num)d chèques par enfant. Écrivez-les, ou cochez « gratuite ».",
            agreed.most,
        )
    else:
        words = _(
            "Le tarif donne %(cost)s par enfant : moins qu’un chèque de %(face)s."
            " Allongez la garde, ou cochez « gratuite ».",
            **facts,
        )
    refuse(form, "vouchers_per_child", words)
    return False


def _details(form: SlotForm, around_it: Around) -> SlotDetails:
    """Return the slot as typed, with the suggested price where none was."""
    vouchers = form.vouchers_per_child.data
    if vouchers is None:
        agreed = _agreed(form, around_it)
        vouchers = agreed.most if agreed else 0
    return form.details(around_it.fixed(database.session(), form), vouchers=vouchers)


def _agreed(form: SlotForm, around_it: Around) -> Price | None:
    """Return what the tariff gives for what is typed so far, if it says enough."""
    day = around_it.session.day if around_it.session else form.day.data
    starts, ends = form.starts.data, form.ends.data
    programme = around_it.programme_of(form)
    provider_id = providers.id_of(database.session(), form.provider.data or "")
    if not (day and starts and ends and starts < ends and programme and provider_id):
        return None
    try:
        moments = times.times(day, starts, ends, programme.settings.zone, fold=fold_in(form.which))
    except Refused:
        return None  # said beside the hours
    face = programme.settings.face_cents
    return price(database.session(), provider_id, day, moments.minutes, face)


def _page(form: SlotForm, around_it: Around, slot: SlotView | None) -> ResponseReturnValue:
    page = render_template(
        "operators/care/edit.html",
        form=form,
        slot=slot,
        session=around_it.session,
        presets=[one for one in PRESETS.values() if one.enabled],
        agreed=_agreed(form, around_it),
    )
    return page, 422 if form.errors else 200
