"""A town whose evenings come and go: each run has one of its own, and gives it all back."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import closing
from repit.domain.bookings.book import book
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.waiting import wait
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.concurrency.together import Action, changing, the_books_agree, together
from tests.domain.bookings import workshop
from tests.domain.bookings.workshop import DAY

FAMILIES = 5
CROWD = 20
POSTGRESQL = ("SET synchronous_commit = off", "SET lock_timeout = '30s'")
TRIALS = 12
"""So many different leads of one over the other, see `together`."""


@dataclass(frozen=True)
class Family:
    parent_id: int
    children: tuple[int, ...]


@dataclass(frozen=True)
class Evening:
    """A session (None: care alone) and its slots; `workshop_id` of its own, if not the hall's."""

    session_id: int | None
    slot_ids: tuple[int, ...]
    workshop_id: int = 0


@dataclass
class Hall:
    """The people and the place, the same for all runs."""

    engine: Engine
    programme_id: int = 0
    fund_id: int = 0
    place_id: int = 0
    workshop_id: int = 0
    provider: cast.AProvider = field(default_factory=lambda: cast.AProvider(0, 0, ""))
    rival: cast.AProvider = field(default_factory=lambda: cast.AProvider(0, 0, ""))
    families: list[Family] = field(default_factory=list)
    crowd: list[int] = field(default_factory=list)

    def open(self) -> "Hall":
        hurry(self.engine)
        with Session(self.engine) as db:
            town = cast.a_town(db)
            self.programme_id, self.provider = town.programme_id, town.roseraie
            self.fund_id = cast.a_fund(
                db, town.programme_id, cents=100_000_000, funder_id=town.funder_id
            )
            self.rival = cast.a_provider(db, "Le Tilleul")
            self.place_id = workshop.a_place(db)
            self.workshop_id = workshop.a_workshop(
                db, town.programme_id, self.place_id, min_people=1, max_people=1
            )
            self.families = [self.family(db) for _ in range(FAMILIES)]
            self.crowd = [cast.a_parent(db, f"Parent {number}") for number in range(CROWD)]
        return self

    def family(self, db: Session, *, children: int = 2, vouchers: int = 8) -> Family:
        """A parent whose newest vouchers end first."""
        parent_id = cast.a_parent(db, "Amina")
        for number in range(vouchers):
            last_day = date(2026, 12, 31) - timedelta(days=number)
            cast.a_voucher(db, parent_id, self.fund_id, last_day=last_day)
        made = [workshop.a_child(db, parent_id) for _ in range(children)]
        return Family(parent_id, tuple(made))

    def evening(
        self,
        db: Session,
        *,
        seats: int | None = 2,
        slots: int = 1,
        room_places: int = 8,
        carers: int = 1,
        day: date = DAY,
        workshop_id: int = 0,
        **slot: Any,
    ) -> Evening:
        """A session of so many seats with care beside it; no seats: care that stands alone."""
        session_id, series = None, workshop_id or self.workshop_id
        if seats is not None:
            session_id = workshop.a_session(db, series, max_people=seats, day=day)
        slot_ids = [
            workshop.a_slot(
                db,
                self.provider.id,
                programme_id=self.programme_id,
                place_id=self.place_id,
                session_id=session_id,
                room_places=room_places,
                carers=carers,
                day=day,
                **slot,
            )
            for _ in range(slots)
        ]
        return Evening(session_id, tuple(slot_ids), series)

    def series(self, db: Session, **changes: Any) -> int:
        """A workshop of its own, such as one with a strict line or a fixed group."""
        return workshop.a_workshop(
            db, self.programme_id, self.place_id, min_people=1, max_people=1, **changes
        )

    def clear(self) -> None:
        """Call everything off that has not begun, so that the next run finds everybody free."""
        with Session(self.engine) as db, unit_of_work(db):
            whom: dict[str, Any] = {"motive": "Fin", "actor": OPERATOR, "now": NOON}
            for session_id in db.scalars(_open(WorkshopSession)).all():
                closing.cancel_session(db, session_id, **whom)
            for slot_id in db.scalars(_open(CareSlot)).all():
                closing.cancel_slot(db, slot_id, **whom)


def _open(model: Any) -> Any:
    return select(model.id).where(model.state == "open", model.starts_at > NOON)


def hurry(engine: Engine) -> None:
    """Nobody's power fails here: do not wait for the disc. But wait for one another.

    A machine with much else to do makes somebody wait longer than the service lets them; every
    entry point would try again. A real deadlock is ended by PostgreSQL, and fails.
    """
    postgresql = engine.dialect.name == "postgresql"
    settings = POSTGRESQL if postgresql else ("PRAGMA synchronous = OFF",)

    def set_(connection: Any, _record: object) -> None:
        for setting in settings:
            connection.execute(setting)
        connection.commit()

    engine.dispose()
    event.listen(engine, "connect", set_)


