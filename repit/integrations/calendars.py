"""Appointments as a calendar file (RFC 5545) that a telephone shows and follows.

An event keeps its UID for ever; what changes is its SEQUENCE, which grows, and its STATUS.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//repit//FR"
READ_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Appointment:
    """One event. Moments are aware; `zone` is where the wall clock hangs."""

    uid: str
    """Stable: the same for every version of the same booking."""
    sequence: int
    summary: str
    """Neutral: it stands on a locked screen, and in a calendar that a family may share."""
    starts_at: datetime
    ends_at: datetime
    zone: str
    location: str | None = None
    link: str | None = None
    words: str | None = None
    """What more there is to say, as neutral as the summary."""
    cancelled: bool = False


def write(appointments: Iterable[Appointment], *, name: str, now: datetime) -> bytes:
    """Return the file.

    Args:
        name: how a calendar that subscribes to it calls it.
        now: when the file is written (DTSTAMP).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    for one in appointments:
        calendar.add_component(_event(one, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(one: Appointment, now: datetime) -> Event:
    zone = ZoneInfo(one.zone)
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", now)
    event.add("sequence", one.sequence)
    event.add("dtstart", one.starts_at.astimezone(zone))
    event.add("dtend", one.ends_at.astimezone(zone))
    event.add("summary", one.summary)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if one.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if one.location:
        event.add("location", one.location)
    if one.words:
        event.add("description", one.words)
    if one.link:
        event.add("url", one.link)
    return event
