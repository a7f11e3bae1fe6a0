"""Who waits, in which list and at which rank, for the parents themselves and for the staff."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings import families
from repit.domain.bookings.models import Booking, WaitingChild, WaitingParty
from repit.domain.bookings.queries import words_of
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Child, Parent
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass(frozen=True)
class WaitingView:
    """A party in a list. `rank` counts from 1; None when it no longer waits."""

    public_id: str
    parent_id: int
    parent_name: str
    parent_public_id: str
    state: str
    title: str
    day: date
    starts: time
    asked_at: datetime
    rank: int | None
    children: tuple[str, ...]
    seat: bool
    without_care: bool
    skips: int
    why: str | None
    offer: str | None
    expires_at: datetime | None
    group: bool
    """It waits for all sessions of a fixed group that are left."""


def waiting_of(db: Session, parent_id: int, *, locale: str = "fr") -> list[WaitingView]:
    """Return the lists a parent is in, with an honest rank."""
    live = WaitingParty.state.in_(("waiting", "offered"))
    return _parties(db, and_(WaitingParty.parent_id == parent_id, live), locale)


def waiting_party(db: Session, public_id: str, *, locale: str = "fr") -> WaitingView | None:
    """Return one party."""
    found = _parties(db, WaitingParty.public_id == public_id, locale)
    return found[0] if found else None


def waiting_list(db: Session, *lines: str) -> list[WaitingView]:
    """Return who waits in some lists, first come first, and why, for the staff."""
    live = WaitingParty.state.in_(("waiting", "offered"))
    return _parties(db, and_(WaitingParty.waits_for.in_(lines), live), "fr")


def kept_out(db: Session, *lines: str) -> set[str]:
    """Return which parties wait because the other parent comes; for the operator's eyes alone."""
    rows = db.scalars(
        select(WaitingParty.public_id)
        .join(WorkshopSession, WorkshopSession.id == WaitingParty.session_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            WaitingParty.waits_for.in_(lines),
            WaitingParty.state == "waiting",
            WaitingParty.seat,
            Workshop.parents_in_turn,
            families.other_parent_comes(
                WaitingParty.parent_id,  # type: ignore[arg-type]
                WorkshopSession.id,  # type: ignore[arg-type]
            ),
        )
    )
    return set(rows)


def _parties(db: Session, which: ColumnElement[bool], locale: str) -> list[WaitingView]:
    before = aliased(WaitingParty)
    rank = (
        select(func.count())
        .where(
            before.waits_for == WaitingParty.waits_for,
            before.state == "waiting",
            or_(
                before.asked_at < WaitingParty.asked_at,
                and_(before.asked_at == WaitingParty.asked_at, before.id < WaitingParty.id),
            ),
        )
        .correlate(WaitingParty)
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            WaitingParty,
            Parent.first_name,
            Parent.last_name,
            Parent.public_id.label("parent_public_id"),
            WorkshopSession,
            Workshop,
            CareSlot,
            Booking.public_id.label("offer"),
            Booking.expires_at,
            rank.label("before"),
        )
        .join(Parent, Parent.id == WaitingParty.parent_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == WaitingParty.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .outerjoin(CareSlot, CareSlot.id == WaitingParty.slot_id)
        .outerjoin(Booking, Booking.id == WaitingParty.booking_id)
        .where(which)
        .order_by(WaitingParty.asked_at, WaitingParty.id)
    ).all()
    children = _waiting_children(db, [row.WaitingParty.id for row in rows])
    return [_waiting_view(row, children, locale) for row in rows]


def _waiting_view(row: Any, children: dict[int, list[str]], locale: str) -> WaitingView:
    party: WaitingParty = row.WaitingParty
    what: WorkshopSession | CareSlot = row.WorkshopSession or row.CareSlot
    title = words_of(row.Workshop, locale)[0] if row.Workshop else row.CareSlot.public_title
    return WaitingView(
        public_id=party.public_id,
        parent_id=party.parent_id,
        parent_name=f"{row.first_name} {row.last_name}",
        parent_public_id=row.parent_public_id,
        state=party.state,
        title=title,
        day=what.day,
        starts=what.starts,
        asked_at=party.asked_at,
        rank=row.before + 1 if party.state == "waiting" else None,
        children=tuple(children.get(party.id, ())),
        seat=party.seat,
        without_care=party.without_care,
        skips=party.skips,
        why=party.why,
        offer=row.offer,
        expires_at=row.expires_at,
        group=party.waits_for.startswith("group:"),
    )


def _waiting_children(db: Session, party_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if party_ids:
        rows = db.execute(
            select(WaitingChild.party_id, Child.first_name)
            .join(Child, Child.id == WaitingChild.child_id)
            .where(WaitingChild.party_id.in_(party_ids))
            .order_by(WaitingChild.id)
        )
        for party_id, first_name in rows:
            found[party_id].append(first_name)
    return found
