"""A parent's bookings as events of a calendar, as discreet as that parent asked for."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response, current_app
from flask_babel import gettext

from repit.domain.bookings.queries import BookingView
from repit.integrations.calendars import CONTENT_TYPE, Appointment, write
from repit.settings import Settings
from repit.web.links import Links

FILE = "rendez-vous.ics"


def links() -> Links:
    """Return the links of the application that answers."""
    settings: Settings = current_app.extensions["repit.settings"]
    return Links.of(settings)


def calendar_file(bookings: Iterable[BookingView], *, now: datetime) -> Response:
    """Return the file with one event for each booking, as an answer."""
    answer = Response(written(bookings, now=now), content_type=CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="{FILE}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def written(bookings: Iterable[BookingView], *, now: datetime) -> bytes:
    """Return the file with one event for each booking; offers are not appointments yet."""
    taken = [one for one in bookings if one.state != "offered" and _was_taken(one)]
    return write([_event(one) for one in taken], name=gettext("Rendez-vous"), now=now)


def _was_taken(booking: BookingView) -> bool:
    """An offer that nobody took never stood in a calendar: nothing there is to be cancelled."""
    return booking.ended_by not in {"expired", "declined"}


def _event(booking: BookingView) -> Appointment:
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
        link=None if discreet else links().booking(booking.public_id),
        cancelled=booking.state == "cancelled" or booking.postponed,
    )
