"""What happened to every object, who did it and why. Append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_object", "object_kind", "object_id", "id"),
        # Taking a parent back asks whether anything was done in their place; mostly nothing was.
        Index(
            "ix_event_for_parent",
            "for_parent_id",
            sqlite_where=text("for_parent_id IS NOT NULL"),
            postgresql_where=text("for_parent_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(40))
    for_parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    """The parent for whom it was done, when somebody acts in their place."""
    kind: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[int]
    motive: Mapped[str | None] = mapped_column(String(500))
    facts: Mapped[dict[str, Any]]
    """What changed: names of fields with the value before and after, ids, counts."""
