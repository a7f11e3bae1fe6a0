"""Double entry in integer cents: accounts with stored sums, and the transfers behind them.

`debits_cents` and `credits_cents` only grow. `bank` is money we hold and `owed_back` money a
provider owes us (debits less credits); `loss` is what is missing, either way; every other account
is money we owe or have promised (credits less debits). Signs are never negative: the kind and
the side say what an amount means.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base

STRIPES = 8
"""Rows that share one busy balance, so that redemptions of one fund do not wait in line."""


class AccountKind(StrEnum):
    BANK = "bank"
    AVAILABLE = "available"
    OUTSTANDING = "outstanding"
    PAYABLE = "payable"
    TRANSIT = "transit"
    LOSS = "loss"
    OWED_BACK = "owed_back"
    """A redemption that was paid, then reversed: taken from the provider's next payout."""
    FAMILY_SHARE = "family_share"
    """Paid online by families for care that is still to be given."""


HELD = (AccountKind.BANK, AccountKind.OWED_BACK)
"""Balances that are debits less credits."""
FREE = (AccountKind.BANK, AccountKind.LOSS)
"""What follows from all the others. Those are never below zero, so by double entry a fund's share
of the bank is below zero only as far as its loss and what providers owe it back: vouchers that came
back were paid again with other money of the operator's, until the provider's next payout."""


class TransferKind(StrEnum):
    FUND = "fund"
    ISSUE = "issue"
    REDEEM = "redeem"
    REVERSE = "reverse"
    EXPIRE = "expire"
    CANCEL = "cancel"
    BATCH = "batch"
    """Payable → transit: a payout was approved."""
    SETTLE = "settle"
    """Transit → bank: the bank paid it."""
    REJECT = "reject"
    """Transit → payable, and owed back → payable: a payout that will not be paid gives back what
    `batch` and `recover` took for it."""
    BOUNCE = "bounce"
    """Bank → transit: a settled payout came back. `reject` follows in the same change."""
    RECOVER = "recover"
    """Payable → owed back: what a provider owes, taken from what it is owed, in one fund."""
    REPAY = "repay"
    """Bank → owed back: a provider paid back by a transfer of its own."""
    WRITE_OFF = "write_off"
    """Loss → owed back: nobody waits for it any more; the other way round, that is undone."""
    RETURN = "return"
    DISPUTE = "dispute"
    """Available, then loss → bank: a contribution that had arrived was taken back."""
    COVER = "cover"
    """Bank → loss: money that fills a shortage."""
    SHARE_IN = "share_in"
    """Bank → family share: a family paid online."""
    SHARE_DUE = "share_due"
    """Family share → payable: the vouchers of that care were taken."""
    SHARE_UNDO = "share_undo"
    """Payable or owed back → family share: their redemption was reversed."""
    SHARE_BACK = "share_back"
    """Family share → bank: it goes back to the family; the other way round, it was refused."""


TO_PROVIDER = (TransferKind.REDEEM, TransferKind.SHARE_DUE)
"""What a redemption credits its provider with: vouchers, and the family's share paid online."""


