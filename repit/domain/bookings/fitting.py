"""Whether those who have a place in a slot still go together, as things stand now."""

from dataclasses import replace

from sqlalchemy.orm import Session

from repit.domain.bookings.surroundings import present
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import Fit, SlotFacts, fits

OLDEST = 99


def any_age(slot: CareSlot) -> SlotFacts:
    """Return the slot's facts without its ages: those are asked of who comes, not who is there."""
    return replace(slot_facts(slot), youngest_months=0, oldest_years=OLDEST)


def fit_of(db: Session, slot: CareSlot) -> Fit:
    """Return what is wrong with those who are there, if anything is."""
    with db.no_autoflush:  # the slot may be half changed: the database compares its columns
        there = present(db, [slot.id])[slot.id]
        carers = carers_counted(db, [slot.id]).get(slot.id, [])
    return fits(there, carers, any_age(slot))
