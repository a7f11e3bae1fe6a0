"""What families paid online for care, and what goes back to them. Amounts are cents."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class FamilyPayment(Base):
    """One page on which the share of a booking is paid, and what became of the money.

    Its public id is the key under which Stripe knows it. `open` until it is `paid` or `over`;
    one that was over may still be paid: money that came is never refused, only given back.
    """

    __tablename__ = "family_payment"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'paid', 'over')", name="known_state"),
        CheckConstraint("amount_cents > 0", name="pays_something"),
        CheckConstraint("refund_cents >= 0 AND passed_cents >= 0", name="nothing_negative"),
        CheckConstraint("refund_cents + passed_cents <= amount_cents", name="no_more_than_paid"),
        CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL) AND"
            " (state = 'paid') = (stripe_payment_id IS NOT NULL) AND"
            " (state = 'paid') = (fund_id IS NOT NULL)",
            name="paid_at_a_moment",
        ),
        CheckConstraint(
            "state = 'paid' OR refund_cents + passed_cents = 0", name="moved_once_paid"
        ),
        Index("ix_family_payment_booking", "booking_id"),
        Index(
            "uq_family_payment_open",
            "booking_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    """What it pays for; another one when it came too late and the same party was booked again."""
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    """The families' fund of the programme, once it is paid."""
    amount_cents: Mapped[int]
    refund_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much goes back, or went: the sum of its refunds."""
    passed_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much providers have been credited with."""
    state: Mapped[str] = mapped_column(String(8), default="open", server_default="open")
    stripe_session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_payment_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    page: Mapped[str | None] = mapped_column(String(2000))
    """The address at Stripe, the same until it is over."""
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """When Stripe closes the page by itself."""
    paid_at: Mapped[datetime | None]


class FamilyRefund(Base):
    """Money of a payment on its way back: once, whatever is repeated."""

    __tablename__ = "family_refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="gives_something"),
        CheckConstraint("state IN ('asked', 'sent', 'done', 'refused')", name="known_state"),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done_at_a_moment"),
        Index("ix_family_refund_payment", "payment_id"),
        Index(
            "ix_family_refund_waiting",
            "id",
            sqlite_where=text("state IN ('asked', 'sent', 'refused')"),
            postgresql_where=text("state IN ('asked', 'sent', 'refused')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    """Also the key under which Stripe makes it once."""
    payment_id: Mapped[int] = mapped_column(ForeignKey("family_payment.id"))
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="asked", server_default="asked")
    """`sent`: posted, and Stripe is being asked; `refused`: the posting was taken back."""
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    """Grows when the operator tries a refused one again: a new key for Stripe."""
    why: Mapped[str] = mapped_column(String(12))
    """`cancelled`, `late_payment`, `twice` or `on_the_spot`."""
    reason: Mapped[str | None] = mapped_column(String(64))
    """Stripe's code, when it refused."""
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255))
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
