"""What a town's funders do online: pay, have it taken back, win it again; and who covers that."""

import contextlib
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards import refunds
from repit.domain.cards.gateway import Way
from repit.domain.cards.models import OnlinePayment, OnlineRefund
from repit.domain.cards.task import send_refunds
from repit.domain.errors import DomainError
from repit.domain.ledger.queries import fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import funds, shortages
from repit.integrations.stripe_stand_in.refusals import StandInRefusal
from tests.cast import OPERATOR
from tests.domain.cards.scene import Event, Scene

TOO_LATE = contextlib.suppress(StandInRefusal)


class Online(RuleBasedStateMachine):
    """Rules for a machine that has a session, a fund, a clock, and Stripe (`open_stripe`)."""

    db: Session
    fund: int
    now: datetime

    def open_stripe(self) -> None:
        """Bring Stripe to the town's own fund."""
        self.stripe = Scene(self.db, now=self.now)
        self.stripe.fund = self.fund
        self.payments: list[str] = []
        self.disputes: list[str] = []
        self.kept: list[Event] = []

    @rule(cents=st.integers(50, 20_000), way=st.sampled_from(Way), wins=st.booleans())
    def pay_online(self, cents: int, way: Way, wins: bool) -> None:  # noqa: FBT001
        self.stripe.now = self.now
        session = self.stripe.ask(self.stripe.promise(cents), way)
        self._hear(self.stripe.town.pay(session))
        if way is not Way.CARD:
            act = self.stripe.town.settle if wins else self.stripe.town.fail
            self._hear(act(session))
        self.payments.append(self.stripe.intent(session))

    @rule(which=st.integers(0, 20), told=st.booleans())
    def take_a_payment_back(self, which: int, told: bool) -> None:  # noqa: FBT001
        """Stripe tells it now, or with what it tells next."""
        if not self.payments:
            return
        self.stripe.now = self.now
        with TOO_LATE:
            events = self.stripe.town.dispute(self.payments[which % len(self.payments)])
            self.disputes.append(str(events[0]["data"]["object"]["id"]))
            self.kept += events
        if told:
            self._hear([])

    @rule(which=st.integers(0, 20), won=st.booleans())
    def decide_a_dispute(self, which: int, won: bool) -> None:  # noqa: FBT001
        if self.disputes:
            self.stripe.now = self.now
            name = self.disputes.pop(which % len(self.disputes))
            self._hear(self.stripe.town.close_dispute(name, won=won))

    @rule(share=st.integers(1, 100))
    def cover_what_is_missing(self, share: int) -> None:
        short = fund_numbers(self.db, [self.fund])[self.fund].lost
        self.db.rollback()
        amount = Cents(short * share // 100)
        if not amount:
            return
        what: dict[str, Any] = {"motive": "fonds propres", "actor": OPERATOR, "now": self.now}
        with unit_of_work(self.db):
            shortages.cover(self.db, self.fund, amount, **what)

    @rule(online=st.booleans())
    def give_what_is_left_back(self, online: bool) -> None:  # noqa: FBT001
        """Close the fund, give back by the payments it came by or by bank, and open it again."""
        self.stripe.now = self.now
        what: dict[str, Any] = {"motive": "Fin", "actor": OPERATOR, "now": self.now}
        with unit_of_work(self.db):
            funds.close_fund(self.db, self.fund, **what)
        give = refunds.give_back if online else funds.give_back_rest
        with contextlib.suppress(DomainError), unit_of_work(self.db):
            give(self.db, self.fund, **what)
        self._send_refunds()
        with unit_of_work(self.db):
            funds.reopen_fund(self.db, self.fund, **what)

    @rule(which=st.integers(0, 20))
    def a_funders_refund_fails(self, which: int) -> None:
        paid = OnlinePayment.intent_id.in_(self.payments)
        query = select(OnlineRefund.refund_id).join(
            OnlinePayment, OnlinePayment.id == OnlineRefund.payment_id
        )
        sent = list(self.db.scalars(query.where(paid, OnlineRefund.state == "done")))
        self.db.rollback()
        if sent:
            self.stripe.now = self.now
            self._hear(self.stripe.town.fail_refund(str(sent[which % len(sent)])))

    def _send_refunds(self) -> None:
        send_refunds(self.stripe.job(), self.stripe.stripe)
        self.db.rollback()

    def _hear(self, events: list[Event]) -> None:
        """Hear them, the latest first, then whatever was kept back, and the latest again."""
        heard = [*events[::-1], *self.kept, *events[:1]]
        self.kept = []
        self.stripe.hear(*heard)
        self.db.rollback()
