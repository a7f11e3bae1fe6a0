"""What was booked and who waits, for the parents themselves and for the staff."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.stage import COHORT
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Place, Workshop, WorkshopSession


@dataclass(frozen=True)
class Where:
    """A place as people must find it."""

    name: str
    address: str
    town: str
    postcode: str
    step_free: bool
    access: str | None


@dataclass(frozen=True)
class PlaceView:
    """A child's place in a booking."""

    public_id: str
    first_name: str
    slot_public_id: str
    starts: time
    ends: time
    room: str
    provider: str
    vouchers: int
    held: int
    family_share: Cents
    share_online: Cents
    """Of that, what is paid online; the rest is paid on the spot."""
    cancelled: bool
    sheet_to_fill: str | None = None
    """The child's public id while the home that booked has written nothing about it."""


@dataclass(frozen=True)
class Dated:
    """One session of a fixed group, by its own name or by that of its booking."""

    public_id: str
    day: date
    starts: time
    ends: time
    starts_at: datetime


@dataclass(frozen=True)
class BookingView:
    """A booking as its parent sees it."""

    id: int
    public_id: str
    parent_id: int
    state: str
    seat: bool
    title: str
    language: str
    day: date
    starts: time
    ends: time
    zone: str
    starts_at: datetime
    ends_at: datetime
    where: Where
    places: tuple[PlaceView, ...]
    made_at: datetime
    expires_at: datetime | None
    taken: bool
    """Only its payment is missing."""
    ended_at: datetime | None
    ended_by: str | None
    late: bool
    sequence: int
    """Grows with every change: the calendar's SEQUENCE."""
    discretion: str
    session_public_id: str | None
    cancel_hours: int
    late_is_paid: bool
    lead: str
    """Of a fixed group booked or offered at once, the one that answers for all; else this one."""
    together: tuple[Dated, ...] = ()
    """Of that one: all sessions that stand, by date; nothing for what stands alone."""
    postponed: bool = False
    """Not on that day after all, and there is no other day yet."""

    @property
    def share_online(self) -> Cents:
        """What its live places cost the family online."""
        return Cents(sum(place.share_online for place in self.places if not place.cancelled))

    @property
    def held(self) -> int:
        """How many vouchers wait for it."""
        return sum(place.held for place in self.places)

    @property
    def sheets_to_fill(self) -> tuple[PlaceView, ...]:
        """One place for each child who comes and about whom nothing is written yet."""
        if self.state != "confirmed":
            return ()
        found = {one.sheet_to_fill: one for one in self.places if not one.cancelled}
        return tuple(one for child, one in found.items() if child is not None)


def bookings_of(
    db: Session, parent_id: int, *, locale: str, hidden: bool = False
) -> list[BookingView]:
    """Return a parent's bookings, the next first; none for somebody whom we call instead.

    Args:
        hidden: for the staff who call: of those parents as well.
    """
    # What was offered for all sessions of a group is one offer, and was one when nobody took it.
    own = or_(
        Booking.lead_id.is_(None),
        Booking.state == "confirmed",
        Booking.ended_by.in_(("parent", "service")),
    )
    return _bookings(db, and_(Booking.parent_id == parent_id, own), locale, hidden=hidden)


def booking(
    db: Session, public_id: str, *, parent_id: int | None = None, locale: str = "fr"
) -> BookingView | None:
    """Return one booking: this parent's, or with None anybody's, for who holds its link."""
    whose = true() if parent_id is None else Booking.parent_id == parent_id
    found = _bookings(db, and_(Booking.public_id == public_id, whose), locale, hidden=True)
    return found[0] if found else None


