"""Type a line of staff time and costs, and take one back. Nothing is ever edited."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.costs.errors import CostCancelled, CostReused
from repit.domain.costs.models import CostLine
from repit.domain.costs.rules import NewCost, check
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme


def add(db: Session, new: NewCost, *, actor: Actor, now: datetime) -> str:
    """Write a line and return its public id; the same page sent twice writes it once.

    Raises:
        NoSuchObject: no such programme.
        CostToCome, CostTooOld, CostBelowZero, CostSaysNothing, TimeTooLong, CostTooHigh,
            TimeOfNobody: see `rules.check`.
        CostReused: the page was sent before, with other answers.
    """
    programme = db.get(Programme, new.programme_id)
    if programme is None:
        raise NoSuchObject
    check(new, today=day_in(programme.zone, now), programme_starts=programme.first_day)
    columns = _columns(new)
    public_id = ids.public_id()
    made = db.scalar(
        inserting(db, CostLine)
        .values(public_id=public_id, typed_by=actor, typed_at=now, **columns)
        .on_conflict_do_nothing(index_elements=["nonce"])
        .returning(CostLine.id)
    )
    if made is None:
        return _typed_before(db, columns)
    facts = {
        "cost_kind": new.kind.value,
        "minutes": new.minutes or None,
        "amount_cents": new.amount or None,
        "day": new.counts_on.isoformat(),
    }
    _record(db, new.programme_id, "cost_typed", facts, actor, now)
    return public_id


def cancel(db: Session, line_id: int, *, motive: str, actor: Actor, now: datetime) -> str:
    """Take a line back by another with the contrary amounts; return that one's public id.

    It counts on the same day as the first: the sums of that period are right from now on.

    Raises:
        NoSuchObject: no such line.
        CostCancelled: it was cancelled already, or cancels another.
    """
    line = db.get(CostLine, line_id)
    if line is None:
        raise NoSuchObject
    if line.cancels_id is not None:
        raise CostCancelled
    public_id = ids.public_id()
    made = db.scalar(
        inserting(db, CostLine)
        .values(
            public_id=public_id,
            nonce=ids.request_id(),
            programme_id=line.programme_id,
            on_day=line.on_day,
            whole_month=line.whole_month,
            kind=line.kind,
            minutes=-line.minutes,
            amount_cents=-line.amount_cents,
            note=motive,
            cancels_id=line.id,
            typed_by=actor,
            typed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["cancels_id"])
        .returning(CostLine.id)
    )
    if made is None:
        raise CostCancelled
    facts = {
        "cost_kind": line.kind,
        "minutes": line.minutes or None,
        "amount_cents": line.amount_cents or None,
        "day": line.on_day.isoformat(),
    }
    _record(db, line.programme_id, "cost_cancelled", facts, actor, now, motive)
    return public_id


def _columns(new: NewCost) -> dict[str, object]:
    return {
        "nonce": new.nonce,
        "programme_id": new.programme_id,
        "on_day": new.counts_on,
        "whole_month": new.whole_month,
        "kind": new.kind.value,
        "minutes": new.minutes,
        "amount_cents": new.amount,
        "note": new.note,
    }


def _typed_before(db: Session, columns: dict[str, object]) -> str:
    known = db.scalars(select(CostLine).where(CostLine.nonce == columns["nonce"])).one()
    if any(getattr(known, name) != value for name, value in columns.items()):
        raise CostReused
    return known.public_id


def _record(
    db: Session,
    programme_id: int,
    kind: str,
    facts: Mapping[str, object],
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    known = {name: value for name, value in facts.items() if value is not None}
    of = ("programme", programme_id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=motive, facts=known)
