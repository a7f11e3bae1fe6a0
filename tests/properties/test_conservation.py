"""Whatever happens in whatever order, every balance agrees with its rows, after every step."""

import contextlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, checks
from repit.domain.cards.gateway import Way
from repit.domain.categories import Category
from repit.domain.errors import DomainError
from repit.domain.ledger.models import Transfer
from repit.domain.ledger.queries import fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes.models import Fund
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.reverse import reverse_by_operator, undo
from repit.domain.redemptions.rules import Service
from repit.domain.settlements import by_hand, export, repaying
from repit.domain.settlements.accounts import account_in_force
from repit.domain.settlements.approve import approve
from repit.domain.settlements.composing import debts
from repit.domain.settlements.errors import WrongBatchState
from repit.domain.settlements.following import follow
from repit.domain.settlements.giving_up import discard, leave_out
from repit.domain.settlements.models import Payout, PayoutBatch, Repayment
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.settle import settle
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.models import Voucher
from repit.domain.vouchers.present import present
from repit.integrations import sepa
from tests import cast
from tests.cast import NOON, OPERATOR, VAULT
from tests.domain.settlements import paying
from tests.domain.settlements.paying import ODILE, PAUL, an_account
from tests.properties.family_rules import Families
from tests.properties.told_by_rows import families_by_rows, told_by_rows

some = st.integers(0, 50)
REFUSALS = contextlib.suppress(DomainError)


