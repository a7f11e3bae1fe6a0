"""The day after a session: two questions to those who came, with a link that names nobody."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.attendance import rules
from repit.domain.bookings.models import Booking
from repit.domain.notices.rules import Kind, outside_quiet_hours
from repit.domain.notices.service import tell_many
from repit.domain.presence import reading as presence
from repit.domain.reminders.bookings import as_notices, expected
from repit.domain.workshops.models import WorkshopSession
from repit.domain.workshops.times import days_before

DAYTIME = time(10)
LOOKS_BACK = timedelta(days=4)
TOO_LATE = timedelta(days=2)
"""After the moment of asking: nobody remembers an evening of last week."""


def enqueue_questionnaires(db: Session, *, now: datetime) -> int:
    """Ask those who came to a session yesterday, a thousand of each day at a time.

    Asked twice it writes nothing twice. Where nobody took the attendance, those who had booked
    are asked.

    Raises:
        Nothing of its own; a parent without an address, or who wants no messages, is not asked.
    """
    over = db.execute(
        select(WorkshopSession.day, WorkshopSession.zone)
        .where(
            WorkshopSession.state == "open",
            WorkshopSession.ends_at <= now,
            WorkshopSession.ends_at > now - LOOKS_BACK,
        )
        .distinct()
        .order_by(WorkshopSession.day, WorkshopSession.zone)
    ).all()
    return sum(_enqueue(db, day, zone, now) for day, zone in over if _is_time(day, zone, now))


def _is_time(day: date, zone: str, now: datetime) -> bool:
    moment = days_before(day, zone, -1, DAYTIME)
    return moment <= now < moment + TOO_LATE and outside_quiet_hours(now, zone) == now


def _enqueue(db: Session, day: date, zone: str, now: datetime) -> int:
    that_day = (
        WorkshopSession.day == day,
        WorkshopSession.zone == zone,
        WorkshopSession.state == "open",
        WorkshopSession.decision.is_distinct_from("postpone"),
        Booking.seat,
    )
    query = expected(WorkshopSession, Kind.HOW_WAS_IT).where(*that_day)
    rows = _who_came(db, db.execute(query).mappings().all())
    notices = as_notices(db, rows, Kind.HOW_WAS_IT, now)
    for row, notice in zip(rows, notices, strict=True):
        notice["facts"] = _questions(row["WorkshopSession"], notice["facts"])
    return tell_many(db, notices, now=now)


def _questions(session: WorkshopSession, said: dict[str, Any]) -> dict[str, Any]:
    """The nonce makes the link and is forgotten when the message has left."""
    kept = {name: said[name] for name in ("title", "session_day", "booking")}
    return kept | {"session": session.public_id, "nonce": ids.public_id()}


def _who_came(db: Session, rows: Sequence[RowMapping]) -> list[RowMapping]:
    """Keep all but those of whom it was noted that they did not come."""
    logs = presence.logs(db, [row["booking_id"] for row in rows])
    return [
        row
        for row in rows
        if rules.came_for_sure(logs.get((row["booking_id"], None), [])) is not False
    ]
