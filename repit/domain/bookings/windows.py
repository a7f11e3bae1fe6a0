"""How long an offer stands: shorter as the day comes nearer, and never counted at night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from repit.domain.care.models import CareSlot
from repit.domain.notices.rules import QUIET_FROM, QUIET_UNTIL
from repit.domain.workshops.models import WorkshopSession

WINDOWS = (
    (timedelta(days=7), timedelta(hours=48)),
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(hours=3), timedelta(hours=2)),
)
"""More than so long before, an offer stands for so long. Nearer, nobody is asked by message."""

TIME_TO_PAY = timedelta(minutes=30)
"""So long a place is kept for who has only its share to pay."""


def offer_until(what: WorkshopSession | CareSlot, now: datetime) -> datetime | None:
    """Return until when an offer made now may be accepted; None: it is too late for one.

    Never past the start. The hours between 21 and 8 on the local clock do not count.
    """
    ahead = what.starts_at - now
    length = next((stands for least, stands in WINDOWS if ahead > least), None)
    if length is None:
        return None
    return min(_awake_after(now, length, what.zone), what.starts_at)


def pay_until(what: WorkshopSession | CareSlot, now: datetime) -> datetime:
    """Return until when a place is kept for who pays now: never past its start."""
    return min(now + TIME_TO_PAY, what.starts_at)


def _awake_after(now: datetime, length: timedelta, zone: str) -> datetime:
    """Return the moment so much waking time later."""
    local = now.astimezone(ZoneInfo(zone))
    at, left = local, length
    while True:
        wakes, sleeps = _on(at, QUIET_UNTIL), _on(at, QUIET_FROM)
        at = max(at, wakes)
        if at < sleeps:
            spent = min(left, sleeps - at)
            at, left = at + spent, left - spent
        if not left:
            return at.astimezone(now.tzinfo)
        at = _on(at + timedelta(days=1), QUIET_UNTIL)


def _on(moment: datetime, wall: time) -> datetime:
    return datetime.combine(moment.date(), wall, moment.tzinfo)
