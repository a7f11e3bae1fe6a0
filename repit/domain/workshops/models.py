"""Workshops, their real dates, where they are and who leads them."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Place(Base):
    """A room that people must find, with what it takes to get in."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200))
    town: Mapped[str] = mapped_column(String(80))
    postcode: Mapped[str] = mapped_column(String(12))
    step_free: Mapped[bool] = mapped_column(default=False)
    access: Mapped[str | None] = mapped_column(String(600))
    """Lift, bus lines, parking, hearing loop, in words."""
    created_at: Mapped[datetime]


class Workshop(Base):
    """A series. What stands here is proposed to each new session, which may differ."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("audience IN ('everyone', 'women', 'men')", name="known_audience"),
        CheckConstraint("format IN ('open', 'cohort')", name="known_format"),
        CheckConstraint("promotion IN ('fit', 'strict')", name="known_promotion"),
        CheckConstraint("state IN ('draft', 'open', 'closed')", name="known_state"),
        CheckConstraint("min_people BETWEEN 1 AND max_people", name="min_within_max"),
        CheckConstraint("max_people <= 500", name="fits_a_room"),
        CheckConstraint("starts < ends", name="starts_before_it_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    title: Mapped[str] = mapped_column(String(120))
    """What the staff call it."""
    public_title: Mapped[str] = mapped_column(String(120))
    """Neutral: it stands in messages, calendars and page titles."""
    description: Mapped[str | None] = mapped_column(String(2000))
    charter: Mapped[str | None] = mapped_column(String(2000))
    audience: Mapped[str] = mapped_column(String(12), default="everyone")
    with_children: Mapped[bool] = mapped_column(default=False)
    """The children come in with their parent: no care is needed."""
    format: Mapped[str] = mapped_column(String(8), default="open")
    """`open`: each session by itself; `cohort`: the same people at all of them."""
    min_people: Mapped[int]
    max_people: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    zone: Mapped[str] = mapped_column(String(40))
    only_isolated: Mapped[bool] = mapped_column(default=False)
    only_towns: Mapped[list[str]] = mapped_column(default=list)
    child_under_years: Mapped[int | None]
    """At least one child younger than this; None asks nothing."""
    parents_in_turn: Mapped[bool] = mapped_column(default=True)
    """The parents of one child come to different sessions."""
    promotion: Mapped[str] = mapped_column(String(8), default="fit")
    """`fit`: the first party that fits, one skip at most; `strict`: the first in the list."""
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By language: `public_title` and `description`."""
    state: Mapped[str] = mapped_column(String(8), default="draft")
    created_at: Mapped[datetime]


class WorkshopSession(Base):
    """One real date. Wall clock and zone are what was agreed; the moments are computed.

    `seats_taken` counts live bookings, offers included. It may stand above `max_people` only
    while `over_capacity` says that a person lowered the one or forced the other.
    """

    __tablename__ = "workshop_session"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'cancelled')", name="known_state"),
        CheckConstraint("min_people BETWEEN 1 AND max_people", name="min_within_max"),
        CheckConstraint("starts < ends", name="starts_before_it_ends"),
        CheckConstraint("seats_taken >= 0", name="seats_not_negative"),
        CheckConstraint("seats_taken <= max_people OR over_capacity", name="never_oversold"),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at_a_moment"
        ),
        CheckConstraint("decision IN ('run', 'postpone', 'cancel')", name="known_decision"),
        Index("ix_workshop_session_workshop", "workshop_id", "starts_at"),
        Index("ix_workshop_session_starts", "state", "starts_at"),
        Index("ix_workshop_session_place", "place_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    zone: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    decide_at: Mapped[datetime]
    """When a session under its minimum is decided on, by the local calendar."""
    theme: Mapped[str | None] = mapped_column(String(200))
    guests: Mapped[str | None] = mapped_column(String(300))
    min_people: Mapped[int]
    max_people: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    over_capacity: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    decision: Mapped[str | None] = mapped_column(String(8))
    decided_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    cancelled_at: Mapped[datetime | None]
    cancel_motive: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    """Grows with every change that those who come must learn; the calendar's SEQUENCE."""
    created_at: Mapped[datetime]


class Facilitator(Base):
    """Somebody who leads a whole workshop, or one session of it."""

    __tablename__ = "facilitator"
    __table_args__ = (UniqueConstraint("workshop_id", "person_id", "session_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"), index=True)
    session_key: Mapped[int] = mapped_column(default=0, server_default="0")
    """The session's id, or 0: NULL would make the key above not unique."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
