"""Vouchers taken by a provider, and taken back. Both append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base
from repit.domain.ledger.models import Transfer


class Redemption(Base):
    """What one provider took for one service. The id is made by the client, before it sends."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("vouchers > 0 AND amount_cents > 0", name="takes_something"),
        CheckConstraint("family_share_cents >= 0", name="share_not_negative"),
        CheckConstraint("(minutes IS NULL) <> (sessions IS NULL)", name="minutes_or_sessions"),
        Index("ix_redemption_provider", "provider_id", "received_at"),
        Index("ix_redemption_parent", "parent_id", "received_at"),
        Index("ix_redemption_received", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    category: Mapped[str] = mapped_column(String(24))
    service_on: Mapped[date]
    minutes: Mapped[int | None]
    sessions: Mapped[int | None]
    vouchers: Mapped[int]
    amount_cents: Mapped[int]
    family_share_cents: Mapped[int]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Of the request's content: the same id with other content is refused for ever."""
    received_at: Mapped[datetime]
    paid_by_on: Mapped[date]
    undo_until: Mapped[datetime]


class Reversal(Base):
    """A redemption undone, once, with a motive."""

    __tablename__ = "reversal"
    __table_args__ = (UniqueConstraint("redemption_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(ForeignKey("redemption.id"))
    motive: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)


class LimitUse(Base):
    """Vouchers counted against a limit of the programme; the database refuses one too many.

    `parent_id` is None on the row that counts a provider's whole month.
    """

    __tablename__ = "limit_use"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= ceiling", name="never_over"),
        UniqueConstraint("programme_id", "provider_id", "pair_key", "month_first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    pair_key: Mapped[int]
    """The parent's id, or 0: NULL would make the key above not unique."""
    month_first_day: Mapped[date]
    """Month of the day of service."""
    used: Mapped[int]
    ceiling: Mapped[int]


class Refusal(Base):
    """A redemption that was asked and refused: counted, explained, never silently lost."""

    __tablename__ = "refusal"
    __table_args__ = (
        Index("ix_refusal_device", "device_id", "wrong_code", "at"),
        Index("ix_refusal_provider", "provider_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    reason: Mapped[str] = mapped_column(String(40))
    wrong_code: Mapped[bool] = mapped_column(default=False)
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))


class PayoutRedemption(Base):
    """A redemption in a payout: in one live payout at most; what failed stays as history."""

    __tablename__ = "payout_redemption"
    __table_args__ = (
        Index(
            "uq_payout_redemption_live",
            "redemption_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("paid_on IS NULL OR ended_at IS NULL", name="paid_or_ended"),
        CheckConstraint("paid_on IS NULL OR moved_at IS NOT NULL", name="moved_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[UUID] = mapped_column(ForeignKey("redemption.id"))
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), index=True)
    moved_at: Mapped[datetime | None]
    """When its payout was approved: since then its money is no longer payable."""
    paid_on: Mapped[date | None]
    """The bank's day, once it paid."""
    ended_at: Mapped[datetime | None]
    """The payout was given up, refused or sent back: the redemption may be paid again."""


def share_online() -> ColumnElement[int]:
    """Return what its family paid online and the provider is credited with beside it, in cents.

    The kind is written out, so that the index that holds nothing else is used.
    """
    share = (
        select(func.coalesce(func.sum(Transfer.amount_cents), 0))
        .where(
            Transfer.redemption_id == Redemption.id,
            Transfer.kind == literal_column("'share_due'"),
        )
        .correlate(Redemption)
        .scalar_subquery()
    )
    return cast(share, BigInteger)  # PostgreSQL adds whole numbers up to a decimal


def worth() -> ColumnElement[int]:
    """Return what a redemption is worth to its provider: the vouchers, and that share."""
    return Redemption.amount_cents + share_online()


def of_live_payout() -> ColumnElement[bool]:
    """Return the condition that joins a redemption to the one payout that pays it, if any."""
    return (PayoutRedemption.redemption_id == Redemption.id) & PayoutRedemption.ended_at.is_(None)
