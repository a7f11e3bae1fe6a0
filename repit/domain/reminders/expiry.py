"""Six and three weeks before the last day of vouchers, once each, and never at night."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind, outside_quiet_hours
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher, VoucherState

AT_ONCE = 1_000


@dataclass(frozen=True)
class Reminder:
    """Which message, and how many days before the last day it is due, from and until."""

    kind: Kind
    weeks: int
    until_weeks: int


REMINDERS = (
    Reminder(Kind.EXPIRING_SIX_WEEKS, weeks=6, until_weeks=3),
    Reminder(Kind.EXPIRING_THREE_WEEKS, weeks=3, until_weeks=0),
)


def enqueue_expiry_reminders(db: Session, *, now: datetime) -> int:
    """Write the reminders that are due, a thousand of each kind.

    Asked twice it writes nothing twice; asked until it returns 0 it has written them all.

    Raises:
        Nothing of its own; a parent without an address gets none.
    """
    zones = list(db.scalars(select(Programme.zone).distinct().order_by(Programme.zone)))
    return sum(_enqueue(db, reminder, zone, now) for zone in zones for reminder in REMINDERS)


def _enqueue(db: Session, reminder: Reminder, zone: str, now: datetime) -> int:
    today = day_in(zone, now)
    due = _due(reminder, zone, today)
    rows = [
        {
            "kind": reminder.kind,
            "person_id": person_id,
            "to_address": email,
            "locale": locale,
            "facts": {"vouchers": vouchers, "last_day": last_day.isoformat()},
            "dedupe": f"expiring:{parent_id}:{last_day.isoformat()}:{reminder.weeks}",
            "send_at": outside_quiet_hours(now, zone),
        }
        for parent_id, last_day, vouchers, person_id, email, locale in db.execute(due)
    ]
    return tell_many(db, rows, now=now)


def _due(reminder: Reminder, zone: str, today: date) -> Select[*tuple[Any, ...]]:
    dedupe = (
        literal("expiring:")
        + cast(Voucher.parent_id, String)
        + ":"
        + cast(Voucher.last_day, String)
        + f":{reminder.weeks}"
    )
    first = today + timedelta(weeks=reminder.until_weeks)
    return (
        select(
            Voucher.parent_id,
            Voucher.last_day,
            func.count(),
            Person.id,
            Person.email,
            Person.locale,
        )
        .join(Programme, Programme.id == Voucher.programme_id)
        .join(Parent, Parent.id == Voucher.parent_id)
        .join(Person, Person.id == Parent.person_id)
        .where(
            Programme.zone == zone,
            Voucher.state == VoucherState.ISSUED,
            Voucher.blocked_at.is_(None),
            # The day three weeks before belongs to the second reminder alone.
            Voucher.last_day > first if reminder.until_weeks else Voucher.last_day >= first,
            Voucher.last_day <= today + timedelta(weeks=reminder.weeks),
            Person.email.is_not(None),
            Person.disabled_at.is_(None),
            ~exists().where(Notice.dedupe == dedupe),
        )
        .group_by(Voucher.parent_id, Voucher.last_day, Person.id, Person.email, Person.locale)
        .order_by(Voucher.last_day, Voucher.parent_id)
        .limit(AT_ONCE)
    )
