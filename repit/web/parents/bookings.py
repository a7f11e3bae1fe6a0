"""« Rendez-vous »: what a parent booked and waits for; giving it back in one tap."""

from datetime import datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.bookings import lists, offers, queries
from repit.domain.bookings.cancel import cancel, cancel_child
from repit.domain.bookings.errors import BookingOver, ChildCame
from repit.domain.bookings.presenting import present_held
from repit.domain.bookings.queries import BookingView
from repit.domain.bookings.share_view import share_of
from repit.domain.bookings.waiting import leave
from repit.domain.errors import Busy, Refused
from repit.domain.households import service
from repit.domain.households.queries import reach
from repit.web import database
from repit.web.access import actor
from repit.web.acting import make
from repit.web.appointments import calendar_file, links
from repit.web.forms import RepitForm
from repit.web.giving_back import Ending, ending_of, said
from repit.web.online import pays_online
from repit.web.parents.frame import parent_id, room
from repit.web.parents.workshops import language
from repit.web.share_page import make_page, prepare
from repit.web.vault import settings, vault
from repit.web.wording import word

CODE_FOR = timedelta(hours=12)
"""After the end; then the nightly job takes what is held, see `attendance.forgotten`."""

blueprint = room("parent_bookings", "/mes-rendez-vous")


@blueprint.get("")
def mine() -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    reached = reach(db, parent_id())
    if reached.hidden:
        return render_template("parents/bookings.html", hidden=True)
    found = queries.bookings_of(db, parent_id(), locale=language())
    waiting = lists.waiting_of(db, parent_id(), locale=language())
    live = [one for one in found if one.state != "cancelled" and one.ends_at > now]
    return render_template(
        "parents/bookings.html",
        hidden=False,
        offers=[one for one in live if one.state == "offered" and not _ran_out(one)],
        coming=[one for one in live if one.state == "confirmed"],
        waiting=[one for one in waiting if one.state == "waiting"],
        past=[one for one in reversed(found) if one not in live][:20],
        feed=links().calendar(reached.calendar),
    )


@blueprint.get("/")
def slash() -> ResponseReturnValue:
    return redirect(url_for(".mine"), 308)


@blueprint.post("/agenda/arreter")
def stop_calendar() -> ResponseReturnValue:
    """Let the address that somebody may have found show nothing any more."""
    _checked()
    make(lambda db: service.stop_calendar(db, actor(), parent_id(), clock.now()))
    flash(_("L’ancienne adresse ne montre plus rien. En voici une nouvelle."), "done")
    return redirect(url_for(".mine", _anchor="agenda"), 303)


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    booking, now = _booking(public_id), clock.now()
    return render_template(
        "parents/booking.html",
        booking=booking,
        share=share_of(database.session(), public_id, now=now),
        over=booking.starts_at <= now,
        shows_code=_shows_code(booking, now),
        ran_out=_ran_out(booking),
        add_to=None if booking.postponed else _where_to_add(booking),
    )


def _shows_code(booking: BookingView, now: datetime) -> bool:
    """Tell whether its vouchers may still be shown: until who keeps the child has stopped asking.

    A parent who cannot show them any more would pay with others.
    """
    stands = booking.state == "confirmed" and not booking.postponed
    return stands and booking.held > 0 and now < booking.ends_at + CODE_FOR


def _where_to_add(booking: BookingView) -> str | None:
    """Return the page on which a child joins; none where there is no care."""
    if booking.session_public_id is None:
        return url_for("parent_care.slot", public_id=booking.places[0].slot_public_id)
    if not booking.seat or not queries.has_care(database.session(), booking.session_public_id):
        return None
    return url_for("parent_workshops.session", public_id=booking.session_public_id)


@blueprint.get("/<public_id>/agenda.ics")
def calendar(public_id: str) -> ResponseReturnValue:
    return calendar_file([_booking(public_id)], now=clock.now())


