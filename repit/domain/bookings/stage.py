"""What a change about bookings locks before it looks: the session, then all its slots by id.

Of a fixed group, whoever may make a place free or take several locks all sessions of it by id,
then all their slots by id: what comes free is offered to those who come to all of them.

Everything that follows (children, vouchers, accounts, waiting parties) is locked after these,
in this order, by everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Boolean, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.errors import NotOpenForBooking, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

COHORT = "cohort"


@dataclass
class Stage:
    """A session with all the care beside it, or one slot that stands alone; ours until the end.

    All of a session's slots, also for who asks for a seat alone: what comes free must be offered
    to the first in line, children included, and what ran out may hold places anywhere.
    """

    session: WorkshopSession | None
    workshop: Workshop | None
    programme: Programme
    place: Place | None = None
    """Where the session is, read with it for the messages; None for care that stands alone."""
    first_lapse: datetime | None = None
    """When the first offer of a seat in it ends, or has ended unanswered; not read of a group."""
    slots: dict[int, CareSlot] = field(default_factory=dict)
    group: "tuple[Stage, ...]" = field(default=(), repr=False, compare=False)
    """Of a fixed group that was locked whole: all of its sessions, this one too, by id."""

    @property
    def line(self) -> str:
        """The key of the list in which one waits for a seat here: `session:12` or `group:3`."""
        if self.session is None or self.workshop is None:
            raise ValueError("care that stands alone has a list for each slot")
        if self.workshop.format == COHORT:
            return f"group:{self.workshop.id}"
        return f"session:{self.session.id}"

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

    def may_hold_lapsed(self, now: datetime) -> bool:
        """Tell whether offers whose time is over may still hold places here."""
        if self.session is None or self.group:
            return True
        return self.first_lapse is not None and self.first_lapse <= now

    def is_to_come(self, now: datetime) -> bool:
        """Tell whether the session stands and has not begun."""
        session = self.session
        return session is not None and session.state == "open" and session.starts_at > now

    def part(self, session_id: int | None) -> "Stage":
        """Return the session of the group that a booking is about; this one when there is none."""
        own = self.session.id if self.session is not None else None
        if not self.group or session_id == own:
            return self
        return next(one for one in self.group if one.session and one.session.id == session_id)


def lock(db: Session, session_id: int | None, slot_ids: Collection[int] = ()) -> Stage:
    """Lock a session and the care beside it, or care that stands alone; always in one order.

    Args:
        slot_ids: what is asked for; of a session, all slots are locked.

    Raises:
        NotOpenForBooking: there is no such session or slot, or a slot is of another session.
    """
    if session_id is None:
        return _lock_alone(db, slot_ids)
    stage = _lock_session(db, session_id, slot_ids, groups=True)
    if stage is None:
        raise NotOpenForBooking
    return stage


def lock_whole(db: Session, session_id: int | None, slot_ids: Collection[int] = ()) -> Stage:
    """Lock as `lock` does and, of a fixed group, all of its other sessions too.

    Raises:
        NotOpenForBooking: as `lock`.
    """
    if session_id is None:
        return _lock_alone(db, slot_ids)
    stage = _lock_session(db, session_id, slot_ids, groups=False)
    if stage is not None:
        return stage
    group = db.scalar(_FIXED_GROUP, {"session_id": session_id})
    if group is None:
        raise NotOpenForBooking
    return _named(lock_group(db, group), session_id, slot_ids)


def lock_group(db: Session, workshop_id: int) -> tuple[Stage, ...]:
    """Lock every session of a fixed group, then all the care beside them; by ascending session.

    Raises:
        Nothing of its own; a group without sessions has no stages.
    """
    rows = db.execute(_SESSIONS, {"workshop_id": workshop_id}).all()
    found = {row.WorkshopSession.id: Stage(*row) for row in rows}
    for slot in db.scalars(_BESIDE_ALL, {"session_ids": list(found)}):
        found[slot.session_id].slots[slot.id] = slot
    stages = tuple(found.values())
    for stage in stages:
        stage.group = stages
    return stages


def _named(group: tuple[Stage, ...], session_id: int, slot_ids: Collection[int]) -> Stage:
    stage = next(one for one in group if one.session and one.session.id == session_id)
    if not set(slot_ids) <= stage.slots.keys():
        raise NotOpenForBooking
    return stage


def lock_of(db: Session, public_id: str) -> tuple[Stage, Booking]:
    """Lock what a booking is about, of a fixed group all of it, then the booking itself.

    Raises:
        UnknownBooking: there is no such booking.
    """
    rows = db.execute(
        select(Booking.id, Booking.session_id, ChildPlace.slot_id, Workshop.id.label("group"))
        .outerjoin(ChildPlace, ChildPlace.booking_id == Booking.id)
        .outerjoin(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .outerjoin(
            Workshop, and_(Workshop.id == WorkshopSession.workshop_id, Workshop.format == COHORT)
        )
        .where(Booking.public_id == public_id)
    ).all()
    if not rows:
        raise UnknownBooking
    slot_ids = {row.slot_id for row in rows if row.slot_id is not None}
    session_id, group = rows[0].session_id, rows[0].group
    if group is not None:
        stage = _named(lock_group(db, group), session_id, slot_ids)
    else:
        stage = lock(db, session_id, slot_ids)
    booking = db.scalars(
        select(Booking)
        .where(Booking.id == rows[0].id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return stage, booking


def _lock_session(
    db: Session, session_id: int, slot_ids: Collection[int], *, groups: bool
) -> Stage | None:
    """Lock one session; None when there is none, or it is of a fixed group and `groups` is not set.

    Of a group nothing is locked then: its sessions are locked by ascending id, all or this alone.
    """
    row = db.execute(_SESSION, {"session_id": session_id, "groups": groups}).one_or_none()
    if row is None:
        return None
    slots = {slot.id: slot for slot in db.scalars(_BESIDE, {"session_id": session_id})}
    if not set(slot_ids) <= slots.keys():
        raise NotOpenForBooking
    return Stage(*row, slots)


def _lock_alone(db: Session, slot_ids: Collection[int]) -> Stage:
    slots = {slot.id: slot for slot in db.scalars(_ALONE, {"slot_ids": list(slot_ids)})}
    if not slots or slots.keys() != set(slot_ids):
        raise NotOpenForBooking
    return Stage(None, None, _programme(db, slots), slots=slots)


def _programme(db: Session, slots: dict[int, CareSlot]) -> Programme:
    [programme_id] = {slot.programme_id for slot in slots.values()}
    return db.get_one(Programme, programme_id)


# Read beside the lock, not after it: an offer made meanwhile ends hours from now.
_FIRST_LAPSE = (
    select(func.min(Booking.expires_at))
    .where(Booking.session_id == bindparam("session_id"), Booking.state == "offered")
    .scalar_subquery()
)
_SESSION = (
    select(WorkshopSession, Workshop, Programme, Place, _FIRST_LAPSE)
    .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
    .join(Programme, Programme.id == Workshop.programme_id)
    .join(Place, Place.id == WorkshopSession.place_id)
    .where(
        WorkshopSession.id == bindparam("session_id"),
        or_(Workshop.format != COHORT, bindparam("groups", type_=Boolean)),
    )
    .with_for_update(of=WorkshopSession)
    .execution_options(populate_existing=True)
)
_FIXED_GROUP = (
    select(WorkshopSession.workshop_id)
    .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
    .where(WorkshopSession.id == bindparam("session_id"), Workshop.format == COHORT)
)
_SESSIONS = (
    select(WorkshopSession, Workshop, Programme)
    .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
    .join(Programme, Programme.id == Workshop.programme_id)
    .where(WorkshopSession.workshop_id == bindparam("workshop_id"))
    .order_by(WorkshopSession.id)
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
_BESIDE_ALL = _SLOTS.where(CareSlot.session_id.in_(bindparam("session_ids", expanding=True)))
_ALONE = _SLOTS.where(
    CareSlot.id.in_(bindparam("slot_ids", expanding=True)), CareSlot.session_id.is_(None)
)
