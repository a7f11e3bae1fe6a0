"""Stripe, through its own library. One client per application, and no global of the library.

Keys of idempotency come from our rows: a call that got no answer is asked again under the same
key, and done once. Amounts are integer cents of euros.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from repit.domain.cards.errors import (
    EventRefused,
    NotEnoughAtStripe,
    StripeRefused,
    StripeUnreachable,
)
from repit.domain.cards.gateway import (
    AccountState,
    CheckoutAsked,
    Happening,
    OpenCheckout,
    Sent,
    Way,
)
from repit.domain.money import Cents

RETRIES = 2
TIMEOUT_SECONDS = 20
SIGNATURE_LASTS = timedelta(minutes=5)
"""Each delivery is signed anew, even of an event three days old: an old signature is a replay."""
CURRENCY = "eur"
TRANSFERS_FROM = "FR"
"""Where the account number of a bank transfer is: Stripe has them in BE, DE, ES, FR, IE, NL."""

# What we read of an object. Never who paid: names, addresses and account numbers stay at Stripe.
READ = (
    "id", "object", "status", "payment_status", "amount", "amount_total", "amount_received",
    "amount_refunded", "amount_reversed", "currency", "client_reference_id", "payment_intent",
    "charge", "destination", "transfer_group", "reason", "failure_reason", "payouts_enabled",
    "details_submitted", "livemode",
)  # fmt: skip
OWN_METADATA = ("payment", "refund", "payout")
LONGEST_FACT = 255


class StripePayments:
    """The gateway of an installation that has a key."""

    def __init__(
        self, key: str, webhook_secret: str, http_client: stripe.HTTPClient | None = None
    ) -> None:
        """Take the two secrets, and for a demo or a test the imitation to talk to."""
        self._secret = webhook_secret
        self._stripe = stripe.StripeClient(
            key,
            max_network_retries=RETRIES,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        )

    def open_checkout(self, asked: CheckoutAsked) -> OpenCheckout:
        """Make a page where a payment is made, in the one way chosen on ours."""
        with _in_our_words():
            params = _checkout(asked)
            if asked.way is Way.BANK_TRANSFER:
                params["customer"] = self._payer(asked)
            session = self._stripe.v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]
                {"idempotency_key": f"checkout-{asked.name}"},
            )
        return OpenCheckout(session.id, str(session.url))

    def _payer(self, asked: CheckoutAsked) -> str:
        """An account number is given to a customer, so a bank transfer has one, without a name."""
        customer = self._stripe.v1.customers.create(
            {"metadata": {"payment": asked.name}}, {"idempotency_key": f"payer-{asked.name}"}
        )
        return customer.id

    def close_checkout(self, session_id: str) -> None:
        """End a page nobody is to pay on any more; one that is over already stays as it is."""
        try:
            with _in_our_words():
                self._stripe.v1.checkout.sessions.expire(session_id)
        except StripeRefused:
            pass  # paid or expired meanwhile: an event says which

    def refund(self, intent_id: str, amount: Cents, *, name: str, tries: int) -> Sent:
        """Give back some of a payment, or all of it."""
        with _in_our_words():
            refund = self._stripe.v1.refunds.create(
                {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": name}},
                {"idempotency_key": f"refund-{name}-{tries}"},
            )
        return Sent(refund.id, str(refund.status))

    def open_account(self, *, email: str | None, country: str, name: str) -> str:
        """Make an account that Stripe's own pages look after, and that only receives."""
        params: dict[str, Any] = {
            "country": country,
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
        }
        if email:
            params["email"] = email
        with _in_our_words():
            account = self._stripe.v1.accounts.create(
                params,  # type: ignore[arg-type]
                {"idempotency_key": f"account-{name}"},
            )
        return account.id

    def onboarding_page(self, account_id: str, *, return_url: str, again_url: str) -> str:
        """Return the address of a page, good for minutes, where a provider says who it is."""
        with _in_our_words():
            link = self._stripe.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": again_url,
                }
            )
        return link.url

    def account(self, account_id: str) -> AccountState:
        """Return where a provider's account stands."""
        with _in_our_words():
            found = self._stripe.v1.accounts.retrieve(account_id).to_dict()
        wanting = (found.get("requirements") or {}).get("currently_due") or []
        transfers = (found.get("capabilities") or {}).get("transfers")
        return AccountState(account_id, transfers == "active", tuple(wanting))

    def transfer(
        self, account_id: str, amount: Cents, *, group: str, name: str, tries: int
    ) -> Sent:
        """Send money from our balance to a provider's account."""
        with _in_our_words():
            transfer = self._stripe.v1.transfers.create(
                {
                    "amount": amount,
                    "currency": CURRENCY,
                    "destination": account_id,
                    "transfer_group": group,
                    "metadata": {"payout": name},
                },
                {"idempotency_key": f"transfer-{name}-{tries}"},
            )
        return Sent(transfer.id, "sent")

    def reverse_transfer(self, transfer_id: str, amount: Cents, *, name: str) -> Sent:
        """Take back some of a transfer, or all of it."""
        with _in_our_words():
            reversal = self._stripe.v1.transfers.reversals.create(
                transfer_id, {"amount": amount}, {"idempotency_key": f"reversal-{name}"}
            )
        return Sent(reversal.id, "reversed")

    def balance(self) -> Cents:
        """Return what could be sent now."""
        with _in_our_words():
            found = self._stripe.v1.balance.retrieve()
        return Cents(sum(one.amount for one in found.available if one.currency == CURRENCY))

    def read_event(self, body: bytes, signature: str | None, *, now: datetime) -> Happening:
        """Return what a message says, once it is sure that Stripe wrote it."""
        signed_at = _verified(body, signature, self._secret)
        if abs(now - signed_at) > SIGNATURE_LASTS:
            raise EventRefused(reason="signed_too_long_ago")
        try:
            return _happening(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as trouble:
            raise EventRefused(reason="no_event") from trouble


def _checkout(asked: CheckoutAsked) -> dict[str, Any]:
    own = {"payment": asked.name}
    params: dict[str, Any] = {
        "mode": "payment",
        "locale": asked.locale if asked.locale in {"fr", "nl", "en"} else "auto",
        "client_reference_id": asked.name,
        "metadata": own,
        "payment_intent_data": {"metadata": own, "description": asked.title},
        "payment_method_types": [asked.way.value],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": asked.amount,
                    "product_data": {"name": asked.title},
                },
            }
        ],
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": int(asked.expires_at.timestamp()),
    }
    if asked.way is Way.BANK_TRANSFER:
        params["payment_method_types"] = ["customer_balance"]
        transfer = {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": TRANSFERS_FROM}}
        params["payment_method_options"] = {
            "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": transfer}
        }
    return params


