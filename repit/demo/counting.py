"""What the team notes by hand: whom it put families in touch with, its time, and what it paid.

The figures are those of the CCAS of Gennevilliers (prix Territoria, 2025): 16 referrals that
worked (insertion, childcare, psychologist), 0.46 of a full-time post in 2024, 17,385 euros of
staff and suppliers, 4,504 euros of purchases and meals. How they spread over the year and what
did not work is ours.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.actors import Actor
from repit.domain.costs import service as costs
from repit.domain.costs.models import CostLine
from repit.domain.costs.rules import NO_TIME, NewCost
from repit.domain.costs.rules import Kind as CostKind
from repit.domain.money import Cents, Minutes
from repit.domain.periods import add_months
from repit.domain.referrals import service as referrals
from repit.domain.referrals.models import Referral
from repit.domain.referrals.rules import Kind, NewReferral, Outcome
from repit.domain.workshops.models import Facilitator, WorkshopSession

WORKED, DID_NOT, UNKNOWN = Outcome.WORKED, Outcome.DID_NOT_WORK, Outcome.NOT_KNOWN
REFERRALS: tuple[tuple[Kind, str, Outcome, int], ...] = (
    # with what, with whom, what became of it, and after how many days that was learnt
    (Kind.INSERTION, "Mission locale", WORKED, 21),
    (Kind.CHILDCARE, "Association de garde à horaires atypiques", WORKED, 14),
    (Kind.PSYCHOLOGIST, "Point écoute parents", WORKED, 30),
    (Kind.RIGHTS, "Permanence de la Caf", DID_NOT, 25),
    (Kind.CHILDCARE, "Association de garde à horaires atypiques", WORKED, 9),
    (Kind.INSERTION, "Plan local pour l’insertion et l’emploi", WORKED, 40),
    (Kind.PSYCHOLOGIST, "Centre médico-psychologique", DID_NOT, 45),
    (Kind.PSYCHOLOGIST, "Point écoute parents", WORKED, 12),
    (Kind.CHILDCARE, "Relais petite enfance", WORKED, 18),
    (Kind.INSERTION, "Mission locale", WORKED, 33),
    (Kind.CHILDCARE, "Association de garde à horaires atypiques", WORKED, 7),
    (Kind.PSYCHOLOGIST, "Psychologue libérale conventionnée", WORKED, 28),
    (Kind.INSERTION, "Plan local pour l’insertion et l’emploi", WORKED, 35),
    (Kind.CHILDCARE, "Relais petite enfance", WORKED, 11),
    (Kind.HOUSING, "Service logement de la ville", DID_NOT, 50),
    (Kind.PSYCHOLOGIST, "Point écoute parents", WORKED, 16),
    (Kind.CHILDCARE, "Crèche familiale", WORKED, 20),
    (Kind.INSERTION, "Mission locale", WORKED, 24),
    (Kind.PSYCHOLOGIST, "Point écoute parents", WORKED, 10),
    (Kind.HEALTH, "Maison de santé", UNKNOWN, 0),
    (Kind.ASSOCIATION, "Association de parents solos", UNKNOWN, 0),
    (Kind.INSERTION, "Plan local pour l’insertion et l’emploi", UNKNOWN, 0),
    (Kind.PSYCHOLOGIST, "Centre médico-psychologique", UNKNOWN, 0),
)
HOURS = (52, 55, 61, 66, 58, 49, 53, 57, 66, 72, 78, 72)
"""Of the team in each of the last twelve months: with the rest of minutes, 0.46 of a post."""
REST = Minutes(13)
STAFF = Cents(11_685_00)
"""What that time cost; with the bills below, 17,385 euros."""
BILLS: tuple[tuple[int, CostKind, int, str], ...] = (
    # so many months ago, of what, cents, note
    (12, CostKind.SUPPLIER, 142_500, "Accompagnement de la démarche, 32 heures"),
    (11, CostKind.PURCHASES, 112_040, "Repas du premier temps fort"),
    (8, CostKind.SUPPLIER, 142_500, "Accompagnement de la démarche, 32 heures"),
    (7, CostKind.SUPPLIER, 71_250, "Massages et ostéopathie, temps fort de printemps"),
    (7, CostKind.PURCHASES, 83_000, "Apéritif et fournitures, temps fort de printemps"),
    (5, CostKind.PURCHASES, 91_260, "Guide des aides, papier et impression"),
    (4, CostKind.SUPPLIER, 142_500, "Accompagnement de la démarche, 31 heures"),
    (3, CostKind.PURCHASES, 70_000, "Repas du temps fort de rentrée"),
    (2, CostKind.SUPPLIER, 71_250, "Sophrologie et éloquence, dernier temps fort"),
    (1, CostKind.PURCHASES, 94_100, "Buffet du dernier temps fort"),
)
TYPED_ON = 3
"""Day of the month on which last month's time and bills are typed in."""
SLIP = 10
"""The last bill is first typed with a zero too many, and cancelled the next day."""


