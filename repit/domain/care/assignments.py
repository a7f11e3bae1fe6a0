"""Ask carers for a slot, note their yes or their no. Nobody is in two rooms at a time.

The carer's row is locked first, always before any slot's. What a change does to the places of
the slot is counted again by the caller (`bookings.changes.recount`), in the same unit of work.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.care.errors import (
    AnsweredTooLate,
    CarerAskedAlready,
    CarerBusy,
    CarerGone,
    CarerOfAnother,
    CarerTakenOff,
    SlotCancelled,
)
from repit.domain.care.models import Carer, CarerAssignment, CareSlot
from repit.domain.errors import NoSuchObject


def ask(
    db: Session,
    slot_id: int,
    carer_id: int,
    *,
    on_call: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask a carer for a slot; one who withdrew may be asked again.

    Args:
        on_call: comes only when somebody is missing, and does not count before.

    Raises:
        NoSuchObject: there is no such slot or carer.
        SlotCancelled: there is nothing to keep any more.
        CarerOfAnother, CarerGone: the carer does not work for the slot's provider then.
        CarerBusy: they confirmed another slot at that time.
        CarerAskedAlready: they were, and have not withdrawn.
    """
    carer, slot = _both(db, slot_id, carer_id)
    _check_may_keep(carer, slot)
    _check_free(db, carer, slot)
    role = "on_call" if on_call else "counts"
    known = db.scalar(_of(slot_id, carer_id))
    if known is not None and known.state != "withdrawn":
        raise CarerAskedAlready(name=carer.name)
    if known is None:
        known = CarerAssignment(slot_id=slot_id, carer_id=carer_id)
        db.add(known)
    known.role, known.state, known.declined, known.changed_at = role, "asked", False, now
    _record(db, "carer_asked", slot, carer, actor, now)


