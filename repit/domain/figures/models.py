"""What is kept of days that are over, so that no page costs more as history grows.

A day is closed once, some hours after its midnight. What is kept of it then never changes: what
is recorded later belongs to the day on which it was recorded. Amounts in cents; vouchers and
minutes are net of what was taken back in the same span, so they may be below zero.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base

ALL_FUNDS = 0
"""The fund of a count over every fund of a programme: a household counts once in it."""
FOR_GOOD = date(9999, 12, 31)
"""Last day of what is still so."""


class Span(StrEnum):
    DAY = "day"
    MONTH = "month"


class KeptDay(Base):
    """A day of a programme that is closed. The last one is how far everything is kept."""

    __tablename__ = "kept_day"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="moments_in_order"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """The next local midnight; not part of the day."""
    closed_at: Mapped[datetime]
    counted: Mapped[bool]
    """False while everything is counted anew: its sums are not there, its parents stay as kept."""


class KeptParent(Base):
    """Where a parent lived, from one closed day to another: as it was when the day was closed."""

    __tablename__ = "kept_parent"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("declared IN ('woman', 'man')", name="known_declared"),
        Index("ix_kept_parent_household", "programme_id", "household_id"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    # No foreign keys to people: what is over stays counted when a row is erased.
    parent_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    """`FOR_GOOD` until something of it changes."""
    household_id: Mapped[int]
    town: Mapped[str] = mapped_column(String(80))
    priority_area: Mapped[str | None] = mapped_column(String(12))
    declared: Mapped[str | None] = mapped_column(String(8))


class KeptSum(Base):
    """What was issued, used, given back and lost in a day or a whole month, in every division.

    `category` is empty for what has none: vouchers that were issued, lapsed or cancelled.
    """

    __tablename__ = "kept_sum"
    __table_args__ = (CheckConstraint("span IN ('day', 'month')", name="known_span"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(24), primary_key=True)
    town: Mapped[str] = mapped_column(String(80), primary_key=True)
    isolated: Mapped[bool] = mapped_column(primary_key=True)
    """What the allowance saw that the voucher was issued for."""
    priority_area: Mapped[bool] = mapped_column(primary_key=True)
    vouchers_issued: Mapped[int]
    issued_cents: Mapped[int]
    vouchers_used: Mapped[int]
    used_cents: Mapped[int]
    vouchers_lapsed: Mapped[int]
    lapsed_cents: Mapped[int]
    vouchers_cancelled: Mapped[int]
    cancelled_cents: Mapped[int]
    respite_minutes: Mapped[int]
    respite_sessions: Mapped[int]
    """Services paid by the session: nobody wrote down how long they lasted."""


class KeptMoney(Base):
    """Every transfer of a fund in a day or a month, by kind and by the accounts it joined."""

    __tablename__ = "kept_money"
    __table_args__ = (
        CheckConstraint("span IN ('day', 'month')", name="known_span"),
        CheckConstraint("transfers > 0 AND cents > 0", name="moved_something"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    debit_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    credit_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    transfers: Mapped[int]
    cents: Mapped[int]


class KeptTally(Base):
    """What a fund's vouchers add to a provider's hours, and how long they had waited.

    `about` is `provider` (`key` its id, `number` minutes of respite) or `days` (`key` whole days
    from issue to use, `number` vouchers used, also those taken back later).
    """

    __tablename__ = "kept_tally"
    __table_args__ = (
        CheckConstraint("span IN ('day', 'month')", name="known_span"),
        CheckConstraint("about IN ('provider', 'days')", name="known_about"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    about: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class KeptReached(Base):
    """Who was reached in a month: vouchers used, less those of the same month taken back in it.

    Above zero the household was reached, and stays so: longer periods are unions of months.
    """

    __tablename__ = "kept_reached"
    __table_args__ = (Index("ix_kept_reached_parent", "parent_id", "month_last_day"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    month_last_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(24), primary_key=True)
    isolated: Mapped[bool] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vouchers: Mapped[int]


class KeptCount(Base):
    """How many were reached from the period's first day to `until_day`, each counted once.

    `dimension` is empty for all of them; else the parts divide them (`town`, `isolated`,
    `priority_area`, `declared`) or overlap (`category`).
    """

    __tablename__ = "kept_count"
    __table_args__ = (
        CheckConstraint("period IN ('month', 'quarter', 'semester', 'year')", name="known_period"),
        CheckConstraint("households >= 0 AND parents >= 0", name="not_negative"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """`ALL_FUNDS`, or one."""
    dimension: Mapped[str] = mapped_column(String(24), primary_key=True)
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    households: Mapped[int]
    parents: Mapped[int]
    until_day: Mapped[date]


class KeptFact(Base):
    """What is true of a period that is over, of what may still change elsewhere. Written once.

    Children and their ages, who was entitled, workshops, care, waiting: rows that people correct.
    """

    __tablename__ = "kept_fact"
    __table_args__ = (
        CheckConstraint("period IN ('month', 'quarter', 'semester', 'year')", name="known_period"),
        CheckConstraint("households >= 0", name="not_negative"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A key of `definitions`."""
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Empty for all; two parts stand with a `*` between them."""
    value: Mapped[int]
    households: Mapped[int]
    """Behind the value, each counted once."""
