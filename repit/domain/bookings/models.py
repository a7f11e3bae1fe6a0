"""Bookings and the parties that wait for one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base

_LIVE_SEAT = text("session_id IS NOT NULL AND seat AND state <> 'cancelled'")


class Booking(Base):
    """One party's request: the parent's seat, the children's places and the vouchers, together.

    `offered` is a booking that waits for a yes until `expires_at`: it holds its places and its
    vouchers like any other, so that an offer can never be one too many.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("state IN ('offered', 'confirmed', 'cancelled')", name="known_state"),
        CheckConstraint("origin IN ('self', 'phone', 'walk_in', 'waiting')", name="known_origin"),
        CheckConstraint(
            "(state = 'offered') = (expires_at IS NOT NULL)", name="offered_for_a_time"
        ),
        CheckConstraint("(state = 'cancelled') = (ended_at IS NOT NULL)", name="ended_at_a_moment"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        CheckConstraint(
            "ended_by IN ('parent', 'service', 'expired', 'declined')", name="known_ending"
        ),
        CheckConstraint("NOT seat OR session_id IS NOT NULL", name="seat_in_a_session"),
        CheckConstraint(
            "state <> 'offered' OR origin = 'waiting' OR taken_at IS NOT NULL",
            name="offered_by_the_list_or_to_pay",
        ),
        Index(
            "uq_booking_live_seat",
            "parent_id",
            "session_id",
            unique=True,
            sqlite_where=_LIVE_SEAT,
            postgresql_where=_LIVE_SEAT,
        ),
        Index("ix_booking_session", "session_id", "state"),
        Index("ix_booking_parent", "parent_id", "state"),
        Index(
            "ix_booking_lead",
            "lead_id",
            sqlite_where=text("lead_id IS NOT NULL"),
            postgresql_where=text("lead_id IS NOT NULL"),
        ),
        Index(
            "ix_booking_offered",
            "expires_at",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    """Made by the page before it sends: the same one twice is one booking."""
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"))
    """None when the care stands alone."""
    seat: Mapped[bool]
    """The parent comes too. A session's care without the parent's seat is an explicit choice."""
    state: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(8))
    late: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Cancelled by the parent after the programme's deadline."""
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    taken_at: Mapped[datetime | None]
    """Of an offer that only waits to be paid: since when. It is given time to pay once."""
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    """Of a fixed group booked or offered at once: the booking that answers for all of it."""


class ChildPlace(Base):
    """A child's place in a care slot."""

    __tablename__ = "child_place"
    __table_args__ = (
        Index(
            "uq_child_place_live",
            "child_id",
            "slot_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("share_cents >= 0", name="share_not_negative"),
        Index("ix_child_place_booking", "booking_id"),
        Index("ix_child_place_slot", "slot_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("care_slot.id"))
    vouchers: Mapped[int]
    """How many were held for it."""
    share_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """What the family pays online for it; nothing when it pays on the spot."""
    ended_at: Mapped[datetime | None]


class WaitingParty(Base):
    """A party that waits for a session, or for a care slot that stands alone."""

    __tablename__ = "waiting_party"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'offered', 'served', 'left', 'closed')", name="known_state"
        ),
        CheckConstraint("(session_id IS NULL) <> (slot_id IS NULL)", name="waits_for_one_thing"),
        CheckConstraint(
            "(state = 'offered') <= (booking_id IS NOT NULL)", name="offered_something"
        ),
        Index(
            "uq_waiting_party_live",
            "parent_id",
            "waits_for",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_waiting_party_line", "waits_for", "state", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("care_slot.id"))
    waits_for: Mapped[str] = mapped_column(String(24))
    """`session:12`, `slot:7`, or `group:3` for all sessions of a fixed group: one key for all."""
    seat: Mapped[bool]
    without_care: Mapped[bool] = mapped_column(default=False)
    """The parent comes even when there is no place for the children."""
    asked_at: Mapped[datetime]
    skips: Mapped[int] = mapped_column(default=0, server_default="0")
    why: Mapped[str | None] = mapped_column(String(24))
    """Why it was not served when a place last came free."""
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    """The live offer, or what came of it."""
    ended_at: Mapped[datetime | None]


class WaitingChild(Base):
    """A child of a party that waits."""

    __tablename__ = "waiting_child"
    __table_args__ = (UniqueConstraint("party_id", "child_id", "slot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("waiting_party.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("care_slot.id"))


class CareRefusal(Base):
    """A request that had to be refused for lack of care: the number that justifies funding."""

    __tablename__ = "care_refusal"
    __table_args__ = (
        CheckConstraint("reason IN ('room', 'carers', 'cap', 'age', 'other')", name="known_reason"),
        CheckConstraint("children > 0", name="refused_somebody"),
        Index("ix_care_refusal_at", "programme_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("care_slot.id"))
    children: Mapped[int]
    reason: Mapped[str] = mapped_column(String(8))
    came_without: Mapped[bool]
    """The parent came even without care."""
