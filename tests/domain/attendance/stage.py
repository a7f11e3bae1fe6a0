"""An evening with Amina, Léo and Mia booked in, and phones that note who comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.attendance import service
from repit.domain.attendance.service import Kept, Noted
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care import sheets
from repit.domain.care.models import CareSlot, Collector
from repit.domain.care.sheets import NewPerson
from repit.domain.households.models import Child
from repit.domain.presence.models import Attendance
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import OPERATOR
from tests.domain.bookings import workshop
from tests.domain.bookings.workshop import Evening

FACILITATOR = actors.person(1)


@dataclass
class Scene:
    """`starts`: of the care. Amina came with Léo and Mia."""

    db: Session
    evening: Evening
    booking: str
    leo: str
    mia: str
    starts: datetime

    def noted(self, kind: str, **about: Any) -> Noted:
        """Return a note about Léo, on the first phone, five minutes after the start."""
        usual: dict[str, Any] = {
            "nonce": cast.redemption_id(next(cast.numbers)),
            "booking_public_id": self.booking,
            "child_place_public_id": self.leo,
            "kind": kind,
            "at": self.starts + timedelta(minutes=5),
            "device": "stay:1",
        }
        return Noted(**usual | about)

    def send(self, noted: Noted, *, now: datetime | None = None, **given: Any) -> Kept:
        usual: dict[str, Any] = {
            "actor": FACILITATOR,
            "now": now or noted.at + timedelta(seconds=5),
        }
        with unit_of_work(self.db):
            return service.note(self.db, noted, **usual | given)

    def note(self, kind: str, **about: Any) -> Kept:
        return self.send(self.noted(kind, **about))

    def person(self, name: str, standing: str, *, parent_id: int | None = None) -> str:
        """Write a name on Léo's list, Amina's home's unless somebody else is named."""
        parent = parent_id or self.evening.town.amina
        child = self.db.get_one(Child, self.evening.leo).public_id
        self.db.rollback()
        with unit_of_work(self.db):
            return sheets.add_person(
                self.db, parent, child, NewPerson(name, standing), actor=OPERATOR, now=cast.NOON
            )

    def decide(self, public_id: str) -> None:
        """The operator has seen a court's decision about somebody."""
        with unit_of_work(self.db):
            row = self.db.scalars(select(Collector).where(Collector.public_id == public_id)).one()
            row.decision_seen_on, row.decision_seen_by = cast.TODAY, OPERATOR

    def log(self) -> list[Attendance]:
        return list(self.db.scalars(select(Attendance).order_by(Attendance.id)))


def a_scene(db: Session, **evening: Any) -> Scene:
    found = workshop.an_evening(db, **evening)
    asked = workshop.asked(found, found.town.amina, found.leo, found.mia)
    booked = workshop.books(db, asked)
    places = {
        row.child_id: row.public_id
        for row in db.scalars(select(ChildPlace).where(ChildPlace.booking_id == booked.id))
    }
    slot = db.get_one(CareSlot, found.slot_id)
    scene = Scene(db, found, booked.public_id, places[found.leo], places[found.mia], slot.starts_at)
    db.rollback()
    return scene


def session_starts(scene: Scene) -> datetime:
    return scene.db.get_one(WorkshopSession, scene.evening.session_id).starts_at


def end_booking(scene: Scene, at: datetime) -> None:
    """The booking was cancelled meanwhile."""
    with unit_of_work(scene.db):
        row = scene.db.scalars(select(Booking).where(Booking.public_id == scene.booking)).one()
        row.state, row.ended_at, row.ended_by = "cancelled", at, "service"
