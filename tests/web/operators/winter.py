"""A workshop on Wednesday 2 December 2026 with care beside it: what the pages' tests start from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from repit.domain.bookings.placing import Asked
from repit.domain.care.models import CareSlot
from repit.domain.workshops.models import Place, Workshop, WorkshopSession
from tests import cast
from tests.cast import Town
from tests.domain.bookings import workshop as stage

WEDNESDAY = date(2026, 12, 2)


@dataclass
class Winter:
    """Ids for the domain, public ids for addresses."""

    place_id: int
    workshop_id: int
    session_id: int
    slot_id: int
    place: str
    workshop: str
    session: str
    slot: str


def a_winter(
    db: Session, town: Town, *, slot: dict[str, Any] | None = None, **session: Any
) -> Winter:
    place_id = stage.a_place(db)
    workshop_id = stage.a_workshop(db, town.programme_id, place_id)
    session_id = stage.a_session(db, workshop_id, day=WEDNESDAY, **session)
    slot_id = stage.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=place_id,
        session_id=session_id,
        day=WEDNESDAY,
        **(slot or {}),
    )
    winter = Winter(
        place_id,
        workshop_id,
        session_id,
        slot_id,
        db.get_one(Place, place_id).public_id,
        db.get_one(Workshop, workshop_id).public_id,
        db.get_one(WorkshopSession, session_id).public_id,
        db.get_one(CareSlot, slot_id).public_id,
    )
    db.rollback()
    return winter


def books(db: Session, winter: Winter, parent_id: int, *children: int) -> Any:
    """Book a seat on Wednesday, with the children in the room beside it."""
    wanted = Asked(
        request_id=cast.redemption_id(next(cast.numbers)),
        parent_id=parent_id,
        session_id=winter.session_id,
        seat=True,
        children=tuple((child, winter.slot_id) for child in children),
    )
    return stage.books(db, wanted)
