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
from repit.domain.satisfaction import service as satisfaction
from repit.domain.satisfaction.service import Answers
from repit.domain.workshops.models import WorkshopSession

COMES, CALLS = 0.82, 0.10
"""Chance that a party comes, and that it calls to say that it does not."""
ANSWERS = 0.7
"""Chance that a parent who came answers the two questions the day after."""
DID_GOOD, COMES_AGAIN = (1, 2, 12, 40, 45), (5, 25, 70)
"""How often each answer is given, of a hundred; the first is « not at all », or « no »."""


@dataclass
class Evenings:
    """Whoever keeps the sheet of each session."""

    engine: Engine
    operator: Actor
    rng: random.Random = field(default_factory=lambda: random.Random(48))
    says: random.Random = field(default_factory=lambda: random.Random(50))
    notes: int = 0
    links: int = 0

    def was_held(self, session_id: int, keeper: Opened, now: datetime) -> None:
        """The day after: who came was noted the evening before, and the held vouchers are taken.

        Those who came are asked how it was, and most of them say it.
        """
        with Session(self.engine) as db:
            session = db.get_one(WorkshopSession, session_id)
            booked = db.scalars(
                select(Booking.id).where(
                    Booking.session_id == session_id, Booking.state == "confirmed"
                )
            ).all()
            came = [
                self._attend(db, booking_id, session.starts_at, session.ends_at, keeper)
                for booking_id in booked
            ]
            public_id = session.public_id
            with unit_of_work(db):
                for _ in range(sum(came)):
                    self._say(db, public_id, now)

    def _attend(
        self, db: Session, booking_id: int, starts_at: datetime, ends_at: datetime, keeper: Opened
    ) -> bool:
        """Note what became of a party, and tell whether it came."""
        fate = self.rng.random()
        with unit_of_work(db):
            booking = db.get_one(Booking, booking_id)
            if fate > COMES:
                kind = EXCUSED if fate < COMES + CALLS else NO_SHOW
                motive = "ill" if kind == EXCUSED else None
                self._note(db, booking, None, kind, starts_at + timedelta(minutes=40), motive)
                return False
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
        return True

    def _say(self, db: Session, session_public_id: str, now: datetime) -> None:
        """Let one of those who came follow the link of the message, or not."""
        self.links += 1
        if self.says.random() > ANSWERS:
            return
        [good] = self.says.choices((1, 2, 3, 4, 5), DID_GOOD)
        [again] = self.says.choices((1, 2, 3), COMES_AGAIN)
        link = f"demo.{self.links}"
        satisfaction.answer(db, link, session_public_id, Answers(good, again), now=now)

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
