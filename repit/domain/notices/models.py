"""The outbox: what must be told to whom, written in the same change as its cause."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Notice(Base):
    """One message to one person. `dedupe` makes telling twice impossible."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="known_state"),
        Index(
            "ix_notice_waiting",
            "send_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_notice_redemption", "redemption_id"),
        Index(
            "ix_notice_booking",
            "booking_id",
            sqlite_where=text("booking_id IS NOT NULL"),
            postgresql_where=text("booking_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Nobody to name when a provider has only an office address."""
    to_address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8))
    facts: Mapped[dict[str, Any]]
    dedupe: Mapped[str] = mapped_column(String(120))
    redemption_id: Mapped[UUID | None] = mapped_column(ForeignKey("redemption.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    created_at: Mapped[datetime]
    send_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(String(500))
    subject: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(String(8000))
    """What was sent, kept only in the demo so that it can be read in /dev/outbox."""
