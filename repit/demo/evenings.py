"""The evenings themselves: who came, with whom the children left, what was paid for it."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo.partners import Opened
from repit.domain.actors import Actor
from repit.domain.attendance import service as attendance
from repit.domain.attendance.service import Noted
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.redeeming import take_held
from repit.domain.errors import DomainError
from repit.domain.presence.notes import ARRIVED, EXCUSED, LEFT, NO_SHOW
from repit.domain.providers.standing import standing_of_device
from repit.domain.workshops.models import WorkshopSession

COMES, CALLS = 0.82, 0.10
"""Chance that a party comes, and that it calls to say that it does not."""


@dataclass
class Evenings:
    """Whoever keeps the sheet of each session."""

    engine: Engine
    operator: Actor
    rng: random.Random = field(default_factory=lambda: random.Random(48))
    notes: int = 0

    def was_held(self, session_id: int, keeper: Opened, _now: datetime) -> None:
        """The day after: who came was noted the evening before, and the held vouchers are taken."""
        with Session(self.engine) as db:
            session = db.get_one(WorkshopSession, session_id)
            booked = db.scalars(
                select(Booking.id).where(
                    Booking.session_id == session_id, Booking.state == "confirmed"
                )
            ).all()
            for booking_id in booked:
                self._attend(db, booking_id, session.starts_at, session.ends_at, keeper)

    def _attend(
        self, db: Session, booking_id: int, starts_at: datetime, ends_at: datetime, keeper: Opened
    ) -> None:
        fate = self.rng.random()
        with unit_of_work(db):
            booking = db.get_one(Booking, booking_id)
            if fate > COMES:
                kind = EXCUSED if fate < COMES + CALLS else NO_SHOW
                motive = "ill" if kind == EXCUSED else None
                self._note(db, booking, None, kind, starts_at + timedelta(minutes=40), motive)
                return
            self._note(db, booking, None, ARRIVED, starts_at, None)
            places = db.scalars(
                select(ChildPlace).where(
                    ChildPlace.booking_id == booking_id, ChildPlace.ended_at.is_(None)
                )
            ).all()
            for place in places:
                self._note(db, booking, place, ARRIVED, starts_at - timedelta(minutes=5), None)
                self._note(db, booking, place, LEFT, ends_at + timedelta(minutes=5), None)
        standing = standing_of_device(db, keeper.device_id)
        for place in places:
            if standing is not None and place.vouchers:
                with suppress(DomainError), unit_of_work(db):
                    take_held(db, place.id, standing=standing, now=ends_at + timedelta(hours=1))

    def _note(
        self,
        db: Session,
        booking: Booking,
        place: ChildPlace | None,
        kind: str,
        at: datetime,
        motive: str | None,
    ) -> None:
        self.notes += 1
        attendance.note(
            db,
            Noted(
                nonce=UUID(int=(0x2024 << 96) + self.notes),
                booking_public_id=booking.public_id,
                child_place_public_id=place.public_id if place else None,
                kind=kind,
                at=at,
                device="feuille",
                motive=motive,
            ),
            actor=self.operator,
            now=at,
        )
