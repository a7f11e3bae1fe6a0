"""The sheet of a session or of a care slot: who comes, with whom, and what was noted."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor, person, person_id_of
from repit.domain.attendance import rules, unnamed
from repit.domain.attendance.reading import Scope
from repit.domain.attendance.rules import Conflict
from repit.domain.attendance.unnamed import Counted
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care import sheet_queries
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import age_in_years
from repit.domain.care.sheet_queries import SheetView
from repit.domain.households.models import Child, Parent
from repit.domain.money import Cents
from repit.domain.people.models import Person
from repit.domain.presence import notes
from repit.domain.presence import reading as presence
from repit.domain.presence.models import Attendance
from repit.domain.presence.notes import Entry, State
from repit.domain.presence.reading import Log
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Workshop, WorkshopSession

CONFLICTS_FOR = timedelta(days=60)
MOST_CONFLICTS = 200


@dataclass(frozen=True)
class Noting:
    """What was noted about one person. `conflicts`: two devices that disagree."""

    state: State
    log: tuple[Entry, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class ChildLine:
    """A child on a sheet, as the home that booked describes it. `held`: vouchers that wait."""

    public_id: str
    booking: str
    first_name: str
    age: int
    more_support: bool
    dedicated_carer: bool
    sheet: SheetView
    slot_id: int
    room: str
    starts_at: datetime
    vouchers: int
    held: int
    to_collect: Cents
    """What the family still pays on the spot."""
    paid_online: Cents
    place_id: int
    noting: Noting
    cancelled: bool = False
    """Its place was given back, but it came: it stays here until it is handed over."""


@dataclass(frozen=True)
class PartyLine:
    """One booking. `seat`: the parent comes too; `noting` is about the parent."""

    booking: str
    parent_id: int
    parent_name: str
    phone: str | None
    seat: bool
    walk_in: bool
    children: tuple[ChildLine, ...]
    noting: Noting


@dataclass(frozen=True)
class Sheet:
    """Who is expected; who cancelled only when a child came, an offer without an answer never."""

    parties: tuple[PartyLine, ...]
    unnamed: tuple[Counted, ...] = ()
    """Who came without a file: counted among the parents."""

    @property
    def children(self) -> tuple[ChildLine, ...]:
        """Return every child, whoever booked."""
        return tuple(child for party in self.parties for child in party.children)

    @property
    def seats(self) -> tuple[PartyLine, ...]:
        """Return the parties whose parent comes."""
        return tuple(party for party in self.parties if party.seat)

    @property
    def parents_inside(self) -> int:
        return sum(party.noting.state.inside for party in self.seats) + len(self.unnamed)

    @property
    def parents(self) -> int:
        """How many are expected, or came without being expected."""
        return len(self.seats) + len(self.unnamed)

    @property
    def children_inside(self) -> int:
        return sum(child.noting.state.inside for child in self.children)

    @property
    def disagreements(self) -> int:
        """How many people two devices disagree about."""
        noted = [party.noting for party in self.seats] + [one.noting for one in self.children]
        return sum(bool(one.conflicts) for one in noted)

    @property
    def noted_away(self) -> frozenset[str]:
        """Return the places with notes by which nobody came: what was taken is looked into."""
        return frozenset(
            one.public_id for one in self.children if one.noting.log and not one.noting.state.came
        )

    @property
    def to_take(self) -> tuple[ChildLine, ...]:
        """Return the children who came and whose vouchers wait."""
        return tuple(one for one in self.children if one.held and one.noting.state.came)


@dataclass(frozen=True)
class Disagreement:
    """A person two devices disagree about, and on which sheet."""

    name: str
    parent_name: str
    title: str
    starts_at: datetime
    session: str | None
    slot: str | None
    conflicts: tuple[Conflict, ...]
    names: dict[str, str]
    """Who noted, by actor."""


def sheet(db: Session, scope: Scope) -> Sheet:
    """Return the sheet of a session with its care, or of one slot, in seven statements."""
    parties = db.execute(_parties(scope)).all()
    booking_ids = [row.Booking.id for row in parties]
    log = presence.logs(db, booking_ids)
    children = _children(db, booking_ids, scope, log)
    lines = [
        PartyLine(
            booking=row.Booking.public_id,
            parent_id=row.Parent.id,
            parent_name=f"{row.Parent.first_name} {row.Parent.last_name}",
            phone=row.phone,
            seat=row.Booking.seat and row.Booking.state == "confirmed" and scope.slot_id is None,
            walk_in=row.Booking.origin == "walk_in",
            children=tuple(children[row.Booking.id]),
            noting=_noting(log, row.Booking.id, None),
        )
        for row in parties
        if row.Booking.state == "confirmed" or children[row.Booking.id]
    ]
    return Sheet(tuple(lines), _unnamed(db, scope))


def _unnamed(db: Session, scope: Scope) -> tuple[Counted, ...]:
    if scope.session_id is None or scope.slot_id is not None:
        return ()
    return tuple(unnamed.counted(db, scope.session_id))


def disagreements(db: Session, *, now: datetime) -> list[Disagreement]:
    """Return the people two devices disagree about, the latest first, in four statements."""
    suspects = db.execute(
        select(Attendance.booking_id, Attendance.child_place_id)
        .where(Attendance.at > now - CONFLICTS_FOR, Attendance.kind != notes.REFUSED)
        .group_by(Attendance.booking_id, Attendance.child_place_id)
        .having(func.count(Attendance.device.distinct()) > 1)
        .order_by(func.max(Attendance.at).desc())
        .limit(MOST_CONFLICTS)
    ).all()
    log = presence.logs(db, {row.booking_id for row in suspects})
    names = whom(db, {row.booking_id for row in suspects})
    people = who_noted(db, {entry.actor for entries in log.values() for entry in entries})
    found = []
    for booking_id, place_id in suspects:
        noted = _noting(log, booking_id, place_id)
        about = names.get((booking_id, place_id))
        if noted.conflicts and about is not None:
            found.append(Disagreement(**about, conflicts=noted.conflicts, names=people))
    return found


def _parties(scope: Scope) -> Any:
    where: Any = Booking.session_id == scope.session_id
    if scope.slot_id is not None:
        places = select(ChildPlace.booking_id).where(
            ChildPlace.slot_id == scope.slot_id, or_(ChildPlace.ended_at.is_(None), _NOTED_THERE)
        )
        where = Booking.id.in_(places)
    return (
        select(Booking, Parent, Person.phone)
        .join(Parent, Parent.id == Booking.parent_id)
        .outerjoin(Person, Person.id == Parent.person_id)
        .where(where, or_(Booking.state == "confirmed", _SOMEBODY_NOTED))
        .order_by(Parent.name_key, Booking.id)
    )


def _children(
    db: Session, booking_ids: Sequence[int], scope: Scope, log: Log
) -> dict[int, list[ChildLine]]:
    found: dict[int, list[ChildLine]] = defaultdict(list)
    if not booking_ids:
        return found
    rows = db.execute(_places(booking_ids, scope)).all()
    sheets = sheet_queries.for_care(db, [(row.Child.id, row.household_id) for row in rows])
    for row in rows:
        place, child, slot = row.ChildPlace, row.Child, row.CareSlot
        noting = _noting(log, place.booking_id, place.id)
        if place.ended_at is not None and not noting.state.came:
            continue
        line = ChildLine(
            public_id=place.public_id,
            booking=row.booking,
            first_name=child.first_name,
            age=age_in_years(child.born_on, slot.day),
            more_support=child.more_support,
            dedicated_carer=child.dedicated_carer,
            sheet=sheets[child.id, row.household_id],
            slot_id=slot.id,
            room=slot.room,
            starts_at=slot.starts_at,
            vouchers=place.vouchers,
            held=row.held,
            to_collect=Cents(0 if place.share_cents else slot.family_share_cents),
            paid_online=Cents(place.share_cents),
            place_id=place.id,
            noting=noting,
            cancelled=place.ended_at is not None,
        )
        found[place.booking_id].append(line)
    return found


def _places(booking_ids: Sequence[int], scope: Scope) -> Any:
    held = (
        select(func.count())
        .where(Hold.child_place_id == ChildPlace.id, Hold.state == "held")
        .correlate(ChildPlace)
        .scalar_subquery()
    )
    query = (
        select(
            ChildPlace,
            Child,
            CareSlot,
            Parent.household_id,
            Booking.public_id.label("booking"),
            held.label("held"),
        )
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Child, Child.id == ChildPlace.child_id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .where(
            ChildPlace.booking_id.in_(booking_ids), or_(ChildPlace.ended_at.is_(None), _NOTED_THERE)
        )
        .order_by(CareSlot.starts_at, Child.born_on, ChildPlace.id)
    )
    return query if scope.slot_id is None else query.where(ChildPlace.slot_id == scope.slot_id)


def _noting(log: Log, booking_id: int, place_id: int | None) -> Noting:
    entries = notes.in_order(log.get((booking_id, place_id), []))
    return Noting(notes.state_of(entries), tuple(entries), tuple(rules.conflicts(entries)))


def whom(db: Session, booking_ids: Collection[int]) -> dict[tuple[int, int | None], Any]:
    """Return who each log is about, by booking and place, in one statement."""
    rows = db.execute(
        select(Booking.id, ChildPlace.id, Child.first_name, Parent, *_WHERE)
        .join(Parent, Parent.id == Booking.parent_id)
        .outerjoin(ChildPlace, ChildPlace.booking_id == Booking.id)
        .outerjoin(Child, Child.id == ChildPlace.child_id)
        .outerjoin(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(Booking.id.in_(booking_ids))
    )
    found: dict[tuple[int, int | None], Any] = {}
    for booking_id, place_id, first_name, parent, title, starts_at, session, slot in rows:
        parent_name = f"{parent.first_name} {parent.last_name}"
        common = {"parent_name": parent_name, "title": title or "", "starts_at": starts_at}
        where = common | {"session": session, "slot": None if session else slot}
        found[booking_id, None] = where | {"name": parent_name}
        if place_id is not None:
            found[booking_id, place_id] = where | {"name": first_name}
    return found


def who_noted(db: Session, noted_by: Collection[str]) -> dict[str, str]:
    """Return the names of those who noted, in one statement."""
    known = {person_id_of(Actor(one)) for one in noted_by} - {None}
    rows = db.execute(select(Person.id, Person.name).where(Person.id.in_(known)))
    return {person(row.id): row.name for row in rows}


_NOTED_THERE = exists().where(
    Attendance.booking_id == ChildPlace.booking_id,
    Attendance.child_place_id == ChildPlace.id,
    Attendance.kind == notes.ARRIVED,
)
_SOMEBODY_NOTED = and_(
    Booking.state == "cancelled",
    exists().where(
        Attendance.booking_id == Booking.id,
        Attendance.child_place_id.is_not(None),
        Attendance.kind == notes.ARRIVED,
    ),
)
_WHERE = (
    func.coalesce(Workshop.title, CareSlot.public_title),
    func.coalesce(WorkshopSession.starts_at, CareSlot.starts_at),
    WorkshopSession.public_id,
    CareSlot.public_id,
)
