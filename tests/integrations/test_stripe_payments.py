"""Stripe's own library, against an imitation that refuses what Stripe refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from repit.domain.cards.errors import (
    EventRefused,
    NotEnoughAtStripe,
    StripeRefused,
    StripeUnreachable,
)
from repit.domain.cards.gateway import CheckoutAsked, Way
from repit.domain.money import Cents
from repit.integrations.stripe_payments import StripePayments
from repit.integrations.stripe_stand_in import KEY, WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.client import BROKEN, REPLY_LOST, UNREACHABLE, StandInClient
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Delivery, Town
from tests.cast import NOON

ASKED = CheckoutAsked(
    name="promesse-1",
    amount=Cents(150_000),
    way=Way.CARD,
    title="Versement RF18 2026",
    success_url="https://repit.example/ok",
    cancel_url="https://repit.example/non",
    expires_at=NOON + timedelta(hours=23),
)


class Stripe:
    """The gateway, and both ends of the line."""

    def __init__(self) -> None:
        self.now = NOON
        shelf = Shelf()
        self.line = StandInClient(shelf, KEY, moment=lambda: self.now)
        self.gateway = StripePayments(KEY, WEBHOOK_SECRET, self.line)
        self.town = Town(shelf, WEBHOOK_SECRET, moment=lambda: self.now)

    def paid(self, asked: CheckoutAsked = ASKED) -> str:
        """Pay, and return the payment's name."""
        session = self.gateway.open_checkout(asked).session_id
        self.town.pay(session)
        if asked.way is not Way.CARD:
            self.town.settle(session)
        return str(self.town.session(session)["payment_intent"])

    def provider(self) -> str:
        account = self.gateway.open_account(email="p@exemple.test", country="FR", name="p1")
        self.town.onboard(account)
        return account


@pytest.fixture
def stripe() -> Stripe:
    return Stripe()


@pytest.mark.parametrize("way", list(Way))
def test_each_way_of_paying_has_a_page(stripe: Stripe, way: Way) -> None:
    opened = stripe.gateway.open_checkout(replace(ASKED, way=way))
    session = stripe.town.session(opened.session_id)
    assert session["amount_total"] == 150_000
    assert session["client_reference_id"] == "promesse-1"
    assert opened.url.endswith(opened.session_id)


def test_the_same_payment_asked_twice_is_one_page(stripe: Stripe) -> None:
    first = stripe.gateway.open_checkout(ASKED)
    assert stripe.gateway.open_checkout(ASKED) == first


def test_a_key_means_one_thing_only(stripe: Stripe) -> None:
    stripe.gateway.open_checkout(ASKED)
    with pytest.raises(StripeRefused) as refusal:
        stripe.gateway.open_checkout(replace(ASKED, amount=Cents(150_001)))
    assert refusal.value.reason == "idempotency"


@pytest.mark.parametrize("trouble", [UNREACHABLE, REPLY_LOST, BROKEN])
def test_a_line_that_breaks_twice_is_tried_again_and_pays_once(
    stripe: Stripe, trouble: str
) -> None:
    account = stripe.provider()
    stripe.town.top_up(10_000)
    stripe.line.troubles[:] = [trouble, trouble]
    sent = stripe.gateway.transfer(account, Cents(3_000), group="lot-1", name="virement", tries=1)
    assert stripe.line.calls[-3:] == [("post", "/v1/transfers")] * 3
    assert (
        stripe.gateway.transfer(account, Cents(3_000), group="lot-1", name="virement", tries=1)
        == sent
    )
    assert stripe.town.balance() == 7_000


def test_a_line_that_stays_broken_is_said_and_found_out_later(stripe: Stripe) -> None:
    account = stripe.provider()
    stripe.town.top_up(10_000)
    stripe.line.troubles[:] = [REPLY_LOST] * 3
    with pytest.raises(StripeUnreachable):
        stripe.gateway.transfer(account, Cents(3_000), group="lot-1", name="virement", tries=1)
    stripe.gateway.transfer(account, Cents(3_000), group="lot-1", name="virement", tries=1)
    assert stripe.town.balance() == 7_000


