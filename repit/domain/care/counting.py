"""Which carers count for a slot, as things stand on the day: read each time, never stored.

A check that lapsed, an accreditation withdrawn, a carer who left: they leave the ratio by
themselves.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from repit.domain.care.models import Carer, CarerAssignment, CarerCheck, CareSlot
from repit.domain.care.presets import PRESETS, Mixing
from repit.domain.care.rules import CarerFacts, SlotFacts
from repit.domain.categories import Category
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Provider


def slot_facts(slot: CareSlot) -> SlotFacts:
    """Return what the rules look at."""
    return SlotFacts(
        day=slot.day,
        room_places=slot.room_places,
        youngest_months=slot.youngest_months,
        oldest_years=slot.oldest_years,
        preset=PRESETS[slot.preset],
        mixing=Mixing(slot.mixing),
    )


def carers_counted(db: Session, slot_ids: Collection[int]) -> dict[int, list[CarerFacts]]:
    """Return the carers that count for each slot, in one statement whatever their number.

    Confirmed, not merely on call, still there, of an accredited and active provider, with every
    paper the programme asks for valid on the day.
    """
    carers: dict[tuple[int, int], Any] = {}
    papers: dict[tuple[int, int], set[str]] = defaultdict(set)
    for row in db.execute(_CONFIRMED, {"slot_ids": list(slot_ids)}):
        carers[row.slot_id, row.carer_id] = row
        if row.paper is not None:
            papers[row.slot_id, row.carer_id].add(row.paper)
    counted: dict[int, list[CarerFacts]] = defaultdict(list)
    for one, row in carers.items():
        if papers[one].issuperset(row.carer_checks):
            volunteer = row.kind == "volunteer"
            counted[row.slot_id].append(CarerFacts(row.personal_cap, volunteer=volunteer))
    return counted


_ACCREDITED = (
    select(Accreditation.id)
    .where(
        Accreditation.provider_id == Carer.provider_id,
        Accreditation.category == Category.WORKSHOP_CHILDCARE,
        Accreditation.first_day <= CareSlot.day,
        Accreditation.last_day >= CareSlot.day,
        or_(Accreditation.withdrawn_on.is_(None), Accreditation.withdrawn_on > CareSlot.day),
    )
    .exists()
)
_CONFIRMED = (
    select(
        CarerAssignment.slot_id,
        CareSlot.day,
        Carer.id.label("carer_id"),
        Carer.kind,
        Carer.personal_cap,
        Programme.carer_checks,
        CarerCheck.kind.label("paper"),
    )
    .join(CareSlot, CareSlot.id == CarerAssignment.slot_id)
    .join(Carer, Carer.id == CarerAssignment.carer_id)
    .join(Provider, and_(Provider.id == Carer.provider_id, Provider.state == "active"))
    .join(Programme, Programme.id == CareSlot.programme_id)
    .outerjoin(
        CarerCheck,
        and_(
            CarerCheck.carer_id == Carer.id,
            CarerCheck.first_day <= CareSlot.day,
            CarerCheck.last_day >= CareSlot.day,
        ),
    )
    .where(
        CarerAssignment.slot_id.in_(bindparam("slot_ids", expanding=True)),
        CarerAssignment.state == "confirmed",
        CarerAssignment.role == "counts",
        or_(Carer.left_on.is_(None), Carer.left_on > CareSlot.day),
        _ACCREDITED,
    )
    .order_by(CarerAssignment.slot_id, Carer.id)
)
