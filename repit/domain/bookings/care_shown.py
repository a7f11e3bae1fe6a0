"""Care slots as parents see them: when, where, for which ages, at what price; never how full."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from repit.domain.bookings.queries import Where, where_of
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.money import Cents, Minutes
from repit.domain.providers.models import Provider
from repit.domain.workshops.models import Place


@dataclass(frozen=True)
class CareView:
    """Care at a time, without numbers of places."""

    id: int
    public_id: str
    title: str | None
    description: str | None
    day: date
    starts: time
    ends: time
    room: str
    provider: str
    youngest_months: int
    oldest_years: int
    vouchers_per_child: int
    family_share: Cents
    minutes: Minutes
    starts_at: datetime
    where: Where
    state: str
    staffed: bool
    """Somebody said yes; without, nobody can be kept yet."""


# One row, not EXISTS: PostgreSQL would rather read every assignment there ever was, and hash them.
STAFFED = (
    select(CarerAssignment.id)
    .where(
        CarerAssignment.slot_id == CareSlot.id,
        CarerAssignment.state == "confirmed",
        CarerAssignment.role == "counts",
    )
    .limit(1)
    .correlate(CareSlot)
    .scalar_subquery()
    .is_not(None)
    .label("staffed")
)


def slots_shown() -> Any:
    """Return the query of care slots with what is shown of them."""
    return (
        select(CareSlot, Place, Provider.name.label("provider"), STAFFED)
        .join(Place, Place.id == CareSlot.place_id)
        .join(Provider, Provider.id == CareSlot.provider_id)
    )


def care_view(slot: CareSlot, place: Place, provider: str, staffed: object) -> CareView:
    """Return what is shown of a slot."""
    return CareView(
        id=slot.id,
        public_id=slot.public_id,
        title=slot.public_title,
        description=slot.description,
        day=slot.day,
        starts=slot.starts,
        ends=slot.ends,
        room=slot.room,
        provider=provider,
        youngest_months=slot.youngest_months,
        oldest_years=slot.oldest_years,
        vouchers_per_child=slot.vouchers_per_child,
        family_share=Cents(slot.family_share_cents),
        minutes=Minutes(int((slot.ends_at - slot.starts_at).total_seconds() // 60)),
        starts_at=slot.starts_at,
        where=where_of(place),
        state=slot.state,
        staffed=bool(staffed),
    )