class Run:
    """One meeting: what its seed decides, and what everybody asks."""

    def __init__(self, hall: Hall, seed: int) -> None:
        """Everything that differs from one run to the next comes from `seed`."""
        self.hall = hall
        self.engine = hall.engine
        self.dice = random.Random(seed)  # noqa: S311  (the same seed, the same meeting)
        self.trial = seed % TRIALS

    def change(self, act: Callable[[Session], Any]) -> Any:
        with Session(self.engine) as db, unit_of_work(db):
            return act(db)

    def evening(self, *, strict: bool = False, **changes: Any) -> Evening:
        with Session(self.engine) as db:
            if strict:
                changes["workshop_id"] = self.hall.series(db, promotion="strict")
            return self.hall.evening(db, **changes)

    def group(self, *, seats: int, dates: int = 3) -> list[Evening]:
        """A fixed group of so many seats, with care beside each of its dates."""
        with Session(self.engine) as db:
            series = self.hall.series(db, format="cohort")
            days = [DAY + timedelta(days=7 * number) for number in range(dates)]
            return [self.hall.evening(db, seats=seats, day=day, workshop_id=series) for day in days]

    def offered(self, evenings: Sequence[Evening]) -> list[int]:
        """Return how many offers live for each date."""
        return [len(self.live(one, "offered")) for one in evenings]

    def meet(self, *actions: Action) -> list[Any]:
        """Let them start at once, in an order of the dice; answer in the order given."""
        order = self.dice.sample(range(len(actions)), len(actions))
        answers = together(*(actions[place] for place in order), trial=self.trial)
        found = dict(zip(order, answers, strict=True))
        return [found[place] for place in range(len(actions))]

    def books(self, wanted: Asked, now: datetime = NOON) -> Action:
        return self.doing(lambda db: book(db, wanted, actor=OPERATOR, now=now))

    def doing(self, act: Callable[[Session], Any]) -> Action:
        return changing(self.engine, act)

    def waits(self, wanted: Asked, *, after: int = 0) -> str:
        moment = NOON + timedelta(minutes=after)
        return str(self.change(lambda db: wait(db, wanted, actor=OPERATOR, now=moment)))

    def live(self, evening: Evening, *states: str) -> list[Booking]:
        with Session(self.engine) as db:
            here = select(Booking).where(
                Booking.session_id == evening.session_id,
                Booking.state.in_(states or ("offered", "confirmed")),
            )
            return list(db.scalars(here.order_by(Booking.id)))

    def session(self, evening: Evening) -> WorkshopSession:
        with Session(self.engine) as db:
            return db.get_one(WorkshopSession, evening.session_id)

    def slot(self, evening: Evening) -> CareSlot:
        with Session(self.engine) as db:
            return db.get_one(CareSlot, evening.slot_ids[0])

    def carer_of(self, evening: Evening) -> int:
        with Session(self.engine) as db:
            here = CarerAssignment.slot_id == evening.slot_ids[0]
            return db.scalars(select(CarerAssignment.carer_id).where(here).limit(1)).one()

    def places_of(self, public_id: str) -> list[ChildPlace]:
        with Session(self.engine) as db:
            places = select(ChildPlace).join(Booking, Booking.id == ChildPlace.booking_id)
            here = places.where(Booking.public_id == public_id).order_by(ChildPlace.id)
            return list(db.scalars(here))

    def holds(self, state: str, place_ids: list[int]) -> int:
        with Session(self.engine) as db:
            count = select(func.count()).where(
                Hold.state == state, Hold.child_place_id.in_(place_ids)
            )
            return db.scalar(count) or 0

    def parties(self, *evenings: Evening) -> list[str]:
        """Return the states of those who waited, first come first."""
        with Session(self.engine) as db:
            named = [one.session_id for one in evenings]
            here = select(WaitingParty.state).where(WaitingParty.session_id.in_(named))
            return list(db.scalars(here.order_by(WaitingParty.asked_at, WaitingParty.id)))

    def end(self) -> None:
        """Look at the books, and call off what is left: the next look sees that too."""
        the_books_agree(self.engine)
        self.hall.clear()


def wants(evening: Evening, parent_id: int, *children: tuple[int, int], **changes: Any) -> Asked:
    """Ask for a seat and for children's places, each a child and the rank of its slot."""
    values: dict[str, Any] = {
        "request_id": UUID(int=next(cast.numbers)),
        "parent_id": parent_id,
        "session_id": evening.session_id,
        "seat": evening.session_id is not None,
        "children": tuple((child, evening.slot_ids[rank]) for child, rank in children),
    }
    return Asked(**values | changes)
