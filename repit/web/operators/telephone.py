"""Book, change and cancel for a parent who is on the telephone, from their file."""

from collections.abc import Callable
from typing import Literal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.bookings import lists, naming, offering, offers, queries
from repit.domain.bookings.book import Booked
from repit.domain.bookings.cancel import Cancelled, cancel, cancel_child
from repit.domain.bookings.errors import BookingOver, CareFull, ChildCame, SessionFull
from repit.domain.bookings.naming import Nameable
from repit.domain.bookings.offered import Offerable
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.queries import BookingView
from repit.domain.bookings.waiting import leave
from repit.domain.errors import NoSuchObject, Refused
from repit.domain.households.queries import ParentFile, parent_file
from repit.web import database, formats
from repit.web.access import actor
from repit.web.acting import complaint, made
from repit.web.booking_acts import adds, books, waits
from repit.web.booking_form import is_full, on_screen
from repit.web.forms import RepitForm, received, refuse
from repit.web.giving_back import Ending, ending_of
from repit.web.operators.navigation import room
from repit.web.operators.telephone_forms import GiveBackForm, TelephoneForm
from repit.web.wording import word

OK, CONFLICT, INVALID = 200, 409, 422
MOST_PAST = 20

blueprint = room("operators_telephone", __name__, "/porteur/parents/<public_id>/rendez-vous")


@blueprint.get("/")
def list_bookings(public_id: str) -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    parent = parent_file(db, public_id)
    found = queries.bookings_of(db, parent.id, locale="fr", hidden=True)
    live = [one for one in found if one.state != "cancelled" and one.ends_at > now]
    return render_template(
        "operators/telephone/list.html",
        parent=parent,
        live=live,
        past=[one for one in reversed(found) if one not in live][:MOST_PAST],
        waiting=[one for one in lists.waiting_of(db, parent.id) if one.state == "waiting"],
        sessions=offering.availability(db, parent.id, locale="fr", now=now),
        slots=offering.care_alone(db, now=now),
        kept={place.slot_public_id for one in live for place in one.places if not place.cancelled},
        now=now,
    )