def test_a_key_is_forgotten_after_a_day(stripe: Stripe) -> None:
    first = stripe.gateway.open_checkout(ASKED)
    stripe.now += timedelta(hours=25)
    later = replace(ASKED, expires_at=stripe.now + timedelta(hours=1))
    assert stripe.gateway.open_checkout(later) != first


def test_no_more_is_refunded_than_was_paid(stripe: Stripe) -> None:
    payment = stripe.paid()
    assert stripe.gateway.refund(payment, Cents(50_000), name="r1", tries=1).state == "succeeded"
    with pytest.raises(StripeRefused) as refusal:
        stripe.gateway.refund(payment, Cents(100_001), name="r2", tries=1)
    assert refusal.value.reason == "amount_too_large"
    stripe.gateway.refund(payment, Cents(100_000), name="r3", tries=1)
    with pytest.raises(StripeRefused) as refusal:
        stripe.gateway.refund(payment, Cents(1), name="r4", tries=1)
    assert refusal.value.reason == "charge_already_refunded"


def test_a_debit_under_way_is_not_refunded(stripe: Stripe) -> None:
    session = stripe.gateway.open_checkout(replace(ASKED, way=Way.SEPA_DEBIT)).session_id
    stripe.town.pay(session)
    payment = str(stripe.town.session(session)["payment_intent"])
    with pytest.raises(StripeRefused):
        stripe.gateway.refund(payment, Cents(100), name="r1", tries=1)


def test_a_provider_is_paid_once_it_said_who_it_is(stripe: Stripe) -> None:
    account = stripe.gateway.open_account(email=None, country="BE", name="p1")
    before = stripe.gateway.account(account)
    assert (before.can_be_paid, bool(before.wanting)) == (False, True)
    stripe.town.top_up(10_000)
    with pytest.raises(StripeRefused) as refusal:
        stripe.gateway.transfer(account, Cents(100), group="lot", name="v1", tries=1)
    assert refusal.value.reason == "insufficient_capabilities_for_transfer"
    page = stripe.gateway.onboarding_page(
        account, return_url="https://repit.example/r", again_url="https://repit.example/a"
    )
    assert page.endswith(account)
    stripe.town.onboard(account)
    assert stripe.gateway.account(account).can_be_paid


def test_a_balance_too_small_is_said_and_another_key_tries_again(stripe: Stripe) -> None:
    account = stripe.provider()
    with pytest.raises(NotEnoughAtStripe):
        stripe.gateway.transfer(account, Cents(3_000), group="lot", name="v1", tries=1)
    stripe.town.top_up(3_000)
    with pytest.raises(NotEnoughAtStripe):  # Stripe keeps its answer under the key it was asked
        stripe.gateway.transfer(account, Cents(3_000), group="lot", name="v1", tries=1)
    stripe.gateway.transfer(account, Cents(3_000), group="lot", name="v1", tries=2)
    assert stripe.gateway.balance() == 0


def test_no_more_is_taken_back_than_was_sent(stripe: Stripe) -> None:
    account = stripe.provider()
    stripe.town.top_up(3_000)
    sent = stripe.gateway.transfer(account, Cents(3_000), group="lot", name="v1", tries=1)
    stripe.gateway.reverse_transfer(sent.id, Cents(1_000), name="c1")
    with pytest.raises(StripeRefused):
        stripe.gateway.reverse_transfer(sent.id, Cents(2_001), name="c2")
    assert stripe.gateway.balance() == 1_000


def test_a_wrong_key_is_refused(stripe: Stripe) -> None:
    with pytest.raises(StripeRefused):
        StripePayments("sk_test_another", WEBHOOK_SECRET, stripe.line).balance()


