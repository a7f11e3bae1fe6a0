"""What a request meets: who came before, who is in the rooms already, and who is elsewhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, literal, select, true, union_all
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.families import (
    SEAT,
    SEAT_COLUMNS,
    Family,
    Seats,
    seats_of,
)
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.precedence import CALLED, EARLIER, LINE_FIRST, line_of
from repit.domain.bookings.stage import Stage
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.care.rules import ChildFacts
from repit.domain.households.models import Child, ChildHome, Parent


@dataclass(frozen=True)
class Elsewhere:
    """A live place of a child at the same time; `ours` when this home booked it."""

    child_id: int
    slot_id: int
    public_id: str
    ours: bool


@dataclass(frozen=True)
class Rooms:
    """The children with a place in each slot, offers included; those of the home, wherever."""

    there: dict[int, list[ChildFacts]]
    elsewhere: list[Elsewhere]


@dataclass(frozen=True)
class Surroundings:
    """Everything a request is held against, read at once when all is locked."""

    family: Family
    earlier: int | None
    """The booking that this very request made already."""
    line_first: bool
    """What is free is kept for those who wait."""
    called: bool
    """They wait here, and were told that the first to book has what is free."""
    seats: Seats
    rooms: Rooms


def look_around(
    db: Session, stage: Stage, family: Family, slot_ids: Collection[int], request_id: UUID
) -> Surroundings:
    """Return what a request meets, once the stage and the family are locked.

    One statement, always the same: no answer takes longer than another.
    """
    session = stage.session
    values = _where(family.parent, slot_ids) | {
        "parent_id": family.parent.id,
        "request_id": request_id,
        "session_id": session.id if session else None,
        "begins": session.starts_at if session else None,
        "ends": session.ends_at if session else None,
        **line_of(stage),
    }
    rows = db.execute(_SURROUNDINGS, values).all()
    places = (row for row in rows if row.child_id is not None)
    return Surroundings(
        family=family,
        earlier=rows[0].earlier,
        line_first=bool(rows[0].line_first),
        called=bool(rows[0].called),
        seats=seats_of(rows[0], session.id if session else 0),
        rooms=_rooms(places, family.parent, slot_ids),
    )


def rooms(db: Session, parent: Parent, slot_ids: Collection[int]) -> Rooms:
    """Return who is in these slots, and where the children of a home are at the same time."""
    rows = db.execute(select(_ROOMS), _where(parent, slot_ids))
    return _rooms(rows, parent, slot_ids)


def present(db: Session, slot_ids: Collection[int]) -> dict[int, list[ChildFacts]]:
    """Return the children who have a place in each slot, offers included."""
    rows = db.execute(_THERE, {"slot_ids": list(slot_ids)})
    return _present(rows, slot_ids)


def _where(parent: Parent, slot_ids: Collection[int]) -> dict[str, Any]:
    return {"household_id": parent.household_id, "slot_ids": list(slot_ids)}


def _rooms(rows: Iterable[Any], parent: Parent, slot_ids: Collection[int]) -> Rooms:
    found = list(rows)
    return Rooms(
        there=_present((row for row in found if row.there), slot_ids),
        elsewhere=[
            Elsewhere(
                row.child_id,
                row.slot_id,
                row.public_id,
                ours=row.household_id == parent.household_id,
            )
            for row in found
            if not row.there
        ],
    )


def _present(rows: Iterable[Any], slot_ids: Collection[int]) -> dict[int, list[ChildFacts]]:
    found: dict[int, list[ChildFacts]] = {slot_id: [] for slot_id in slot_ids}
    for row in rows:
        facts = ChildFacts(row.born_on, row.walking_since, row.care_weight, row.dedicated_carer)
        found[row.slot_id].append(facts)
    return found


_PLACES = (
    select(
        ChildPlace.child_id,
        ChildPlace.slot_id,
        Booking.public_id,
        Parent.household_id,
        Child.born_on,
        ChildSheet.walking_since,
        Child.care_weight,
        Child.dedicated_carer,
    )
    .join(Booking, Booking.id == ChildPlace.booking_id)
    .join(Parent, Parent.id == Booking.parent_id)
    .join(Child, Child.id == ChildPlace.child_id)
    .outerjoin(
        ChildSheet,
        and_(ChildSheet.child_id == Child.id, ChildSheet.household_id == Parent.household_id),
    )
    .where(ChildPlace.ended_at.is_(None))
)
_THERE = _PLACES.add_columns(literal(value=True).label("there")).where(
    ChildPlace.slot_id.in_(bindparam("slot_ids", expanding=True))
)
_ASKED_FOR = aliased(CareSlot)
# Any child of the home, not only those who are named: a brother full and a sister free would tell
# where he is.
_ELSEWHERE = (
    _PLACES.add_columns(literal(value=False).label("there"))
    .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
    .where(
        ChildPlace.child_id.in_(
            select(ChildHome.child_id).where(ChildHome.household_id == bindparam("household_id"))
        ),
        exists().where(
            _ASKED_FOR.id.in_(bindparam("slot_ids", expanding=True)),
            CareSlot.starts_at < _ASKED_FOR.ends_at,
            CareSlot.ends_at > _ASKED_FOR.starts_at,
        ),
    )
)
_ROOMS = union_all(_THERE, _ELSEWHERE).subquery()

_SURROUNDINGS = (
    select(
        EARLIER.scalar_subquery().label("earlier"),
        LINE_FIRST.label("line_first"),
        CALLED.label("called"),
        *SEAT_COLUMNS,
        _ROOMS,
    )
    .select_from(Parent)
    .outerjoin(SEAT, true())
    .outerjoin(_ROOMS, true())
    .where(Parent.id == bindparam("parent_id"))
)