def _verified(body: bytes, signature: str | None, secret: str) -> datetime:
    """Return when the message was signed. The library would look at the machine's clock."""
    if not signature or not signature.isascii():
        raise EventRefused(reason="no_signature")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as trouble:
        raise EventRefused(reason="forged") from trouble
    # The first moment named is the one that was signed; whoever replays could add another.
    moments = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    try:
        return datetime.fromtimestamp(int(moments[0]), UTC)
    except (IndexError, OverflowError, ValueError, OSError) as trouble:
        raise EventRefused(reason="forged") from trouble


def _happening(event: Any) -> Happening:
    if event.get("object") != "event":
        raise ValueError("only events that carry their object are asked for")
    found: Mapping[str, Any] = event["data"]["object"]
    facts = {name: _plain(found[name]) for name in READ if found.get(name) is not None}
    metadata = found.get("metadata") or {}
    facts |= {name: str(metadata[name])[:64] for name in OWN_METADATA if metadata.get(name)}
    transfers = (found.get("capabilities") or {}).get("transfers")
    if transfers:
        facts["transfers"] = str(transfers)
    created_at = datetime.fromtimestamp(int(event["created"]), UTC)
    return Happening(_name(event["id"]), _name(event["type"]), created_at, facts)


def _plain(value: Any) -> str | int | bool:
    """Return a fact as it is kept: what was expanded is its id again."""
    if isinstance(value, Mapping):
        return _name(value["id"])
    if isinstance(value, bool | int):
        return value
    return str(value)[:LONGEST_FACT]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_FACT:
        raise ValueError("a name is a short text")
    return value


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn the library's errors into ours. What is not Stripe's is a bug and goes through."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as trouble:
        raise StripeUnreachable from trouble
    except stripe.StripeError as trouble:
        if trouble.code == "balance_insufficient":
            raise NotEnoughAtStripe from trouble
        raise StripeRefused(reason=trouble.code or _kind(trouble)) from trouble


def _kind(trouble: stripe.StripeError) -> str:
    return type(trouble).__name__.removesuffix("Error").lower() or "refused"
