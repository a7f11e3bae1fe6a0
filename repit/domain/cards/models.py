"""What is paid online: payments, what Stripe told of them, refunds, and money taken back.

Who paid stays at Stripe: neither names nor account numbers are kept. Amounts in cents, above zero.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class PaymentState(StrEnum):
    ASKED = "asked"
    """Stripe was asked for a page, or is about to be: no answer is kept yet."""
    OPEN = "open"
    """The payer has a page to pay on."""
    PROCESSING = "processing"
    """The payer confirmed; the bank has days to pay. Counts for nothing yet."""
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class EventState(StrEnum):
    APPLIED = "applied"
    IDLE = "idle"
    """It told nothing new, or nothing that concerns us."""
    WAITING = "waiting"
    """It is about something we do not know, or not yet: applied when that appears."""
    CONTRADICTS = "contradicts"
    """It disagrees with what we asked for: changed nothing, somebody looks."""


class RefundState(StrEnum):
    ASKED = "asked"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    """Stripe or the bank refused: the money is the fund's again."""


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class OnlinePayment(Base):
    """One try to pay a contribution, or a part of it, on a page of Stripe."""

    __tablename__ = "online_payment"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="pays_something"),
        CheckConstraint("way IN ('card', 'sepa_debit', 'bank_transfer')", name="known_way"),
        CheckConstraint(
            "state IN ('asked', 'open', 'processing', 'paid', 'failed', 'expired')",
            name="known_state",
        ),
        CheckConstraint(
            "state <> 'paid' OR (arrival_id IS NOT NULL AND intent_id IS NOT NULL)",
            name="paid_is_an_arrival",
        ),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded_within"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    """Also the key of idempotency of its page."""
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    amount_cents: Mapped[int]
    way: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    url: Mapped[str | None] = mapped_column(String(2000))
    intent_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    """Stripe's name for the payment itself, once there is one."""
    arrival_id: Mapped[int | None] = mapped_column(ForeignKey("arrival.id"), unique=True)
    refunded_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """Refunds asked for that did not fail."""
    asked_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StripeEvent(Base):
    """One event of Stripe, written in the same change as its effect: twice is once."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        CheckConstraint(
            "state IN ('applied', 'idle', 'waiting', 'contradicts')", name="known_state"
        ),
        Index(
            "ix_stripe_event_open",
            "about",
            sqlite_where=text("state IN ('waiting', 'contradicts')"),
            postgresql_where=text("state IN ('waiting', 'contradicts')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(255))
    about: Mapped[str | None] = mapped_column(String(255))
    """Stripe's name for the payment, refund, transfer or account it is about."""
    facts: Mapped[dict[str, Any]]
    """The few fields we read."""
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str | None] = mapped_column(String(40))
    """Why it waits or contradicts: a code."""
    created_at: Mapped[datetime]
    """When it happened, says Stripe."""
    received_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When an operator said that nothing is to be done about it."""
    looked_by: Mapped[str | None] = mapped_column(String(40))


class OnlineRefund(Base):
    """Money of a closed fund given back to the payment it came by. Leaves the fund when asked."""

    __tablename__ = "online_refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="gives_something_back"),
        CheckConstraint("state IN ('asked', 'sent', 'done', 'failed')", name="known_state"),
        CheckConstraint("tries >= 1", name="counts_tries"),
        Index(
            "ix_online_refund_open",
            "id",
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("online_payment.id"), index=True)
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=1)
    """Part of the key: what Stripe refused under one key it refuses under it for a day."""
    refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    reason: Mapped[str | None] = mapped_column(String(64))
    motive: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PaymentDispute(Base):
    """A payment that the payer's bank took back, or wants to. The news come in any order."""

    __tablename__ = "payment_dispute"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="takes_something"),
        CheckConstraint("state IN ('open', 'won', 'lost')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("online_payment.id"), index=True)
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Stripe said that the money left."""
    reinstated: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Stripe said that it came back."""
    posted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the books say that it left and has not come back."""
    reason: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ConnectAccount(Base):
    """A provider's account at Stripe, for those who chose to be paid there."""

    __tablename__ = "connect_account"
    __table_args__ = (
        CheckConstraint("NOT can_be_paid OR account_id IS NOT NULL", name="paid_somewhere"),
        Index(
            "uq_connect_account_live",
            "provider_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    account_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    can_be_paid: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    wanting: Mapped[list[str]] = mapped_column(default=list)
    """What Stripe still asks of the provider, in its own codes."""
    chosen_by: Mapped[str] = mapped_column(String(40))
    chosen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ConnectTransfer(Base):
    """A payout sent to a provider's account at Stripe, from our balance there."""

    __tablename__ = "connect_transfer"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="sends_something"),
        CheckConstraint(
            "state IN ('asked', 'short', 'refused', 'sent', 'reversed')", name="known_state"
        ),
        CheckConstraint("tries >= 1", name="counts_tries"),
        CheckConstraint(
            "state NOT IN ('sent', 'reversed') OR transfer_id IS NOT NULL", name="sent_has_a_name"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), unique=True)
    account_id: Mapped[str] = mapped_column(String(255))
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=1)
    """Part of the key: what Stripe refused under one key it refuses under it for a day."""
    transfer_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    reason: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
