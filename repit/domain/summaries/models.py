"""The fields of a programme's yearly summary, and what was typed into them by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class SummaryFields(Base):
    """Fields in their order, as `rules.Field`; a programme without a row has the default ones."""

    __tablename__ = "summary_fields"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    fields: Mapped[list[dict[str, Any]]]
    changed_at: Mapped[datetime]


class SummaryAnswer(Base):
    """What a person typed into one field of one fund and year. It stays when its field goes."""

    __tablename__ = "summary_answer"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2200", name="known_year"),
        CheckConstraint("said <> ''", name="says_something"),
    )

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(24), primary_key=True)
    said: Mapped[str] = mapped_column(String(500))
