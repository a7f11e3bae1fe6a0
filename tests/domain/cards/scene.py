"""A fund, a promise, and both ends of the line to Stripe."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.actors import job
from repit.domain.cards import payments
from repit.domain.cards.events import TakenIn, take_in
from repit.domain.cards.gateway import CheckoutAsked, Way
from repit.domain.cards.models import OnlinePayment, StripeEvent
from repit.domain.checks import drifts
from repit.domain.jobs.worker import JobContext
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.models import Contribution
from repit.domain.programmes.rules import Promise
from repit.domain.settlements.by_hand import record_payout
from repit.integrations.stripe_payments import StripePayments
from repit.integrations.stripe_stand_in import KEY, WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.client import StandInClient
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Town
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.domain.redemptions.taking import take

Event = dict[str, Any]


@dataclass
class Scene:
    """Plain ways to pay, and to let Stripe tell what happened."""

    db: Session
    now: datetime = NOON
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        self.line = StandInClient(self.shelf, KEY, moment=lambda: self.now)
        self.stripe = StripePayments(KEY, WEBHOOK_SECRET, self.line)
        self.town = Town(self.shelf, WEBHOOK_SECRET, moment=lambda: self.now)
        self.programme = cast.a_programme(self.db)
        self.funder = cast.a_funder(self.db, f"Financeur {next(cast.numbers)}")
        self.fund = cast.a_fund(self.db, self.programme, cents=0, funder_id=self.funder)

    def promise(self, cents: int = 100_000) -> str:
        with unit_of_work(self.db):
            return contributions.promise(
                self.db, self.fund, Promise(Cents(cents)), actor=OPERATOR, now=self.now
            )

    def ask(self, contribution: str, way: Way = Way.CARD) -> str:
        """Ask for a page, and return Stripe's name for it."""
        with unit_of_work(self.db):
            asked = payments.ask(self.db, contribution, way, actor=OPERATOR, now=self.now)
        page = self.stripe.open_checkout(
            CheckoutAsked(
                asked.public_id,
                asked.amount,
                way,
                "Versement",
                "https://repit.example/",
                "https://repit.example/",
                asked.expires_at,
            )
        )
        with unit_of_work(self.db):
            payments.opened(self.db, asked.public_id, page)
        return page.session_id

    def hear(self, *events: Event) -> list[TakenIn]:
        """Let events come in, signed at this moment, each in a change of its own."""
        heard = []
        for event in events:
            sent = self.town.signed(event)
            happening = self.stripe.read_event(sent.body, sent.signature, now=self.now)
            with unit_of_work(self.db):
                heard.append(take_in(self.db, happening, now=self.now))
        return heard

    def paid(self, contribution: str, way: Way = Way.CARD) -> str:
        """Pay, let it be known, and return Stripe's name for the payment."""
        session = self.ask(contribution, way)
        self.hear(*self.town.pay(session))
        if way is not Way.CARD:
            self.hear(*self.town.settle(session))
        return self.intent(session)

    def intent(self, session: str) -> str:
        return str(self.town.session(session)["payment_intent"])

    def payment(self, session: str) -> OnlinePayment:
        self.db.rollback()
        return self.db.scalars(
            select(OnlinePayment).where(OnlinePayment.session_id == session)
        ).one()

    def numbers(self) -> FundNumbers:
        self.db.rollback()
        return fund_numbers(self.db, [self.fund])[self.fund]

    def events(self) -> list[StripeEvent]:
        self.db.rollback()
        return list(self.db.scalars(select(StripeEvent).order_by(StripeEvent.id)))

    def spend(self, cents: int) -> None:
        """Promise some of the fund's money on, in vouchers of ten euros."""
        parent = cast.a_parent(self.db, "Amina")
        cast.vouchers_for(self.db, parent, self.fund, vouchers=cents // 1_000)

    def spend_and_pay(self, cents: int) -> None:
        """Let all of it be taken by a provider, and paid."""
        amina, roseraie = cast.a_parent(self.db, "Amina"), cast.a_provider(self.db, per_hour=10_000)
        count = cents // 1_000
        codes = cast.vouchers_for(self.db, amina, self.fund, vouchers=count)
        self.db.close()
        engine = self.db.get_bind()
        assert isinstance(engine, Engine)
        for start in range(0, count, 10):
            take(engine, roseraie, codes[start : start + 10], next(cast.numbers), now=self.now)
        self.later(days=4)
        with unit_of_work(self.db):
            record_payout(
                self.db,
                roseraie.id,
                seen=Cents(cents),
                paid_on=self.now.date(),
                reference="VIR-1",
                actor=OPERATOR,
                now=self.now,
            )

    def contribution_id(self, public_id: str) -> int:
        self.db.rollback()
        return self.db.scalars(
            select(Contribution.id).where(Contribution.public_id == public_id)
        ).one()

    def job(self) -> JobContext:
        engine = self.db.get_bind()
        assert isinstance(engine, Engine)
        return JobContext(self.db, engine, 1, {}, job(1), self.now, lambda _done, _total: None)

    def no_drift(self) -> None:
        """Every rule of the books holds."""
        self.db.rollback()
        assert list(drifts(self.db.connection())) == []

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)
