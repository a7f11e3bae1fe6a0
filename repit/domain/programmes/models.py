"""Schemes, and the money given to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Funder(Base):
    __tablename__ = "funder"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    long_name: Mapped[str | None] = mapped_column(String(300))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]


class Programme(Base):
    """A scheme and its settings. Sets of categories are bits, see `categories`."""

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("face_cents > 0", name="has_value"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("categories > 0", name="pays_for_something"),
        CheckConstraint("undo_hours >= 0 AND grace_days >= 0", name="windows"),
        CheckConstraint("presentation_minutes BETWEEN 1 AND 1440", name="presentation_window"),
        CheckConstraint("pays_within_days BETWEEN 0 AND 365", name="pays_in_time"),
        CheckConstraint("validity_months BETWEEN 1 AND 60", name="validity"),
        CheckConstraint("cancel_hours BETWEEN 0 AND 336", name="cancel_deadline"),
        CheckConstraint("no_show_minutes BETWEEN 0 AND 240", name="no_show_grace"),
        CheckConstraint("holdback_days BETWEEN 0 AND 365", name="holdback"),
        CheckConstraint("least_payout_cents >= 0", name="least_payout"),
        CheckConstraint("sheet_days BETWEEN 1 AND 365", name="sheets_readable"),
        CheckConstraint("profile IN ('FR-CAP')", name="known_profile"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Vouchers are issued between these days, both included."""
    face_cents: Mapped[int]
    categories: Mapped[int]
    isolated_kinds: Mapped[list[str]]
    """Which kinds of situation count as isolated."""
    validity_months: Mapped[int] = mapped_column(default=12)
    grace_days: Mapped[int] = mapped_column(default=60)
    """Days after a voucher's last day in which a provider may still claim it."""
    undo_hours: Mapped[int] = mapped_column(default=48)
    presentation_minutes: Mapped[int] = mapped_column(default=15)
    pays_within_days: Mapped[int] = mapped_column(default=30)
    pair_month_vouchers: Mapped[int | None]
    """At most so many vouchers a month from one parent to one provider."""
    provider_month_vouchers: Mapped[int | None]
    cancel_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    """A booking cancelled later than so many hours before, by the local clock, is late."""
    late_is_paid: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the provider keeps the vouchers of a late cancellation."""
    no_show_is_paid: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the provider keeps the vouchers of a child who did not come."""
    no_show_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    """After the start, before somebody may be noted as not having come."""
    sheet_days: Mapped[int] = mapped_column(default=30, server_default="30")
    """So many days after a session may who led it still open its sheet; the operator always may."""
    holdback_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """Days kept back after the undo window before a redemption may be paid."""
    least_payout_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """Less than that waits for the next payout."""
    share_online: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether a family pays its share online, when it books: see decision 0022."""
    carer_checks: Mapped[list[str]] = mapped_column(
        default=lambda: ["honorability"], server_default='["honorability"]'
    )
    """The papers a carer must have, each valid on the day, to be counted."""
    profile: Mapped[str | None] = mapped_column(String(16))
    """The legal frame that decides until when vouchers serve, see `profiles`; None: the above."""
    publishes: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the latest release is also a page that anybody may read."""
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Fund(Base):
    """One funder's money for one programme, with what it may be used for.

    Without a funder it is what the programme's families paid online: one, from which no voucher
    is issued, see `family_shares`.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("programme_id", "title"),
        CheckConstraint("categories > 0", name="pays_for_something"),
        Index(
            "uq_fund_of_families",
            "programme_id",
            unique=True,
            sqlite_where=text("funder_id IS NULL"),
            postgresql_where=text("funder_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    categories: Mapped[int]
    only_isolated: Mapped[bool] = mapped_column(default=False)
    only_priority_area: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Contribution(Base):
    """What a funder promises for a fund; what comes of it are its arrivals.

    Its reference for the bank is built from its row, see `references`.
    """

    __tablename__ = "contribution"
    __table_args__ = (CheckConstraint("promised_cents > 0", name="promises_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    promised_cents: Mapped[int]
    due_on: Mapped[date | None]
    agreement: Mapped[str | None] = mapped_column(String(80))
    """The number of the agreement or of the letter that promises it."""
    note: Mapped[str | None] = mapped_column(String(500))
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Arrival(Base):
    """Money that arrived for a contribution: one FUND transfer. Never edited, only taken back."""

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="brings_something"),
        CheckConstraint("returned_cents BETWEEN 0 AND amount_cents", name="returned_within"),
        CheckConstraint("way IN ('hand', 'transfer', 'card', 'sepa_debit')", name="known_way"),
        # The same line of a statement typed twice would count twice.
        Index(
            "uq_arrival_by_hand",
            "fund_id",
            "reference",
            unique=True,
            sqlite_where=text("way = 'hand' AND returned_cents < amount_cents"),
            postgresql_where=text("way = 'hand' AND returned_cents < amount_cents"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    """That of its contribution."""
    amount_cents: Mapped[int]
    returned_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much of it was taken back; the one column that changes."""
    received_on: Mapped[date]
    way: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(80))
    """The line of the statement, or the name a card payment has elsewhere."""
    note: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]


class ArrivalReturn(Base):
    """Money of an arrival that left again: bank, card scheme, or a slip of ours. Append-only."""

    __tablename__ = "arrival_return"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="takes_something"),
        CheckConstraint("shortage_cents BETWEEN 0 AND amount_cents", name="shortage_within"),
        CheckConstraint("reason IN ('recalled', 'disputed', 'mistake')", name="known_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id"), index=True)
    amount_cents: Mapped[int]
    shortage_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """What the fund no longer had available: it was promised in vouchers already."""
    reason: Mapped[str] = mapped_column(String(12))
    returned_on: Mapped[date]
    motive: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
