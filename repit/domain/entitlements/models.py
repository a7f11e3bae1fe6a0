"""The published scale, the decision for each parent, and what it gives for each period."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Scale(Base):
    """Dated quota rules. A published scale is never edited; a newer one follows it."""

    __tablename__ = "scale"
    __table_args__ = (
        UniqueConstraint("programme_id", "version"),
        CheckConstraint(
            "period IN ('month', 'quarter', 'semester', 'school_year', 'year')",
            name="known_period",
        ),
        CheckConstraint("cap IS NULL OR cap > 0", name="cap_leaves_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    period: Mapped[str] = mapped_column(String(12))
    cap: Mapped[int | None]
    """At most so many vouchers for one parent and one period."""
    first_day: Mapped[date]
    """Periods that start on or after this day follow this scale."""
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ScaleRule(Base):
    """One line of the scale: under a condition, add or set a number of vouchers."""

    __tablename__ = "scale_rule"
    __table_args__ = (
        UniqueConstraint("scale_id", "position"),
        CheckConstraint(
            "condition IN ('every_parent', 'isolated', 'child_under', 'child_more_support',"
            " 'priority_area', 'children_at_least')",
            name="known_condition",
        ),
        CheckConstraint("effect IN ('add', 'set')", name="known_effect"),
        CheckConstraint("vouchers >= 0", name="gives_or_nothing"),
        CheckConstraint(
            "(condition IN ('child_under', 'children_at_least')) = (threshold IS NOT NULL)",
            name="threshold_when_needed",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(80))
    """The operator's own words for this line of the explanation."""
    condition: Mapped[str] = mapped_column(String(24))
    threshold: Mapped[int | None]
    """Age in years for `child_under` (given per child), number for `children_at_least`."""
    effect: Mapped[str] = mapped_column(String(4))
    vouchers: Mapped[int]


class Entitlement(Base):
    """The decision that a parent belongs to a programme, between two days."""

    __tablename__ = "entitlement"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'granted', 'refused', 'ended')", name="known"),
        CheckConstraint("last_day IS NULL OR first_day <= last_day", name="days_in_order"),
        UniqueConstraint("parent_id", "programme_id"),
        Index("ix_entitlement_programme", "programme_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    state: Mapped[str] = mapped_column(String(12))
    requested_on: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    motive: Mapped[str | None] = mapped_column(String(500))


class Allowance(Base):
    """The vouchers a parent may have for one period, and the lines that explain it."""

    __tablename__ = "allowance"
    __table_args__ = (
        UniqueConstraint("parent_id", "programme_id", "period_first_day"),
        CheckConstraint("issued >= 0 AND issued <= granted", name="never_more_than_granted"),
        Index("ix_allowance_period", "programme_id", "period_first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale.id"))
    period_first_day: Mapped[date]
    period_last_day: Mapped[date]
    granted: Mapped[int]
    issued: Mapped[int] = mapped_column(default=0)
    """Vouchers issued for this period so far; a cancelled one stays counted."""
    isolated: Mapped[bool]
    facts: Mapped[dict[str, Any]]
    explanation: Mapped[list[dict[str, Any]]]
    waits_since: Mapped[datetime | None]
    waits_for: Mapped[str | None] = mapped_column(String(24))
    """Why the rest is not issued: `money_short` or `no_fund_for_them`; None when all is."""
