"""Vouchers, and the code a parent shows for the ones they chose to spend."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class VoucherState(StrEnum):
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Voucher(Base):
    """A unit of face value, spent whole, once.

    Everything the decision needs stands on the row, so that one UPDATE can take it.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("face_cents > 0", name="has_value"),
        CheckConstraint("categories > 0", name="pays_for_something"),
        CheckConstraint("first_day <= last_day AND last_day <= grace_until", name="days_in_order"),
        CheckConstraint(
            "state IN ('issued', 'redeemed', 'expired', 'cancelled')", name="known_state"
        ),
        CheckConstraint(
            "(state = 'redeemed') = (redemption_id IS NOT NULL)", name="redeemed_by_a_redemption"
        ),
        CheckConstraint("round >= 0", name="rounds_count_up"),
        CheckConstraint(
            "NOT booked OR (state = 'issued' AND held_for_id IS NOT NULL)", name="booked_is_held"
        ),
        Index("ix_voucher_parent", "parent_id", "state", "last_day"),
        Index(
            "ix_voucher_open_until",
            "grace_until",
            sqlite_where=text("state = 'issued'"),
            postgresql_where=text("state = 'issued'"),
        ),
        Index(
            "ix_voucher_presentation",
            "presentation_id",
            sqlite_where=text("presentation_id IS NOT NULL"),
            postgresql_where=text("presentation_id IS NOT NULL"),
        ),
        Index("ix_voucher_allowance", "allowance_id"),
        # Room on the page for the one update in a voucher's life.
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    """Keyed hash of the code; in hexadecimal it also names the voucher in URLs."""
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    allowance_id: Mapped[int] = mapped_column(ForeignKey("allowance.id"))
    face_cents: Mapped[int]
    categories: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Last calendar day, in the programme's zone, of a service it may pay for."""
    grace_until: Mapped[date]
    """Last day on which a provider may still claim it."""
    state: Mapped[str] = mapped_column(String(12), default="issued", server_default="issued")
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was given back by a reversal."""
    redemption_id: Mapped[UUID | None] = mapped_column(ForeignKey("redemption.id"))
    blocked_at: Mapped[datetime | None]
    held_for_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    booked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Held for a booking: it does not expire and only the booking's end lets it go."""
    presentation_id: Mapped[int | None] = mapped_column(ForeignKey("presentation.id"))
    issued_at: Mapped[datetime]


class Hold(Base):
    """A voucher promised to one provider for one child's place. It ends exactly once."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'redeemed', 'released')", name="known_state"),
        CheckConstraint("(state = 'held') = (ended_at IS NULL)", name="ended_at_a_moment"),
        Index(
            "uq_hold_live",
            "voucher_id",
            unique=True,
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index("ix_hold_place", "child_place_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    child_place_id: Mapped[int] = mapped_column(ForeignKey("child_place.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    service_on: Mapped[date]
    """The day of the care; on another day, or for another service, it is not taken."""
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="held")
    ended_at: Mapped[datetime | None]


class Presentation(Base):
    """The code a parent shows for some of their vouchers; lives a quarter of an hour."""

    __tablename__ = "presentation"
    __table_args__ = (CheckConstraint("vouchers > 0", name="shows_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"), index=True)
    vouchers: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
