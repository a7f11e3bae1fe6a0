"""How the operator's accountant writes our balances down, and the years accounted for."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Bookkeeping(Base):
    """The one row that says in which frame the books are kept, and whether somebody confirmed."""

    __tablename__ = "bookkeeping"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("frame IN ('association', 'm57')", name="known_frame"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_and_at"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    frame: Mapped[str] = mapped_column(String(12))
    identifier: Mapped[str | None] = mapped_column(String(10))
    """SIREN in France, BCE number in Belgium: it names the journal's file."""
    confirmed_at: Mapped[datetime | None]
    """When the operator's accountant agreed with the accounts below."""
    confirmed_by: Mapped[str | None] = mapped_column(String(40))


class ChartEntry(Base):
    """The account that the accountant wants for one kind of balance, instead of our proposal."""

    __tablename__ = "chart_entry"
    __table_args__ = (CheckConstraint("length(number) >= 2", name="has_a_class"),)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """An `AccountKind` of the ledger."""
    number: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(80))


class AnnualAccount(Base):
    """The account of one year of a programme, as it was given. Never edited."""

    __tablename__ = "annual_account"
    __table_args__ = (UniqueConstraint("programme_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    figures: Mapped[dict[str, Any]]
    given_by: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime]