class Conservation(Families):
    """One town, one fund, two parents, two providers; the clock only goes forward."""

    engine: Engine

    @initialize()
    def open_town(self) -> None:
        self.db = Session(self.engine)
        funder = cast.a_funder(self.db, f"Financeur {next(cast.numbers)}")
        self.programme = cast.a_programme(
            self.db, pair_month_vouchers=6, grace_days=10, share_online=True
        )
        self.fund = cast.a_fund(self.db, self.programme, funder_id=funder, cents=20_000)
        self.parents = [cast.a_parent(self.db, name) for name in ("Amina", "Chloé")]
        self.providers = [cast.a_provider(self.db, name) for name in ("Roseraie", "Tilleul")]
        an_account(self.db, programme_id=self.programme, iban=paying.IBANS[1])
        self.desk = Desk(self.engine, VAULT)
        self.codes: list[str] = []
        self.taken: list[tuple[int, list[str], int, Service]] = []
        self.now = NOON
        self.open_stripe()
        self.open_nursery()

    @rule(cents=st.integers(1, 30_000))
    def fund_gets_money(self, cents: int) -> None:
        cast.money_arrives(self.db, self.fund, cents)

    @rule(parent=some, count=st.integers(1, 5), days=st.integers(1, 40))
    def issue(self, parent: int, count: int, days: int) -> None:
        left = fund_numbers(self.db, [self.fund])[self.fund].available
        self.db.rollback()
        if left < count * 1_000:
            return
        self.codes += cast.vouchers_for(
            self.db,
            self.parents[parent % 2],
            self.fund,
            vouchers=count,
            last_day=self.today + timedelta(days=days),
            grace_days=10,
        )

    def promise_everything(self) -> None:
        left = fund_numbers(self.db, [self.fund])[self.fund].available
        self.db.rollback()
        self.issue(parent=0, count=left // 1_000, days=30)

    @rule(parent=some, count=st.integers(1, 3))
    def show_a_code(self, parent: int, count: int) -> None:
        with REFUSALS, unit_of_work(self.db):
            shown = present(
                self.db,
                self.parents[parent % 2],
                self.programme,
                vouchers=count,
                vault=VAULT,
                now=self.now,
            )
            self.codes.append(shown.code)

    @rule(which=st.lists(some, min_size=1, max_size=3), provider=some, hours=st.integers(1, 3))
    def redeem(self, which: list[int], provider: int, hours: int) -> None:
        if not self.codes:
            return
        codes = [self.codes[-1 - place % len(self.codes)] for place in which]
        service = Service(Category.BABYSITTING, self.today, 60 * hours, None, Cents(0))
        self.taken.append((next(cast.numbers), codes, provider % 2, service))
        self._bring(self.taken[-1])

    @rule(which=some)
    def send_it_again(self, which: int) -> None:
        if self.taken:
            self._bring(self.taken[which % len(self.taken)])

    @rule(which=some, by_operator=st.booleans())
    def take_back(self, which: int, by_operator: bool) -> None:  # noqa: FBT001
        if not self.taken:
            return
        number, _, provider, _ = self.taken[which % len(self.taken)]
        found: dict[str, Any] = {"now": self.now}
        with REFUSALS, unit_of_work(self.db):
            if by_operator:
                reverse_by_operator(
                    self.db, cast.redemption_id(number), motive="Erreur", actor=OPERATOR, **found
                )
            else:
                whom = self.providers[provider]
                undo(
                    self.db,
                    cast.redemption_id(number),
                    provider_id=whom.id,
                    actor=actors.device(whom.device_id),
                    **found,
                )

    @rule(which=some, verb=st.sampled_from([vouchers.block, vouchers.unblock, vouchers.cancel]))
    def change(self, which: int, verb: Any) -> None:
        ours = Voucher.fund_id == self.fund
        ids = list(self.db.scalars(select(Voucher.id).where(ours).order_by(Voucher.id)))
        self.db.rollback()
        if ids:
            with REFUSALS, unit_of_work(self.db):
                verb(self.db, ids[which % len(ids)], motive="Perdu", actor=OPERATOR, now=self.now)

    @rule(provider=some)
    def pay_by_hand(self, provider: int) -> None:
        whom = self.providers[provider % 2].id
        parts = by_hand.due_by_hand(self.db, whom, self.now)
        self.db.rollback()
        with REFUSALS, unit_of_work(self.db):
            by_hand.record_payout(
                self.db,
                whom,
                seen=Cents(sum(part.amount for part in parts)),
                paid_on=self.today,
                reference=f"VIR {next(cast.numbers)}",
                actor=OPERATOR,
                now=self.now,
            )

    @rule(provider=some)
    def give_an_account(self, provider: int) -> None:
        """From then on this provider is paid by file."""
        whom = self.providers[provider % 2].id
        if account_in_force(self.db, provider_id=whom, now=self.now) is None:
            iban = paying.IBANS[provider % 4]
            an_account(self.db, provider_id=whom, iban=iban)
        self.db.rollback()

    @rule(back=st.integers(0, 4))
    def draft_a_batch(self, back: int) -> None:
        with REFUSALS, unit_of_work(self.db):
            settle(
                self.db,
                self.programme,
                cut_off=self.now - timedelta(days=back),
                actor=ODILE,
                now=self.now,
            )

    @rule(which=some, what=st.sampled_from(["approve", "discard", "leave_out"]))
    def decide(self, which: int, what: str) -> None:
        drafted = self._one(which, PayoutBatch.state == "drafted")
        if drafted is None:
            return
        left = self._payouts(drafted)
        with REFUSALS, unit_of_work(self.db):
            if what == "approve":
                day = next_pay_day(self.today)
                approve(self.db, drafted, requested_on=day, actor=PAUL, now=self.now)
            elif what == "discard":
                discard(self.db, drafted, motive="Trop tôt", actor=PAUL, now=self.now)
            else:
                name = left[which % len(left)]
                leave_out(self.db, drafted, name, motive="Doute", actor=PAUL, now=self.now)

    @rule(which=some, send=st.booleans())
    def write_the_file(self, which: int, send: bool) -> None:  # noqa: FBT001
        approved = self._one(which, PayoutBatch.state.in_(["approved", "exported", "sent"]))
        if approved is None:
            return
        with contextlib.suppress(WrongBatchState):
            written = sepa.written(export.order_of(self.db, approved))
            self.db.rollback()
            with unit_of_work(self.db):
                export.keep_file(self.db, approved, written, actor=PAUL, now=self.now)
        self.db.rollback()
        if send:
            with REFUSALS, unit_of_work(self.db):
                export.mark_sent(self.db, approved, actor=PAUL, now=self.now)

    @rule(
        which=some,
        payout=some,
        result=st.sampled_from(Result),
        whole=st.booleans(),
        reference=st.sampled_from([None, "A", "B"]),
    )
    def bank_says(
        self,
        which: int,
        payout: int,
        result: Result,
        whole: bool,  # noqa: FBT001
        reference: str | None,
    ) -> None:
        """Anything, of any payout or any file, in any order."""
        batch = self._one(which, PayoutBatch.id > 0)
        if batch is None:
            return
        names = self._payouts(batch)
        message = self.db.get_one(PayoutBatch, batch).public_id
        self.db.rollback()
        outcome = Outcome(
            result,
            end_to_end_id=None if whole or not names else names[payout % len(names)],
            message_id=message,
            reason="MS03",
            bank_reference=reference,
        )
        with unit_of_work(self.db):
            follow(self.db, outcome, actor=PAUL, now=self.now)

    @rule(provider=some, count=st.integers(1, 3), way=st.sampled_from(repaying.Way))
    def settle_a_debt(self, provider: int, count: int, way: repaying.Way) -> None:
        """A debt of a provider is paid by a transfer of its own, or given up: so it is said."""
        whom = self.providers[provider % 2].id
        owed = debts(self.db, provider_ids=[whom])[:count]
        self.db.rollback()
        said = repaying.Said(
            way,
            frozenset(one.redemption_id for one in owed),
            Cents(sum(one.amount for one in owed)),
            received_on=self.today,
            reference=f"RENDU {next(cast.numbers)}",
            motive="Introuvable",
        )
        with REFUSALS, unit_of_work(self.db):
            repaying.ask(self.db, whom, said, actor=ODILE, now=self.now)

    @rule(provider=some, confirms=st.booleans())
    def decide_a_debt(self, provider: int, confirms: bool) -> None:  # noqa: FBT001
        whom = self.providers[provider % 2].id
        asked = Repayment.state == "asked", Repayment.provider_id == whom
        first = select(Repayment.public_id).where(*asked).order_by(Repayment.id).limit(1)
        name = self.db.scalar(first) or ""
        self.db.rollback()
        decide = repaying.confirm if confirms else repaying.discard
        with REFUSALS, unit_of_work(self.db):
            decide(self.db, name, provider_id=whom, actor=PAUL, now=self.now)

    def _one(self, which: int, wanted: Any) -> int | None:
        """Return one of this programme's batches."""
        ours = PayoutBatch.programme_id == self.programme
        mine = select(PayoutBatch.id).where(ours, wanted).order_by(PayoutBatch.id)
        found = list(self.db.scalars(mine))
        self.db.rollback()
        return found[-1 - which % len(found)] if found else None

    def _payouts(self, batch_id: int) -> list[str]:
        within = select(Payout.public_id).where(Payout.batch_id == batch_id).order_by(Payout.id)
        names = list(self.db.scalars(within))
        self.db.rollback()
        return names

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        with unit_of_work(self.db):
            expire_some(self.db, actor=OPERATOR, now=self.now)

    @invariant()
    def the_books_agree(self) -> None:
        with self.engine.connect() as connection:
            assert list(checks.drifts(connection)) == []

    @invariant()
    def every_cent_is_somewhere(self) -> None:
        """In each fund alone, and in the programme as its rows tell it, families' fund included."""
        of_families = select(Fund.id, Fund.funder_id).where(Fund.programme_id == self.programme)
        funds = {fund: funder is None for fund, funder in self.db.execute(of_families)}
        numbers = fund_numbers(self.db, funds)
        for one in numbers.values():
            parts = one.available + one.committed + one.due + one.in_transit + one.paid
            assert one.funded == parts + one.returned - one.lost
        told = told_by_rows(self.db, self.programme)
        for number, amount in asdict(told).items():
            assert sum(getattr(one, number) for one in numbers.values()) == amount, number
        families = families_by_rows(self.db, self.programme)
        self.db.rollback()
        kept_for_families = [numbers[fund] for fund, is_theirs in funds.items() if is_theirs]
        for fund in kept_for_families:
            assert fund.funded == families.paid
            assert (fund.committed, fund.returned) == (families.kept, families.given_back)
            assert fund.due + fund.in_transit + fund.paid == families.passed_on
            assert (fund.available, fund.lost) == (0, 0)
        assert kept_for_families or not families.paid

    @property
    def today(self) -> date:
        return self.now.date()

    def _bring(self, taken: tuple[int, list[str], int, Service]) -> None:
        number, codes, provider, service = taken
        moment: datetime = self.now
        with REFUSALS:
            self.desk.redeem(
                self.providers[provider].device_id,
                Brought(cast.redemption_id(number), codes, service),
                now=moment,
            )

    def teardown(self) -> None:
        self.db.close()


def test_the_books_agree_after_every_step(engine: Engine) -> None:
    class Here(Conservation):
        pass

    Here.engine = engine
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8,
            stateful_step_count=35,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_kind_of_movement_leaves_the_books_even(engine: Engine) -> None:
    """The random walks need not meet every movement; this one does, step by step."""

    class Here(Conservation):
        pass

    Here.engine = engine
    town = Here()
    steps: list[Callable[[], Any]] = [
        town.open_town,
        lambda: town.issue(parent=0, count=5, days=30),
        lambda: town.redeem(which=[0], provider=0, hours=1),
        lambda: town.take_back(which=0, by_operator=False),
        lambda: town.redeem(which=[1, 2], provider=0, hours=2),
        lambda: town.change(which=0, verb=vouchers.cancel),
        lambda: town.time_passes(days=3),
        lambda: town.pay_by_hand(provider=0),
        lambda: town.give_an_account(provider=0),
        # Paid, reversed on its way, refused; paid again, settled, reversed, recovered, sent back.
        *_paid_by_file(town, hours=1),
        lambda: town.take_back(which=-1, by_operator=True),
        lambda: town.bank_says(0, 0, Result.REJECTED, whole=False, reference=None),
        *_paid_by_file(town, hours=1),
        lambda: town.bank_says(0, 0, Result.SETTLED, whole=True, reference=None),
        lambda: town.take_back(which=-1, by_operator=True),
        *_paid_by_file(town, hours=2),
        lambda: town.bank_says(0, 0, Result.SETTLED, whole=True, reference=None),
        lambda: town.bank_says(0, 0, Result.RETURNED, whole=False, reference=None),
        # Paid, reversed, and owed back: repaid; then given up, and the payment comes back.
        *_paid_by_file(town, hours=1),
        lambda: town.bank_says(0, 0, Result.SETTLED, whole=True, reference=None),
        lambda: town.take_back(which=-1, by_operator=True),
        lambda: town.settle_a_debt(provider=0, count=3, way=repaying.Way.TRANSFER),
        lambda: town.decide_a_debt(provider=0, confirms=True),
        *_paid_by_file(town, hours=1),
        lambda: town.bank_says(0, 0, Result.SETTLED, whole=True, reference=None),
        lambda: town.take_back(which=-1, by_operator=True),
        lambda: town.settle_a_debt(provider=0, count=3, way=repaying.Way.WRITTEN_OFF),
        lambda: town.decide_a_debt(provider=0, confirms=True),
        lambda: town.cover_what_is_missing(share=50),
        lambda: town.bank_says(0, 0, Result.RETURNED, whole=False, reference=None),
        # Families pay online: one goes on with the payout, comes back from it, is owed back; one
        # goes back to its family, whose card refuses it.
        lambda: town.book_care(parent=0, share=200, both=True, ahead=2),
        lambda: town.family_pays(which=0, told=True),
        lambda: town.care_is_given(which=0),
        *_sent_to_the_bank(town),
        lambda: town.bank_says(0, 0, Result.REJECTED, whole=True, reference=None),
        *_sent_to_the_bank(town),
        lambda: town.bank_says(0, 0, Result.SETTLED, whole=True, reference=None),
        lambda: town.take_care_back(which=0, by_operator=True),
        lambda: town.book_care(parent=1, share=250, both=False, ahead=9),
        lambda: town.family_pays(which=0, told=True),
        lambda: town.cancel_care(which=0, by_service=True),
        lambda: town.shares_go_back(answered=True),
        lambda: town.a_refund_fails(which=0),
        # Paid online, promised on, taken back; a part covered, the rest won again.
        lambda: town.pay_online(cents=6_000, way=Way.SEPA_DEBIT, wins=True),
        town.promise_everything,
        lambda: town.take_a_payment_back(which=0, told=True),
        lambda: town.cover_what_is_missing(share=50),
        lambda: town.decide_a_dispute(which=0, won=True),
        lambda: town.time_passes(days=60),
        # What lapsed goes back: as far as payments reach by them, and the rest by bank.
        lambda: town.pay_online(cents=900, way=Way.CARD, wins=True),
        lambda: town.give_what_is_left_back(online=True),
        lambda: town.a_funders_refund_fails(which=0),
        lambda: town.give_what_is_left_back(online=False),
    ]
    try:
        for step in steps:
            step()
            town.the_books_agree()
            town.every_cent_is_somewhere()
    finally:
        town.teardown()

    with engine.connect() as connection:
        happened = set(connection.scalars(select(Transfer.kind).distinct()))
    assert happened >= {
        "fund", "issue", "redeem", "reverse", "expire", "cancel", "batch", "settle", "reject",
        "bounce", "recover", "dispute", "cover", "return", "share_in", "share_due", "share_undo",
        "share_back", "repay", "write_off",
    }  # fmt: skip


def _paid_by_file(town: Conservation, hours: int) -> list[Callable[[], Any]]:
    """Take as many vouchers as hours cost, and send a batch with them to the bank."""
    vouchers = 2 * hours
    return [
        lambda: town.issue(parent=1, count=vouchers, days=30),
        lambda: town.redeem(which=list(range(vouchers)), provider=0, hours=hours),
        *_sent_to_the_bank(town),
    ]


def _sent_to_the_bank(town: Conservation) -> list[Callable[[], Any]]:
    return [
        lambda: town.time_passes(days=3),
        lambda: town.draft_a_batch(back=0),
        lambda: town.decide(which=0, what="approve"),
        lambda: town.write_the_file(which=0, send=True),
    ]
