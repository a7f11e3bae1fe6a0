"""What the operator has to know of: departures refused at the door, vouchers taken for nobody.

An alert waits until somebody says « vu », which is an event in the journal, like the refusal; or
until what it says is true no more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.attendance import queries
from repit.domain.attendance.service import CLEARED_EVENT
from repit.domain.audit.models import Event
from repit.domain.audit.service import record
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.taken import live_taking
from repit.domain.errors import NoSuchObject
from repit.domain.presence import notes
from repit.domain.presence import reading as presence
from repit.domain.presence.models import Attendance
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Hold

SEEN_EVENT = "alert_seen"
SHOWN_FOR = timedelta(days=60)
MOST = 200
_TAKEN_BACK = (notes.ANNULLED, notes.NO_SHOW, notes.EXCUSED)


@dataclass(frozen=True)
class Where:
    """Whom an alert is about, and on which sheet."""

    name: str
    parent_name: str
    title: str
    starts_at: datetime
    session: str | None
    slot: str | None


@dataclass(frozen=True)
class RefusedDeparture:
    """Somebody asked for a child and was refused; or was let go after the operator was asked."""

    nonce: UUID
    about: Where
    at: datetime
    asked: str
    """The name that was written or picked."""
    motive: str | None
    noted_by: str | None
    cleared: bool
    offline: bool


@dataclass(frozen=True)
class TakenForNobody:
    """Vouchers that a provider took for a child who, by the notes, did not come."""

    place: str
    about: Where
    provider: str
    taken_at: datetime
    vouchers: int
    redemption_id: UUID
    kind: str
    """What stands now, as in `presence.notes`."""


def waiting_departures(now: datetime) -> list[ColumnElement[bool]]:
    """Return which notes are departures nobody has said « vu » about; for counting them too."""
    return [
        Attendance.received_at > now - SHOWN_FOR,
        or_(Attendance.kind == notes.REFUSED, _happened(CLEARED_EVENT, "attendance", Attendance)),
        ~_happened(SEEN_EVENT, "attendance", Attendance),
    ]


def refused_departures(db: Session, *, now: datetime) -> list[RefusedDeparture]:
    """Return the departures that were refused and that nobody has seen, the latest first."""
    rows = db.scalars(
        select(Attendance)
        .where(*waiting_departures(now))
        .order_by(Attendance.at.desc(), Attendance.id.desc())
        .limit(MOST)
    ).all()
    names = queries.whom(db, {row.booking_id for row in rows})
    people = queries.who_noted(db, {row.actor for row in rows})
    return [
        RefusedDeparture(
            nonce=row.nonce,
            about=Where(**names[row.booking_id, row.child_place_id]),
            at=row.at,
            asked=row.person_name or "",
            motive=row.motive,
            noted_by=people.get(row.actor),
            cleared=row.kind != notes.REFUSED,
            offline=row.offline,
        )
        for row in rows
    ]


def maybe_for_nobody(now: datetime) -> list[ColumnElement[bool]]:
    """Return which places may have been paid for nobody: few, to be looked into by their notes."""
    return [
        select(Hold.id)
        .join(Redemption, live_taking())
        .where(Hold.child_place_id == ChildPlace.id, Hold.ended_at > now - SHOWN_FOR)
        .correlate(ChildPlace)
        .exists(),
        exists().where(
            Attendance.booking_id == ChildPlace.booking_id,
            Attendance.child_place_id == ChildPlace.id,
            Attendance.kind.in_(_TAKEN_BACK),
        ),
        ~_happened(SEEN_EVENT, "child_place", ChildPlace),
    ]


def taken_for_nobody(
    db: Session, *, now: datetime, places: Collection[str] | None = None
) -> list[TakenForNobody]:
    """Return the children who did not come and whose vouchers were taken, the latest first.

    Not those whose absence, or late cancellation, the programme pays.

    Args:
        places: of these alone.
    """
    only = [] if places is None else [ChildPlace.public_id.in_(places)]
    rows = db.execute(_takings().where(*maybe_for_nobody(now), *only)).all()
    log = presence.logs(db, {row.ChildPlace.booking_id for row in rows})
    states = {
        row.ChildPlace.id: notes.state_of(
            log.get((row.ChildPlace.booking_id, row.ChildPlace.id), [])
        )
        for row in rows
    }
    found = [row for row in rows if not _owed(row, states[row.ChildPlace.id])]
    names = queries.whom(db, {row.ChildPlace.booking_id for row in found})
    return [
        TakenForNobody(
            place=row.ChildPlace.public_id,
            about=Where(**names[row.ChildPlace.booking_id, row.ChildPlace.id]),
            provider=row.provider,
            taken_at=row.received_at,
            vouchers=row.ChildPlace.vouchers,
            redemption_id=row.redemption_id,
            kind=states[row.ChildPlace.id].kind,
        )
        for row in found
    ]


def see_departure(db: Session, nonce: UUID, *, actor: Actor, now: datetime) -> None:
    """Say « vu » about a departure; twice is once.

    Raises:
        NoSuchObject: there is no such note.
    """
    row = db.scalar(select(Attendance).where(Attendance.nonce == nonce).with_for_update())
    _see(db, "attendance", row, actor, now)


def see_taking(db: Session, place: str, *, actor: Actor, now: datetime) -> None:
    """Say « vu » about vouchers that were taken for nobody; twice is once.

    Raises:
        NoSuchObject: there is no such place.
    """
    row = db.scalar(select(ChildPlace).where(ChildPlace.public_id == place).with_for_update())
    _see(db, "child_place", row, actor, now)


def _see(
    db: Session, kind: str, row: Attendance | ChildPlace | None, actor: Actor, now: datetime
) -> None:
    if row is None:
        raise NoSuchObject
    seen = Event.kind == SEEN_EVENT, Event.object_kind == kind, Event.object_id == row.id
    if db.scalar(select(Event.id).where(*seen).limit(1)) is None:
        record(db, actor=actor, kind=SEEN_EVENT, of=(kind, row.id), now=now)


def _happened(event: str, kind: str, table: Any) -> ColumnElement[bool]:
    return exists().where(
        and_(Event.object_kind == kind, Event.object_id == table.id, Event.kind == event)
    )


def _takings() -> Any:
    """Return each redemption of what was held for a place, once."""
    return (
        select(
            ChildPlace,
            Booking.late,
            Programme.no_show_is_paid,
            Programme.late_is_paid,
            Provider.name.label("provider"),
            Redemption.id.label("redemption_id"),
            Redemption.received_at,
        )
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .join(Programme, Programme.id == Booking.programme_id)
        .join(Hold, Hold.child_place_id == ChildPlace.id)
        .join(Redemption, live_taking())
        .join(Provider, Provider.id == Redemption.provider_id)
        .distinct()
        .order_by(Redemption.received_at.desc(), ChildPlace.id)
        .limit(MOST)
    )


def _owed(row: Any, state: notes.State) -> bool:
    """Tell whether the notes, or the programme's published policy, give it to the provider."""
    late = row.ChildPlace.ended_at is not None and row.late_is_paid
    return state.came or late or (state.kind == notes.NO_SHOW and row.no_show_is_paid)
