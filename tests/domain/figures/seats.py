"""A booked evening with care, and what is noted of it on moments of the test's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.bookings.models import Booking, CareRefusal, ChildPlace, WaitingParty
from repit.domain.presence.models import Attendance
from tests.cast import OPERATOR, numbers
from tests.domain.bookings.workshop import Evening, asked, books


def booked(db: Session, evening: Evening) -> int:
    """Let Amina book her seat and a place for Léo; return the booking's key."""
    books(db, asked(evening, evening.town.amina, evening.leo))
    return db.scalars(select(Booking.id)).one()


def place(db: Session, booking_id: int) -> int:
    return db.scalars(select(ChildPlace.id).where(ChildPlace.booking_id == booking_id)).one()


def note(
    db: Session,
    booking_id: int,
    kind: str,
    *,
    at: datetime,
    received: datetime | None = None,
    place: int | None = None,
) -> None:
    with unit_of_work(db):
        db.add(
            Attendance(
                nonce=UUID(int=next(numbers)),
                booking_id=booking_id,
                child_place_id=place,
                kind=kind,
                at=at,
                received_at=received or at,
                device="a",
                actor=OPERATOR,
                person_name="Mamie" if kind == "left" else None,
            )
        )


def waited(db: Session, evening: Evening, *, asked_at: datetime, ended_at: datetime) -> None:
    with unit_of_work(db):
        db.add(
            WaitingParty(
                public_id=ids.public_id(),
                parent_id=evening.town.chloe,
                programme_id=evening.town.programme_id,
                session_id=evening.session_id,
                waits_for=f"session:{evening.session_id}",
                seat=True,
                asked_at=asked_at,
                state="served",
                ended_at=ended_at,
            )
        )


def refused(db: Session, evening: Evening, *, at: datetime) -> None:
    with unit_of_work(db):
        db.add(
            CareRefusal(
                at=at,
                programme_id=evening.town.programme_id,
                parent_id=evening.town.chloe,
                session_id=evening.session_id,
                slot_id=evening.slot_id,
                children=1,
                reason="room",
                came_without=False,
            )
        )
