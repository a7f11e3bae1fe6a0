"""Open, change and close schemes and funders. Funds have their own module."""

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.errors import (
    DaysOutOfOrder,
    FunderNameTaken,
    ProgrammeClosed,
    ProgrammeNameTaken,
    ProgrammeOpen,
    ValidityTooShort,
)
from repit.domain.programmes.models import Funder, Programme
from repit.domain.programmes.rules import SHORTEST_USUAL_VALIDITY, Settings


def create(
    db: Session, settings: Settings, *, actor: Actor, now: datetime, short_is_meant: bool = False
) -> str:
    """Open a programme and return its public id.

    Args:
        short_is_meant: the operator knows that vouchers last less than a year.

    Raises:
        ProgrammeNameTaken, DaysOutOfOrder, ValidityTooShort: the settings cannot be these.
    """
    _check(db, settings, short_is_meant=short_is_meant)
    programme = Programme(public_id=ids.public_id(), created_at=now, **_columns(settings))
    db.add(programme)
    db.flush()
    record(db, actor=actor, kind="created", of=("programme", programme.id), now=now)
    return programme.public_id


def change(
    db: Session,
    programme_id: int,
    settings: Settings,
    *,
    actor: Actor,
    now: datetime,
    short_is_meant: bool = False,
) -> list[str]:
    """Change the settings of a programme; return the names of what changed.

    Vouchers already issued keep the value, the days and the categories they were issued with.

    Raises:
        NoSuchObject: no such programme.
        ProgrammeClosed: it is closed.
        ProgrammeNameTaken, DaysOutOfOrder, ValidityTooShort: the settings cannot be these.
    """
    programme = _programme(db, programme_id)
    if programme.closed_at is not None:
        raise ProgrammeClosed
    _check(db, settings, but=programme_id, short_is_meant=short_is_meant)
    return write_changes(db, programme, _columns(settings), actor=actor, now=now)


def close(db: Session, programme_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Stop issuing in a programme. What was issued is still spent and paid.

    Raises:
        NoSuchObject: no such programme.
        ProgrammeClosed: it is closed already.
    """
    programme = _programme(db, programme_id)
    if programme.closed_at is not None:
        raise ProgrammeClosed
    programme.closed_at = now
    of = ("programme", programme_id)
    record(db, actor=actor, kind="closed", of=of, now=now, motive=motive)


def reopen(db: Session, programme_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Take a closing back.

    Raises:
        NoSuchObject: no such programme.
        ProgrammeOpen: it is not closed.
    """
    programme = _programme(db, programme_id)
    if programme.closed_at is None:
        raise ProgrammeOpen
    programme.closed_at = None
    of = ("programme", programme_id)
    record(db, actor=actor, kind="reopened", of=of, now=now, motive=motive)


def add_funder(
    db: Session,
    *,
    name: str,
    long_name: str | None,
    contact_email: str | None,
    actor: Actor,
    now: datetime,
) -> str:
    """Write a funder down and return its public id.

    Raises:
        FunderNameTaken: another funder has this name.
    """
    _check_funder_name(db, name)
    funder = Funder(
        public_id=ids.public_id(),
        name=name,
        long_name=long_name,
        contact_email=contact_email,
        created_at=now,
    )
    db.add(funder)
    db.flush()
    record(db, actor=actor, kind="created", of=("funder", funder.id), now=now)
    return funder.public_id


def change_funder(
    db: Session,
    funder_id: int,
    *,
    name: str,
    long_name: str | None,
    contact_email: str | None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Change what is written about a funder; return the names of what changed.

    Raises:
        NoSuchObject: no such funder.
        FunderNameTaken: another funder has this name.
    """
    funder = db.get(Funder, funder_id, with_for_update=True)
    if funder is None:
        raise NoSuchObject
    _check_funder_name(db, name, but=funder_id)
    columns = {"name": name, "long_name": long_name, "contact_email": contact_email}
    return write_changes(db, funder, columns, actor=actor, now=now)


def write_changes(
    db: Session, row: Any, columns: dict[str, Any], *, actor: Actor, now: datetime
) -> list[str]:
    """Set columns of a row and note in its history what changed; return the names.

    Raises:
        Nothing of its own.
    """
    before = {name: getattr(row, name) for name in columns}
    changed = {name: new for name, new in columns.items() if before[name] != new}
    if not changed:
        return []
    for name, new in changed.items():
        setattr(row, name, new)
    db.flush()
    facts = {name: [_plain(before[name]), _plain(new)] for name, new in changed.items()}
    of = (row.__tablename__, row.id)
    record(db, actor=actor, kind="changed", of=of, now=now, facts=facts)
    return list(changed)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def _columns(settings: Settings) -> dict[str, Any]:
    lists = {name: sorted(getattr(settings, name)) for name in ("isolated_kinds", "carer_checks")}
    return asdict(settings) | lists


def _programme(db: Session, programme_id: int) -> Programme:
    programme = db.get(Programme, programme_id, with_for_update=True)
    if programme is None:
        raise NoSuchObject
    return programme


def _check(
    db: Session, settings: Settings, *, short_is_meant: bool, but: int | None = None
) -> None:
    if settings.last_day < settings.first_day:
        raise DaysOutOfOrder(first_day=settings.first_day, last_day=settings.last_day)
    short = settings.profile is None and settings.validity_months < SHORTEST_USUAL_VALIDITY
    if short and not short_is_meant:
        raise ValidityTooShort(months=settings.validity_months)
    same = select(Programme.id).where(Programme.name == settings.name)
    if db.scalar(same) not in {None, but}:
        raise ProgrammeNameTaken(name=settings.name)


def _check_funder_name(db: Session, name: str, *, but: int | None = None) -> None:
    if db.scalar(select(Funder.id).where(Funder.name == name)) not in {None, but}:
        raise FunderNameTaken(name=name)
