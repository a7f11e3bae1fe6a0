"""Eighteen months of a scheme, day by day, through the services that people use.

The same story every time for the same last day: who comes, who spends what where, what lapses,
what is taken back, what is refused, who is paid.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo.counting import Counting
from repit.demo.parents import Newcomer
from repit.demo.partners import Opened
from repit.demo.treasury import Treasury
from repit.demo.workshops import Workshops
from repit.domain import actors
from repit.domain.actors import Actor
from repit.domain.categories import Category
from repit.domain.codes import CodeVault
from repit.domain.entitlements import service as entitlements
from repit.domain.errors import DomainError
from repit.domain.households import service as households
from repit.domain.money import Cents
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.reverse import reverse_by_operator, undo
from repit.domain.redemptions.rules import Service
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.models import Voucher, VoucherState
from repit.domain.vouchers.run import issue_period

ZONE = ZoneInfo("Europe/Paris")
REVERSED_IN_A_THOUSAND = 18
REFUSED_IN_A_THOUSAND = 35
_SPENDS_A_DAY = 0.034
"""Chance that a parent who has vouchers spends some on a given day; less for the reluctant."""
ISSUES_ON = (1, 15)
"""Days of the month on which the operator issues what newcomers are still owed."""
WAITING_REQUESTS = 6
"""Of the last comers, this many have not been decided on when the story ends."""


@dataclass
class Story:
    """The state of the telling."""

    engine: Engine
    vault: CodeVault
    operator: Actor
    programme_id: int
    providers: list[Opened]
    treasury: Treasury
    counting: Counting
    rng: random.Random = field(default_factory=lambda: random.Random(18))
    purses: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    favourites: dict[int, list[Opened]] = field(default_factory=dict)
    towns: dict[int, str] = field(default_factory=dict)
    redemptions: int = 0

    def __post_init__(self) -> None:
        """Open the desk at which everything is brought."""
        self.desk = Desk(self.engine, self.vault, standing_seconds=86_400)

    def tell(
        self,
        newcomers: list[Newcomer],
        first_day: date,
        now: datetime,
        workshops: Workshops,
    ) -> None:
        """Play every day from the first to the present moment."""
        last_day = now.astimezone(ZONE).date()
        coming = defaultdict(list)
        for newcomer in newcomers:
            coming[newcomer.comes_on].append(newcomer)
        undecided = {id(newcomer) for newcomer in newcomers[-WAITING_REQUESTS:]}
        for day in _days(first_day, last_day):
            morning = _at(day, time(9))
            if coming[day]:
                self._welcome(coming[day], undecided, morning)
            if day == first_day + timedelta(days=27) or day.day in ISSUES_ON:
                self._issue(day, morning)
            if day.day == 5:
                self._month_end(morning)
            self.treasury.morning(day, morning)
            workshops.morning(day, morning, sorted(self.purses))
            self.counting.morning(day, morning)
            self._spend(day, now)
        self.treasury.last_morning(now)

    def _welcome(self, people: list[Newcomer], undecided: set[int], now: datetime) -> None:
        with Session(self.engine) as db, unit_of_work(db):
            opened = households.open_files(
                db, self.operator, [newcomer.file for newcomer in people], now
            )
            asked = [
                entitlements.request(
                    db,
                    file.parent_id,
                    self.programme_id,
                    requested_on=newcomer.comes_on,
                    actor=self.operator,
                    now=now,
                )
                for file, newcomer in zip(opened, people, strict=True)
            ]
            granted = [
                entitlement
                for entitlement, newcomer in zip(asked, people, strict=True)
                if id(newcomer) not in undecided
            ]
            if granted:
                entitlements.grant(db, granted, actor=self.operator, now=now)
        for file, newcomer in zip(opened, people, strict=True):
            self.towns[file.parent_id] = newcomer.file.details.town

    def _issue(self, day: date, now: datetime) -> None:
        with Session(self.engine) as db:
            issue_period(db, self.programme_id, day, vault=self.vault, actor=self.operator, now=now)
            rows = db.execute(
                select(Voucher.parent_id, Voucher.code_sealed).where(
                    Voucher.issued_at == now, Voucher.programme_id == self.programme_id
                )
            )
            for parent_id, sealed in rows:
                self.purses[parent_id].append(self.vault.open(sealed))

    def _spend(self, day: date, now: datetime) -> None:
        for parent_id, purse in self.purses.items():
            # Some parents hardly dare to use theirs: these lapse, and that is the number to see.
            eager = 0.25 if parent_id % 5 == 0 else 1.0
            if purse and self.rng.random() < _SPENDS_A_DAY * eager:
                moment = _at(day, time(self.rng.randrange(9, 20), self.rng.randrange(60)))
                if moment < now:
                    self._visit(parent_id, purse, day, moment)

    def _visit(self, parent_id: int, purse: list[str], day: date, moment: datetime) -> None:
        provider = self._favourite(parent_id)
        category = self.rng.choice(provider.categories)
        if self.rng.randrange(1000) < REFUSED_IN_A_THOUSAND:
            self._be_refused(provider, purse, category, day, moment)
            return
        count = min(len(purse), self.rng.choice((1, 1, 2, 2, 3)))
        codes = [purse.pop(0) for _ in range(count)]
        self.redemptions += 1
        redemption_id = UUID(int=(0x2022 << 96) + self.redemptions)
        brought = Brought(redemption_id, codes, _service(category, count, day))
        try:
            self.desk.redeem(provider.device_id, brought, now=moment)
        except DomainError:
            return  # lapsed in the parent's drawer, or blocked: the desk has kept the refusal
        if self.rng.randrange(1000) < REVERSED_IN_A_THOUSAND:
            self._take_back(redemption_id, provider, moment)
            purse[:0] = codes

    def _favourite(self, parent_id: int) -> Opened:
        if parent_id not in self.favourites:
            near = [one for one in self.providers if one.town == self.towns[parent_id]]
            anywhere = self.rng.sample(self.providers, 2)
            self.favourites[parent_id] = (near or anywhere)[:2] + anywhere[:1]
        return self.rng.choice(self.favourites[parent_id])

    def _be_refused(
        self,
        provider: Opened,
        purse: list[str],
        category: Category,
        day: date,
        moment: datetime,
    ) -> None:
        self.redemptions += 1
        wrong = self.rng.choice(("mistyped", "more than it costs", "tomorrow"))
        code = purse[0]
        if wrong == "mistyped":
            code = code[:-2] + code[-1] + code[-2] if code[-1] != code[-2] else code[:-1]
        service = _service(category, 1, day)
        if wrong == "more than it costs" and service.minutes:
            service = Service(category, day, 10, None, Cents(0))
        elif wrong == "tomorrow":
            service = _service(category, 1, day + timedelta(days=1))
        with suppress(DomainError):
            self.desk.redeem(
                provider.device_id,
                Brought(UUID(int=(0x2022 << 96) + self.redemptions), [code], service),
                now=moment,
            )

    def _take_back(self, redemption_id: UUID, provider: Opened, moment: datetime) -> None:
        with Session(self.engine) as db, unit_of_work(db):
            if self.rng.random() < 0.7:
                undo(
                    db,
                    redemption_id,
                    provider_id=provider.id,
                    actor=actors.device(provider.device_id),
                    now=moment + timedelta(hours=1),
                )
                return
            reverse_by_operator(
                db,
                redemption_id,
                motive="Séance annulée le jour même, signalée par téléphone.",
                actor=self.operator,
                now=moment + timedelta(hours=20),
            )

    def _month_end(self, now: datetime) -> None:
        with Session(self.engine) as db:
            while True:
                with unit_of_work(db):
                    if not expire_some(db, actor=self.operator, now=now):
                        break
            self._odd_jobs(db, now)
        self.treasury.month_end(now)

    def _odd_jobs(self, db: Session, now: datetime) -> None:
        """What happens to a few vouchers each month: lost, found again, given more time."""
        open_ones = list(
            db.scalars(
                select(Voucher.id)
                .where(Voucher.state == VoucherState.ISSUED, Voucher.blocked_at.is_(None))
                .order_by(Voucher.id)
            )
        )
        if len(open_ones) < 100:
            return
        lost, extended, cancelled = self.rng.sample(open_ones, 3)
        last_day = db.scalars(select(Voucher.last_day).where(Voucher.id == extended)).one()
        with unit_of_work(db):
            vouchers.block(db, lost, motive="Carnet perdu.", actor=self.operator, now=now)
            vouchers.extend(
                db,
                extended,
                last_day=last_day + timedelta(days=60),
                motive="Hospitalisation du parent.",
                actor=self.operator,
                now=now,
            )
            vouchers.cancel(
                db, cancelled, motive="Émis en double à la main.", actor=self.operator, now=now
            )


def _days(first_day: date, last_day: date) -> Iterator[date]:
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, ZONE)


def _service(category: Category, count: int, day: date) -> Service:
    """Return a service long enough for that many vouchers."""
    if category is Category.WELL_BEING:
        return Service(category, day, None, 1 + count // 3, Cents(0))
    return Service(category, day, 60 * count, None, Cents(0))
