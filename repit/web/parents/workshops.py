"""« Ateliers »: what is to come near a parent, one session, and booking it in one screen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import BooleanField, SelectField

from repit.domain import clock
from repit.domain.bookings import naming, offering, queries
from repit.domain.bookings.book import Booked
from repit.domain.bookings.errors import CareFull, SessionFull
from repit.domain.bookings.naming import Nameable
from repit.domain.bookings.offered import Filters, Offerable
from repit.domain.bookings.placing import Asked
from repit.domain.errors import Refused
from repit.domain.households.queries import reach
from repit.web import database, formats
from repit.web.booking_acts import adds, books, waits
from repit.web.booking_form import BookingForm, is_full, on_screen
from repit.web.fields import listed
from repit.web.forms import SearchForm, chosen, received, refuse
from repit.web.parents.frame import parent_id, room, today
from repit.web.share_page import how_they_pay, prepare
from repit.web.vault import settings
from repit.web.wording import word

OK, CONFLICT, INVALID = 200, 409, 422
MONTHS = 12

blueprint = room("parent_workshops", "/ateliers")
care = room("parent_care", "/gardes")


class NearForm(SearchForm):
    """Where, when, and with care or not."""

    ville = SelectField(lazy_gettext("Ville"), validate_choice=False)
    mois = SelectField(lazy_gettext("Mois"), validate_choice=False)
    garde = BooleanField(lazy_gettext("Avec garde"))


@blueprint.get("")
def listing() -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    form, filters = _filters(offering.towns(db, now=now))
    found = offering.availability(db, parent_id(), locale=language(), now=now, filters=filters)
    return render_template(
        "parents/workshops.html",
        form=form,
        sessions=found,
        filtered=filters != Filters(),
    )


@blueprint.get("/")
def slash() -> ResponseReturnValue:
    return redirect(url_for(".listing"), 308)


@care.get("")
def alone() -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    form, filters = _filters(offering.towns(db, now=now))
    found = offering.care_alone(db, now=now, filters=filters)
    return render_template(
        "parents/care.html", form=form, slots=found, filtered=filters != Filters()
    )


@blueprint.get("/<public_id>")
def session(public_id: str) -> ResponseReturnValue:
    return _page(_session(public_id), BookingForm())


@blueprint.post("/<public_id>")
def ask_session(public_id: str) -> ResponseReturnValue:
    named = naming.beside_session(database.session(), parent_id(), public_id)
    return _receive(named, lambda: _session(public_id))


@care.get("/<public_id>")
def slot(public_id: str) -> ResponseReturnValue:
    return _page(_slot(public_id), BookingForm())


@care.post("/<public_id>")
def ask_slot(public_id: str) -> ResponseReturnValue:
    named = naming.care_alone(database.session(), parent_id(), public_id)
    return _receive(named, lambda: _slot(public_id))


def language() -> str:
    """Return the reader's language, as the workshops are translated."""
    return str(get_locale() or "fr").partition("_")[0]


def _session(public_id: str) -> Offerable | None:
    db, now = database.session(), clock.now()
    return offering.session_page(db, parent_id(), public_id, locale=language(), now=now)


def _slot(public_id: str) -> Offerable | None:
    return offering.slot_page(database.session(), parent_id(), public_id)


def _filters(towns: list[str]) -> tuple[NearForm, Filters]:
    form = NearForm(request.args)
    months = _months()
    form.ville.choices = listed([("", _("Toutes")), *((town, town) for town in towns)])
    form.mois.choices = listed([("", _("Tous")), *months.items()])
    month = chosen(form.mois)
    kept = Filters(
        town=chosen(form.ville),
        month=date.fromisoformat(f"{month}-01") if month else None,
        with_care=bool(form.garde.data),
    )
    return form, kept


def _months() -> dict[str, str]:
    """Return the coming months, « 2027-03 » with its words."""
    first = today().replace(day=1)
    numbers = (first.month - 1 + step for step in range(MONTHS))
    days = [date(first.year + number // 12, number % 12 + 1, 1) for number in numbers]
    return {f"{day:%Y-%m}": formats.month(day) for day in days}


def _receive(named: Nameable | None, whole: Callable[[], Offerable | None]) -> ResponseReturnValue:
    """Book, or wait; the whole page is read only to be shown again."""
    if named is None:
        abort(404)
    form = BookingForm(received())
    form.offer(named)
    if not form.validate():
        return _page(whole(), form, INVALID)
    if named.hidden:
        return _page(whole(), form, CONFLICT)
    to_wait = request.form.get("act") == "wait"
    try:
        asked = form.asked(named, parent_id())
        if to_wait:
            return _waits(asked)
        return _adds(asked, whole()) if request.form.get("act") == "add" else _books(asked)
    except Refused as refusal:
        refuse(form, None, str(word(refusal)))
        full = isinstance(refusal, SessionFull | CareFull)
        return _page(whole(), form, CONFLICT, offer_to_wait=full)


def _books(asked: Asked) -> ResponseReturnValue:
    booked = books(replace(asked, pays=how_they_pay()))
    _say(booked)
    shown = url_for("parent_bookings.show", public_id=booked.public_id)
    if booked.state == "offered":
        kept = queries.booking(database.session(), booked.public_id, locale=language())
        back = settings().public_url + shown
        if kept is not None:
            prepare(kept, parent_id=parent_id(), back=back, locale=language())
    return redirect(shown, 303)


def _adds(asked: Asked, offered: Offerable | None) -> ResponseReturnValue:
    """Add children to the booking that this parent has here."""
    if offered is None or offered.booking is None or asked.seat:
        abort(404)
    booked = adds(offered.booking, asked)
    flash(_("C’est réservé."), "done")
    return redirect(url_for("parent_bookings.show", public_id=booked.public_id), 303)


def _say(booked: Booked) -> None:
    if booked.state == "offered":
        flash(_("La place est gardée pour vous. Il reste à payer votre participation."), "info")
    elif booked.came_without:
        flash(_("La garde est complète : vous venez sans garde."), "warning")
    else:
        flash(_("C’est réservé."), "done")


def _waits(asked: Asked) -> ResponseReturnValue:
    waits(asked)
    flash(_("Vous êtes sur la liste d’attente."), "done")
    return redirect(url_for("parent_bookings.mine"), 303)


def _page(
    offered: Offerable | None, form: BookingForm, status: int = OK, *, offer_to_wait: bool = False
) -> ResponseReturnValue:
    if offered is None:
        abort(404)
    db = database.session()
    if offered.booking and request.method == "GET":
        form.seat.data = False  # they have their seat: children may still join
    full = offered.session is not None and offered.session.full and not offered.booking
    care = on_screen(form, offered)
    seat = offered.session is not None and not offered.booking
    full = full or (is_full(care) and not seat)
    page = render_template(
        "parents/book.html",
        offered=offered,
        session=offered.session,
        main=offered.main,
        care=care,
        can_add=any(one.child.trouble != "booked" for part in care for one in part.choices),
        form=form,
        open=offered.is_open(clock.now()),
        full=full,
        offer_to_wait=offer_to_wait or full,
        may_wait=seat and is_full(care),
        hidden=reach(db, parent_id()).hidden,
    )
    return page, status
