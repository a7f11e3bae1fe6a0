"""Whatever happens, statements and books say exactly what the ledger says, after every step."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, func, select

from repit.domain.accounting import queries as books
from repit.domain.accounting.annual import NOTHING, year_account, years
from repit.domain.accounting.journal import entries
from repit.domain.ledger.models import Account
from repit.domain.ledger.queries import owed_to
from repit.domain.periods import Period
from repit.domain.programmes.models import Fund
from repit.domain.redemptions.models import Redemption, Reversal, share_online
from repit.domain.settlements.models import POSTED, Payout
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.statements import open_account, statement, statements
from tests.domain.settlements import paying
from tests.domain.settlements.paying import Stage
from tests.properties.test_conservation import REFUSALS, Conservation, some

EVER = Period(date(2026, 1, 1), date(2031, 12, 31))
ZONE = "Europe/Paris"
IBAN_OF_THE_PROGRAMME = "FR7630004000031234567890143"


OUTCOMES = (Result.SETTLED, Result.REJECTED, Result.RETURNED)


class Accounts(Conservation):
    """The same town, one provider paid by file: the papers say what the ledger says."""

    @initialize()
    def open_town(self) -> None:
        super().open_town()
        rose, tilleul = self.providers
        paying.an_account(self.db, programme_id=self.programme, iban=IBAN_OF_THE_PROGRAMME)
        paying.an_account(self.db, provider_id=rose.id)
        self.stage = Stage(
            self.db, self.engine, self.programme, self.fund, self.parents[0], [], rose, tilleul
        )

    @rule(days=st.integers(3, 9))
    def send_a_batch(self, days: int) -> None:
        self.now += timedelta(days=days)
        with REFUSALS:
            batch_id = paying.draft(self.stage, cut_off=self.now, now=self.now)
            paying.approved(self.stage, batch_id, now=self.now)
            paying.exported(self.stage, batch_id, now=self.now)
        self.db.rollback()

    @rule(which=some, result=st.sampled_from(OUTCOMES), days=st.integers(0, 3))
    def the_bank_says(self, which: int, result: Result, days: int) -> None:
        sent = select(Payout).where(Payout.batch_id.is_not(None)).order_by(Payout.id)
        payouts = list(self.db.scalars(sent))
        self.now += timedelta(days=days)
        if payouts:
            payout = payouts[which % len(payouts)]
            paying.says(self.stage, result, payout, now=self.now, day=self.today)

    @invariant()
    def statements_and_what_is_due_are_redemptions_less_reversals(self) -> None:
        for provider in self.providers:
            heads = statements(self.db, provider_id=provider.id).items
            for head in heads:
                one = statement(self.db, head.public_id, provider_id=provider.id)
                assert one.total_paid + one.total_recovered == head.amount
                assert len(one.paid) + len(one.recovered) == head.lines
            stated = sum(head.amount for head in heads if head.state in POSTED)
            due, owed_back = open_account(self.db, provider.id)
            still = sum(line.amount for line in (*due, *owed_back))
            assert still == owed_to(self.db, [provider.id]).get(provider.id, 0)
            assert stated == self._paid_out(provider.id)
            assert stated + still == self._taken(provider.id)
        self.db.rollback()

    @invariant()
    def the_books_are_the_ledger(self) -> None:
        chart = books.books(self.db).chart
        found = books.trial_balance(self.db, self.programme, ZONE, EVER, chart)
        stored: Counter[str] = Counter()
        ours = select(Fund.id).where(Fund.programme_id == self.programme)
        for account in self.db.scalars(select(Account).where(Account.fund_id.in_(ours))):
            stored[account.kind] += account.debits_cents - account.credits_cents
        assert {one.kind: one.closing for one in found if one.closing} == {
            kind: amount for kind, amount in stored.items() if amount
        }
        written: Counter[str] = Counter()
        for entry in entries(self.db, self.programme, ZONE, EVER, chart):
            written[entry.account.number] += entry.debit - entry.credit
        assert written == {one.account.number: one.closing for one in found}
        self.db.rollback()

    @invariant()
    def the_year_adds_up_to_what_was_issued(self) -> None:
        accounts = [
            year_account(self.db, self.programme, year) for year in years(self.db, self.programme)
        ]
        still_out = sum((one.total.remaining for one in accounts), NOTHING)
        outstanding = select(func.sum(Account.credits_cents - Account.debits_cents)).where(
            Account.fund_id == self.fund, Account.kind == "outstanding"
        )
        assert still_out.amount == self.db.scalar(outstanding)
        for one in accounts:
            parts = (one.total.paid, one.total.to_pay, one.total.exchanged, one.total.lapsed)
            assert sum(parts, one.total.remaining) == one.total.issued
            assert min(part.vouchers for part in (*parts, one.total.remaining)) >= 0
            assert sum((paid.paid for paid in one.providers), NOTHING) == one.total.paid
        self.db.rollback()

    def _paid_out(self, provider_id: int) -> int:
        found = select(func.coalesce(func.sum(Payout.amount_cents), 0)).where(
            Payout.provider_id == provider_id, Payout.state.in_(POSTED)
        )
        return int(self.db.scalar(found) or 0)

    def _taken(self, provider_id: int) -> int:
        found = (
            select(func.coalesce(func.sum(Redemption.amount_cents + share_online()), 0))
            .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
            .where(Redemption.provider_id == provider_id, Reversal.id.is_(None))
        )
        return int(self.db.scalar(found) or 0)


def test_papers_say_what_the_ledger_says_after_every_step(engine: Engine) -> None:
    class Here(Accounts):
        pass

    Here.engine = engine
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_payout_refused_recovered_and_paid_again_leaves_every_paper_right(
    engine: Engine,
) -> None:
    """The random walks need not meet the long way round; this one takes it, step by step."""

    class Here(Accounts):
        pass

    Here.engine = engine
    town = Here()
    steps: list[Callable[[], Any]] = [
        town.open_town,
        lambda: town.issue(parent=0, count=5, days=40),
        lambda: town.redeem(which=[0], provider=0, hours=1),
        lambda: town.send_a_batch(days=3),
        lambda: town.take_back(which=0, by_operator=True),
        lambda: town.redeem(which=[1, 2, 3], provider=0, hours=3),
        lambda: town.send_a_batch(days=3),
        lambda: town.the_bank_says(which=1, result=Result.SETTLED, days=1),
        lambda: town.the_bank_says(which=0, result=Result.REJECTED, days=1),
        lambda: town.send_a_batch(days=3),
        lambda: town.the_bank_says(which=2, result=Result.SETTLED, days=1),
    ]
    try:
        for step in steps:
            step()
            town.the_books_agree()
            town.statements_and_what_is_due_are_redemptions_less_reversals()
            town.the_books_are_the_ledger()
            town.the_year_adds_up_to_what_was_issued()
        heads = statements(town.db, provider_id=town.providers[0].id).items
        found = [
            (one.state, one.amount, len(statement(town.db, one.public_id).recovered))
            for one in heads
        ]
    finally:
        town.teardown()
    assert found == [("settled", 1_000, 0), ("settled", 2_000, 1), ("rejected", 1_000, 0)]