@blueprint.route("/<public_id>/annuler", methods=["GET", "POST"])
def give_back(public_id: str) -> ResponseReturnValue:
    """Say what comes back, then give it back: all of it, or the place named in the address."""
    booking = _booking(public_id)
    shown = redirect(url_for(".show", public_id=public_id), 303)
    try:
        ending = ending_of(database.session(), booking, request.args.get("place"), clock.now())
        if ending is None:
            flash(_("C’est déjà annulé."), "info")  # a second tap
            return shown
        if request.method == "POST":
            return _give_back(booking, ending)
    except (BookingOver, ChildCame) as refusal:
        flash(str(word(refusal)), "refused")
        return shown
    return render_template("parents/give_back.html", booking=booking, ending=ending)


def _give_back(booking: BookingView, ending: Ending) -> ResponseReturnValue:
    _checked()
    who, public_id, place = parent_id(), booking.public_id, ending.place
    if place is None:
        done = make(
            lambda db: cancel(
                db, public_id, by="parent", parent_id=who, actor=actor(), now=clock.now()
            )
        )
    else:
        named = place.public_id
        done = make(
            lambda db: cancel_child(
                db, public_id, named, by="parent", parent_id=who, actor=actor(), now=clock.now()
            )
        )
    flash(said(done), "done")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/<public_id>/repondre")
def answer(public_id: str) -> ResponseReturnValue:
    """Say yes or no to a place that came free."""
    _checked()
    _booking(public_id)
    answered = _accept if request.form.get("act") == "accept" else _decline
    try:
        flash(*answered(public_id))
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(url_for(".show", public_id=public_id), 303)


def _accept(public_id: str) -> tuple[str, str]:
    who, online = parent_id(), pays_online()
    to_pay = make(
        lambda db: offers.accept(
            db, public_id, parent_id=who, actor=actor(), now=clock.now(), online=online
        )
    )
    if to_pay:
        _prepare(public_id)
        words = _("La place est gardée pour vous. Il reste à payer votre participation.")
        return words, "info"
    return _("La place est à vous."), "done"


def _decline(public_id: str) -> tuple[str, str]:
    who = parent_id()
    make(lambda db: offers.decline(db, public_id, parent_id=who, actor=actor(), now=clock.now()))
    return _("La place est rendue."), "done"


@blueprint.post("/<public_id>/payer")
def pay(public_id: str) -> ResponseReturnValue:
    """Have the page made where the family's share is paid; ours leads to it."""
    _checked()
    booking = _booking(public_id)
    shown = url_for(".show", public_id=public_id)
    back = settings().public_url + shown
    try:
        make_page(booking, parent_id=parent_id(), back=back, locale=language())
    except (Refused, Busy) as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(shown, 303)


def _prepare(public_id: str) -> None:
    back = settings().public_url + url_for(".show", public_id=public_id)
    prepare(_booking(public_id), parent_id=parent_id(), back=back, locale=language())


@blueprint.post("/attente/<public_id>/quitter")
def leave_list(public_id: str) -> ResponseReturnValue:
    _checked()
    known = lists.waiting_party(database.session(), public_id, locale=language())
    if known is None or known.parent_id != parent_id():
        abort(404)
    try:
        make(lambda db: leave(db, public_id, parent_id=parent_id(), actor=actor(), now=clock.now()))
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    else:
        flash(_("Vous n’êtes plus sur la liste."), "done")
    return redirect(url_for(".mine"), 303)


@blueprint.post("/<public_id>/code")
def show_code(public_id: str) -> ResponseReturnValue:
    """Make the code of the vouchers that wait for this booking."""
    _checked()
    _booking(public_id)
    keys = vault()
    try:
        shown = make(
            lambda db: present_held(
                db, public_id, parent_id=parent_id(), vault=keys, now=clock.now()
            )
        )
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".show", public_id=public_id), 303)
    return redirect(url_for("parent_showing.code", name=keys.hash(shown.code).hex()), 303)


def _booking(public_id: str) -> BookingView:
    db = database.session()
    found = queries.booking(db, public_id, parent_id=parent_id(), locale=language())
    if found is None or found.discretion == "hidden":
        abort(404)
    return found


def _ran_out(booking: BookingView) -> bool:
    expires_at = booking.expires_at
    return booking.state == "offered" and expires_at is not None and expires_at <= clock.now()


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