class Account(Base):
    """One balance of one fund. Payable and owed back also belong to one provider.

    Outstanding and payable are striped by parent: the money of one voucher stays on one
    stripe from issue to payment, so each stripe alone can never be overdrawn.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss',"
            " 'owed_back', 'family_share')",
            name="known_kind",
        ),
        CheckConstraint("debits_cents >= 0 AND credits_cents >= 0", name="only_grows"),
        CheckConstraint(
            "kind IN ('bank', 'loss', 'owed_back') OR debits_cents <= credits_cents",
            name="never_overdrawn",
        ),
        CheckConstraint(
            "kind <> 'owed_back' OR credits_cents <= debits_cents",
            name="owed_back_never_overdrawn",
        ),
        CheckConstraint(
            "(kind IN ('payable', 'owed_back')) = (provider_id IS NOT NULL)",
            name="payable_to_a_provider",
        ),
        Index(
            "uq_account_of_fund",
            "fund_id",
            "kind",
            "stripe",
            unique=True,
            sqlite_where=text("provider_id IS NULL"),
            postgresql_where=text("provider_id IS NULL"),
        ),
        Index(
            "uq_account_of_provider",
            "provider_id",
            "fund_id",
            "kind",
            "stripe",
            unique=True,
            sqlite_where=text("provider_id IS NOT NULL"),
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        # Half-empty pages let PostgreSQL update a busy balance in place.
        {"postgresql_with": {"fillfactor": 40}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    stripe: Mapped[int] = mapped_column(default=0, server_default="0")
    debits_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    credits_cents: Mapped[int] = mapped_column(default=0, server_default="0")


class Transfer(Base):
    """Money moved once, from the debited account to the credited one. Append-only."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="moves_something"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        CheckConstraint(
            "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
            " 'return', 'reject', 'bounce', 'recover', 'dispute', 'cover', 'share_in',"
            " 'share_due', 'share_undo', 'share_back', 'repay', 'write_off')",
            name="known_kind",
        ),
        CheckConstraint(
            "kind NOT IN ('redeem', 'reverse') OR redemption_id IS NOT NULL",
            name="redemption_named",
        ),
        # Without both, the key below would not see that a voucher moves twice: NULLs all differ.
        CheckConstraint(
            "kind NOT IN ('issue', 'redeem', 'reverse', 'expire', 'cancel')"
            " OR (voucher_id IS NOT NULL AND round IS NOT NULL)",
            name="voucher_named",
        ),
        CheckConstraint(
            "kind NOT IN ('share_in', 'share_due', 'share_undo', 'share_back')"
            " OR family_payment_id IS NOT NULL",
            name="family_payment_named",
        ),
        CheckConstraint(
            "kind NOT IN ('share_due', 'share_undo') OR redemption_id IS NOT NULL",
            name="share_of_a_redemption",
        ),
        Index(
            "uq_transfer_share_due",
            "redemption_id",
            "family_payment_id",
            unique=True,
            sqlite_where=text("kind = 'share_due'"),
            postgresql_where=text("kind = 'share_due'"),
        ),
        Index(
            "uq_transfer_share_undo",
            "redemption_id",
            "family_payment_id",
            unique=True,
            sqlite_where=text("kind = 'share_undo'"),
            postgresql_where=text("kind = 'share_undo'"),
        ),
        Index(
            "ix_transfer_family_payment",
            "family_payment_id",
            sqlite_where=text("family_payment_id IS NOT NULL"),
            postgresql_where=text("family_payment_id IS NOT NULL"),
        ),
        # The same voucher is redeemed again only in a new round, opened by a reversal.
        UniqueConstraint("voucher_id", "kind", "round"),
        Index("ix_transfer_debit", "debit_id", "id"),
        # Figures of a day. Rows come in that order: a summary of pages is enough.
        Index(
            "ix_transfer_at",
            "at",
            postgresql_using="brin",
            postgresql_with={"autosummarize": "true"},
        ),
        Index("ix_transfer_credit", "credit_id", "id"),
        Index(
            "ix_transfer_payout",
            "payout_id",
            sqlite_where=text("payout_id IS NOT NULL"),
            postgresql_where=text("payout_id IS NOT NULL"),
        ),
        Index(
            "ix_transfer_redemption",
            "redemption_id",
            sqlite_where=text("redemption_id IS NOT NULL"),
            postgresql_where=text("redemption_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    debit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    amount_cents: Mapped[int]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    round: Mapped[int | None]
    """How often the voucher had been given back before this movement."""
    redemption_id: Mapped[UUID | None] = mapped_column(ForeignKey("redemption.id"))
    arrival_id: Mapped[int | None] = mapped_column(ForeignKey("arrival.id"))
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"))
    family_payment_id: Mapped[int | None] = mapped_column(ForeignKey("family_payment.id"))
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
