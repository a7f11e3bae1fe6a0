"""Adults who came without a booking and without a file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class UnnamedArrival(Base):
    """An adult who came without a booking and has no file: counted, and nothing else is known."""

    __tablename__ = "unnamed_arrival"
    __table_args__ = (Index("ix_unnamed_arrival_session", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[UUID] = mapped_column(unique=True)
    """Made by the page before it sends: sent twice is counted once."""
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id"))
    first_name: Mapped[str | None] = mapped_column(String(40))
    """Only what somebody wants to be called; never needed."""
    at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    forced: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Above the maximum, by somebody who was there."""
    annulled_at: Mapped[datetime | None]
    """It was noted by mistake."""
