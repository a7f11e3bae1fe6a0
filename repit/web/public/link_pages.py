"""What a signed link opens, without an account: GET shows, POST acts, JavaScript or not."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.actors import LINK
from repit.domain.bookings import lists, offers, queries
from repit.domain.bookings.cancel import cancel, cancel_child
from repit.domain.bookings.errors import BookingOver, ChildCame
from repit.domain.bookings.queries import BookingView
from repit.domain.bookings.share_view import share_of
from repit.domain.bookings.waiting import leave
from repit.domain.errors import Busy, Refused
from repit.domain.households.queries import reach_by_calendar
from repit.domain.satisfaction import service as satisfaction
from repit.domain.satisfaction.errors import AnswerLinkUsed
from repit.domain.satisfaction.queries import asked_about
from repit.web import database
from repit.web.access import ANYONE, require
from repit.web.acting import make
from repit.web.appointments import calendar_file, links
from repit.web.forms import RepitForm, received
from repit.web.giving_back import ending_of, said
from repit.web.links import Purpose
from repit.web.online import pays_online
from repit.web.public.answer_form import AnswerForm
from repit.web.share_page import make_page, prepare
from repit.web.vault import settings
from repit.web.wording import word

NOT_THERE, CONFLICT, INVALID = 404, 409, 422

blueprint = Blueprint("links", __name__, url_prefix="/r")
blueprint.before_request(require(ANYONE))


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    page = _page_of(token)
    return page[0](token, page[1]) if page else _wrong()


@blueprint.post("/<token>")
def act(token: str) -> ResponseReturnValue:
    signed = links().read(token)
    if signed is None or signed.purpose not in ACTS:
        return _wrong()
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    return ACTS[signed.purpose](token, signed.name)


@blueprint.get("/<token>/agenda.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Answer a telephone's calendar; a parent whom we call instead has an empty one."""
    signed, db = links().read(token), database.session()
    if signed is not None and signed.purpose is Purpose.CALENDAR:
        parent = reach_by_calendar(db, signed.name)
        if parent is not None:
            found = queries.bookings_of(db, parent.parent_id, locale=_language())
            return calendar_file(found, now=clock.now())
    if signed is not None and signed.purpose is Purpose.BOOKING:
        booking = _booking(signed.name)
        if booking is not None:
            return calendar_file([booking], now=clock.now())
    return _wrong()


def _show_booking(token: str, name: str) -> ResponseReturnValue:
    booking, now = _booking(name), clock.now()
    if booking is None:
        return _wrong()
    ending = None
    place = request.args.get("place")
    if place or "tout" in request.args:
        try:
            ending = ending_of(database.session(), booking, place or None, now)
        except (BookingOver, ChildCame) as refusal:
            flash(str(word(refusal)), "refused")
    page = "links/give_back.html" if ending else "links/booking.html"
    return render_template(
        page,
        token=token,
        booking=booking,
        share=share_of(database.session(), name, now=now),
        over=booking.starts_at <= now,
        ending=ending,
    )


def _give_back(token: str, name: str) -> ResponseReturnValue:
    booking, place, now = _booking(name), request.form.get("place"), clock.now()
    if booking is None:
        return _wrong()

    def change(db: Session) -> str:
        if place:
            return said(
                cancel_child(db, name, place, by="parent", parent_id=None, actor=LINK, now=now)
            )
        return said(cancel(db, name, by="parent", parent_id=None, actor=LINK, now=now))

    return _tried(token, lambda: make(change))


def _show_offer(token: str, name: str) -> ResponseReturnValue:
    booking, now = _booking(name), clock.now()
    if booking is not None and booking.state == "cancelled" and booking.lead != name:
        booking = _booking(booking.lead)  # its session was called off, not the rest of the group
    if booking is None:
        return _wrong()
    open_until = booking.expires_at if booking.state == "offered" else None
    return render_template(
        "links/offer.html",
        token=token,
        booking=booking,
        share=share_of(database.session(), name, now=now),
        open=open_until is not None and now < open_until,
        manage=links().token(Purpose.BOOKING, name),
    )


def _answer_offer(token: str, name: str) -> ResponseReturnValue:
    if _booking(name) is None:
        return _wrong()
    act = request.form.get("act")
    if act == "pay":
        return _pay(token, name)
    return _tried(token, lambda: _accept(token, name) if act == "accept" else _decline(name))


