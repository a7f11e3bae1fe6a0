"""Care slots, the carers who keep them, and what a home writes down about its children."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base
from repit.domain.households import folding
from repit.domain.workshops.times import Times, fold_of


def _name_key(context: Any) -> str:
    return folding.fold(context.get_current_parameters()["name"])


class Carer(Base):
    """A named person of a provider who keeps children."""

    __tablename__ = "carer"
    __table_args__ = (
        CheckConstraint("kind IN ('animator', 'childminder', 'volunteer')", name="known_kind"),
        CheckConstraint("personal_cap > 0", name="keeps_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    personal_cap: Mapped[int | None]
    """Children at most by this person's own agreement; None: the ratio alone decides."""
    left_on: Mapped[date | None]
    """First day on which they no longer work there."""
    created_at: Mapped[datetime]


class CarerCheck(Base):
    """A paper that somebody saw, and the days on which it counts; never the paper itself."""

    __tablename__ = "carer_check"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('honorability', 'criminal_record', 'insurance', 'agreement')",
            name="known_kind",
        ),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        Index("ix_carer_check_carer", "carer_id", "kind", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    carer_id: Mapped[int] = mapped_column(ForeignKey("carer.id"))
    kind: Mapped[str] = mapped_column(String(16))
    first_day: Mapped[date]
    last_day: Mapped[date]
    seen_by: Mapped[str] = mapped_column(String(40))
    """The actor who saw it."""
    seen_on: Mapped[date]
    created_at: Mapped[datetime]


class CareSlot(Base):
    """Care offered at a time, beside a workshop session or standing alone.

    How many children may come is computed from the room, the carers and the children's ages.
    `places_taken` counts live places, offers included; the room is the database's last word.
    """

    __tablename__ = "care_slot"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'cancelled')", name="known_state"),
        CheckConstraint("starts < ends", name="starts_before_it_ends"),
        CheckConstraint("room_places BETWEEN 1 AND 200", name="room_for_somebody"),
        CheckConstraint("vouchers_per_child BETWEEN 0 AND 50", name="price_in_reach"),
        CheckConstraint("youngest_months >= 0 AND oldest_years <= 18", name="ages_of_children"),
        CheckConstraint("youngest_months <= oldest_years * 12 + 11", name="ages_in_order"),
        CheckConstraint(
            "mixing IN ('per_band', 'sum_of_fractions', 'youngest_decides')", name="known_mixing"
        ),
        CheckConstraint("places_taken >= 0", name="places_not_negative"),
        CheckConstraint("places_taken <= room_places OR over_capacity", name="never_overfull"),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at_a_moment"
        ),
        CheckConstraint("session_id IS NOT NULL OR public_title IS NOT NULL", name="has_a_name"),
        Index("ix_care_slot_session", "session_id"),
        Index("ix_care_slot_starts", "state", "starts_at"),
        Index("ix_care_slot_place", "place_id", "starts_at"),
        Index("ix_care_slot_provider", "provider_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    """Whose carers keep the children, and who is paid."""
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    room: Mapped[str] = mapped_column(String(80))
    public_title: Mapped[str | None] = mapped_column(String(120))
    """Of a slot that stands alone."""
    description: Mapped[str | None] = mapped_column(String(2000))
    day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    zone: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room_places: Mapped[int]
    youngest_months: Mapped[int] = mapped_column(default=0)
    oldest_years: Mapped[int] = mapped_column(default=12)
    """The oldest age that may come, birthdays included: 12 is until the thirteenth birthday."""
    preset: Mapped[str] = mapped_column(String(24), default="prudent")
    mixing: Mapped[str] = mapped_column(String(20), default="per_band")
    vouchers_per_child: Mapped[int]
    family_share_cents: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """What a family pays beside the vouchers, for each child."""
    places_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    over_capacity: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    cancelled_at: Mapped[datetime | None]
    cancel_motive: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]

    @property
    def fold(self) -> int | None:
        """Which hour is meant on the night on which one comes twice, see `times.fold_of`."""
        stored = Times(self.starts_at, self.ends_at)
        return fold_of(stored, self.day, self.starts, self.ends, self.zone)


class CarerAssignment(Base):
    """A carer asked for a slot. Only one who confirmed, counts and has valid checks adds places."""

    __tablename__ = "carer_assignment"
    __table_args__ = (
        CheckConstraint("role IN ('counts', 'on_call')", name="known_role"),
        CheckConstraint("state IN ('asked', 'confirmed', 'withdrawn')", name="known_state"),
        CheckConstraint("state = 'withdrawn' OR NOT declined", name="declined_is_withdrawn"),
        UniqueConstraint("slot_id", "carer_id"),
        Index("ix_carer_assignment_carer", "carer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("care_slot.id"))
    carer_id: Mapped[int] = mapped_column(ForeignKey("carer.id"))
    role: Mapped[str] = mapped_column(String(8), default="counts")
    state: Mapped[str] = mapped_column(String(12), default="asked")
    declined: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Withdrawn by the provider's own no, which it may still change; not by the operator."""
    changed_at: Mapped[datetime]


class ChildSheet(Base):
    """What one home says about a child. The child's other home has its own, and never sees it."""

    __tablename__ = "child_sheet"
    __table_args__ = (UniqueConstraint("child_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    walking_since: Mapped[date | None]
    helps: Mapped[str | None] = mapped_column(String(500))
    """What helps the child, in the parent's words; never a diagnosis."""
    consents: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By kind (`first_aid`, `photos`), the ISO day it was given; without the key, it was not."""
    confirmed_on: Mapped[date]
    """The parent last said on this day that all of it is right; asked again after a year."""
    updated_at: Mapped[datetime]


class Collector(Base):
    """Who may collect a child, and who never may, as one home says it.

    `never` binds the hand-overs that this home booked; once the operator has seen the court's
    decision it binds every hand-over of the child.
    """

    __tablename__ = "collector"
    __table_args__ = (
        CheckConstraint("standing IN ('may', 'never')", name="known_standing"),
        CheckConstraint(
            "(decision_seen_on IS NULL) = (decision_seen_by IS NULL)", name="seen_by_and_on"
        ),
        Index("ix_collector_child", "child_id", "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(240), default=_name_key)
    """The name without accents or capitals, so that nobody passes by writing it otherwise."""
    relation: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(20))
    standing: Mapped[str] = mapped_column(String(8))
    decision_seen_on: Mapped[date | None]
    decision_seen_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
