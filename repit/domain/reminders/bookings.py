"""A week, two days and the same morning before what was booked, once each, and never at night.

A reminder is written when its moment has come, never ahead: what is cancelled or moved before
leaves nothing behind. Its name carries the version of the session, so that a session that moved is
announced again for its new hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, String, cast, exists, literal, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.telling import facts_of
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import QUIET_UNTIL, Kind, outside_quiet_hours
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.workshops.models import WorkshopSession
from repit.domain.workshops.times import days_before

AT_ONCE = 1_000
DAYTIME = time(10)
LOOKS_AHEAD = timedelta(days=8)

What = type[WorkshopSession] | type[CareSlot]


@dataclass(frozen=True)
class Reminder:
    """Which message, so many days before, at this time of the wall clock there."""

    kind: Kind
    days: int
    at: time


NEAREST_FIRST = (
    Reminder(Kind.BOOKING_MORNING, days=0, at=QUIET_UNTIL),
    Reminder(Kind.BOOKING_TWO_DAYS, days=2, at=DAYTIME),
    Reminder(Kind.BOOKING_WEEK, days=7, at=DAYTIME),
)


def enqueue_booking_reminders(db: Session, *, now: datetime) -> int:
    """Write the reminders whose moment has come, a thousand of each day at a time.

    Asked twice it writes nothing twice; asked until it returns 0 it has written them all. Nobody
    is reminded of what they booked, or were told of, after the reminder's own moment.

    Raises:
        Nothing of its own; a parent without an address, or who wants no messages, gets none.
    """
    both: tuple[What, What] = (WorkshopSession, CareSlot)
    return sum(
        _enqueue(db, what, day, zone, now) for what in both for day, zone in _days(db, what, now)
    )


def due_at(day: date, zone: str, now: datetime) -> tuple[Reminder, datetime] | None:
    """Return the reminder of a day that is due, and since when; None too early and at night."""
    if outside_quiet_hours(now, zone) != now:
        return None
    moments = [(one, days_before(day, zone, one.days, one.at)) for one in NEAREST_FIRST]
    return next(((one, moment) for one, moment in moments if moment <= now), None)


def _days(db: Session, what: What, now: datetime) -> Sequence[Any]:
    """Return the days on which something is near, each with its zone."""
    near = (
        select(what.day, what.zone)
        .where(what.state == "open", what.starts_at > now, what.starts_at < now + LOOKS_AHEAD)
        .distinct()
        .order_by(what.day, what.zone)
    )
    if what is CareSlot:
        near = near.where(CareSlot.session_id.is_(None))
    return db.execute(near).all()


def _enqueue(db: Session, what: What, day: date, zone: str, now: datetime) -> int:
    due = due_at(day, zone, now)
    if due is None:
        return 0
    reminder, moment = due
    that_day = what.day == day, what.zone == zone, what.state == "open", what.starts_at > now
    rows = db.execute(_untold(what, reminder.kind, moment).where(*that_day)).mappings().all()
    return tell_many(db, as_notices(db, rows, reminder.kind, now), now=now)


def _untold(what: What, kind: Kind, moment: datetime) -> Select[*tuple[Any, ...]]:
    told_since = exists().where(
        Notice.booking_id == Booking.id,
        Notice.kind.in_((Kind.BOOKED, Kind.BOOKING_MOVED)),
        Notice.created_at > moment,
    )
    joined = expected(what, kind).where(Booking.made_at <= moment, ~told_since)
    if what is WorkshopSession:
        return joined.where(WorkshopSession.decision.is_distinct_from("postpone"))
    return joined.where(Booking.session_id.is_(None))


def expected(what: What, kind: Kind) -> Select[*tuple[Any, ...]]:
    """Select the confirmed bookings of parents who may be written to and were not, by booking.

    Of several slots that stand alone, the first is what the booking is about.
    """
    is_about = (
        Booking.session_id == WorkshopSession.id
        if what is WorkshopSession
        else CareSlot.id == _first_slot()
    )
    dedupe = name_of(kind, cast(Booking.id, String), cast(what.version, String))
    return (
        select(
            what.id.label("about"),
            what,
            Booking.id.label("booking_id"),
            Booking.public_id,
            dedupe.label("dedupe"),
            Person.id.label("person_id"),
            Person.email,
            Person.locale,
        )
        .select_from(Booking)
        .join(what, is_about)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Person, Person.id == Parent.person_id)
        .where(
            Booking.state == "confirmed",
            Parent.discretion == "normal",
            Person.email.is_not(None),
            Person.disabled_at.is_(None),
            ~exists().where(Notice.dedupe == dedupe),
        )
        .order_by(Booking.id)
        .limit(AT_ONCE)
        # Who cancels now waits for us and finds the message; or we wait, and find it cancelled.
        .with_for_update(of=Booking, key_share=True)
    )


def name_of(
    kind: Kind, booking: ColumnElement[str], version: ColumnElement[str]
) -> ColumnElement[str]:
    """Return the one name of a message about a booking and a version of what it is for."""
    return literal("reminder:") + booking + f":{kind}:" + version


def as_notices(
    db: Session, rows: Sequence[RowMapping], kind: Kind, now: datetime
) -> list[dict[str, Any]]:
    """Return the messages to write; what they say is read once for each session and language."""
    said: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        key = row["about"], row["locale"]
        if key not in said:
            what = row.get("WorkshopSession") or row["CareSlot"]
            said[key] = facts_of(db, what, row["locale"])
    return [
        {
            "kind": kind,
            "person_id": row["person_id"],
            "to_address": row["email"],
            "locale": row["locale"],
            "facts": said[row["about"], row["locale"]] | {"booking": row["public_id"]},
            "dedupe": row["dedupe"],
            "send_at": now,
            "booking_id": row["booking_id"],
        }
        for row in rows
    ]


def _first_slot() -> Any:
    slot = aliased(CareSlot)
    return (
        select(slot.id)
        .join(ChildPlace, ChildPlace.slot_id == slot.id)
        .where(ChildPlace.booking_id == Booking.id, ChildPlace.ended_at.is_(None))
        .order_by(slot.starts_at, slot.id)
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )
