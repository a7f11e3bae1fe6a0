"""Offer care: slots beside a session or standing alone, changed while nobody is touched.

What reaches those who booked (to cancel a slot, to change its room) is in `bookings`.
"""

from dataclasses import asdict, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.care import assignments
from repit.domain.care.details import SlotDetails, check_slot, shifted
from repit.domain.care.errors import SlotCancelled, SlotIsBooked, SlotNotDraft
from repit.domain.care.models import CareSlot
from repit.domain.care.prices import check_price, price
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents, Minutes
from repit.domain.programmes.models import Programme
from repit.domain.programmes.service import write_changes
from repit.domain.workshops.errors import DateInThePast
from repit.domain.workshops.models import Workshop, WorkshopSession
from repit.domain.workshops.rules import Row, moments
from repit.domain.workshops.sessions import locked as locked_session
from repit.domain.workshops.times import Times

FIXED_ONCE_BOOKED = frozenset(
    {"programme_id", "provider_id", "session_id", "day", "starts", "ends", "zone", "fold"}
    | {"vouchers_per_child", "family_share_cents"}
)
"""What those who booked agreed to, and what their vouchers are held for."""


def create(db: Session, details: SlotDetails, *, actor: Actor, now: datetime) -> str:
    """Offer care as a draft and return its public id.

    Raises:
        SlotWithoutName, AgesOutOfOrder, PresetNotOffered: it cannot be these.
        DateInThePast, EndsBeforeStart, MissingHour, RepeatedHour: its times cannot be these.
        NoAgreedPrice, PriceAboveTariff, ShareAboveTariff: it costs more than was agreed.
    """
    found = _checked(db, details, now)
    slot = CareSlot(
        public_id=ids.public_id(),
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        created_at=now,
        **_columns(details),
    )
    db.add(slot)
    db.flush()
    record(db, actor=actor, kind="created", of=("care_slot", slot.id), now=now)
    return slot.public_id


def change(
    db: Session, slot_id: int, details: SlotDetails, *, actor: Actor, now: datetime
) -> list[str]:
    """Change a slot; where children have places, the room's size waits for `bookings.changes`.

    Their places are counted again by the caller (`bookings.changes.recount`).

    Raises:
        NoSuchObject: there is no such slot.
        SlotCancelled: it was cancelled.
        SlotIsBooked: children have places, and its hours, provider or price would change.
        CarerBusy: somebody who confirmed is elsewhere at the new time.
        SlotWithoutName, AgesOutOfOrder, PresetNotOffered, NoAgreedPrice, PriceAboveTariff,
        DateInThePast, EndsBeforeStart, MissingHour: see `create`.
    """
    assignments.lock_carers(db, slot_id)
    slot = locked(db, slot_id)
    if slot.state == "cancelled":
        raise SlotCancelled
    wanted = _wanted(slot, details)
    if not wanted:
        return []
    if slot.places_taken:
        if wanted.keys() & FIXED_ONCE_BOOKED:
            raise SlotIsBooked(places=slot.places_taken)
        check_slot(details)
        wanted.pop("room_places", None)
        wanted.pop("fold", None)
        return write_changes(db, slot, wanted, actor=actor, now=now)
    found = _checked(db, details, now)
    slot.starts_at, slot.ends_at = found.starts_at, found.ends_at
    wanted.pop("fold", None)
    changed = write_changes(db, slot, wanted, actor=actor, now=now)
    assignments.check_all_free(db, slot)
    return changed


def publish(db: Session, slot_id: int, *, actor: Actor, now: datetime) -> None:
    """Open a draft to bookings.

    Raises:
        NoSuchObject: there is no such slot.
        SlotNotDraft: it is open or cancelled.
        DateInThePast: it has begun.
    """
    slot = locked(db, slot_id)
    if slot.state != "draft":
        raise SlotNotDraft
    if slot.starts_at <= now:
        raise DateInThePast(slot.day)
    slot.state = "open"
    record(db, actor=actor, kind="published", of=("care_slot", slot_id), now=now)


def publish_beside(db: Session, session_id: int, *, actor: Actor, now: datetime) -> int:
    """Open every draft beside a session; return how many.

    Raises:
        Nothing of its own.
    """
    drafts = db.scalars(
        select(CareSlot.id)
        .where(
            CareSlot.session_id == session_id,
            CareSlot.state == "draft",
            CareSlot.starts_at > now,
        )
        .order_by(CareSlot.id)
    ).all()
    for slot_id in drafts:
        publish(db, slot_id, actor=actor, now=now)
    return len(drafts)


def repeat(db: Session, slot_id: int, *, actor: Actor, now: datetime) -> int:
    """Offer the same care, as drafts, at the sessions to come that have none; return how many.

    The hours keep their distance to the session, and the same carers are asked. Where the tariff
    gave the price it gives it again, by its own day.

    Raises:
        NoSuchObject: there is no such slot, or it stands alone.
    """
    assignments.lock_carers(db, slot_id)
    slot = locked(db, slot_id)
    model = db.get(WorkshopSession, slot.session_id) if slot.session_id else None
    if model is None:
        raise NoSuchObject
    without = _without_care(db, model.workshop_id, now)
    for session in without:
        _copy(db, slot, model, session, slot.programme_id, actor=actor, now=now)
    return len(without)


