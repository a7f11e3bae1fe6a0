"""A workshop with care in the room beside it, on the stage of the cast."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.bookings.book import book
from repit.domain.bookings.placing import Asked
from repit.domain.care.models import Carer, CarerAssignment, CarerCheck, CareSlot
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.workshops.models import Place, Workshop, WorkshopSession
from repit.domain.workshops.times import hours_before_local, times
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY

ZONE = "Europe/Paris"
DAY = TODAY + timedelta(days=18)  # a Wednesday
BEGINS, ENDS = time(18), time(20)


def a_place(db: Session, **changes: Any) -> int:
    row = Place(
        **{
            "public_id": ids.public_id(),
            "name": "Espace Famille",
            "address": "2 rue des Lilas",
            "town": "Lens",
            "postcode": "62300",
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def a_workshop(db: Session, programme_id: int, place_id: int, **changes: Any) -> int:
    row = Workshop(
        **{
            "public_id": ids.public_id(),
            "programme_id": programme_id,
            "place_id": place_id,
            "title": "Entreparent’aise",
            "public_title": "Un temps pour soi",
            "min_people": 3,
            "max_people": 12,
            "starts": BEGINS,
            "ends": ENDS,
            "zone": ZONE,
            "state": "open",
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def a_session(
    db: Session,
    workshop_id: int,
    *,
    day: date = DAY,
    starts: time = BEGINS,
    ends: time = ENDS,
    **changes: Any,
) -> int:
    moments = times(day, starts, ends, ZONE)
    workshop = db.get_one(Workshop, workshop_id)
    row = WorkshopSession(
        **{
            "public_id": ids.public_id(),
            "workshop_id": workshop_id,
            "place_id": workshop.place_id,
            "day": day,
            "starts": starts,
            "ends": ends,
            "zone": ZONE,
            "starts_at": moments.starts_at,
            "ends_at": moments.ends_at,
            "decide_at": hours_before_local(day, starts, ZONE, 48),
            "min_people": workshop.min_people,
            "max_people": workshop.max_people,
            "state": "open",
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def a_carer(db: Session, provider_id: int, name: str = "Irène", **changes: Any) -> int:
    """A carer whose certificate is valid all of 2026."""
    row = Carer(
        **{
            "public_id": ids.public_id(),
            "provider_id": provider_id,
            "name": name,
            "kind": "animator",
            "created_at": NOON,
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        check = CarerCheck(
            carer_id=row.id,
            kind="honorability",
            first_day=date(2026, 1, 1),
            last_day=date(2026, 12, 31),
            seen_by=OPERATOR,
            seen_on=TODAY,
            created_at=NOON,
        )
        db.add(check)
        return row.id


def a_slot(  # noqa: PLR0913  (everything has its usual value)
    db: Session,
    provider_id: int,
    *,
    programme_id: int,
    place_id: int,
    session_id: int | None = None,
    day: date = DAY,
    starts: time = time(17, 45),
    ends: time = time(20, 15),
    carers: int = 2,
    **changes: Any,
) -> int:
    """Care from 17:45 to 20:15 with two carers confirmed, one voucher a child."""
    moments = times(day, starts, ends, ZONE)
    row = CareSlot(
        **{
            "public_id": ids.public_id(),
            "programme_id": programme_id,
            "session_id": session_id,
            "provider_id": provider_id,
            "place_id": place_id,
            "room": "Salle bleue",
            "public_title": None if session_id else "Un après-midi pour souffler",
            "day": day,
            "starts": starts,
            "ends": ends,
            "zone": ZONE,
            "starts_at": moments.starts_at,
            "ends_at": moments.ends_at,
            "room_places": 8,
            "preset": "fr_acm_extra",
            "vouchers_per_child": 1,
            "state": "open",
            "created_at": NOON,
        }
        | changes
    )
    people = [a_carer(db, provider_id, f"Intervenante {n}") for n in range(carers)]
    with unit_of_work(db):
        db.add(row)
        db.flush()
        db.add_all(
            CarerAssignment(slot_id=row.id, carer_id=one, state="confirmed", changed_at=NOON)
            for one in people
        )
        return row.id


def a_child(db: Session, *parent_ids: int, name: str = "Léo", born_on: date | None = None) -> int:
    """A child of four who lives with one or two of the parents."""
    row = Child(
        public_id=ids.public_id(),
        first_name=name,
        born_on=born_on or date(2022, 2, 1),
        created_at=NOON,
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        for parent_id in parent_ids:
            home = db.get_one(Parent, parent_id).household_id
            db.add(ChildHome(child_id=row.id, household_id=home))
        return row.id


@dataclass
class Evening:
    """The cast's town with one session in eighteen days, care beside it, Amina's two children."""

    town: cast.Town
    place_id: int
    workshop_id: int
    session_id: int
    slot_id: int
    leo: int
    mia: int
    more: list[int] = field(default_factory=list)
    """Parents without children, made on demand."""


def an_evening(
    db: Session, *, seats: int = 12, care: Any = None, town: cast.Town | None = None
) -> Evening:
    """Bring it all on. Léo is also Bruno's; Mia is Amina's alone."""
    town = town or cast.a_town(db)
    place_id = a_place(db)
    workshop_id = a_workshop(db, town.programme_id, place_id, max_people=seats, min_people=1)
    session_id = a_session(db, workshop_id)
    slot_id = a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=place_id,
        session_id=session_id,
        **(care or {}),
    )
    leo = a_child(db, town.amina, town.bruno)
    mia = a_child(db, town.amina, name="Mia", born_on=date(2020, 5, 1))
    return Evening(town, place_id, workshop_id, session_id, slot_id, leo, mia)


def asked(evening: Evening, parent_id: int, *children: int, **changes: Any) -> Asked:
    """Return a request of a seat and of places beside it."""
    values: dict[str, Any] = {
        "request_id": UUID(int=next(cast.numbers)),
        "parent_id": parent_id,
        "session_id": evening.session_id,
        "seat": True,
        "children": tuple((child, evening.slot_id) for child in children),
    }
    return Asked(**values | changes)


def books(db: Session, wanted: Asked, *, now: datetime = NOON) -> Any:
    """Book in a change of its own."""
    with unit_of_work(db):
        return book(db, wanted, actor=OPERATOR, now=now)
