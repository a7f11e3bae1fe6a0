"""What the log of one person is about: the booking, the child, and who may collect it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.attendance.errors import OnlyByTheCarers
from repit.domain.attendance.rules import NAMES_FROM, ChildLists, Named
from repit.domain.bookings.errors import UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care import sheet_queries
from repit.domain.care.models import CareSlot, Collector
from repit.domain.care.sheet_queries import SheetView
from repit.domain.households.models import Child, Parent
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import WorkshopSession


@dataclass(frozen=True)
class Scope:
    """The sheet somebody works on: a session with the care beside it, or one slot."""

    session_id: int | None = None
    slot_id: int | None = None
    children: bool = True
    """Whether the children are noted on it: by who keeps them, not by who leads the session."""


ANYWHERE = Scope()


@dataclass(frozen=True)
class About:
    """One person of a booking. `place_id` None: the parent."""

    booking_id: int
    place_id: int | None
    state: str
    ended_at: datetime | None
    starts_at: datetime
    no_show_minutes: int
    household_id: int
    parent_name: str
    child_id: int | None = None
    first_name: str = ""
    collector_ids: dict[str, int] = field(default_factory=dict)

    def expected_at(self, at: datetime, *, offline: bool) -> bool:
        """Tell whether the person had a confirmed place at a moment.

        A phone without network cannot know what was cancelled since its sheet was read: it
        says who stands in the room.
        """
        if self.state == "offered":
            return False
        known_until = NAMES_FROM if offline else timedelta(0)
        return self.ended_at is None or at < self.ended_at + known_until


def locked(db: Session, booking: str, place: str | None, within: Scope) -> About:
    """Return whom a note is about; nobody else notes about the booking until the end.

    Raises:
        UnknownBooking: there is no such booking or place, or not on this sheet.
        OnlyByTheCarers: it is about a child, on a sheet that is about the parents.
    """
    if place is not None and not within.children:
        raise OnlyByTheCarers
    row = db.execute(
        select(Booking, Parent, Programme.no_show_minutes)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Programme, Programme.id == Booking.programme_id)
        .where(Booking.public_id == booking)
        .with_for_update(of=Booking)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise UnknownBooking
    booked, parent, grace = row
    if within.session_id is not None and booked.session_id != within.session_id:
        raise UnknownBooking
    common = {
        "booking_id": booked.id,
        "state": booked.state,
        "no_show_minutes": grace,
        "household_id": parent.household_id,
        "parent_name": f"{parent.first_name} {parent.last_name}",
    }
    if place is None:
        return _parent(db, booked, common, within)
    return _child(db, booked, place, common, within)


def _parent(db: Session, booked: Booking, common: dict[str, Any], within: Scope) -> About:
    if not booked.seat or booked.session_id is None or within.slot_id is not None:
        raise UnknownBooking  # who keeps the children does not note who sits next door
    starts_at = db.scalars(
        select(WorkshopSession.starts_at).where(WorkshopSession.id == booked.session_id)
    ).one()
    return About(place_id=None, ended_at=booked.ended_at, starts_at=starts_at, **common)


def _child(
    db: Session, booked: Booking, place: str, common: dict[str, Any], within: Scope
) -> About:
    row = db.execute(
        select(ChildPlace, Child.first_name, CareSlot.starts_at)
        .join(Child, Child.id == ChildPlace.child_id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .where(ChildPlace.public_id == place, ChildPlace.booking_id == booked.id)
    ).one_or_none()
    if row is None or within.slot_id not in {None, row.ChildPlace.slot_id}:
        raise UnknownBooking
    named = db.execute(
        select(Collector.public_id, Collector.id).where(
            Collector.child_id == row.ChildPlace.child_id,
            Collector.household_id == common["household_id"],
        )
    )
    return About(
        place_id=row.ChildPlace.id,
        ended_at=row.ChildPlace.ended_at or booked.ended_at,
        starts_at=row.starts_at,
        child_id=row.ChildPlace.child_id,
        first_name=row.first_name,
        collector_ids={row.public_id: row.id for row in named},
        **common,
    )


def lists(db: Session, about: About) -> ChildLists:
    """Return who may collect the child of a booking, and who never may.

    The home that booked decides; a court's decision that was seen binds whoever booked.
    """
    if about.child_id is None:
        return ChildLists(about.first_name, about.parent_name)
    together = db.scalars(
        select(ChildPlace.child_id).where(ChildPlace.booking_id == about.booking_id)
    )
    keys = {(child_id, about.household_id) for child_id in together}
    sheets = sheet_queries.for_care(db, keys)
    own = sheets.pop((about.child_id, about.household_id))
    return as_lists(about.first_name, about.parent_name, own, beside=sheets.values())


def as_lists(
    first_name: str, parent_name: str, sheet: SheetView, *, beside: Iterable[SheetView] = ()
) -> ChildLists:
    """Return the lists of a sheet as the rules read them."""

    def named(person: sheet_queries.Person) -> Named:
        return Named(person.name, person.public_id, person.decision_seen_on is not None)

    return ChildLists(
        first_name,
        parent_name,
        tuple(named(person) for person in sheet.may),
        tuple(named(person) for person in sheet.never),
        tuple(named(person) for other in beside for person in other.never),
    )
