"""What the bank says: its files, their lines, and which money each line was found to be."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class BankStatement(Base):
    """A file of the bank, as it was read. The file itself is not kept: its lines are."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        CheckConstraint("kind IN ('camt.053', 'camt.054', 'csv', 'pain.002')", name="known_kind"),
        CheckConstraint(
            "lines_new >= 0 AND lines_known >= 0 AND lines_pending >= 0", name="counts_lines"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the bytes, in hexadecimal: the same file comes in once."""
    account: Mapped[str | None] = mapped_column(String(34))
    """The account it speaks of; a pain.002 speaks of none."""
    lines_new: Mapped[int]
    lines_known: Mapped[int]
    """Lines that another file had brought already."""
    lines_pending: Mapped[int]
    """Lines the bank had not booked yet; they come again in a later file."""
    imported_by: Mapped[str] = mapped_column(String(40))
    imported_at: Mapped[datetime]
    job_public_id: Mapped[str | None] = mapped_column(String(22))
    """The job that looks for what its lines are, when there are many."""


class BankLine(Base):
    """One movement of an account of ours. `amount_cents` is above zero; `credit`: it came in.

    Of what went out only the references are kept: whom the operator pays besides is not ours
    to know.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("account", "identity"),
        CheckConstraint("amount_cents > 0", name="moves_something"),
        CheckConstraint("state IN ('new', 'matched', 'set_aside')", name="known_state"),
        CheckConstraint("state <> 'set_aside' OR motive IS NOT NULL", name="set_aside_has_motive"),
        Index("ix_bank_line_state", "state", "booked_on"),
        Index("ix_bank_line_entry", "account", "entry_reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    """The file that brought it first."""
    account: Mapped[str] = mapped_column(String(34))
    identity: Mapped[str] = mapped_column(String(64))
    """The same line in another file has the same."""
    amount_cents: Mapped[int]
    credit: Mapped[bool]
    booked_on: Mapped[date]
    counterparty: Mapped[str | None] = mapped_column(String(140))
    remittance: Mapped[str | None] = mapped_column(String(1000))
    structured_reference: Mapped[str | None] = mapped_column(String(35))
    end_to_end_id: Mapped[str | None] = mapped_column(String(35))
    message_id: Mapped[str | None] = mapped_column(String(35))
    """Of the file of ours that a batch of transfers came from."""
    entry_reference: Mapped[str | None] = mapped_column(String(64))
    """The bank's name for the entry; a batch and its details share it."""
    bank_reference: Mapped[str | None] = mapped_column(String(64))
    """The bank's name for this one movement."""
    reason_code: Mapped[str | None] = mapped_column(String(4))
    """Why the bank returned it, in ISO 20022's codes."""
    state: Mapped[str] = mapped_column(String(12), default="new", server_default="new")
    why: Mapped[str | None] = mapped_column(String(24))
    """Why it is matched, or not yet: a code, see `matching`."""
    motive: Mapped[str | None] = mapped_column(String(500))
    """Why the operator set it, or what is left of it, aside."""
    created_at: Mapped[datetime]


class BankMatch(Base):
    """A bank line, or a part of it, is this arrival. Ended when it was a slip."""

    __tablename__ = "bank_match"
    __table_args__ = (
        CheckConstraint("how IN ('reference', 'hand', 'entered')", name="known_how"),
        Index(
            "uq_bank_match_live",
            "arrival_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id"))
    how: Mapped[str] = mapped_column(String(12))
    matched_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
