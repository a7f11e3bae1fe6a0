"""Vouchers that are still held long after the care: taken, given back, or left to people.

What was noted decides, and the programme's published policy; of a child about whom nothing was
noted, what was noted of the parent who would have brought it. Where nothing was noted, or two
phones disagree whether a child came, nothing moves: that is on the carer's and operator's lists.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import tentatively
from repit.domain.attendance import rules
from repit.domain.bookings import redeeming, shares
from repit.domain.bookings.models import Booking
from repit.domain.bookings.redeeming import Due
from repit.domain.errors import DomainError
from repit.domain.presence import notes
from repit.domain.presence import reading as presence
from repit.domain.programmes.models import Programme
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.rules import check_device
from repit.domain.vouchers import holds

FORGOTTEN_AFTER = timedelta(hours=12)
"""After the end: until then those who keep the children take the vouchers themselves."""

AWAY = frozenset({notes.NO_SHOW, notes.EXCUSED})
TAKEN, GIVEN_BACK, LEFT, REFUSED = "taken", "given_back", "left", "refused"


@dataclass(frozen=True)
class Looked:
    """What became of the vouchers held for a place."""

    child_place_id: int
    outcome: str
    """`taken`, `given_back`, `left` to people, or `refused` by a rule of redemption."""


class Owed(Enum):
    """What a provider keeps held vouchers for."""

    CARE = "care"
    POLICY = "policy"
    NOTHING = "nothing"


def end_next(db: Session, *, after: int, now: datetime) -> Looked | None:
    """Look at the next forgotten place after this id; None at the end. One place is one change.

    Raises:
        Nothing of its own; what is refused stays held, and is looked at again the next time.
    """
    over = now - FORGOTTEN_AFTER
    found = redeeming.due(db, now=over, after=after, limit=1)
    if not found:
        return None
    [place] = found
    return Looked(place.child_place_id, _end(db, place, now))


def _end(db: Session, place: Due, now: datetime) -> str:
    owed = _owed(db, place)
    if owed is None:
        return LEFT
    if owed is Owed.NOTHING:
        free = holds.release(db, [place.child_place_id], now=now)
        shares.square(db, place.booking_id, now=now)
        return GIVEN_BACK if free else LEFT
    try:
        with tentatively(db):
            standing = check_device(standing_of_newest(db, place.provider_id))
            redeeming.take_held(
                db, place.child_place_id, standing=standing, cared=owed is Owed.CARE, now=now
            )
    except DomainError:
        return REFUSED
    return TAKEN


def _owed(db: Session, place: Due) -> Owed | None:
    """Tell what the provider keeps the vouchers for; None when nobody can say yet."""
    # Nobody notes about the booking until the end: what is read here is what is acted on.
    programme_id = db.scalars(
        select(Booking.programme_id).where(Booking.id == place.booking_id).with_for_update()
    ).one()
    policy = db.get_one(Programme, programme_id)
    logs = presence.logs(db, [place.booking_id])
    log = logs.get((place.booking_id, place.child_place_id), [])
    if place.cancelled_late and not notes.state_of(log).came:
        return Owed.POLICY if policy.late_is_paid else Owed.NOTHING
    if not log and notes.state_of(of_parent := logs.get((place.booking_id, None), [])).kind in AWAY:
        log = of_parent  # a child is brought by the parent: nobody notes both
    came = rules.came_for_sure(log)
    if came is None:
        return None
    if came:
        return Owed.CARE
    no_show = notes.state_of(log).kind == notes.NO_SHOW
    return Owed.POLICY if no_show and policy.no_show_is_paid else Owed.NOTHING