def _accept(token: str, name: str) -> str:
    online = pays_online()
    to_pay = make(
        lambda db: offers.accept(
            db, name, parent_id=None, actor=LINK, now=clock.now(), online=online
        )
    )
    booking = _booking(name)
    if to_pay and booking is not None:
        back = settings().public_url + url_for(".show", token=token)
        prepare(booking, parent_id=None, back=back, locale=_language())
        return _("La place est gardée pour vous. Il reste à payer votre participation.")
    return _("La place est à vous.")


def _decline(name: str) -> str:
    make(lambda db: offers.decline(db, name, parent_id=None, actor=LINK, now=clock.now()))
    return _("La place est rendue. Merci.")


def _pay(token: str, name: str) -> ResponseReturnValue:
    booking, shown = _booking(name), url_for(".show", token=token)
    if booking is None:
        return _wrong()
    back = settings().public_url + shown
    try:
        make_page(booking, parent_id=None, back=back, locale=_language())
    except (Refused, Busy) as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(shown, 303)


def _show_waiting(token: str, name: str) -> ResponseReturnValue:
    party = lists.waiting_party(database.session(), name, locale=_language())
    if party is None:
        return _wrong()
    return render_template("links/waiting.html", token=token, party=party)


def _leave(token: str, name: str) -> ResponseReturnValue:
    def answer() -> str:
        make(lambda db: leave(db, name, parent_id=None, actor=LINK, now=clock.now()))
        return _("Vous n’êtes plus sur la liste.")

    return _tried(token, answer)


def _show_calendar(token: str, name: str) -> ResponseReturnValue:
    if reach_by_calendar(database.session(), name) is None:
        return _wrong()
    return render_template("links/calendar.html", feed=links().calendar(name))


def _show_questions(token: str, name: str) -> ResponseReturnValue:
    return _questions(token, name, AnswerForm())


def _questions(token: str, name: str, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    db, now = database.session(), clock.now()
    asked = asked_about(db, name.partition(".")[0], locale=_language())
    if asked is None:
        return _wrong()
    if satisfaction.is_used(db, token):
        return render_template("links/thanks.html")
    try:
        satisfaction.check_open(asked.state, asked.ends_at, now)
    except Refused as refusal:
        return render_template("links/over.html", answer=word(refusal)), status
    return render_template("links/questions.html", asked=asked, form=form), status


def _answer(token: str, name: str) -> ResponseReturnValue:
    form = AnswerForm(received())
    if not form.validate():
        return _questions(token, name, form, INVALID)
    answers, session = form.answers(), name.partition(".")[0]
    try:
        make(lambda db: satisfaction.answer(db, token, session, answers, now=clock.now()))
    except AnswerLinkUsed:
        return render_template("links/thanks.html")
    except Refused as refusal:
        return render_template("links/over.html", answer=word(refusal)), CONFLICT
    return redirect(url_for(".show", token=token), 303)


def _tried(token: str, change: Callable[[], str]) -> ResponseReturnValue:
    """Make the change and show where it led; a refusal is said there too."""
    try:
        flash(change(), "done")
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(url_for(".show", token=token), 303)


def _booking(name: str) -> BookingView | None:
    return queries.booking(database.session(), name, locale=_language())


def _language() -> str:
    return str(get_locale() or "fr").partition("_")[0]


def _wrong() -> ResponseReturnValue:
    return render_template("links/wrong.html"), NOT_THERE


Page = Callable[[str, str], ResponseReturnValue]
PAGES: dict[Purpose, Page] = {
    Purpose.BOOKING: _show_booking,
    Purpose.OFFER: _show_offer,
    Purpose.WAITING: _show_waiting,
    Purpose.CALENDAR: _show_calendar,
    Purpose.ANSWER: _show_questions,
}
ACTS: dict[Purpose, Page] = {
    Purpose.BOOKING: _give_back,
    Purpose.OFFER: _answer_offer,
    Purpose.WAITING: _leave,
    Purpose.ANSWER: _answer,
}


def _page_of(token: str) -> tuple[Page, str] | None:
    signed = links().read(token)
    return (PAGES[signed.purpose], signed.name) if signed and signed.purpose in PAGES else None
