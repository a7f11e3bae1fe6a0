"""Our gateway against an imitation that others wrote, for as much of Stripe as it knows.

It has no checkout, no transfer and no account, forgets keys of idempotency and lets one give back
more than was paid: those are proved against ours, in `test_stripe_payments`.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests
import stripe

from repit.domain.cards.errors import EventRefused, StripeRefused, StripeUnreachable
from repit.domain.money import Cents
from repit.integrations.stripe_payments import StripePayments
from repit.settings import ROOT
from tests.today import machine_now

KEY, SECRET = "sk_test_localstripe", "whsec_localstripe"
PROCESS = Path(__file__).with_name("localstripe_process.py")


class Elsewhere(stripe.RequestsClient):
    """The library's own connection, led to this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=10)
        self.address = address

    def request(
        self, method: Any, url: Any, headers: Any, post_data: Any = None, *, _usage: Any = None
    ) -> Any:
        """Send a call, to another address."""
        here = url.replace("https://api.stripe.com", self.address)
        return super().request(method, here, headers, post_data)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(PROCESS)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def line(address: str) -> Elsewhere:
    return Elsewhere(address)


@pytest.fixture
def gateway(line: Elsewhere) -> StripePayments:
    return StripePayments(KEY, SECRET, line)


def paid(line: Elsewhere, cents: int) -> str:
    """Take a card payment, as a page of Stripe would; return its name."""
    client = stripe.StripeClient(KEY, http_client=line)
    card = client.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"},
        }
    )
    intent = client.v1.payment_intents.create(
        {"amount": cents, "currency": "eur", "payment_method": card.id, "confirm": True}
    )
    assert intent.status == "succeeded"
    return str(intent.id)


def test_a_payment_is_given_back_in_parts(line: Elsewhere, gateway: StripePayments) -> None:
    intent = paid(line, 5_000)
    first = gateway.refund(intent, Cents(2_000), name="r1", tries=1)
    second = gateway.refund(intent, Cents(3_000), name="r2", tries=1)
    assert (first.state, second.state) == ("succeeded", "succeeded")
    assert first.id != second.id


def test_a_payment_that_nobody_made_is_not_given_back(gateway: StripePayments) -> None:
    with pytest.raises(StripeRefused):
        gateway.refund("pi_nobody", Cents(100), name="r1", tries=1)


def test_an_answer_that_is_not_stripes_says_nothing(gateway: StripePayments) -> None:
    """Something between us and Stripe answered: whether it was done, nobody knows."""
    with pytest.raises(StripeUnreachable):
        gateway.transfer("acct_1", Cents(100), group="lot", name="v1", tries=1)


def test_its_events_are_read_with_their_own_signature(
    address: str, line: Elsewhere, gateway: StripePayments
) -> None:
    heard: Queue[tuple[bytes, str]] = Queue()
    with HTTPServer(("127.0.0.1", 0), listener(heard)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        door = f"http://127.0.0.1:{server.server_port}/"
        asked = {"url": door, "secret": SECRET, "events": ["payment_intent.succeeded"]}
        settled = requests.post(f"{address}/_config/webhooks/ours", json=asked, timeout=10)
        assert settled.ok
        intent = paid(line, 7_000)
        told = read(gateway, *heard.get(timeout=10))
        while told[1] != intent:  # news of an earlier test's payment
            told = read(gateway, *heard.get(timeout=10))
        server.shutdown()
        thread.join()
    assert told == ("payment_intent.succeeded", intent)


def listener(heard: "Queue[tuple[bytes, str]]") -> type[BaseHTTPRequestHandler]:
    """Return a door that keeps what was brought."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((body, self.headers["Stripe-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Door


def read(gateway: StripePayments, body: bytes, signature: str) -> tuple[str, str]:
    """Read an event, which a single changed byte would spoil."""
    told = gateway.read_event(body, signature, now=machine_now())
    with pytest.raises(EventRefused):
        gateway.read_event(body + b" ", signature, now=machine_now())
    return told.kind, str(told.facts["id"])
