"""Money out: batches of payouts, what each pays, where to, and what the bank said of it.

A batch is drafted by one person, approved by another, written as one bank file, sent, and
followed until every payout in it is settled or rejected. Amounts in cents, above zero.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class BatchState(StrEnum):
    PREPARING = "preparing"
    """A job is adding payouts to it."""
    DRAFTED = "drafted"
    APPROVED = "approved"
    """Nothing in it changes any more; the money is in transit."""
    EXPORTED = "exported"
    """Its file is written."""
    SENT = "sent"
    OVER = "over"
    """Every payout is settled or rejected."""
    DISCARDED = "discarded"


class PayoutState(StrEnum):
    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    SETTLED = "settled"
    REJECTED = "rejected"
    """The bank refused it or sent it back: what it paid for is payable again."""
    DISCARDED = "discarded"
    """Taken out of a draft, or discarded with it: nothing was ever sent."""


POSTED = (PayoutState.APPROVED, PayoutState.SENT, PayoutState.SETTLED)
"""The states in which a payout's money has left payable."""


class PayoutWay(StrEnum):
    HAND = "hand"
    """Paid outside this application, and recorded."""
    FILE = "file"
    STRIPE = "stripe"


class PayoutBatch(Base):
    """One programme's payouts up to a cut-off, in one bank file."""

    __tablename__ = "payout_batch"
    __table_args__ = (
        CheckConstraint(
            "state IN ('preparing', 'drafted', 'approved', 'exported', 'sent', 'over',"
            " 'discarded')",
            name="known_state",
        ),
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="four_eyes"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_and_at"),
        CheckConstraint(
            "state NOT IN ('approved', 'exported', 'sent', 'over') OR approved_at IS NOT NULL",
            name="approved_first",
        ),
        CheckConstraint("payouts >= 0 AND amount_cents >= 0", name="totals"),
        UniqueConstraint("number"),
        Index("ix_payout_batch_programme", "programme_id", "id"),
        Index(
            "uq_payout_batch_draft",
            "programme_id",
            unique=True,
            sqlite_where=text("state IN ('preparing', 'drafted')"),
            postgresql_where=text("state IN ('preparing', 'drafted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    """Also the file's message id: only letters and figures."""
    number: Mapped[int]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    cut_off_at: Mapped[datetime]
    """Pays every redemption whose undo window and holdback were over by then."""
    state: Mapped[str] = mapped_column(String(12))
    payouts: Mapped[int] = mapped_column(default=0)
    amount_cents: Mapped[int] = mapped_column(default=0)
    drafted_by: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None]
    requested_on: Mapped[date | None]
    """The day on which the bank is asked to pay: a TARGET day."""
    debtor_name: Mapped[str | None] = mapped_column(String(70))
    debtor_iban: Mapped[str | None] = mapped_column(String(34))
    debtor_bic: Mapped[str | None] = mapped_column(String(11))
    sent_by: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BatchFile(Base):
    """The bank file of a batch, as it was written, once. Append-only."""

    __tablename__ = "batch_file"
    __table_args__ = (UniqueConstraint("batch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batch.id"))
    name: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    payouts: Mapped[int]
    amount_cents: Mapped[int]
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]


class Payout(Base):
    """One transfer to one provider: of a batch, or recorded by hand without one."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="pays_something"),
        CheckConstraint(
            "state IN ('drafted', 'approved', 'sent', 'settled', 'rejected', 'discarded')",
            name="known_state",
        ),
        CheckConstraint("way IN ('hand', 'file', 'stripe')", name="known_way"),
        CheckConstraint(
            "way <> 'file' OR (batch_id IS NOT NULL AND iban IS NOT NULL)", name="file_has_payee"
        ),
        CheckConstraint("state <> 'settled' OR paid_on IS NOT NULL", name="settled_on_a_day"),
        UniqueConstraint("provider_id", "reference"),
        Index("uq_payout_provider_id_number", "provider_id", "number", unique=True),
        Index("uq_payout_batch_id_provider_id", "batch_id", "provider_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    """Also the transfer's end-to-end id: only letters and figures, for those in a file."""
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("payout_batch.id"))
    way: Mapped[str] = mapped_column(String(8), default="hand", server_default="hand")
    state: Mapped[str] = mapped_column(String(12), default="settled", server_default="settled")
    number: Mapped[int | None]
    """Of the provider's settlement; given when the payout is fixed, never used twice."""
    amount_cents: Mapped[int]
    """What is paid: its redemptions less its recoveries."""
    payee_name: Mapped[str | None] = mapped_column(String(70))
    iban: Mapped[str | None] = mapped_column(String(34))
    bic: Mapped[str | None] = mapped_column(String(11))
    cut_off_at: Mapped[datetime]
    """Pays every redemption whose undo window had closed by then."""
    paid_on: Mapped[date | None]
    rejected_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(8))
    """The bank's code, when it refused."""
    reference: Mapped[str | None] = mapped_column(String(80))
    """What the provider reads on its statement; once per provider."""
    created_at: Mapped[datetime]


