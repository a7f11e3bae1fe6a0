"""Staff time and money of a programme, line by line. Append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class CostLine(Base):
    """Minutes of staff, or money that was spent, or both. Never edited.

    What was typed wrong is cancelled by a line with the same day and kind and the contrary
    amounts, so that sums need no exception; the right amounts are one more line.
    """

    __tablename__ = "cost_line"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('team', 'supplier', 'purchases', 'room', 'travel', 'other')",
            name="known_kind",
        ),
        CheckConstraint("minutes <> 0 OR amount_cents <> 0", name="says_something"),
        CheckConstraint("minutes = 0 OR kind = 'team'", name="time_is_of_the_team"),
        CheckConstraint(
            "(cancels_id IS NULL AND minutes >= 0 AND amount_cents >= 0)"
            " OR (cancels_id IS NOT NULL AND minutes <= 0 AND amount_cents <= 0)",
            name="only_cancelling_is_negative",
        ),
        Index("ix_cost_line_programme", "programme_id", "on_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    nonce: Mapped[UUID] = mapped_column(unique=True)
    """Made by the page before it is sent: sent twice is counted once."""
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    on_day: Mapped[date]
    """The day it is about, or the first of its month: in which period it counts."""
    whole_month: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int] = mapped_column(default=0)
    """Of all who worked, together."""
    amount_cents: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(String(300))
    cancels_id: Mapped[int | None] = mapped_column(ForeignKey("cost_line.id"), unique=True)
    """The line that this one takes back; a line is taken back once."""
    typed_by: Mapped[str] = mapped_column(String(40))
    typed_at: Mapped[datetime]
