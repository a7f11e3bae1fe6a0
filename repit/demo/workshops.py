"""A year of workshops with care beside them: opened, booked, attended, paid with held vouchers.

Played through the services that people use, on the days on which they would use them.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo.evenings import Evenings
from repit.demo.groups import Group, coming_year, groups
from repit.demo.partners import Opened
from repit.domain.actors import Actor
from repit.domain.attendance import forgotten
from repit.domain.bookings.book import book, keep_refusal
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.errors import CareFull, SessionFull
from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.waiting import close_past, wait
from repit.domain.care import assignments, carers, sheets
from repit.domain.care import service as care
from repit.domain.care.details import CarerDetails, CheckDetails, SlotDetails, around
from repit.domain.care.models import Carer, CareSlot
from repit.domain.categories import Category
from repit.domain.errors import DomainError
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.workshops import facilitators, service, sessions
from repit.domain.workshops.models import Place, Workshop, WorkshopSession
from repit.domain.workshops.rules import Outline, PlaceDetails, Row
from repit.domain.workshops.times import Monthly, propose

ZONE = ZoneInfo("Europe/Paris")
CARERS = ("Irène Bocquet", "Samuel Dias", "Nadège Ferrand")
BOOKED_BEFORE, MANY = (16, 9, 3), 2
"""Days before a session on which parents book it, and how many do on each."""
WAITS = 0.5
"""Chance that a party for whom there is no place waits for one."""
GIVES_UP = 0.08
"""Chance that a party cancels two days before."""
PROVIDERS_OF_CARE = 6
PLAYED = timedelta(days=260)
"""How far back the workshops are played."""
AMINA, MONDAY = 1, 0


@dataclass
class Workshops:
    """The state of the telling. `parents`: whoever has a file by now."""

    engine: Engine
    operator: Actor
    programme_id: int
    providers: list[Opened]
    first_day: date
    today: date
    rng: random.Random = field(default_factory=lambda: random.Random(47))
    plan: dict[date, list[Callable[[datetime], None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    parents: list[int] = field(default_factory=list)
    requests: int = 0

    def __post_init__(self) -> None:
        """Let somebody keep the sheets."""
        self.evenings = Evenings(self.engine, self.operator)

    def open(self, now: datetime) -> None:
        """Open every workshop with its dates, its care and its carers."""
        keepers = [one for one in self.providers if Category.WORKSHOP_CHILDCARE in one.categories]
        with Session(self.engine) as db:
            staff = {one.id: self._hire(db, one, now) for one in keepers[:PROVIDERS_OF_CARE]}
            for place, group in enumerate(groups()):
                keeper = keepers[place % min(len(keepers), PROVIDERS_OF_CARE)]
                self._open(db, group, keeper, staff[keeper.id], now)
            self._afternoons(db, keepers[0], staff[keepers[0].id], now)

    def morning(self, day: date, now: datetime, parents: list[int]) -> None:
        """Do what the workshops' people do on a day."""
        self.parents = parents
        for act in self.plan.pop(day, ()):
            act(now)
        if day == self.today:
            self._amina(now)
        if day.weekday() == MONDAY or day == self.today:
            self._tidy(now)

    def _tidy(self, now: datetime) -> None:
        """Close the lists of what is over, and end the holds that nobody ended."""
        with Session(self.engine) as db:
            with unit_of_work(db):
                close_past(db, now=now)
            after = 0
            while (looked := self._end_next(db, after, now)) is not None:
                after = looked.child_place_id

    def _end_next(self, db: Session, after: int, now: datetime) -> forgotten.Looked | None:
        """What nobody encashed ends as the programme's policy says, as the hourly job does it."""
        with unit_of_work(db):
            return forgotten.end_next(db, after=after, now=now)

    def _amina(self, now: datetime) -> None:
        """Amina says what helps her children, who may collect them, and books the next session."""
        with Session(self.engine) as db:
            children = db.scalars(
                select(Child.public_id)
                .join(ChildHome, ChildHome.child_id == Child.id)
                .join(Parent, Parent.household_id == ChildHome.household_id)
                .where(Parent.id == AMINA)
                .order_by(Child.id)
            ).all()
            with unit_of_work(db):
                for child in children:
                    sheet = sheets.Sheet(
                        walking_since=self.today - timedelta(days=400),
                        helps="Son doudou, et qu’on lui dise quand je reviens.",
                        consents=frozenset({"first_aid"}),
                    )
                    grandmother = sheets.NewPerson("Fatima Benali", "may", "grand-mère")
                    with suppress(DomainError):  # one who was born since walks later
                        sheets.write(db, AMINA, child, sheet, actor=self.operator, now=now)
                    sheets.add_person(db, AMINA, child, grandmother, actor=self.operator, now=now)
            following = db.scalars(
                select(WorkshopSession.id)
                .where(WorkshopSession.starts_at > now, WorkshopSession.state == "open")
                .order_by(WorkshopSession.starts_at)
                .limit(3)
            ).all()
        for session_id in following:
            self.book(AMINA, session_id, now)

    def _hire(self, db: Session, keeper: Opened, now: datetime) -> list[int]:
        """Write down three carers whose certificates somebody saw; one of them ends in a month."""
        hired = []
        for place, name in enumerate(CARERS):
            last_day = self.today + timedelta(days=30 if place == 2 else 300)
            with unit_of_work(db):
                details = CarerDetails(name=name, kind="childminder" if place == 1 else "animator")
                public_id = carers.add(db, keeper.id, details, actor=self.operator, now=now)
                carer_id = db.scalars(select(Carer.id).where(Carer.public_id == public_id)).one()
                check = CheckDetails("honorability", self.first_day, last_day, seen_on=now.date())
                carers.note_check(
                    db, carer_id, check, today=now.date(), actor=self.operator, now=now
                )
            hired.append(carer_id)
        return hired

    def _open(
        self, db: Session, group: Group, keeper: Opened, staff: list[int], now: datetime
    ) -> None:
        with unit_of_work(db):
            place_id = self._place(db, group, now)
            workshop_id = self._workshop(db, group, place_id, now)
            rows = [Row(day, group.starts, group.ends) for day in self._days(group)]
            sessions.add(db, workshop_id, rows, actor=self.operator, now=now)
            service.open_to_parents(db, workshop_id, actor=self.operator, now=now)
            opened = sessions.publish_all(db, workshop_id, actor=self.operator, now=now)
        for session_id in opened:
            self._beside(db, session_id, keeper, staff, now)

    def _days(self, group: Group) -> list[date]:
        """Return its dates of the last months, and those of the coming year."""
        first = self.today - PLAYED
        if group.dates:
            last = coming_year(group.dates, self.today)
            years = range(first.year, last + 1)
            days = [day for year in years for day in group.in_year(year, first)]
        else:
            wednesday = first + timedelta(days=(2 - first.weekday()) % 7)
            days = propose(Monthly(), wednesday, until=self.today + timedelta(days=180))
        return sorted({day for day in days if day > first})

    def _place(self, db: Session, group: Group, now: datetime) -> int:
        details = PlaceDetails(
            name=group.place,
            address="1 place de la Mairie",
            town=group.town,
            postcode=group.postcode,
            step_free=True,
            access="Bus à deux minutes, places de stationnement devant l’entrée.",
        )
        public_id = service.add_place(db, details, actor=self.operator, now=now)
        return db.scalars(select(Place.id).where(Place.public_id == public_id)).one()

    def _workshop(self, db: Session, group: Group, place_id: int, now: datetime) -> int:
        outline = Outline(
            programme_id=self.programme_id,
            place_id=place_id,
            title=group.title,
            public_title=group.public_title,
            starts=group.starts,
            ends=group.ends,
            zone=str(ZONE),
            min_people=group.least,
            max_people=group.most,
            description=group.description,
            charter="Ce qui se dit ici reste ici. On écoute sans juger. Chacun parle s’il veut.",
            audience=group.audience,
            with_children=group.with_children,
            child_under_years=group.child_under_years,
        )
        public_id = service.create(db, outline, actor=self.operator, now=now)
        workshop_id = db.scalars(select(Workshop.id).where(Workshop.public_id == public_id)).one()
        facilitators.add(
            db, workshop_id, name=group.facilitator, email=group.email, actor=self.operator, now=now
        )
        return workshop_id

    def _beside(
        self, db: Session, session_id: int, keeper: Opened, staff: list[int], now: datetime
    ) -> None:
        """Offer care beside a session, and plan what people will do about it."""
        session = db.get_one(WorkshopSession, session_id)
        starts, ends = around(session.starts, session.ends)
        details = SlotDetails(
            programme_id=self.programme_id,
            provider_id=keeper.id,
            place_id=session.place_id,
            room="Salle d’à côté",
            day=session.day,
            starts=starts,
            ends=ends,
            zone=session.zone,
            room_places=8,
            vouchers_per_child=1,
            youngest_months=6,
            preset="fr_acm_extra",
            session_id=session_id,
        )
        day = session.day
        self._offer(db, details, staff[:2], now)
        for before in BOOKED_BEFORE:
            if (at := day - timedelta(days=before)) <= self.today:
                self.plan[at].append(partial(self._some_book, session_id))
        if (two_days := day - timedelta(days=2)) <= self.today:
            self.plan[two_days].append(partial(self._some_give_up, session_id))
        if day < self.today:
            self.plan[day + timedelta(days=1)].append(
                partial(self.evenings.was_held, session_id, keeper)
            )

    def _afternoons(self, db: Session, keeper: Opened, staff: list[int], now: datetime) -> None:
        """Care that stands alone: one Saturday afternoon a month, to breathe."""
        place_id = db.scalars(select(Place.id).order_by(Place.id.desc())).first()
        saturday = self.today + timedelta(days=(5 - self.today.weekday()) % 7 + 7)
        for day in propose(Monthly(), saturday, count=4):
            details = SlotDetails(
                programme_id=self.programme_id,
                provider_id=keeper.id,
                place_id=place_id or 0,
                room="Grande salle",
                day=day,
                starts=time(14),
                ends=time(17),
                zone=str(ZONE),
                room_places=12,
                vouchers_per_child=2,
                family_share_cents=300,  # an euro an hour, paid online
                youngest_months=12,
                preset="fr_acm_extra",
                public_title="Un après-midi pour souffler",
                description="Vous confiez vos enfants le temps d’un après-midi : repos, démarches,"
                " rendez-vous. Personne ne demande pourquoi.",
            )
            self._offer(db, details, staff[2:] + staff[:1], now)

    def _offer(self, db: Session, details: SlotDetails, staff: list[int], now: datetime) -> None:
        with unit_of_work(db):
            public_id = care.create(db, details, actor=self.operator, now=now)
            slot_id = db.scalars(select(CareSlot.id).where(CareSlot.public_id == public_id)).one()
            for carer_id in staff:
                assignments.ask(db, slot_id, carer_id, actor=self.operator, now=now)
                assignments.confirm(db, slot_id, carer_id, actor=self.operator, now=now)
            care.publish(db, slot_id, actor=self.operator, now=now)

    def _some_book(self, session_id: int, now: datetime) -> None:
        for parent_id in self.rng.sample(self.parents, min(MANY, len(self.parents))):
            self.book(parent_id, session_id, now)

    def book(self, parent_id: int, session_id: int, now: datetime) -> None:
        """Let a parent book with their children, wait when it is full, or give up."""
        with Session(self.engine) as db:
            asked = self._asked(db, parent_id, session_id, now)
            try:
                with unit_of_work(db):
                    book(db, asked, actor=self.operator, now=now)
            except (SessionFull, CareFull) as refusal:
                with unit_of_work(db):
                    if isinstance(refusal, CareFull):
                        keep_refusal(db, asked, refusal, now=now)
                if self.rng.random() < WAITS:
                    with suppress(DomainError), unit_of_work(db):
                        wait(db, asked, actor=self.operator, now=now)
            except DomainError:
                return  # no voucher left, or elsewhere at that time: they come another day

    def _some_give_up(self, session_id: int, now: datetime) -> None:
        with Session(self.engine) as db:
            booked = db.scalars(
                select(Booking.public_id)
                .where(Booking.session_id == session_id, Booking.state == "confirmed")
                .order_by(Booking.id)
            ).all()
            for public_id in booked:
                if self.rng.random() < GIVES_UP:
                    with unit_of_work(db):
                        cancel(
                            db, public_id, by="parent", parent_id=None, actor=self.operator, now=now
                        )

    def _asked(self, db: Session, parent_id: int, session_id: int, now: datetime) -> Asked:
        slot = db.scalar(select(CareSlot).where(CareSlot.session_id == session_id))
        children = _of_age(db, parent_id, slot) if slot and self.rng.random() < 0.75 else []
        self.requests += 1
        return Asked(
            request_id=UUID(int=(0x2023 << 96) + self.requests),
            parent_id=parent_id,
            session_id=session_id,
            seat=True,
            children=tuple((child_id, slot.id) for child_id in children) if slot else (),
            without_care=self.rng.random() < 0.3,
            origin="phone" if self.rng.random() < 0.3 else "self",
        )


def _of_age(db: Session, parent_id: int, slot: CareSlot) -> list[int]:
    home = db.get_one(Parent, parent_id).household_id
    rows = db.scalars(
        select(Child)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .where(ChildHome.household_id == home)
        .order_by(Child.id)
    )
    youngest = slot.day - timedelta(days=31 * slot.youngest_months + 31)
    oldest = slot.day - timedelta(days=366 * (slot.oldest_years + 1))
    return [child.id for child in rows if oldest < child.born_on <= youngest]
