"""Whatever happens, statements and books say exactly what the ledger says, after every step."""

from collections import Counter
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import Engine, func, select

from repit.domain.accounting import queries as books
from repit.domain.accounting.annual import NOTHING, year_account, years
from repit.domain.accounting.journal import entries
from repit.domain.ledger.models import Account
from repit.domain.ledger.queries import owed_to
from repit.domain.periods import Period
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.settlements.models import POSTED, Payout
from repit.domain.settlements.statements import open_account, statement, statements
from tests.properties.test_conservation import Conservation

EVER = Period(date(2026, 1, 1), date(2031, 12, 31))
ZONE = "Europe/Paris"


class Accounts(Conservation):
    """The same town; who reads its papers finds the ledger in them."""

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
        for account in self.db.scalars(select(Account).where(Account.fund_id == self.fund)):
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
            select(func.coalesce(func.sum(Redemption.amount_cents), 0))
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
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
