"""What a change about bookings locks before it looks: the session, then its slots by id.

Everything that follows (children, vouchers, accounts, waiting parties) is locked after these,
in this order, by everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.errors import NotOpenForBooking, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass
class Stage:
    """A session (none when the care stands alone) and some slots, nobody else's until the end."""

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
    """Lock a session and slots, always in the same order.

    Raises:
        NotOpenForBooking: there is no such session or slot, or a slot is of another session.
    """
    session = workshop = None
    if session_id is not None:
        session = db.scalar(_locked(WorkshopSession, {session_id}))
        if session is None:
            raise NotOpenForBooking
        workshop = db.get_one(Workshop, session.workshop_id)
    slots = {slot.id: slot for slot in db.scalars(_locked(CareSlot, slot_ids))} if slot_ids else {}
    foreign = any(slot.session_id != session_id for slot in slots.values())
    if len(slots) != len(set(slot_ids)) or foreign or (session is None and not slots):
        raise NotOpenForBooking
    whose = workshop or next(iter(slots.values()))
    return Stage(session, workshop, db.get_one(Programme, whose.programme_id), slots)


def lock_of(db: Session, public_id: str) -> tuple[Stage, Booking]:
    """Lock what a booking is about, then the booking itself.

    Raises:
        UnknownBooking: there is no such booking.
    """
    found = db.execute(
        select(Booking.id, Booking.session_id).where(Booking.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise UnknownBooking
    slot_ids = set(
        db.scalars(select(ChildPlace.slot_id).where(ChildPlace.booking_id == found.id).distinct())
    )
    stage = lock(db, found.session_id, slot_ids)
    booking = db.scalars(_locked(Booking, {found.id})).one()
    return stage, booking


def _locked(model, ids: Collection[int]):  # type: ignore[no-untyped-def]
    return (
        select(model)
        .where(model.id.in_(ids))
        .order_by(model.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
