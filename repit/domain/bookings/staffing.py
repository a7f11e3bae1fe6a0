"""Ask a provider's carers for a slot, and note what the provider answers for them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.bookings import telling_team
from repit.domain.bookings.changes import recount
from repit.domain.care import assignments
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
    """Ask a carer for a slot, and tell their provider, who answers on its own page.

    Raises:
        As `assignments.ask`.
    """
    assignments.ask(db, slot_id, carer_id, on_call=on_call, actor=actor, now=now)
    telling_team.asked(db, [db.get_one(CareSlot, slot_id)], now=now)


def answer(
    db: Session,
    slot: str,
    carer: str,
    *,
    provider_id: int,
    comes: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Note a provider's yes or no for one of its own carers, and count the places again.

    Nobody who is booked goes away by a no: the slot is flagged, as when the operator notes it.

    Args:
        slot: the slot's public id.
        carer: the carer's public id.

    Raises:
        NoSuchObject: the slot or the carer is another provider's, or was never asked.
        As `assignments.answer`.
    """
    row = db.execute(
        select(CareSlot.id, Carer.id)
        .join(CarerAssignment, CarerAssignment.slot_id == CareSlot.id)
        .join(Carer, Carer.id == CarerAssignment.carer_id)
        .where(
            CareSlot.public_id == slot,
            Carer.public_id == carer,
            CareSlot.provider_id == provider_id,
            Carer.provider_id == provider_id,
        )
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    slot_id, carer_id = row
    assignments.answer(db, slot_id, carer_id, comes=comes, actor=actor, now=now)
    recount(db, slot_id, now=now)
