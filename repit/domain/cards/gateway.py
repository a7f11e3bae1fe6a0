"""What is asked of Stripe, and what it answers, as plain values. Amounts are cents, in euros.

The domain decides and keeps; `integrations/stripe_payments.py` asks. Nothing here is called
inside a unit of work: a network never answers while the database waits.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from repit.domain.money import Cents


class Way(StrEnum):
    """How somebody pays online."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    """Counts only once the bank paid, days later; may be taken back for weeks."""
    BANK_TRANSFER = "bank_transfer"
    """A transfer to an account number of Stripe's own, made for this payment."""


@dataclass(frozen=True)
class CheckoutAsked:
    """One payment to make on Stripe's page. The same `name` is the same payment, asked again."""

    name: str
    amount: Cents
    way: Way
    title: str
    """What the payer reads on Stripe's page and on the receipt; never about a person."""
    success_url: str
    cancel_url: str
    expires_at: datetime
    locale: str = "fr"


@dataclass(frozen=True)
class OpenCheckout:
    """A page of Stripe where the payment is made."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Sent:
    """What Stripe made of a refund, a transfer or a reversal: its id, and where it stands."""

    id: str
    state: str


@dataclass(frozen=True)
class AccountState:
    """A provider's account at Stripe: whether money can be sent to it, and what it lacks."""

    id: str
    can_be_paid: bool
    wanting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Happening:
    """One event, whose signature was good. `facts` are the few fields of its object we read."""

    id: str
    kind: str
    created_at: datetime
    facts: dict[str, Any]


class Gateway(Protocol):
    """Stripe, for one installation. Every verb may raise StripeUnreachable or StripeRefused.

    `name` is the public id of our row, and with `tries` the key of idempotency: asked again after
    silence it is the same call; after a refusal, which Stripe keeps for a day, `tries` grows.
    """

    def open_checkout(self, asked: CheckoutAsked) -> OpenCheckout:
        """Make a page where a payment is made."""

    def close_checkout(self, session_id: str) -> None:
        """End a page nobody is to pay on any more."""

    def refund(self, intent_id: str, amount: Cents, *, name: str, tries: int) -> Sent:
        """Give back some of a payment, or all of it."""

    def open_account(self, *, email: str | None, country: str, name: str) -> str:
        """Make an account for a provider; return its id."""

    def onboarding_page(self, account_id: str, *, return_url: str, again_url: str) -> str:
        """Return the address of a page, good for minutes, where a provider says who it is."""

    def account(self, account_id: str) -> AccountState:
        """Return where a provider's account stands."""

    def transfer(
        self, account_id: str, amount: Cents, *, group: str, name: str, tries: int
    ) -> Sent:
        """Send money from our balance to a provider's account.

        Raises:
            NotEnoughAtStripe: the balance does not cover it.
        """

    def reverse_transfer(self, transfer_id: str, amount: Cents, *, name: str) -> Sent:
        """Take back some of a transfer, or all of it."""

    def balance(self) -> Cents:
        """Return what could be sent now."""

    def read_event(self, body: bytes, signature: str | None, *, now: datetime) -> Happening:
        """Return what a message says, once it is sure that Stripe wrote it.

        Raises:
            EventRefused: forged, signed too long ago, or no event.
        """