def test_an_event_is_read_with_the_facts_we_need_and_no_others(stripe: Stripe) -> None:
    session = stripe.gateway.open_checkout(ASKED).session_id
    [event] = stripe.town.pay(session)
    event["data"]["object"]["customer_details"] = {"email": "quelqu-un@exemple.test"}
    sent = stripe.town.signed(event)
    found = stripe.gateway.read_event(sent.body, sent.signature, now=NOON)
    assert (found.id, found.kind) == (event["id"], "checkout.session.completed")
    assert found.facts["payment"] == found.facts["client_reference_id"] == "promesse-1"
    assert (found.facts["amount_total"], found.facts["payment_status"]) == (150_000, "paid")
    assert "quelqu-un" not in str(found)


def test_an_old_event_signed_today_is_read(stripe: Stripe) -> None:
    [event] = stripe.town.pay(stripe.gateway.open_checkout(ASKED).session_id)
    later = NOON + timedelta(days=5)
    sent = stripe.town.signed(event, at=later)
    assert stripe.gateway.read_event(sent.body, sent.signature, now=later).created_at == NOON


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_of_another_hour_is_a_replay(stripe: Stripe, minutes: int) -> None:
    [event] = stripe.town.pay(stripe.gateway.open_checkout(ASKED).session_id)
    sent = stripe.town.signed(event)
    with pytest.raises(EventRefused) as refusal:
        stripe.gateway.read_event(sent.body, sent.signature, now=NOON + timedelta(minutes=minutes))
    assert refusal.value.reason == "signed_too_long_ago"


def test_a_second_moment_in_the_signature_changes_nothing(stripe: Stripe) -> None:
    [event] = stripe.town.pay(stripe.gateway.open_checkout(ASKED).session_id)
    sent, later = stripe.town.signed(event), NOON + timedelta(hours=1)
    again = f"{sent.signature},t={int(later.timestamp())}"
    with pytest.raises(EventRefused):
        stripe.gateway.read_event(sent.body, again, now=later)


def forgeries(good: Delivery) -> dict[str, Delivery]:
    elsewhere = Town(Shelf(), "whsec_somebody_else", moment=lambda: NOON)
    return {
        "no signature": Delivery(good.body, ""),
        "another body": Delivery(good.body.replace(b"150000", b"950000"), good.signature),
        "not UTF-8": Delivery(b"\xff\xfe", good.signature),
        "not a signature": Delivery(good.body, "signed, honestly"),
        "letters from elsewhere": Delivery(good.body, good.signature.replace("v1=", "v1=é")),
        "an older scheme": Delivery(good.body, good.signature.replace("v1=", "v0=")),
        "another secret": elsewhere.signed({"id": "evt_1", "object": "event"}),
        "a huge moment": Delivery(good.body, "t=" + "9" * 5_000 + ",v1=00"),
    }


@pytest.mark.parametrize("name", list(forgeries(Delivery(b"", ""))))
def test_a_forged_event_is_refused(stripe: Stripe, name: str) -> None:
    [event] = stripe.town.pay(stripe.gateway.open_checkout(ASKED).session_id)
    sent = forgeries(stripe.town.signed(event))[name]
    with pytest.raises(EventRefused):
        stripe.gateway.read_event(sent.body, sent.signature, now=NOON)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"object": "v2.core.event", "id": "evt_1", "type": "v2.core.account.updated"},
        {"object": "event", "id": 7, "type": "x", "created": 1, "data": {"object": {}}},
        {"object": "event", "id": "evt_1", "type": "x", "created": 1, "data": {}},
        {"object": "event", "id": "evt_1", "type": "x" * 300, "created": 1, "data": {"object": {}}},
        {"object": "event", "id": "evt_1", "type": "x", "created": 10**40, "data": {"object": {}}},
        [],
    ],
)
def test_what_is_signed_but_is_no_event_is_refused(stripe: Stripe, event: object) -> None:
    sent = stripe.town.signed(event)  # type: ignore[arg-type]
    with pytest.raises(EventRefused) as refusal:
        stripe.gateway.read_event(sent.body, sent.signature, now=NOON)
    assert refusal.value.reason == "no_event"