def has_care(db: Session, session_public_id: str) -> bool:
    """Return whether children may be kept beside a session."""
    open_slots = (
        select(CareSlot.id)
        .join(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .where(WorkshopSession.public_id == session_public_id, CareSlot.state == "open")
    )
    return db.scalar(open_slots.limit(1)) is not None


def words_of(workshop: Workshop, locale: str) -> tuple[str, str | None, str]:
    """Return the public title and description in a language, or in French, and which it is."""
    words = workshop.translations.get(locale) or {}
    if words.get("public_title"):
        return words["public_title"], words.get("description") or workshop.description, locale
    return workshop.public_title, workshop.description, "fr"


def where_of(place: Place) -> Where:
    """Return a place as people must find it."""
    return Where(
        place.name, place.address, place.town, place.postcode, place.step_free, place.access
    )


def _bookings(
    db: Session, which: ColumnElement[bool], locale: str, *, hidden: bool
) -> list[BookingView]:
    first = (
        select(func.min(ChildPlace.slot_id))
        .where(ChildPlace.booking_id == Booking.id)
        .correlate(Booking)
        .scalar_subquery()
    )
    slot_place, lead = aliased(Place, name="slot_place"), aliased(Booking, name="lead")
    query = (
        select(
            Booking,
            Parent.discretion,
            WorkshopSession,
            Workshop,
            Place,
            CareSlot,
            slot_place,
            Programme.cancel_hours,
            Programme.late_is_paid,
            lead.public_id.label("lead"),
        )
        .outerjoin(lead, lead.id == Booking.lead_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Programme, Programme.id == Booking.programme_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .outerjoin(Place, Place.id == WorkshopSession.place_id)
        .outerjoin(CareSlot, and_(Booking.session_id.is_(None), CareSlot.id == first))
        .outerjoin(slot_place, slot_place.id == CareSlot.place_id)
        .where(which)
    )
    if not hidden:
        query = query.where(Parent.discretion != "hidden")
    rows = db.execute(query).all()
    places = _places_of(db, [row.Booking.id for row in rows])
    groups = (row for row in rows if row.Workshop and row.Workshop.format == COHORT)
    together = _together(db, [row.Booking.id for row in groups])
    views = [_booking_view(row, places, together, locale) for row in rows]
    return sorted(views, key=lambda view: view.starts_at)


def _booking_view(
    row: Any,
    places: dict[int, list[PlaceView]],
    together: dict[int, list[Dated]],
    locale: str,
) -> BookingView:
    booked: Booking = row.Booking
    what: WorkshopSession | CareSlot = row.WorkshopSession or row.CareSlot
    where: Place = row.Place if row.Place is not None else row.slot_place
    if row.Workshop is not None:
        title, _, language = words_of(row.Workshop, locale)
    else:
        title, language = row.CareSlot.public_title, "fr"
    return BookingView(
        id=booked.id,
        public_id=booked.public_id,
        parent_id=booked.parent_id,
        state=booked.state,
        seat=booked.seat,
        title=title,
        language=language,
        day=what.day,
        starts=what.starts,
        ends=what.ends,
        zone=what.zone,
        starts_at=what.starts_at,
        ends_at=what.ends_at,
        where=where_of(where),
        places=tuple(places.get(booked.id, ())),
        made_at=booked.made_at,
        expires_at=booked.expires_at,
        taken=booked.taken_at is not None,
        ended_at=booked.ended_at,
        ended_by=booked.ended_by,
        late=booked.late,
        sequence=booked.version + what.version,
        discretion=row.discretion,
        session_public_id=row.WorkshopSession.public_id if row.WorkshopSession else None,
        cancel_hours=row.cancel_hours,
        late_is_paid=row.late_is_paid,
        lead=row.lead or booked.public_id,
        together=tuple(together.get(booked.id, ())),
        postponed=getattr(what, "decision", None) == "postpone",
    )


def _together(db: Session, booking_ids: Collection[int]) -> dict[int, list[Dated]]:
    """Return the sessions of the group that each of these bookings answers for, by date."""
    found: dict[int, list[Dated]] = defaultdict(list)
    if not booking_ids:
        return found
    rows = db.execute(
        select(Booking.id, Booking.lead_id, Booking.public_id, WorkshopSession)
        .join(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .where(
            or_(Booking.id.in_(booking_ids), Booking.lead_id.in_(booking_ids)),
            Booking.state != "cancelled",
        )
        .order_by(WorkshopSession.starts_at)
    )
    for row in rows:
        one = row.WorkshopSession
        dated = Dated(row.public_id, one.day, one.starts, one.ends, one.starts_at)
        found[row.lead_id or row.id].append(dated)
    return {lead: dates for lead, dates in found.items() if len(dates) > 1}


def _places_of(db: Session, booking_ids: Collection[int]) -> dict[int, list[PlaceView]]:
    found: dict[int, list[PlaceView]] = defaultdict(list)
    if not booking_ids:
        return found
    held = (
        select(func.count())
        .where(Hold.child_place_id == ChildPlace.id, Hold.state == "held")
        .correlate(ChildPlace)
        .scalar_subquery()
    )
    here = ChildHome.child_id == Child.id, ChildHome.household_id == Parent.household_id
    sheet = ChildSheet.child_id == Child.id, ChildSheet.household_id == Parent.household_id
    to_fill = and_(
        select(ChildHome.id).where(*here).correlate(Child, Parent).exists(),
        ~select(ChildSheet.id).where(*sheet).correlate(Child, Parent).exists(),
    )
    rows = db.execute(
        select(
            ChildPlace,
            Child.first_name,
            Child.public_id.label("child"),
            CareSlot,
            Provider.name,
            held.label("held"),
            to_fill.label("to_fill"),
        )
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Child, Child.id == ChildPlace.child_id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .join(Provider, Provider.id == CareSlot.provider_id)
        .where(ChildPlace.booking_id.in_(booking_ids))
        .order_by(CareSlot.starts_at, Child.born_on, ChildPlace.id)
    )
    for row in rows:
        view = PlaceView(
            public_id=row.ChildPlace.public_id,
            first_name=row.first_name,
            slot_public_id=row.CareSlot.public_id,
            starts=row.CareSlot.starts,
            ends=row.CareSlot.ends,
            room=row.CareSlot.room,
            provider=row.name,
            vouchers=row.ChildPlace.vouchers,
            held=row.held,
            family_share=Cents(row.CareSlot.family_share_cents),
            share_online=Cents(row.ChildPlace.share_cents),
            cancelled=row.ChildPlace.ended_at is not None,
            sheet_to_fill=row.child if row.to_fill else None,
        )
        found[row.ChildPlace.booking_id].append(view)
    return found
