"""What payers, banks and providers do behind the imitation, and the signed events that tell it."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from repit.domain import clock
from repit.integrations.stripe_stand_in.refusals import StandInRefusal, no_such
from repit.integrations.stripe_stand_in.shelf import Books, Shelf, all_of, name, new

API_VERSION = "2026-10-28.endive"
SLOW_WAYS = {"sepa_debit", "customer_balance"}


@dataclass(frozen=True)
class Delivery:
    """One message, as it arrives at our door."""

    body: bytes
    signature: str


class Town:
    """Acts on what is on the shelf; every act returns the events it causes, in order."""

    def __init__(
        self, shelf: Shelf, webhook_secret: str, *, moment: Callable[[], datetime] = clock.now
    ) -> None:
        """Sign events with a secret."""
        self._shelf = shelf
        self._secret = webhook_secret
        self._moment = moment

    def session(self, name: str) -> dict[str, Any]:
        """Return a checkout session; `over` when its payment will not be paid any more.

        Raises:
            StandInRefusal: there is none of that name.
        """
        with self._shelf.open() as books:
            session = _named(books, name, "checkout.session")
            intent = books["objects"].get(session["payment_intent"])
            return session | {"over": intent is not None and intent["status"] != "processing"}

    def account(self, name: str) -> dict[str, Any]:
        """Return a provider's account.

        Raises:
            StandInRefusal: there is none of that name.
        """
        with self._shelf.open() as books:
            return dict(_named(books, name, "account"))

    def dispute_of(self, session_name: str) -> dict[str, Any] | None:
        """Return what contests a session's payment, if anything does.

        Raises:
            StandInRefusal: there is no such session.
        """
        with self._shelf.open() as books:
            intent = _named(books, session_name, "checkout.session")["payment_intent"]
            found = all_of(books, "dispute", payment_intent=intent) if intent else []
            return dict(found[0]) if found else None

    def refunded(self, intent: str) -> int:
        """Return how much of a payment was given back, in cents.

        Raises:
            StandInRefusal: there is no such payment.
        """
        with self._shelf.open() as books:
            return int(_named(books, intent, "payment_intent")["amount_refunded"])

    def pay(self, session_name: str) -> list[dict[str, Any]]:
        """Let the payer confirm: a card is paid at once, a debit or a transfer days later.

        Raises:
            StandInRefusal: the page is not open any more.
        """
        with self._shelf.open() as books:
            session = _open_session(books, session_name, self._now())
            slow = bool(SLOW_WAYS & set(session["payment_method_types"]))
            intent = new(
                books, "payment_intent", "pi", self._now(),
                amount=session["amount_total"], amount_received=0, amount_refunded=0,
                currency="eur", status="processing", session=session_name,
                metadata=session["intent"].get("metadata", {}),
            )  # fmt: skip
            session.update(status="complete", payment_intent=intent["id"])
            if not slow:
                _arrive(books, session, intent)
            return [self._event(books, "checkout.session.completed", session)]

    def settle(self, session_name: str) -> list[dict[str, Any]]:
        """Let the payer's bank pay at last.

        Raises:
            StandInRefusal: nothing is under way.
        """
        with self._shelf.open() as books:
            session, intent = _under_way(books, session_name)
            _arrive(books, session, intent)
            return [self._event(books, "checkout.session.async_payment_succeeded", session)]

    def fail(self, session_name: str) -> list[dict[str, Any]]:
        """Let the payer's bank refuse.

        Raises:
            StandInRefusal: nothing is under way.
        """
        with self._shelf.open() as books:
            session, intent = _under_way(books, session_name)
            intent["status"] = "requires_payment_method"
            return [self._event(books, "checkout.session.async_payment_failed", session)]

    def expire(self, session_name: str) -> list[dict[str, Any]]:
        """Let the time of an open page run out.

        Raises:
            StandInRefusal: it is not open any more.
        """
        with self._shelf.open() as books:
            session = _open_session(books, session_name, 0)
            session["status"] = "expired"
            return [self._event(books, "checkout.session.expired", session)]

    def dispute(self, intent_name: str) -> list[dict[str, Any]]:
        """Let the payer's bank take a payment back; the balance may go below zero.

        Raises:
            StandInRefusal: it was not paid, was given back whole, or was contested before.
        """
        with self._shelf.open() as books:
            intent = _named(books, intent_name, "payment_intent")
            amount = intent["amount_received"] - intent["amount_refunded"]
            contested = all_of(books, "dispute", payment_intent=intent_name)
            if intent["status"] != "succeeded" or not amount or contested:
                raise StandInRefusal("charge_not_disputable", "There is nothing to take back")
            books["balance"] -= amount
            made = new(
                books, "dispute", "du", self._now(), amount=amount, currency="eur",
                charge=f"ch_{intent_name}", payment_intent=intent_name, reason="fraudulent",
                status="needs_response", taken=True, metadata={},
            )  # fmt: skip
            kinds = ("charge.dispute.created", "charge.dispute.funds_withdrawn")
            return [self._event(books, kind, made) for kind in kinds]

    def close_dispute(self, dispute_name: str, *, won: bool) -> list[dict[str, Any]]:
        """Let the bank decide; what was won comes back.

        Raises:
            StandInRefusal: there is no such dispute.
        """
        with self._shelf.open() as books:
            found = _named(books, dispute_name, "dispute")
            found["status"] = "won" if won else "lost"
            kinds = ["charge.dispute.closed"]
            if won and found["taken"]:
                found["taken"] = False
                books["balance"] += found["amount"]
                kinds.append("charge.dispute.funds_reinstated")
            return [self._event(books, kind, found) for kind in kinds]

    def fail_refund(self, refund_name: str) -> list[dict[str, Any]]:
        """Let the payer's bank refuse a refund: the money is ours again.

        Raises:
            StandInRefusal: there is no such refund.
        """
        with self._shelf.open() as books:
            refund = _named(books, refund_name, "refund")
            refund.update(status="failed", failure_reason="expired_or_canceled_card")
            intent = _named(books, refund["payment_intent"], "payment_intent")
            intent["amount_refunded"] -= refund["amount"]
            books["balance"] += refund["amount"]
            return [self._event(books, "refund.failed", refund)]

    def onboard(self, account_name: str) -> list[dict[str, Any]]:
        """Let a provider say who it is, and be believed.

        Raises:
            StandInRefusal: there is no such account.
        """
        with self._shelf.open() as books:
            account = _named(books, account_name, "account")
            account.update(
                details_submitted=True,
                payouts_enabled=True,
                capabilities={"transfers": "active"},
                requirements={"currently_due": []},
            )
            return [self._event(books, "account.updated", account)]

    def suspend(self, account_name: str) -> None:
        """Let Stripe take the right to receive away, before it says so.

        Raises:
            StandInRefusal: there is no such account.
        """
        with self._shelf.open() as books:
            _named(books, account_name, "account")["capabilities"] = {"transfers": "inactive"}

    def tell(self, event_kind: str, kind: str) -> list[dict[str, Any]]:
        """Tell something of the latest object of a kind, such as that a refund was made."""
        with self._shelf.open() as books:
            return [self._event(books, event_kind, one) for one in all_of(books, kind)[-1:]]

    def top_up(self, cents: int) -> None:
        """Put money on the balance."""
        with self._shelf.open() as books:
            books["balance"] += cents

    def balance(self) -> int:
        """Return the balance, in cents; below zero after a dispute that it did not cover."""
        with self._shelf.open() as books:
            return int(books["balance"])

    def signed(self, event: dict[str, Any], *, at: datetime | None = None) -> Delivery:
        """Sign an event, now or at another moment: each delivery has a signature of its own."""
        body = json.dumps(event).encode()
        moment = int(at.timestamp()) if at else self._now()
        mark = hmac.new(self._secret.encode(), b"%d." % moment + body, hashlib.sha256)
        return Delivery(body, f"t={moment},v1={mark.hexdigest()}")

    def _now(self) -> int:
        return int(self._moment().timestamp())

    def _event(self, books: Books, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        event = {
            "id": name(books, "evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self._now(),
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
            "data": {"object": json.loads(json.dumps(about))},
        }
        books["events"].append(event["id"])
        return event


def _named(books: Books, name: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] | None = books["objects"].get(name)
    if found is None or found["object"] != kind:
        raise no_such(kind, name)
    return found


def _open_session(books: Books, name: str, at: int) -> dict[str, Any]:
    session = _named(books, name, "checkout.session")
    if session["status"] != "open" or at >= session["expires_at"]:
        raise StandInRefusal("session_not_open", "This page is not open any more")
    return session


def _under_way(books: Books, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    session = _named(books, name, "checkout.session")
    intent = books["objects"].get(session["payment_intent"])
    if intent is None or intent["status"] != "processing":
        raise StandInRefusal("payment_intent_unexpected_state", "Nothing is under way")
    return session, intent


def _arrive(books: Books, session: dict[str, Any], intent: dict[str, Any]) -> None:
    intent.update(status="succeeded", amount_received=intent["amount"])
    session["payment_status"] = "paid"
    books["balance"] += intent["amount"]
