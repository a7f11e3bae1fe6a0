"""Names taken from a child's lists, and the courts' decisions that the operator has seen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.care.models import Collector
from repit.domain.care.sheet_errors import (
    DecisionAlreadyNoted,
    DecisionNotThere,
    DecisionStands,
    NotForbidden,
    SeenLater,
)
from repit.domain.care.sheets import locked_child
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Parent
from repit.domain.households.rules import today


def remove_person(
    db: Session, parent_id: int, child: str, person: str, *, actor: Actor, now: datetime
) -> None:
    """Take a name away. Doing it twice is doing it once.

    Args:
        child: the child's public id.
        person: the name's public id.

    Raises:
        NoSuchObject: no such child in this parent's household, or no such name.
        DecisionStands: the operator saw a court's decision about this person.
    """
    ours = locked_child(db, parent_id, child)
    row = db.scalar(
        select(Collector).where(
            Collector.public_id == person,
            Collector.child_id == ours.child_id,
            Collector.household_id == ours.household_id,
        )
    )
    if row is None:
        raise NoSuchObject
    if row.ended_at is not None:
        return
    if row.decision_seen_on is not None:
        raise DecisionStands(row.name)
    row.ended_at = now
    _record(db, actor, "person_removed", row, now, {"standing": row.standing})


def note_decision(
    db: Session, parent: str, person: str, seen_on: date, *, actor: Actor, now: datetime
) -> None:
    """Note that a court's decision was seen: it now binds every hand-over of the child.

    Args:
        parent: the public id of a parent of the home that wrote the name.
        person: the name's public id.

    Raises:
        NoSuchObject: no such name in this parent's household.
        NotForbidden: this person may collect the child.
        DecisionAlreadyNoted: it was noted before.
        SeenLater: the day is still to come.
    """
    row = _of_home(db, parent, person)
    if row.standing != "never":
        raise NotForbidden(row.name)
    if row.decision_seen_on is not None:
        raise DecisionAlreadyNoted
    if seen_on > today(now):
        raise SeenLater
    row.decision_seen_on, row.decision_seen_by = seen_on, actor
    facts = {"name": row.name, "seen_on": seen_on.isoformat()}
    _record(db, actor, "decision_seen", row, now, facts)


def lift_decision(
    db: Session, parent: str, person: str, *, motive: str, actor: Actor, now: datetime
) -> None:
    """Note that a decision no longer stands: the name binds only the home that wrote it.

    Raises:
        NoSuchObject: no such name in this parent's household.
        DecisionNotThere: no decision is noted about this person.
    """
    row = _of_home(db, parent, person)
    if row.decision_seen_on is None:
        raise DecisionNotThere
    row.decision_seen_on = row.decision_seen_by = None
    _record(db, actor, "decision_lifted", row, now, {"name": row.name}, motive)


def _of_home(db: Session, parent: str, person: str) -> Collector:
    row = db.scalar(
        select(Collector)
        .join(Parent, Parent.household_id == Collector.household_id)
        .where(
            Parent.public_id == parent,
            Collector.public_id == person,
            Collector.ended_at.is_(None),
        )
        .with_for_update(of=Collector)
    )
    if row is None:
        raise NoSuchObject
    return row


def _record(
    db: Session,
    actor: Actor,
    kind: str,
    row: Collector,
    now: datetime,
    facts: dict[str, Any],
    motive: str | None = None,
) -> None:
    about = {"household": row.household_id, **facts}
    of = ("child", row.child_id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=motive, facts=about)
