"""Decide who belongs to a programme: asked for, granted, refused, ended. Each in the history."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.entitlements.errors import (
    AlreadyDecided,
    AlreadyRequested,
    RightEndsBeforeItBegins,
    RightNotRunning,
)
from repit.domain.entitlements.models import Entitlement
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.errors import ProgrammeClosed
from repit.domain.programmes.models import Programme


def request(
    db: Session,
    parent_id: int,
    programme_id: int,
    *,
    requested_on: date,
    actor: Actor,
    now: datetime,
) -> int:
    """Note that a parent asks for a programme; return the id of the request.

    One that was refused or ended may be asked for again.

    Raises:
        NoSuchObject: no such programme.
        ProgrammeClosed: nothing new starts in it.
        AlreadyRequested: it is asked for or granted already.
    """
    programme = db.get(Programme, programme_id)
    if programme is None:
        raise NoSuchObject
    if programme.closed_at is not None:
        raise ProgrammeClosed
    entitlement_id = _insert(db, parent_id, programme_id, requested_on)
    if entitlement_id is None:
        entitlement_id = _ask_again(db, parent_id, programme_id, requested_on)
    _note(db, parent_id, programme_id, "requested", actor=actor, now=now)
    return entitlement_id


def grant(
    db: Session,
    entitlement_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
    first_day: date | None = None,
    motive: str | None = None,
) -> int:
    """Grant requests, all or none; return how many.

    Args:
        first_day: of the right; None for the day each was asked for.

    Raises:
        NoSuchObject: one of them does not exist.
        AlreadyDecided: one of them is decided.
    """
    for row in _requested(db, entitlement_ids):
        row.state = "granted"
        row.first_day = first_day or row.requested_on
        row.last_day = None
        _decide(db, row, "granted", motive, actor, now)
    return len(entitlement_ids)


def refuse(
    db: Session, entitlement_ids: Sequence[int], *, motive: str, actor: Actor, now: datetime
) -> int:
    """Refuse requests, all or none; return how many.

    Raises:
        NoSuchObject: one of them does not exist.
        AlreadyDecided: one of them is decided.
    """
    for row in _requested(db, entitlement_ids):
        row.state = "refused"
        _decide(db, row, "refused", motive, actor, now)
    return len(entitlement_ids)


def end(
    db: Session, entitlement_id: int, *, last_day: date, motive: str, actor: Actor, now: datetime
) -> None:
    """Give a granted right its last day. Vouchers already issued stay as they are.

    Raises:
        NoSuchObject: no such right.
        RightNotRunning: it was not granted.
        RightEndsBeforeItBegins: its first day is later.
    """
    [row] = _locked(db, [entitlement_id])
    if row.state not in {"granted", "ended"}:
        raise RightNotRunning
    if last_day < row.first_day:
        raise RightEndsBeforeItBegins(first_day=row.first_day)
    row.state = "ended"
    row.last_day = last_day
    facts = {"last_day": last_day.isoformat()}
    _decide(db, row, "ended", motive, actor, now, facts)


def _insert(db: Session, parent_id: int, programme_id: int, requested_on: date) -> int | None:
    made = db.scalar(
        inserting(db, Entitlement)
        .values(
            parent_id=parent_id,
            programme_id=programme_id,
            state="requested",
            requested_on=requested_on,
            first_day=requested_on,
        )
        .on_conflict_do_nothing(index_elements=["parent_id", "programme_id"])
        .returning(Entitlement.id)
    )
    return None if made is None else int(made)


def _ask_again(db: Session, parent_id: int, programme_id: int, requested_on: date) -> int:
    row = db.scalars(
        select(Entitlement)
        .where(Entitlement.parent_id == parent_id, Entitlement.programme_id == programme_id)
        .with_for_update()
    ).one()
    if row.state not in {"refused", "ended"}:
        raise AlreadyRequested
    row.state = "requested"
    row.requested_on = row.first_day = requested_on
    row.last_day = row.decided_at = row.motive = None
    return row.id


def _requested(db: Session, entitlement_ids: Sequence[int]) -> list[Entitlement]:
    rows = _locked(db, entitlement_ids)
    if any(row.state != "requested" for row in rows):
        raise AlreadyDecided
    return rows


def _locked(db: Session, entitlement_ids: Sequence[int]) -> list[Entitlement]:
    rows = db.scalars(
        select(Entitlement)
        .where(Entitlement.id.in_(entitlement_ids))
        .order_by(Entitlement.id)
        .with_for_update()
    ).all()
    if len(rows) != len(set(entitlement_ids)):
        raise NoSuchObject
    return list(rows)


def _decide(
    db: Session,
    row: Entitlement,
    kind: str,
    motive: str | None,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    row.decided_at = now
    row.motive = motive
    place = row.parent_id, row.programme_id
    _note(db, *place, kind, actor=actor, now=now, motive=motive, facts=facts)


def _note(  # noqa: PLR0913  (every fact has its name)
    db: Session,
    parent_id: int,
    programme_id: int,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("parent", parent_id),
        now=now,
        motive=motive,
        facts={"programme": programme_id, **(facts or {})},
    )
