"""A parent's bookings as events of a calendar, as discreet as that parent asked for."""

from collections.abc import Callable, Iterable
from datetime import datetime

from flask import Response, current_app, url_for
from flask_babel import gettext

from repit.domain.bookings.queries import BookingView
from repit.integrations.calendars import CONTENT_TYPE, Appointment, write
from repit.settings import Settings
from repit.web import formats
from repit.web.links import Links

FILE = "rendez-vous.ics"


def links() -> Links:
    """Return the links of the application that answers."""
    settings: Settings = current_app.extensions["repit.settings"]
    return Links.of(settings)


def calendar_file(bookings: Iterable[BookingView], *, now: datetime) -> Response:
    """Return the file with one event for each booking, as an answer.

    Nothing in it acts: a calendar is shared, and who reads its address need not be the parent.
    Its events lead to the page of the booking, which asks who one is.
    """
    answer = Response(_file(bookings, _page, now), content_type=CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{FILE}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def written(bookings: Iterable[BookingView], *, now: datetime) -> bytes:
    """Return the file that goes with a parent's own letter, whose link it may therefore hold."""
    return _file(bookings, links().booking, now)


def _file(bookings: Iterable[BookingView], link: Callable[[str], str], now: datetime) -> bytes:
    """Return one event for each booking; offers are not appointments yet."""
    taken = [one for one in bookings if one.state != "offered" and _was_taken(one)]
    return write([_event(one, link) for one in taken], name=gettext("Rendez-vous"), now=now)


def _page(public_id: str) -> str:
    settings: Settings = current_app.extensions["repit.settings"]
    return settings.public_url + url_for("parent_bookings.show", public_id=public_id)


def _was_taken(booking: BookingView) -> bool:
    """An offer that nobody took never stood in a calendar: nothing there is to be cancelled."""
    return booking.ended_by not in {"expired", "declined"}


def _event(booking: BookingView, link: Callable[[str], str]) -> Appointment:
    discreet = booking.discretion != "normal"
    where = booking.where
    address = f"{where.address}, {where.postcode} {where.town}"
    return Appointment(
        uid=f"booking-{booking.public_id}@repit",
        sequence=booking.sequence,
        summary=gettext("Rendez-vous") if discreet else booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        zone=booking.zone,
        location=address if discreet else f"{where.name}, {address}",
        link=None if discreet else link(booking.public_id),
        words=None if discreet else _care(booking),
        cancelled=booking.state == "cancelled" or booking.postponed,
    )


def _care(booking: BookingView) -> str | None:
    """Return when the care beside it is, which may begin before it; no name of anybody."""
    live = [one for one in booking.places if not one.cancelled]
    if not booking.seat or not live:
        return None
    starts = min(one.starts for one in live)
    ends = max(one.ends for one in live)
    return gettext(
        "Garde de %(start)s à %(end)s", start=formats.wall(starts), end=formats.wall(ends)
    )