def confirm(db: Session, slot_id: int, carer_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that a carer comes; safe to repeat.

    Raises:
        NoSuchObject: they were not asked.
        SlotCancelled: there is nothing to keep any more.
        CarerOfAnother, CarerGone: the carer does not work for the slot's provider then.
        CarerBusy: they confirmed another slot at that time.
    """
    carer, slot = _both(db, slot_id, carer_id)
    assignment = _asked(db, slot_id, carer_id)
    if assignment.state == "confirmed":
        return
    _check_may_keep(carer, slot)
    _check_free(db, carer, slot)
    assignment.state, assignment.declined, assignment.changed_at = "confirmed", False, now
    _record(db, "carer_confirmed", slot, carer, actor, now)


def answer(
    db: Session, slot_id: int, carer_id: int, *, comes: bool, actor: Actor, now: datetime
) -> None:
    """Note what a provider says of its own carer, until the care begins; safe to repeat.

    Raises:
        NoSuchObject: they were not asked.
        AnsweredTooLate: it has begun.
        CarerTakenOff: the operator asks them no more; only a no of the provider's can change.
        SlotCancelled, CarerOfAnother, CarerGone, CarerBusy: to a yes, as for `confirm`.
    """
    carer, slot = _both(db, slot_id, carer_id)
    assignment = _asked(db, slot_id, carer_id)
    if slot.starts_at <= now:
        raise AnsweredTooLate
    if assignment.state == "withdrawn" and not assignment.declined:
        raise CarerTakenOff(name=carer.name)
    if comes:
        confirm(db, slot_id, carer_id, actor=actor, now=now)
        return
    withdraw(db, slot_id, carer_id, actor=actor, now=now)
    assignment.declined = True
    db.flush()


def withdraw(db: Session, slot_id: int, carer_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that a carer does not come, always possible and safe to repeat.

    Raises:
        NoSuchObject: they were not asked.
    """
    carer, slot = _both(db, slot_id, carer_id)
    assignment = _asked(db, slot_id, carer_id)
    if assignment.state == "withdrawn":
        return
    assignment.state, assignment.changed_at = "withdrawn", now
    _record(db, "carer_withdrawn", slot, carer, actor, now)


def let_count(
    db: Session, slot_id: int, carer_id: int, *, counts: bool, actor: Actor, now: datetime
) -> None:
    """Let a carer count from the start, or be on call only; safe to repeat.

    Raises:
        NoSuchObject: they were not asked.
    """
    carer, slot = _both(db, slot_id, carer_id)
    assignment = _asked(db, slot_id, carer_id)
    role = "counts" if counts else "on_call"
    if assignment.role == role:
        return
    assignment.role, assignment.changed_at = role, now
    _record(db, "carer_counts" if counts else "carer_on_call", slot, carer, actor, now)


def ask_the_same(
    db: Session, slot_id: int, copy_public_id: str, *, actor: Actor, now: datetime
) -> None:
    """Ask those who were asked for one slot for its copy too, if they work there and are free.

    Raises:
        Nothing of its own.
    """
    copy = db.scalars(select(CareSlot).where(CareSlot.public_id == copy_public_id)).one()
    here = CarerAssignment.slot_id == slot_id, CarerAssignment.state != "withdrawn"
    rows = db.execute(
        select(CarerAssignment.carer_id, CarerAssignment.role)
        .where(*here)
        .order_by(CarerAssignment.carer_id)
    )
    for carer_id, role in rows.all():
        try:
            ask(db, copy.id, carer_id, on_call=role == "on_call", actor=actor, now=now)
        except (CarerBusy, CarerGone):
            continue  # whoever looks at the copy sees that nobody was asked


def lock_carers(db: Session, slot_id: int) -> None:
    """Keep those who were asked for a slot from being confirmed elsewhere meanwhile.

    Raises:
        Nothing of its own.
    """
    asked = select(CarerAssignment.carer_id).where(CarerAssignment.slot_id == slot_id)
    rows = select(Carer.id).where(Carer.id.in_(asked)).order_by(Carer.id)
    db.execute(rows.with_for_update()).all()


def lock_carers_beside(db: Session, session_id: int) -> None:
    """Keep those who were asked for the care beside a session, as `lock_carers` does.

    Raises:
        Nothing of its own.
    """
    slots = select(CareSlot.id).where(CareSlot.session_id == session_id)
    asked = select(CarerAssignment.carer_id).where(CarerAssignment.slot_id.in_(slots))
    rows = select(Carer.id).where(Carer.id.in_(asked)).order_by(Carer.id)
    db.execute(rows.with_for_update()).all()


def ask_again_beside(db: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Take every yes beside a session for a question: it was for a time that is no more.

    Who asked, and whom, stays; nobody counts before they say yes to the new time.

    Raises:
        CarerBusy: somebody who had said yes is elsewhere then.
    """
    beside = CareSlot.session_id == session_id, CareSlot.state != "cancelled"
    for slot in db.scalars(select(CareSlot).where(*beside).order_by(CareSlot.id)).all():
        check_all_free(db, slot)
        _ask_again(db, slot, actor, now)


def _ask_again(db: Session, slot: CareSlot, actor: Actor, now: datetime) -> None:
    said_yes = db.execute(
        select(CarerAssignment, Carer)
        .join(Carer, Carer.id == CarerAssignment.carer_id)
        .where(CarerAssignment.slot_id == slot.id, CarerAssignment.state == "confirmed")
        .order_by(Carer.id)
    ).all()
    for assignment, carer in said_yes:
        assignment.state, assignment.changed_at = "asked", now
        _record(db, "carer_asked", slot, carer, actor, now)


def check_all_free(db: Session, slot: CareSlot) -> None:
    """Refuse new hours at which somebody who confirmed is elsewhere.

    Raises:
        CarerBusy: somebody is.
    """
    confirmed = CarerAssignment.slot_id == slot.id, CarerAssignment.state == "confirmed"
    for carer in db.scalars(
        select(Carer)
        .join(CarerAssignment, CarerAssignment.carer_id == Carer.id)
        .where(*confirmed)
        .order_by(Carer.id)
    ):
        _check_free(db, carer, slot)


def _both(db: Session, slot_id: int, carer_id: int) -> tuple[Carer, CareSlot]:
    carer = db.scalar(select(Carer).where(Carer.id == carer_id).with_for_update())
    slot = db.get(CareSlot, slot_id, populate_existing=True)
    if carer is None or slot is None:
        raise NoSuchObject
    return carer, slot


def _of(slot_id: int, carer_id: int) -> Select[CarerAssignment]:
    return select(CarerAssignment).where(
        CarerAssignment.slot_id == slot_id, CarerAssignment.carer_id == carer_id
    )


def _asked(db: Session, slot_id: int, carer_id: int) -> CarerAssignment:
    assignment = db.scalar(_of(slot_id, carer_id))
    if assignment is None:
        raise NoSuchObject
    return assignment


def _check_may_keep(carer: Carer, slot: CareSlot) -> None:
    if slot.state == "cancelled":
        raise SlotCancelled
    if carer.provider_id != slot.provider_id:
        raise CarerOfAnother(name=carer.name)
    if carer.left_on is not None and carer.left_on <= slot.day:
        raise CarerGone(name=carer.name, left_on=carer.left_on)


def _check_free(db: Session, carer: Carer, slot: CareSlot) -> None:
    elsewhere = db.scalar(
        select(CareSlot.starts_at)
        .join(CarerAssignment, CarerAssignment.slot_id == CareSlot.id)
        .where(
            CarerAssignment.carer_id == carer.id,
            CarerAssignment.state == "confirmed",
            CareSlot.id != slot.id,
            CareSlot.state != "cancelled",
            CareSlot.starts_at < slot.ends_at,
            CareSlot.ends_at > slot.starts_at,
        )
        .limit(1)
    )
    if elsewhere is not None:
        raise CarerBusy(name=carer.name, at=elsewhere)


def _record(
    db: Session, kind: str, slot: CareSlot, carer: Carer, actor: Actor, now: datetime
) -> None:
    db.flush()
    facts = {"carer": carer.name}
    record(db, actor=actor, kind=kind, of=("care_slot", slot.id), now=now, facts=facts)
