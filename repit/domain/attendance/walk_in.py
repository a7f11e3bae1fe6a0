"""Somebody known who comes without a booking: found by name and number, then taken in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.attendance import service
from repit.domain.attendance.errors import TooManyNames
from repit.domain.attendance.service import Noted
from repit.domain.audit.models import Event
from repit.domain.audit.service import record
from repit.domain.bookings import ending, naming
from repit.domain.bookings.adding import add_children
from repit.domain.bookings.book import Booked, book
from repit.domain.bookings.choosing import choices
from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked
from repit.domain.care.models import CareSlot
from repit.domain.errors import NoSuchObject
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.households.rules import number as file_number
from repit.domain.presence import notes

MOST = 5
WRONG_AN_HOUR = 10
"""Nobody reads through the files by typing names or numbers, as with codes at a desk."""
_NOT_FOUND = "file_not_found"
_LOOKED_AT = 50


@dataclass(frozen=True)
class Bringable:
    """A child who may come along, and the care beside the session. `trouble` as in `choosing`."""

    key: str
    first_name: str
    starts: time
    trouble: str | None


@dataclass(frozen=True)
class Known:
    """Who was named, by first name alone; the number tells two of one name apart."""

    number: str
    first_name: str
    children: tuple[Bringable, ...] = ()


@dataclass(frozen=True)
class WalkIn:
    """`request_id`: made by the page; sent twice is done once. `forced`: above the maximum.

    `children` are pairs of a child and the slot it goes to; nobody forces a child's place.
    """

    request_id: UUID
    parent_id: int
    session_id: int
    device: str
    forced: bool = False
    children: tuple[tuple[int, int], ...] = ()

    @property
    def asked(self) -> Asked:
        """The request that a booking would have made."""
        return Asked(
            request_id=self.request_id,
            parent_id=self.parent_id,
            session_id=self.session_id,
            seat=True,
            children=self.children,
            origin="walk_in",
            forced=self.forced,
        )


def known(db: Session, typed: str, session_id: int | None, *, now: datetime) -> list[Known]:
    """Return the parents with exactly this first and last name, or this number and last name.

    A number alone finds nobody: numbers follow one another.
    """
    words = frozenset(fold(typed).split())
    if not words:
        return []
    numbers = _numbers(typed)
    alike = and_(*(Parent.search_key.contains(word, autoescape=True) for word in words))
    rows = db.scalars(
        select(Parent)
        .where(Parent.state == "active", or_(Parent.number.in_(numbers), alike))
        .order_by(Parent.name_key, Parent.id)
        .limit(_LOOKED_AT)
    )
    found = [
        row
        for row in rows
        if frozenset(fold(f"{row.first_name} {row.last_name}").split()) == words
        or numbers.get(row.number) == frozenset(fold(row.last_name).split())
    ][:MOST]
    slots = _care_beside(db, session_id, now)
    return [
        Known(
            row.number,
            row.first_name,
            tuple(_bringable(db, row, slots)),
        )
        for row in found
    ]


def _numbers(typed: str) -> dict[str, frozenset[str]]:
    """Return what may be a number in the text, with the words beside it: before or after."""
    parts = typed.split()
    found = {}
    for cut in range(1, len(parts)):
        first, last = " ".join(parts[:cut]), " ".join(parts[cut:])
        found[file_number(first)] = frozenset(fold(last).split())
        found[file_number(last)] = frozenset(fold(first).split())
    return found


def check_may_look(db: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Refuse to look for one more file to who has typed too many that nobody has.

    Raises:
        TooManyNames: ten within an hour.
    """
    wrong = select(func.count()).where(
        Event.object_kind == "workshop_session",
        Event.object_id == session_id,
        Event.kind == _NOT_FOUND,
        Event.actor == str(actor),
        Event.at > now - timedelta(hours=1),
    )
    if (db.scalar(wrong) or 0) >= WRONG_AN_HOUR:
        raise TooManyNames(WRONG_AN_HOUR)


def note_not_found(db: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Write down that no file was found; never what was typed, which may be anybody's name.

    Raises:
        Nothing of its own.
    """
    record(db, actor=actor, kind=_NOT_FOUND, of=("workshop_session", session_id), now=now)


def parent_with(db: Session, number: str, typed: str, *, now: datetime) -> int:
    """Return the parent with this number, who was found by what was typed.

    Raises:
        NoSuchObject: no active parent has it, or the text does not name them.
    """
    if number not in {one.number for one in known(db, typed, None, now=now)}:
        raise NoSuchObject
    parent_id = db.scalar(
        select(Parent.id).where(Parent.number == number, Parent.state == "active")
    )
    if parent_id is None:
        raise NoSuchObject
    return parent_id


def take_in(db: Session, walk_in: WalkIn, *, actor: Actor, now: datetime) -> Booked:
    """Book a seat, and places for the children, for who is there, and note all arrivals.

    All of it, or nothing. A child may also join a parent who had booked alone. The vouchers are
    held as for everybody, and taken when the care was given.

    Raises:
        Refused: as `book` and `note`; the entry point keeps `CareFull` with `book.keep_refusal`.
    """
    own = _own_booking(db, walk_in) if walk_in.children else None
    if own is None:
        booked = book(db, walk_in.asked, actor=actor, now=now)
        _arrived(db, walk_in, booked, None, actor, now)
    else:
        whom = {"parent_id": walk_in.parent_id}
        children = walk_in.children
        booked = add_children(db, own, children, **whom, origin="walk_in", actor=actor, now=now)
    for place in ending.live_places(db, booked.id):
        if (place.child_id, place.slot_id) in walk_in.children:
            _arrived(db, walk_in, booked, place.public_id, actor, now)
    return booked


def _own_booking(db: Session, walk_in: WalkIn) -> str | None:
    """Return the booking of a parent who had booked alone; this very request is none."""
    return db.scalar(
        select(Booking.public_id).where(
            Booking.parent_id == walk_in.parent_id,
            Booking.session_id == walk_in.session_id,
            Booking.seat,
            Booking.state == "confirmed",
            Booking.request_id != walk_in.request_id,
        )
    )


def _arrived(
    db: Session, walk_in: WalkIn, booked: Booked, place: str | None, actor: Actor, now: datetime
) -> None:
    arrived = Noted(
        nonce=uuid5(walk_in.request_id, f"{notes.ARRIVED}:{place}" if place else notes.ARRIVED),
        booking_public_id=booked.public_id,
        child_place_public_id=place,
        kind=notes.ARRIVED,
        at=now,
        device=walk_in.device,
        timed=False,
    )
    service.note(db, arrived, actor=actor, now=now)


def _care_beside(db: Session, session_id: int | None, now: datetime) -> list[CareSlot]:
    here = CareSlot.session_id == session_id, CareSlot.state == "open", CareSlot.ends_at > now
    return list(db.scalars(select(CareSlot).where(*here).order_by(CareSlot.starts_at, CareSlot.id)))


def _bringable(db: Session, parent: Parent, slots: list[CareSlot]) -> Iterable[Bringable]:
    by_id = {slot.id: slot for slot in slots}
    for one in choices(db, parent, slots):
        slot = by_id[one.slot_id]
        key = naming.key(one.public_id, slot.public_id)
        yield Bringable(key, one.first_name, slot.starts, one.trouble)
