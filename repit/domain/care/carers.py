"""The carers of a provider, and the papers that somebody saw.

A paper that lapses counts no more by itself: it is looked at on the day, never made a state.
"""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.care.details import CarerDetails, CheckDetails
from repit.domain.care.errors import CheckDaysOutOfOrder, CheckSeenLater
from repit.domain.care.models import Carer, CarerCheck
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.service import write_changes
from repit.domain.providers.service import locked as locked_provider


def add(
    db: Session, provider_id: int, details: CarerDetails, *, actor: Actor, now: datetime
) -> str:
    """Write a carer of a provider down and return the public id.

    Raises:
        NoSuchObject: there is no such provider.
    """
    locked_provider(db, provider_id)
    carer = Carer(
        public_id=ids.public_id(), provider_id=provider_id, created_at=now, **asdict(details)
    )
    db.add(carer)
    db.flush()
    record(db, actor=actor, kind="created", of=("carer", carer.id), now=now)
    return carer.public_id


def change(
    db: Session, carer_id: int, details: CarerDetails, *, actor: Actor, now: datetime
) -> list[str]:
    """Correct what is written about a carer; return the names of what changed.

    Raises:
        NoSuchObject: there is no such carer.
    """
    return write_changes(db, _locked(db, carer_id), asdict(details), actor=actor, now=now)


def leave(db: Session, carer_id: int, left_on: date | None, *, actor: Actor, now: datetime) -> None:
    """Note the first day on which a carer works there no more, or with None that they came back.

    Raises:
        NoSuchObject: there is no such carer.
    """
    carer = _locked(db, carer_id)
    if carer.left_on == left_on:
        return
    carer.left_on = left_on
    of = ("carer", carer_id)
    if left_on is None:
        record(db, actor=actor, kind="carer_back", of=of, now=now)
        return
    facts = {"left_on": left_on.isoformat()}
    record(db, actor=actor, kind="carer_left", of=of, now=now, facts=facts)


def note_check(
    db: Session,
    carer_id: int,
    details: CheckDetails,
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that somebody saw a paper, and the days on which it counts.

    Raises:
        NoSuchObject: there is no such carer.
        CheckDaysOutOfOrder: its last day is before its first.
        CheckSeenLater: it was seen after today.
    """
    _locked(db, carer_id)
    if details.last_day < details.first_day:
        raise CheckDaysOutOfOrder(details.first_day, details.last_day)
    if details.seen_on > today:
        raise CheckSeenLater
    db.add(CarerCheck(carer_id=carer_id, seen_by=actor, created_at=now, **asdict(details)))
    db.flush()
    _record(db, "check_seen", carer_id, details.kind, details.last_day, actor, now)


def drop_check(db: Session, carer_id: int, check_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back a paper that was noted by mistake, or that is no longer worth anything.

    Raises:
        NoSuchObject: the carer has no such paper.
    """
    _locked(db, carer_id)
    row = db.get(CarerCheck, check_id)
    if row is None or row.carer_id != carer_id:
        raise NoSuchObject
    db.delete(row)
    db.flush()
    _record(db, "check_dropped", carer_id, row.kind, row.last_day, actor, now)


def _locked(db: Session, carer_id: int) -> Carer:
    carer = db.scalar(select(Carer).where(Carer.id == carer_id).with_for_update())
    if carer is None:
        raise NoSuchObject
    return carer


def _record(
    db: Session, kind: str, carer_id: int, paper: str, last_day: date, actor: Actor, now: datetime
) -> None:
    facts = {"paper": paper, "last_day": last_day.isoformat()}
    record(db, actor=actor, kind=kind, of=("carer", carer_id), now=now, facts=facts)
