"""What a change about bookings locks before it looks: the session, then all its slots by id.

Everything that follows (children, vouchers, accounts, waiting parties) is locked after these,
in this order, by everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from repit.domain.bookings.errors import NotOpenForBooking, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass
class Stage:
    """A session with all the care beside it, or one slot that stands alone; ours until the end.

    All of a session's slots, also for who asks for a seat alone: what comes free must be offered
    to the first in line, children included, and what ran out may hold places anywhere.
    """

    session: WorkshopSession | None
    workshop: Workshop | None
    programme: Programme
    slots: dict[int, CareSlot] = field(default_factory=dict)

    @property
    def starts_at(self) -> datetime:
        """When the first of it begins for the parent."""
        if self.session is not None:
            return self.session.starts_at
        return min(slot.starts_at for slot in self.slots.values())

    @property
    def clock(self) -> WorkshopSession | CareSlot:
        """What its deadlines are counted from, on the wall clock."""
        if self.session is not None:
            return self.session
        return min(self.slots.values(), key=lambda slot: slot.starts_at)


def lock(db: Session, session_id: int | None, slot_ids: Collection[int] = ()) -> Stage:
    """Lock a session and the care beside it, or care that stands alone; always in one order.

    Args:
        slot_ids: what is asked for; of a session, all slots are locked.

    Raises:
        NotOpenForBooking: there is no such session or slot, or a slot is of another session.
    """
    if session_id is None:
        slots = {slot.id: slot for slot in db.scalars(_ALONE, {"slot_ids": list(slot_ids)})}
        if not slots or slots.keys() != set(slot_ids):
            raise NotOpenForBooking
        return Stage(None, None, _programme(db, slots), slots)
    found = db.execute(_SESSION, {"session_id": session_id}).one_or_none()
    slots = {slot.id: slot for slot in db.scalars(_BESIDE, {"session_id": session_id})}
    if found is None or not set(slot_ids) <= slots.keys():
        raise NotOpenForBooking
    return Stage(*found, slots)


def lock_of(db: Session, public_id: str) -> tuple[Stage, Booking]:
    """Lock what a booking is about, then the booking itself.

    Raises:
        UnknownBooking: there is no such booking.
    """
    rows = db.execute(
        select(Booking.id, Booking.session_id, ChildPlace.slot_id)
        .outerjoin(ChildPlace, ChildPlace.booking_id == Booking.id)
        .where(Booking.public_id == public_id)
    ).all()
    if not rows:
        raise UnknownBooking
    slot_ids = {row.slot_id for row in rows if row.slot_id is not None}
    stage = lock(db, rows[0].session_id, slot_ids)
    booking = db.scalars(
        select(Booking)
        .where(Booking.id == rows[0].id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return stage, booking


def _programme(db: Session, slots: dict[int, CareSlot]) -> Programme:
    [programme_id] = {slot.programme_id for slot in slots.values()}
    return db.get_one(Programme, programme_id)


_SESSION = (
    select(WorkshopSession, Workshop, Programme)
    .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
    .join(Programme, Programme.id == Workshop.programme_id)
    .where(WorkshopSession.id == bindparam("session_id"))
    .with_for_update(of=WorkshopSession)
    .execution_options(populate_existing=True)
)
_SLOTS = (
    select(CareSlot)
    .order_by(CareSlot.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_BESIDE = _SLOTS.where(CareSlot.session_id == bindparam("session_id"))
_ALONE = _SLOTS.where(
    CareSlot.id.in_(bindparam("slot_ids", expanding=True)), CareSlot.session_id.is_(None)
)