@blueprint.get("/ateliers/<session_id>")
def choose_session(public_id: str, session_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    return _page(parent, _session(parent, session_id), TelephoneForm())


@blueprint.post("/ateliers/<session_id>")
def book_session(public_id: str, session_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    named = naming.beside_session(database.session(), parent.id, session_id)
    return _receive(parent, named, lambda: _session(parent, session_id))


@blueprint.get("/gardes/<slot_id>")
def choose_slot(public_id: str, slot_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    return _page(parent, _slot(parent, slot_id), TelephoneForm())


@blueprint.post("/gardes/<slot_id>")
def book_slot(public_id: str, slot_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    named = naming.care_alone(database.session(), parent.id, slot_id)
    return _receive(parent, named, lambda: _slot(parent, slot_id))


@blueprint.route("/<booking_id>/annuler", methods=["GET", "POST"])
def give_back(public_id: str, booking_id: str) -> ResponseReturnValue:
    """Say what comes back, then give it back: all of it, or the place named in the address."""
    parent = _parent(public_id)
    booking = _booking(parent, booking_id)
    form = GiveBackForm(received())
    try:
        ending = ending_of(database.session(), booking, request.args.get("place"), clock.now())
    except (BookingOver, ChildCame) as refusal:
        flash(str(word(refusal)), "refused")
        return _back(public_id)
    if ending is None:
        flash(_("C’est déjà annulé."), "info")
        return _back(public_id)
    given: list[Cancelled] = []
    if request.method == "POST" and made(
        form, lambda db: given.append(_give_back(db, booking, ending, form)), beside=None
    ):
        flash(_said(given[-1]), "done")
        return _back(public_id)
    page = render_template(
        "operators/telephone/give_back.html",
        parent=parent,
        booking=booking,
        ending=ending,
        form=form,
    )
    return page, INVALID if form.errors else OK


@blueprint.post("/<booking_id>/repondre")
def answer(public_id: str, booking_id: str) -> ResponseReturnValue:
    """Say yes or no, for the parent, to a place that came free."""
    parent = _parent(public_id)
    _booking(parent, booking_id)
    accepted = request.form.get("act") == "accept"
    verb = offers.accept if accepted else offers.decline
    words = _("La place est prise.") if accepted else _("La place est rendue.")
    return _act(
        public_id,
        lambda db: verb(db, booking_id, parent_id=parent.id, actor=actor(), now=clock.now()),
        words,
    )


@blueprint.post("/attente/<party_id>/quitter")
def leave_list(public_id: str, party_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    party = lists.waiting_party(database.session(), party_id)
    if party is None or party.parent_id != parent.id:
        raise NoSuchObject
    return _act(
        public_id,
        lambda db: leave(db, party_id, parent_id=parent.id, actor=actor(), now=clock.now()),
        _("Le parent n’est plus sur la liste."),
    )


def _parent(public_id: str) -> ParentFile:
    return parent_file(database.session(), public_id)


def _booking(parent: ParentFile, booking_id: str) -> BookingView:
    found = queries.booking(database.session(), booking_id, parent_id=parent.id)
    if found is None:
        raise NoSuchObject
    return found


def _session(parent: ParentFile, session_id: str) -> Offerable | None:
    db, now = database.session(), clock.now()
    return offering.session_page(db, parent.id, session_id, locale="fr", now=now)


def _slot(parent: ParentFile, slot_id: str) -> Offerable | None:
    return offering.slot_page(database.session(), parent.id, slot_id)


def _receive(
    parent: ParentFile, named: Nameable | None, whole: Callable[[], Offerable | None]
) -> ResponseReturnValue:
    if named is None:
        raise NoSuchObject
    form = TelephoneForm(received())
    form.offer(named)
    if not form.validate():
        return _page(parent, whole(), form, INVALID)
    try:
        asked = form.asked(named, parent.id)
        if request.form.get("act") == "wait":
            waits(asked)
            flash(_("Le parent est sur la liste d’attente."), "done")
        else:
            _say(_books(asked, whole))
    except Refused as refusal:
        refuse(form, None, str(word(refusal)))
        full = isinstance(refusal, SessionFull | CareFull)
        return _page(parent, whole(), form, CONFLICT, offer_to_wait=full)
    return _back(parent.public_id)


def _books(asked: Asked, whole: Callable[[], Offerable | None]) -> Booked:
    """Book; children without the parent join the booking that the parent has there."""
    offered = whole() if asked.session_id is not None and not asked.seat else None
    if offered is not None and offered.booking is not None:
        return adds(offered.booking, asked)
    return books(asked)


def _say(booked: Booked) -> None:
    if booked.came_without:
        flash(_("La garde est complète : le parent vient sans garde."), "warning")
    else:
        flash(_("C’est réservé."), "done")


def _page(
    parent: ParentFile,
    offered: Offerable | None,
    form: TelephoneForm,
    status: int = OK,
    *,
    offer_to_wait: bool = False,
) -> ResponseReturnValue:
    if offered is None:
        raise NoSuchObject
    if offered.booking and request.method == "GET":
        form.seat.data = False  # the parent has a seat: children may still join
    care = on_screen(form, offered)
    full = is_full(care) if offered.session is None else offered.session.full
    page = render_template(
        "operators/telephone/book.html",
        parent=parent,
        offered=offered,
        session=offered.session,
        main=offered.main,
        care=care,
        form=form,
        open=offered.is_open(clock.now()),
        full=full,
        offer_to_wait=offer_to_wait or full,
    )
    return page, status


def _give_back(db: Session, booking: BookingView, ending: Ending, form: GiveBackForm) -> Cancelled:
    by: Literal["parent", "service"] = "service" if form.waive.data else "parent"
    if ending.place is None:
        return cancel(
            db,
            booking.public_id,
            by=by,
            parent_id=booking.parent_id,
            actor=actor(),
            now=clock.now(),
        )
    return cancel_child(
        db,
        booking.public_id,
        ending.place.public_id,
        by=by,
        parent_id=booking.parent_id,
        actor=actor(),
        now=clock.now(),
    )


def _said(done: Cancelled) -> str:
    words = _("C’est annulé.")
    if done.share:
        share = formats.money(done.share)
        words += " " + _("%(share)s sont rendus sur la carte de la famille.", share=share)
    if done.kept:
        return f"{words} " + ngettext(
            "%(num)d chèque reste au prestataire.",
            "%(num)d chèques restent au prestataire.",
            done.kept,
        )
    if done.given_back:
        return f"{words} " + ngettext(
            "%(num)d chèque revient au parent.",
            "%(num)d chèques reviennent au parent.",
            done.given_back,
        )
    return words


def _act(public_id: str, change: Callable[[Session], object], words: str) -> ResponseReturnValue:
    form = RepitForm(request.form)
    if made(form, change, beside=None):
        flash(words, "done")
    else:
        flash(complaint(form), "refused")
    return _back(public_id)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for(".list_bookings", public_id=public_id), 303)
