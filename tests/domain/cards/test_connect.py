"""Providers paid at Stripe: from our balance, once, and by bank when that is refused."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards import connect
from repit.domain.cards.connect_queries import account_of, some_wait, transfers_of
from repit.domain.cards.errors import StripeUnreachable
from repit.domain.cards.task import send_transfers
from repit.domain.errors import NoSuchObject
from repit.domain.settlements import export
from repit.integrations import sepa
from repit.integrations.stripe_stand_in.client import REPLY_LOST
from tests.cast import AProvider
from tests.domain.cards.scene import Scene
from tests.domain.settlements import paying
from tests.domain.settlements.paying import LATER, ODILE, PAUL, Stage


@dataclass
class Both:
    """The providers' side of the money, and Stripe."""

    stage: Stage
    scene: Scene

    @property
    def db(self) -> Session:
        return self.stage.db

    def onboards(self, provider: AProvider) -> str:
        """Let a provider choose Stripe and say who it is there."""
        with unit_of_work(self.db):
            chosen = connect.choose(self.db, provider.id, actor=ODILE, now=LATER)
        account = self.scene.stripe.open_account(
            email=chosen.email, country=chosen.country, name=chosen.public_id
        )
        with unit_of_work(self.db):
            connect.opened(self.db, chosen.public_id, account)
        self.scene.hear(*self.scene.town.onboard(account))
        return account

    def approved(self) -> int:
        batch_id = paying.draft(self.stage)
        with unit_of_work(self.db):
            connect.choose_ways(self.db, batch_id, actor=PAUL, now=LATER)
        paying.approved(self.stage, batch_id)
        return batch_id

    def send(self) -> dict[str, int]:
        self.db.rollback()
        return send_transfers(self.scene.job(), self.scene.stripe)

    def state(self, batch_id: int, provider: AProvider) -> str:
        return paying.payout_of(self.stage, batch_id, provider).state


@pytest.fixture
def both(db: Session) -> Both:
    stage = paying.a_stage(db)
    both = Both(stage, Scene(db, now=LATER))
    paying.takes(stage, stage.roseraie, vouchers=3)
    paying.takes(stage, stage.tilleul, vouchers=2)
    return both


def test_a_provider_who_said_who_it_is_can_be_paid(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    shown = account_of(both.db, both.stage.roseraie.id)
    assert shown is not None
    assert shown.can_be_paid


def test_choosing_twice_is_one_account(both: Both) -> None:
    with unit_of_work(both.db):
        first = connect.choose(both.db, both.stage.roseraie.id, actor=ODILE, now=LATER)
    with unit_of_work(both.db):
        assert connect.choose(both.db, both.stage.roseraie.id, actor=ODILE, now=LATER) == first


def test_one_goes_by_stripe_and_the_other_by_the_file(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    both.scene.town.top_up(10_000)
    batch_id = both.approved()
    order = export.order_of(both.db, batch_id)
    assert [line.amount for line in order.lines] == [2_000]
    assert both.send() == {"sent": 1}
    assert both.state(batch_id, both.stage.roseraie) == "settled"
    assert both.scene.town.balance() == 7_000
    written = sepa.written(order)
    both.db.rollback()
    with unit_of_work(both.db):
        export.keep_file(both.db, batch_id, written, actor=PAUL, now=LATER)
    assert paying.batch(both.stage, batch_id).state == "exported"
    assert both.state(batch_id, both.stage.tilleul) == "approved"
    paying.the_books_agree(both.stage)


def test_a_batch_that_goes_whole_by_stripe_is_over_when_it_is_sent(both: Both) -> None:
    for provider in (both.stage.roseraie, both.stage.tilleul):
        both.onboards(provider)
    both.scene.town.top_up(10_000)
    batch_id = both.approved()
    assert both.send() == {"sent": 2}
    assert paying.batch(both.stage, batch_id).state == "over"
    paying.the_books_agree(both.stage)


def test_a_balance_too_small_is_shown_and_tried_again(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    batch_id = both.approved()
    for _ in range(2):
        assert both.send() == {"short": 1}
    [shown] = transfers_of(both.db, batch_id)
    assert (shown.state, shown.reason) == ("short", "balance_insufficient")
    assert some_wait(both.db, LATER)
    both.scene.town.top_up(3_000)
    assert both.send() == {"sent": 1}
    assert not some_wait(both.db, LATER)
    paying.the_books_agree(both.stage)


def test_an_answer_that_is_lost_pays_once(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    both.scene.town.top_up(10_000)
    batch_id = both.approved()
    both.scene.line.troubles[:] = [REPLY_LOST] * 3
    with pytest.raises(StripeUnreachable):
        both.send()
    assert both.state(batch_id, both.stage.roseraie) == "approved"
    assert both.send() == {"sent": 1}
    assert both.send() == {}
    assert both.scene.town.balance() == 7_000
    paying.the_books_agree(both.stage)


def test_what_stripe_refuses_is_payable_again(both: Both) -> None:
    account = both.onboards(both.stage.roseraie)
    both.scene.town.top_up(10_000)
    batch_id = both.approved()
    both.scene.town.suspend(account)
    assert both.send() == {"refused": 1}
    assert both.state(batch_id, both.stage.roseraie) == "rejected"
    assert transfers_of(both.db, batch_id)[0].reason == "insufficient_capabilities_for_transfer"
    paying.the_books_agree(both.stage)


def test_a_transfer_taken_back_is_payable_again(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    both.scene.town.top_up(10_000)
    batch_id = both.approved()
    both.send()
    payout = paying.payout_of(both.stage, batch_id, both.stage.roseraie).public_id
    name, amount = connect.to_reverse(both.db, payout)
    both.scene.stripe.reverse_transfer(name, amount, name=payout)
    [event] = both.scene.town.tell("transfer.reversed", "transfer")
    both.db.rollback()
    assert both.scene.hear(event)[0].state == "applied"
    assert both.state(batch_id, both.stage.roseraie) == "rejected"
    with pytest.raises(NoSuchObject):
        connect.to_reverse(both.db, payout)
    paying.the_books_agree(both.stage)


def test_whoever_leaves_stripe_is_paid_by_bank_again(both: Both) -> None:
    both.onboards(both.stage.roseraie)
    with unit_of_work(both.db):
        connect.stop(both.db, both.stage.roseraie.id, actor=ODILE, now=LATER)
    both.db.rollback()
    batch_id = both.approved()
    assert transfers_of(both.db, batch_id) == []


def test_an_account_of_somebody_else_waits_for_a_look(both: Both) -> None:
    stranger = both.scene.stripe.open_account(email=None, country="FR", name="autre")
    heard = both.scene.hear(*both.scene.town.onboard(stranger))
    assert heard[0].state == "waiting"
