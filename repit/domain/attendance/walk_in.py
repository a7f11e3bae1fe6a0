"""Somebody known who comes without a booking: found by number or whole name, then taken in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.attendance import rules, service
from repit.domain.attendance.service import Noted
from repit.domain.bookings.book import Booked, book
from repit.domain.bookings.placing import Asked
from repit.domain.errors import NoSuchObject
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.households.rules import number as file_number

MOST = 5
"""Nobody reads through the files by typing names."""
_LOOKED_AT = 50


@dataclass(frozen=True)
class Known:
    """Enough to tell two people of one name apart."""

    number: str
    name: str
    town: str


@dataclass(frozen=True)
class WalkIn:
    """`request_id`: made by the page; sent twice is done once. `forced`: above the maximum."""

    request_id: UUID
    number: str
    session_id: int
    device: str
    forced: bool = False


def known(db: Session, typed: str) -> list[Known]:
    """Return the parents with this number, or with exactly this first and last name."""
    words = frozenset(fold(typed).split())
    if not words:
        return []
    number = file_number(typed)
    alike = and_(*(Parent.search_key.contains(word, autoescape=True) for word in words))
    rows = db.scalars(
        select(Parent)
        .where(Parent.state == "active", or_(Parent.number == number, alike))
        .order_by(Parent.name_key, Parent.id)
        .limit(_LOOKED_AT)
    )
    found = [
        Known(row.number, f"{row.first_name} {row.last_name}", row.town)
        for row in rows
        if row.number == number
        or frozenset(fold(f"{row.first_name} {row.last_name}").split()) == words
    ]
    return found[:MOST]


def take_in(db: Session, walk_in: WalkIn, *, actor: Actor, now: datetime) -> Booked:
    """Book a seat for somebody who is there, and note the arrival: both, or neither.

    Children need a place that was booked: the operator does that by telephone.

    Raises:
        NoSuchObject: no active parent has this number.
        Refused: as `book` and `note`.
    """
    parent_id = db.scalar(
        select(Parent.id).where(Parent.number == walk_in.number, Parent.state == "active")
    )
    if parent_id is None:
        raise NoSuchObject
    asked = Asked(
        request_id=walk_in.request_id,
        parent_id=parent_id,
        session_id=walk_in.session_id,
        seat=True,
        origin="walk_in",
        forced=walk_in.forced,
    )
    booked = book(db, asked, actor=actor, now=now)
    arrived = Noted(
        nonce=uuid5(walk_in.request_id, rules.ARRIVED),
        booking_public_id=booked.public_id,
        child_place_public_id=None,
        kind=rules.ARRIVED,
        at=now,
        device=walk_in.device,
        timed=False,
    )
    service.note(db, arrived, actor=actor, now=now)
    return booked