def start_again(
    db: Session, old_id: int, new_public_id: str, *, actor: Actor, now: datetime
) -> int:
    """Offer the care of a workshop beside every date of the one that follows it, as drafts.

    What stood beside the last date that had care is the model; the same carers are asked again.
    Return how many slots were made.

    Raises:
        NoAgreedPrice, PriceAboveTariff, ShareAboveTariff: it costs more than is agreed by then.
    """
    had_care = select(CareSlot.id).where(
        CareSlot.session_id == WorkshopSession.id, CareSlot.state != "cancelled"
    )
    model = db.scalar(
        select(WorkshopSession)
        .where(WorkshopSession.workshop_id == old_id, had_care.exists())
        .order_by(WorkshopSession.starts_at.desc())
        .limit(1)
    )
    if model is None:
        return 0
    assignments.lock_carers_beside(db, model.id)
    new = db.scalars(select(Workshop).where(Workshop.public_id == new_public_id)).one()
    beside = CareSlot.session_id == model.id, CareSlot.state != "cancelled"
    slots = db.scalars(select(CareSlot).where(*beside).order_by(CareSlot.id)).all()
    sessions = _without_care(db, new.id, now)
    for session in sessions:
        for slot in slots:
            _copy(db, slot, model, session, new.programme_id, actor=actor, now=now)
    return len(sessions) * len(slots)


def _copy(
    db: Session,
    slot: CareSlot,
    model: WorkshopSession,
    session: WorkshopSession,
    programme_id: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Offer a slot beside another date, at the same distance, and ask its carers."""
    starts, ends = _beside(slot, model, session)
    same = {name: getattr(slot, name) for name in SlotDetails.__dataclass_fields__}
    details = replace(
        SlotDetails(**same),
        programme_id=programme_id,
        session_id=session.id,
        place_id=session.place_id,
        day=session.day,
        starts=starts,
        ends=ends,
    )
    if _priced_by_tariff(db, slot):
        details = _repriced(db, details, now)
    copy = create(db, details, actor=actor, now=now)
    assignments.ask_the_same(db, slot.id, copy, actor=actor, now=now)


def locked(db: Session, slot_id: int) -> CareSlot:
    """Return the row, kept from other changes until this one is over; its session first, always.

    Raises:
        NoSuchObject: there is no such slot.
    """
    session_id = db.scalar(select(CareSlot.session_id).where(CareSlot.id == slot_id))
    if session_id is not None:
        locked_session(db, session_id)
    slot = db.scalar(select(CareSlot).where(CareSlot.id == slot_id).with_for_update())
    if slot is None:
        raise NoSuchObject
    return slot


def _columns(details: SlotDetails) -> dict[str, Any]:
    """Return what is stored as such; which of two hours is meant is in the moments."""
    return {name: value for name, value in asdict(details).items() if name != "fold"}


def _wanted(slot: CareSlot, details: SlotDetails) -> dict[str, Any]:
    given = asdict(details)
    return {name: new for name, new in given.items() if getattr(slot, name) != new}


def _checked(db: Session, details: SlotDetails, now: datetime) -> Times:
    check_slot(details)
    found = moments(
        Row(details.day, details.starts, details.ends, fold=details.fold), details.zone, now
    )
    face = Cents(db.get_one(Programme, details.programme_id).face_cents)
    agreed = price(db, details.provider_id, details.day, found.minutes, face)
    share = Cents(details.family_share_cents)
    check_price(agreed, details.vouchers_per_child, share, details.day)
    return found


def _priced_by_tariff(db: Session, slot: CareSlot) -> bool:
    """Tell whether a slot costs what the tariff gives; somebody may have asked for less."""
    minutes = Minutes(int((slot.ends_at - slot.starts_at).total_seconds() // 60))
    face = Cents(db.get_one(Programme, slot.programme_id).face_cents)
    agreed = price(db, slot.provider_id, slot.day, minutes, face)
    return agreed is not None and agreed.most == slot.vouchers_per_child


def _repriced(db: Session, details: SlotDetails, now: datetime) -> SlotDetails:
    row = Row(details.day, details.starts, details.ends, fold=details.fold)
    minutes = moments(row, details.zone, now).minutes
    face = Cents(db.get_one(Programme, details.programme_id).face_cents)
    agreed = price(db, details.provider_id, details.day, minutes, face)
    return details if agreed is None else replace(details, vouchers_per_child=agreed.most)


def _without_care(db: Session, workshop_id: int, now: datetime) -> list[WorkshopSession]:
    beside = select(CareSlot.id).where(
        CareSlot.session_id == WorkshopSession.id, CareSlot.state != "cancelled"
    )
    return list(
        db.scalars(
            select(WorkshopSession)
            .where(
                WorkshopSession.workshop_id == workshop_id,
                WorkshopSession.state != "cancelled",
                WorkshopSession.starts_at > now,
                ~beside.exists(),
            )
            .order_by(WorkshopSession.id)
        )
    )


def _beside(slot: CareSlot, model: WorkshopSession, session: WorkshopSession) -> tuple[time, time]:
    return (
        shifted(slot.starts, model.starts, session.starts),
        shifted(slot.ends, model.ends, session.ends),
    )
