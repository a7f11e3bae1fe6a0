"""Releases: what a funder reads for ever, and apart from it the truth that later audits need."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

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


class ReleaseState(StrEnum):
    DRAFTING = "drafting"
    """A job counts, makes safe and attacks."""
    DRAFTED = "drafted"
    """The operator reads what the funder would see."""
    BLOCKED = "blocked"
    """Nothing could make it safe: it can only be discarded."""
    APPROVED = "approved"
    """Numbered and frozen: the funder reads it, and the database refuses any change."""
    DISCARDED = "discarded"


IN_DRAFT = (ReleaseState.DRAFTING, ReleaseState.DRAFTED, ReleaseState.BLOCKED)


class Release(Base):
    """One fund's tables for one calendar period. Once approved, no column changes any more."""

    __tablename__ = "release"
    __table_args__ = (
        CheckConstraint(
            "state IN ('drafting', 'drafted', 'blocked', 'approved', 'discarded')",
            name="known_state",
        ),
        CheckConstraint("kind IN ('quarter', 'semester', 'year')", name="known_kind"),
        CheckConstraint("first_day < last_day", name="days_in_order"),
        CheckConstraint("earlier >= 0", name="earlier"),
        CheckConstraint(
            "state NOT IN ('drafted', 'approved') OR (content IS NOT NULL AND sha256 IS NOT NULL)",
            name="drafted_says_something",
        ),
        CheckConstraint(
            "(state = 'approved') = (serial IS NOT NULL) AND (serial IS NULL) = (year IS NULL)"
            " AND (serial IS NULL) = (approved_by IS NULL)"
            " AND (serial IS NULL) = (approved_at IS NULL)",
            name="numbered_when_approved",
        ),
        UniqueConstraint("year", "serial"),
        Index(
            "uq_release_fund_id_period",
            "fund_id",
            "first_day",
            "last_day",
            unique=True,
            sqlite_where=text("state <> 'discarded'"),
            postgresql_where=text("state <> 'discarded'"),
        ),
        Index("ix_release_programme_id_state", "programme_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(8))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(9))
    drafted_by: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime]
    earlier: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many approved releases of the programme it was audited with: all there were."""
    approved_by: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None]
    year: Mapped[int | None]
    """In which it was approved, by the programme's calendar."""
    serial: Mapped[int | None]
    """1, 2, 3… in that year, over all programmes: with the year, its number."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Canonical JSON of `content.Content`, see `writing`."""
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))


LATEST = (Release.last_day.desc(), Release.approved_at.desc(), Release.id.desc())
"""Of approved releases: the one that reaches furthest, and of those the last one approved."""


class ReleaseFact(Base):
    """What is true behind a release, for audits alone: no code that a funder reaches reads it.

    It stays as long as its release is approved or waits, and goes with a discarded draft.
    """

    __tablename__ = "release_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), unique=True)
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    """Canonical JSON of `facts.Facts`, see `writing`."""
    audit: Mapped[dict[str, Any]]
    """What the audit found, for the operator: intervals, what was coarsened, what blocks."""
