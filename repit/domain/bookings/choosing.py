"""Which children may be named for which care slots, as one home may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.fitting import any_age
from repit.domain.bookings.surroundings import rooms
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.care.rules import ChildFacts, Fit, age_in_years, fits, is_of_age
from repit.domain.households.models import Child, ChildHome, Parent


@dataclass(frozen=True)
class ChildChoice:
    """A child that may be named for a slot.

    `trouble`: `age`, `full`, `booked` when this home has booked the place, or None.
    """

    child_id: int
    public_id: str
    first_name: str
    slot_id: int
    trouble: str | None
    has_sheet: bool
    age: int
    """In whole years on the day of the care."""


def choices(db: Session, parent: Parent, slots: Sequence[CareSlot]) -> tuple[ChildChoice, ...]:
    """Return every child of the home beside every slot, with what stands in the way.

    When one of them is expected elsewhere through its other home, all of them find it full.
    """
    if not slots:
        return ()
    rows = db.execute(
        select(Child, ChildSheet.walking_since, ChildSheet.id.label("sheet"))
        .join(ChildHome, ChildHome.child_id == Child.id)
        .outerjoin(
            ChildSheet,
            and_(
                ChildSheet.child_id == Child.id,
                ChildSheet.household_id == parent.household_id,
            ),
        )
        .where(ChildHome.household_id == parent.household_id)
        .order_by(Child.born_on, Child.id)
    ).all()
    facts = {
        row.Child.id: ChildFacts(
            row.Child.born_on, row.walking_since, row.Child.care_weight, row.Child.dedicated_carer
        )
        for row in rows
    }
    slot_ids = [slot.id for slot in slots]
    taken, carers = rooms(db, parent, slot_ids), carers_counted(db, slot_ids)
    kept_out = any(not place.ours for place in taken.elsewhere)
    booked = {(place.child_id, place.slot_id) for place in taken.elsewhere if place.ours}
    return tuple(
        ChildChoice(
            child_id=row.Child.id,
            public_id=row.Child.public_id,
            first_name=row.Child.first_name,
            slot_id=slot.id,
            trouble="booked"
            if (row.Child.id, slot.id) in booked
            else _trouble(slot, facts[row.Child.id], taken.there, carers, kept_out=kept_out),
            has_sheet=row.sheet is not None,
            age=age_in_years(row.Child.born_on, slot.day),
        )
        for slot in slots
        for row in rows
    )


def _trouble(
    slot: CareSlot, child: ChildFacts, there: Any, carers: Any, *, kept_out: bool
) -> str | None:
    if not is_of_age(child, slot_facts(slot)):
        return "age"
    fit = fits([*there[slot.id], child], carers.get(slot.id, []), any_age(slot))
    return "full" if kept_out or fit is not Fit.FITS else None
