"""How many children a slot can take now, explained; to be shown, never to decide with."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.surroundings import present
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import (
    ChildFacts,
    Fit,
    SlotFacts,
    adults_needed,
    fits,
    is_of_age,
    places_left,
)

SAMPLES = (
    ("baby", timedelta(days=456), False),
    ("small", timedelta(days=1_644), True),
    ("big", timedelta(days=3_105), True),
)
"""For whom the places left are told: 15 months and not walking, 4 and a half, 8 and a half."""


@dataclass(frozen=True)
class Capacity:
    """What is there, what counts, and what the preset asks."""

    children: int
    room_places: int
    carers: int
    needed: int
    fit: Fit
    left: tuple[tuple[str, int], ...]
    """How many more children of one age fit, by the names in `SAMPLES`."""


def capacity(db: Session, slot_id: int) -> Capacity:
    """Count a slot as it stands now: who is there, who counts, what the preset asks.

    Those who are there may stay when the ages of a slot are changed under them.
    """
    slot = db.get_one(CareSlot, slot_id)
    facts = slot_facts(slot)
    there = present(db, [slot_id])[slot_id]
    carers = carers_counted(db, [slot_id]).get(slot_id, [])
    any_age = replace(facts, youngest_months=0, oldest_years=99)
    return Capacity(
        children=len(there),
        room_places=facts.room_places,
        carers=sum(facts.preset.volunteers_count or not one.volunteer for one in carers),
        needed=adults_needed(
            there,
            preset=facts.preset,
            mixing=facts.mixing,
            day=facts.day,
            room_places=facts.room_places,
        ),
        fit=fits(there, carers, any_age),
        left=tuple(
            (name, places_left(there, carers, any_age, like=child))
            for name, child in _samples(facts)
        ),
    )


def _samples(facts: SlotFacts) -> list[tuple[str, ChildFacts]]:
    """Return the samples that are of age, none when the slot is for others."""
    found = []
    for name, age, walks in SAMPLES:
        born = facts.day - age
        child = ChildFacts(born, walking_since=born if walks else None)
        if is_of_age(child, facts):
            found.append((name, child))
    return found


def slots_of_child(db: Session, child_id: int, *, now: datetime) -> list[int]:
    """Return the slots to come in which a child has a place, to be counted again."""
    return list(
        db.scalars(
            select(CareSlot.id)
            .join(ChildPlace, ChildPlace.slot_id == CareSlot.id)
            .where(
                ChildPlace.child_id == child_id,
                ChildPlace.ended_at.is_(None),
                CareSlot.ends_at > now,
            )
            .order_by(CareSlot.session_id, CareSlot.id)
        )
    )
