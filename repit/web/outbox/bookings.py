"""What a message about a booking says at the moment it leaves: what is true then, and its links.

Between writing and sending a night may pass. What is no longer true is not sent; what changed is
said as it is now.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from repit.db.unit_of_work import end_reading
from repit.domain.bookings import queries
from repit.domain.bookings.queries import BookingView
from repit.domain.notices.outbox import DueNotice
from repit.domain.notices.rules import Kind
from repit.integrations.mail import Attachment
from repit.web.appointments import FILE, links, written
from repit.web.door import settings
from repit.web.links import Links

REMINDERS = frozenset({Kind.BOOKING_WEEK, Kind.BOOKING_TWO_DAYS, Kind.BOOKING_MORNING})
DATED = frozenset(
    {
        Kind.BOOKED,
        Kind.POSTPONED,
        Kind.BOOKING_MOVED,
        Kind.BOOKING_CANCELLED,
        Kind.CALLED_OFF,
    }
)
"""After these a calendar is right only when it learns of it: the event comes with them."""
TO_THE_TEAM = frozenset(
    {
        Kind.DECIDE,
        Kind.TEAM_MOVED,
        Kind.CARE_MOVED,
        Kind.CARE_ASKED,
        Kind.TEAM_POSTPONED,
        Kind.TEAM_CALLED_OFF,
    }
)
LIVE = REMINDERS | {
    Kind.BOOKED,
    Kind.PLACE_OFFERED,
    Kind.POSTPONED,
    Kind.BOOKING_MOVED,
    Kind.CARE_CALLED_OFF,
}
"""About something that parents still have, and may give back."""


def booking_of(db: Session, notice: DueNotice) -> BookingView | None:
    """Return the booking that a message is about; the session is left without a transaction."""
    public_id = notice.facts.get("booking")
    if public_id is None:
        return None
    found = queries.booking(db, public_id, locale=notice.locale)
    end_reading(db)  # nothing is kept open while the letter travels
    return found


def is_overtaken(notice: DueNotice, booking: BookingView | None, now: datetime) -> bool:
    """Tell whether a message says what is no longer so: cancelled, answered, moved or begun."""
    if booking is None or notice.kind not in LIVE:
        return False
    if notice.kind == Kind.PLACE_OFFERED:
        over = booking.expires_at is None or booking.expires_at <= now
        return booking.state != "offered" or over
    if booking.state == "cancelled" or booking.starts_at <= now:
        return True
    if notice.kind == Kind.POSTPONED:
        return not booking.postponed  # its new day is told by another message
    return notice.kind in REMINDERS and notice.facts["session_day"] != booking.day.isoformat()


def facts_and_links(notice: DueNotice, booking: BookingView | None) -> dict[str, Any]:
    """Return what a message adds to its facts, or says instead of them, in plain values."""
    if notice.kind == Kind.HOW_WAS_IT and "session" in notice.facts:
        return {"answer_link": links().answer(notice.facts["session"], notice.facts.get("nonce"))}
    if "party" in notice.facts:
        return {"waiting_link": links().waiting(notice.facts["party"])}
    if notice.kind == Kind.PLACE_FREE_NOW:
        return _page_to_book(notice.facts)
    if notice.kind in TO_THE_TEAM:
        return _page_of_the_team(notice.facts)
    if booking is None or notice.kind not in LIVE:
        return {}
    return _as_it_is(booking) | _ways(links(), booking)


def calendar_of(notice: DueNotice, booking: BookingView | None, now: datetime) -> Attachment | None:
    """Return the event to keep, to move or to take out of a calendar; an offer is none yet."""
    if booking is None or notice.kind not in DATED or booking.state == "offered":
        return None
    return Attachment(FILE, written([booking], now=now), "text/calendar")


def _as_it_is(booking: BookingView) -> dict[str, Any]:
    where = booking.where
    children = [place for place in booking.places if not place.cancelled]
    return (
        {
            "title": booking.title,
            "session_day": booking.day,
            "starts": booking.starts,
            "ends": booking.ends,
            "place": where.name,
            "address": f"{where.address}, {where.postcode} {where.town}",
            "children": len(children),
            "care_starts": min((place.starts for place in children), default=booking.starts),
            "held": booking.held,
        }
        | _dates(booking)
        | _sheets(booking)
    )


def _page_to_book(facts: dict[str, Any]) -> dict[str, Any]:
    if "session" in facts:
        return {"page": f"{settings().public_url}/ateliers/{facts['session']}"}
    return {"page": f"{settings().public_url}/gardes/{facts['slot']}"}


def _page_of_the_team(facts: dict[str, Any]) -> dict[str, Any]:
    """Where who leads a session, or keeps the children beside it, reads more."""
    if "session" in facts:
        return {"page": f"{settings().public_url}/animateur/seances/{facts['session']}"}
    if "slot" in facts:
        return {"page": f"{settings().public_url}/prestataire/gardes/creneaux/{facts['slot']}"}
    return {}


def _dates(booking: BookingView) -> dict[str, Any]:
    """All dates of a fixed group that was booked, or is offered, at once."""
    if not booking.together:
        return {}
    return {"dates": [(one.day, one.starts, one.ends) for one in booking.together]}


def _sheets(booking: BookingView) -> dict[str, Any]:
    """Where what is still missing about the children is written; nothing when nothing is."""
    missing = booking.sheets_to_fill
    if not missing:
        return {}
    only = f"/{missing[0].sheet_to_fill}" if len(missing) == 1 else ""
    page = f"{settings().public_url}/mes-enfants{only}"
    return {"sheets_to_fill": len(missing), "sheet_link": page}


def _ways(ways: Links, booking: BookingView) -> dict[str, Any]:
    """An offer is answered; what was booked is given back."""
    if booking.expires_at is None:
        return {"cancel_link": ways.booking(booking.public_id)}
    until = booking.expires_at.astimezone(ZoneInfo(booking.zone))
    return {
        "offer_link": ways.offer(booking.public_id),
        "until_day": until.date(),
        "until_hour": until.time(),
    }