class Repayment(Base):
    """What a provider owed back and no payout takes: paid back, or given up as a loss."""

    __tablename__ = "repayment"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="repays_something"),
        CheckConstraint("way IN ('transfer', 'written_off')", name="known_way"),
        CheckConstraint("state IN ('asked', 'done', 'discarded')", name="known_state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint(
            "(state = 'done') = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided_by_and_at",
        ),
        CheckConstraint(
            "way <> 'transfer' OR (received_on IS NOT NULL AND reference IS NOT NULL)",
            name="a_transfer_has_its_line",
        ),
        CheckConstraint("way <> 'written_off' OR motive IS NOT NULL", name="a_loss_has_a_motive"),
        Index("ix_repayment_provider", "provider_id", "id"),
        Index(
            "uq_repayment_reference",
            "provider_id",
            "reference",
            unique=True,
            sqlite_where=text("state <> 'discarded'"),
            postgresql_where=text("state <> 'discarded'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    way: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    """`asked` until another person confirms it; nothing moves before."""
    amount_cents: Mapped[int]
    received_on: Mapped[date | None]
    """The bank's day."""
    reference: Mapped[str | None] = mapped_column(String(80))
    """Of the line of the bank's statement; once per provider."""
    motive: Mapped[str | None] = mapped_column(String(500))
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was discarded, or its loss undone: the payment itself had come back."""


class Recovery(Base):
    """A redemption paid, then reversed, and no longer owed back: whole, and once.

    Taken from a later payout, or settled by a repayment.
    """

    __tablename__ = "recovery"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="recovers_something"),
        CheckConstraint(
            "(payout_id IS NULL) <> (repayment_id IS NULL)", name="by_payout_or_repayment"
        ),
        Index("ix_recovery_repayment_id", "repayment_id"),
        Index(
            "uq_recovery_live",
            "redemption_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(ForeignKey("redemption.id"))
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"), index=True)
    repayment_id: Mapped[int | None] = mapped_column(ForeignKey("repayment.id"))
    amount_cents: Mapped[int]
    moved_at: Mapped[datetime | None]
    """When its payout was approved, or its repayment: since then it is no longer owed back."""
    ended_at: Mapped[datetime | None]


class PayoutOutcome(Base):
    """What the bank said of a payout, in the order we learned it. Append-only."""

    __tablename__ = "payout_outcome"
    __table_args__ = (
        CheckConstraint(
            "result IN ('accepted', 'rejected', 'settled', 'returned')", name="known_result"
        ),
        CheckConstraint(
            "effect IN ('applied', 'noted', 'contradicts', 'disagrees')", name="known_effect"
        ),
        UniqueConstraint("payout_id", "result", "bank_reference"),
        Index(
            "ix_payout_outcome_open",
            "id",
            sqlite_where=text("effect IN ('contradicts', 'disagrees')"),
            postgresql_where=text("effect IN ('contradicts', 'disagrees')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"))
    result: Mapped[str] = mapped_column(String(8))
    bank_reference: Mapped[str] = mapped_column(String(80))
    """Empty when the bank gave none."""
    reason: Mapped[str | None] = mapped_column(String(8))
    amount_cents: Mapped[int | None]
    day: Mapped[date | None]
    effect: Mapped[str] = mapped_column(String(12))
    """`contradicts` what we knew, or `disagrees` on the amount: changed nothing, somebody looks."""
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class BankAccount(Base):
    """Where a provider is paid, or a programme pays from: proposed by one, confirmed by another."""

    __tablename__ = "bank_account"
    __table_args__ = (
        CheckConstraint("(provider_id IS NULL) <> (programme_id IS NULL)", name="of_one_owner"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
            " AND (confirmed_at IS NULL) = (counts_at IS NULL)",
            name="confirmed_by_and_at",
        ),
        Index("ix_bank_account_provider", "provider_id", "id"),
        Index("ix_bank_account_programme", "programme_id", "id"),
        Index(
            "uq_bank_account_proposed_provider",
            "provider_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "uq_bank_account_proposed_programme",
            "programme_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    holder: Mapped[str] = mapped_column(String(70))
    """The legal name of the account's holder, as its bank knows it."""
    iban: Mapped[str] = mapped_column(String(34))
    """Compact, checked."""
    bic: Mapped[str | None] = mapped_column(String(11))
    proposed_by: Mapped[str] = mapped_column(String(40))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(40))
    confirmed_at: Mapped[datetime | None]
    counts_at: Mapped[datetime | None]
    """From this moment payouts go there."""
    doubted_at: Mapped[datetime | None]
    """The bank refused a payout to it: nothing more is sent until somebody confirmed it again."""
    doubt: Mapped[str | None] = mapped_column(String(8))
    """The bank's code."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))
