"""Parents, their children, and the dated facts of their situation."""

from datetime import date, datetime
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
from repit.domain.households import folding


def _name_key(context: Any) -> str:
    row = context.get_current_parameters()
    return folding.name_key(row["first_name"], row["last_name"])


def _search_key(context: Any) -> str:
    row = context.get_current_parameters()
    return folding.search_key(
        row["first_name"], row["last_name"], row["number"], row["town"], row["postcode"]
    )


class Household(Base):
    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    created_at: Mapped[datetime]


class ParentImport(Base):
    """One CSV file of parents: read, checked, confirmed, perhaps undone."""

    __tablename__ = "parent_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('checked', 'running', 'done', 'undone', 'dropped')", name="known_state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """The file as it came; once done, only its refused rows; nothing once undone or dropped."""
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    state: Mapped[str] = mapped_column(String(12))
    job_public_id: Mapped[str | None] = mapped_column(String(22))
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_same: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Parent(Base):
    __tablename__ = "parent"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'suspended')", name="known_state"),
        CheckConstraint("discretion IN ('normal', 'silent', 'hidden')", name="known_discretion"),
        CheckConstraint("declared IN ('woman', 'man')", name="known_declared"),
        Index("ix_parent_name_key", "name_key"),
        Index(
            "ix_parent_import",
            "import_id",
            sqlite_where=text("import_id IS NOT NULL"),
            postgresql_where=text("import_id IS NOT NULL"),
        ),
        # The history outlives a parent whose import is undone: their id is never used again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    """The number the operator's staff and the parent use on paper."""
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    town: Mapped[str] = mapped_column(String(80))
    postcode: Mapped[str] = mapped_column(String(12))
    name_key: Mapped[str] = mapped_column(String(folding.NAME_ROOM), default=_name_key)
    """The name without accents or capitals, last name first: sorts, and finds the same name."""
    search_key: Mapped[str] = mapped_column(String(folding.SEARCH_ROOM), default=_search_key)
    """Set by `service` at each change; the first time by itself."""
    priority_area: Mapped[str | None] = mapped_column(String(12))
    """Code of the priority neighbourhood (QPV), such as QN05901M; None outside one."""
    requested_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="active")
    discretion: Mapped[str] = mapped_column(String(8), default="normal", server_default="normal")
    """About bookings. `normal`; `silent`: nothing is sent; `hidden`: nor shown, we call."""
    declared: Mapped[str | None] = mapped_column(String(8))
    """`woman` or `man`, if the parent said so: some sessions are for one or the other."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("parent_import.id"))
    calendar_key: Mapped[str | None] = mapped_column(String(22))
    """Part of the address their telephone's calendar reads, once they stopped an earlier one."""
    created_at: Mapped[datetime]


class Child(Base):
    __tablename__ = "child"
    __table_args__ = (
        CheckConstraint("care_weight BETWEEN 1 AND 5", name="weight_in_reach"),
        {"sqlite_autoincrement": True},  # as for parents
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    born_on: Mapped[date]
    more_support: Mapped[bool] = mapped_column(default=False)
    """Needs more support; why is never written down."""
    care_weight: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many children this one counts for when places are computed."""
    dedicated_carer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """One carer for this child alone."""
    confirmed: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """False: a parent added it and nobody has seen the evidence. It can be booked for, and counts
    for no quota."""
    created_at: Mapped[datetime]


class ChildHome(Base):
    """A child lives in one household or in two."""

    __tablename__ = "child_home"
    __table_args__ = (UniqueConstraint("child_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)


class Situation(Base):
    """A dated fact about a parent, with the evidence seen: never the document itself."""

    __tablename__ = "situation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('alone', 'shared_custody', 'partner_absent', 'separated_same_roof',"
            " 'couple')",
            name="known_kind",
        ),
        CheckConstraint("last_day IS NULL OR first_day <= last_day", name="days_in_order"),
        CheckConstraint(
            "(evidence_seen_on IS NULL) = (evidence_seen_by IS NULL)", name="seen_by_and_on"
        ),
        # The database looks here before an account is deleted.
        Index("ix_situation_seen_by", "evidence_seen_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    evidence: Mapped[str | None] = mapped_column(String(200))
    """What was shown, in words: « attestation CAF du 3 mars »."""
    evidence_seen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    evidence_seen_on: Mapped[date | None]
    created_at: Mapped[datetime]
