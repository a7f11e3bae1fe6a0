"""Who came, with whom each child left: a log per person, nothing in it ever changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Attendance(Base):
    """One thing that somebody noted about one person. What is true now is derived."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('arrived', 'left', 'no_show', 'excused', 'annulled', 'refused')",
            name="known_kind",
        ),
        CheckConstraint(
            "kind <> 'left' OR child_place_id IS NULL OR person_name IS NOT NULL",
            name="left_with_somebody",
        ),
        Index("ix_attendance_booking", "booking_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[UUID] = mapped_column(unique=True)
    """Made by the phone before it sends: sent twice is noted once."""
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    child_place_id: Mapped[int | None] = mapped_column(ForeignKey("child_place.id"))
    """None: about the parent."""
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    """When the phone says it happened; it may have had no network."""
    received_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(40))
    """Which browser noted it: two that disagree are a conflict to show."""
    actor: Mapped[str] = mapped_column(String(40))
    offline: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    forced: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    motive: Mapped[str | None] = mapped_column(String(300))
    person_name: Mapped[str | None] = mapped_column(String(120))
    """Who brought the child, or with whom it left."""
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"))