@dataclass
class Counting:
    """The state of the telling: what is noted already, and what will be learnt when."""

    engine: Engine
    operator: Actor
    programme_id: int
    today: date
    pages: int = 0
    noted: int = 0
    passed: int = 0
    to_learn: list[tuple[date, int, Outcome, Actor]] = field(default_factory=list)
    slip: int | None = None

    def morning(self, day: date, now: datetime) -> None:
        """Note what came of yesterday's sessions, what was learnt, and on the third the costs."""
        with Session(self.engine) as db:
            self._correct(db, now)
            for session_id in self._held_on(db, day - timedelta(days=1)):
                self._refer(db, session_id, day - timedelta(days=1), now)
            self._learn(db, day, now)
            months_ago = (self.today.year - day.year) * 12 + self.today.month - day.month + 1
            if self._is_typing_day(day) and 1 <= months_ago <= len(HOURS):
                self._type_month(db, add_months(day.replace(day=1), -1), months_ago, now)
            if day == self.today:
                self._correct(db, now)

    def _is_typing_day(self, day: date) -> bool:
        """The third; or the last day of the story, when it ends before."""
        return day.day == TYPED_ON or (day == self.today and day.day < TYPED_ON)

    def _held_on(self, db: Session, day: date) -> list[int]:
        held = select(WorkshopSession.id).where(
            WorkshopSession.day == day, WorkshopSession.state == "open"
        )
        return list(db.scalars(held.order_by(WorkshopSession.starts_at, WorkshopSession.id)))

    def _refer(self, db: Session, session_id: int, on_day: date, now: datetime) -> None:
        """Some sessions bring a referral: spread so that they last until the end."""
        self.passed += 1
        due = self.passed * len(REFERRALS) // max(self._sessions(db), len(REFERRALS))
        if self.noted >= min(due, len(REFERRALS)):
            return
        kind, organisation, outcome, days = REFERRALS[self.noted]
        self.noted += 1
        leader = self._leader(db, session_id)
        new = NewReferral(self._page(), self.programme_id, kind, organisation, on_day, session_id)
        with unit_of_work(db):
            public_id = referrals.note(db, new, actor=leader, now=now)
            referral_id = db.scalars(
                select(Referral.id).where(Referral.public_id == public_id)
            ).one()
        if outcome is not UNKNOWN:
            learnt_on = min(on_day + timedelta(days=days), self.today)
            self.to_learn.append((learnt_on, referral_id, outcome, leader))

    def _sessions(self, db: Session) -> int:
        past = select(func.count()).where(
            WorkshopSession.day < self.today, WorkshopSession.state == "open"
        )
        return db.scalar(past) or 0

    def _leader(self, db: Session, session_id: int) -> Actor:
        leads = (
            select(Facilitator.person_id)
            .join(WorkshopSession, WorkshopSession.workshop_id == Facilitator.workshop_id)
            .where(WorkshopSession.id == session_id)
            .order_by(Facilitator.id)
        )
        person_id = db.scalars(leads.limit(1)).first()
        return self.operator if person_id is None else actors.person(person_id)

    def _learn(self, db: Session, day: date, now: datetime) -> None:
        due = [one for one in self.to_learn if one[0] <= day]
        self.to_learn = [one for one in self.to_learn if one[0] > day]
        for _day, referral_id, outcome, leader in due:
            with unit_of_work(db):
                referrals.say(db, referral_id, outcome, actor=leader, now=now)

    def _type_month(self, db: Session, month: date, months_ago: int, now: datetime) -> None:
        minutes = self._minutes(months_ago)
        self._type(db, CostKind.TEAM, month, now, minutes=minutes, amount=self._pay(months_ago))
        for ago, kind, cents, note in BILLS:
            if ago != months_ago:
                continue
            bill = month + timedelta(days=19)
            last = (ago, kind, cents, note) == BILLS[-1]
            amount = Cents(cents * SLIP if last else cents)
            line_id = self._type(db, kind, bill, now, amount=amount, note=note)
            self.slip = line_id if last else self.slip

    def _minutes(self, months_ago: int) -> Minutes:
        hours = HOURS[len(HOURS) - months_ago]
        return Minutes(hours * 60 + (REST if months_ago == 1 else 0))

    def _pay(self, months_ago: int) -> Cents:
        """Return the month's part of what the team cost; the last one takes what is left over."""
        parts = {ago: Cents(STAFF * self._minutes(ago) // _ALL) for ago in range(1, len(HOURS) + 1)}
        over = STAFF - sum(parts.values()) if months_ago == 1 else 0
        return Cents(parts[months_ago] + over)

    def _correct(self, db: Session, now: datetime) -> None:
        if self.slip is None:
            return
        with unit_of_work(db):
            costs.cancel(db, self.slip, motive="Un zéro de trop.", actor=self.operator, now=now)
            line = db.get_one(CostLine, self.slip)
            note, day, cents = line.note, line.on_day, Cents(line.amount_cents // SLIP)
        self.slip = None
        self._type(db, CostKind.PURCHASES, day, now, amount=cents, note=note)

    def _type(
        self,
        db: Session,
        kind: CostKind,
        day: date,
        now: datetime,
        *,
        amount: Cents,
        minutes: Minutes = NO_TIME,
        note: str | None = None,
    ) -> int:
        whole = kind is CostKind.TEAM
        new = NewCost(self._page(), self.programme_id, kind, day, whole, minutes, amount, note)
        with unit_of_work(db):
            public_id = costs.add(db, new, actor=self.operator, now=now)
            return db.scalars(select(CostLine.id).where(CostLine.public_id == public_id)).one()

    def _page(self) -> UUID:
        self.pages += 1
        return UUID(int=(0x2025 << 96) + self.pages)


_ALL = sum(HOURS) * 60 + REST
