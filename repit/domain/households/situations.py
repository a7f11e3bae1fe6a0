"""The dated facts of a parent's situation, and the evidence seen: never the document itself."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor, person_id_of
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.households.errors import (
    SituationAlreadyThere,
    SituationEndsBeforeItBegins,
    SituationLongAgo,
    SituationsContradict,
)
from repit.domain.households.models import Parent, Situation
from repit.domain.households.rules import (
    CONTRADICTS_COUPLE,
    FIRST_SITUATION_DAY,
    NewSituation,
    SituationKind,
    today,
)


def add(
    db: Session,
    actor: Actor,
    parent_public_id: str,
    new: NewSituation,
    now: datetime,
    *,
    ends_current: bool = False,
) -> None:
    """Write a situation down. `ends_current`: the ones that still run stop the day before.

    Raises:
        NoSuchObject: no such parent.
        SituationEndsBeforeItBegins, SituationLongAgo: its days cannot be.
        SituationAlreadyThere: the same kind already covers some of these days.
        SituationsContradict: « couple » would hold together with its contrary.
    """
    parent_id = _parent_id(db, parent_public_id)
    check_days(new)
    others = list(db.scalars(select(Situation).where(Situation.parent_id == parent_id)))
    if ends_current:
        _end_running(db, actor, others, new.first_day, now)
    _check_agrees(others, new)
    write(db, actor, parent_id, new, now)


def change(
    db: Session,
    actor: Actor,
    parent_public_id: str,
    situation_id: int,
    new: NewSituation,
    now: datetime,
) -> None:
    """Correct a situation, or give it its last day. A proof once seen stays seen by them.

    Raises:
        NoSuchObject: no such situation of this parent.
        SituationEndsBeforeItBegins, SituationLongAgo: its days cannot be.
        SituationAlreadyThere: the same kind already covers some of these days.
        SituationsContradict: « couple » would hold together with its contrary.
    """
    parent_id = _parent_id(db, parent_public_id)
    all_of_them = list(db.scalars(select(Situation).where(Situation.parent_id == parent_id)))
    mine = next((one for one in all_of_them if one.id == situation_id), None)
    if mine is None:
        raise NoSuchObject
    check_days(new)
    _check_agrees([one for one in all_of_them if one is not mine], new)
    before = _facts(mine)
    mine.kind, mine.first_day, mine.last_day = new.kind, new.first_day, new.last_day
    mine.evidence = new.evidence
    if new.evidence_seen != (mine.evidence_seen_on is not None):
        _mark_seen(mine, new, actor, now)
    _record_change(db, actor, mine, before, now)


def check_days(new: NewSituation) -> None:
    """Refuse days on which no situation can be.

    Raises:
        SituationEndsBeforeItBegins: its last day is before its first.
        SituationLongAgo: it begins before any parent of today was born.
    """
    if new.last_day and new.last_day < new.first_day:
        raise SituationEndsBeforeItBegins
    if new.first_day < FIRST_SITUATION_DAY:
        raise SituationLongAgo(FIRST_SITUATION_DAY)


def write(db: Session, actor: Actor, parent_id: int, new: NewSituation, now: datetime) -> None:
    """Write a situation nothing contradicts, such as the first of a new parent."""
    situation = Situation(
        parent_id=parent_id,
        kind=new.kind,
        first_day=new.first_day,
        last_day=new.last_day,
        evidence=new.evidence,
        created_at=now,
    )
    _mark_seen(situation, new, actor, now)
    db.add(situation)
    record(
        db,
        actor=actor,
        kind="situation_added",
        of=("parent", parent_id),
        now=now,
        facts=_facts(situation),
    )


def _mark_seen(situation: Situation, new: NewSituation, actor: Actor, now: datetime) -> None:
    person_id = person_id_of(actor) if new.evidence_seen else None
    situation.evidence_seen_by = person_id
    situation.evidence_seen_on = today(now) if person_id else None


def _end_running(
    db: Session, actor: Actor, others: list[Situation], first_day: date, now: datetime
) -> None:
    for other in others:
        if other.first_day < first_day and other.last_day is None:
            before = _facts(other)
            other.last_day = first_day - timedelta(days=1)
            _record_change(db, actor, other, before, now)


def _check_agrees(others: list[Situation], new: NewSituation) -> None:
    for other in others:
        if not _meet(other, new):
            continue
        if other.kind == new.kind:
            raise SituationAlreadyThere(other.kind)
        kinds = {other.kind, new.kind}
        if SituationKind.COUPLE in kinds and kinds & CONTRADICTS_COUPLE:
            raise SituationsContradict(other.kind)


def _meet(one: Situation, other: NewSituation) -> bool:
    begins_in_time = one.last_day is None or other.first_day <= one.last_day
    return begins_in_time and (other.last_day is None or one.first_day <= other.last_day)


def _record_change(
    db: Session, actor: Actor, situation: Situation, before: dict[str, Any], now: datetime
) -> None:
    after = _facts(situation)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return
    facts = {"situation": situation.kind, **changed}
    of = ("parent", situation.parent_id)
    record(db, actor=actor, kind="situation_changed", of=of, now=now, facts=facts)


def _facts(situation: Situation) -> dict[str, Any]:
    return {
        "kind": str(situation.kind),
        "first_day": situation.first_day.isoformat(),
        "last_day": situation.last_day and situation.last_day.isoformat(),
        "evidence": situation.evidence,
        "evidence_seen_on": (situation.evidence_seen_on and situation.evidence_seen_on.isoformat()),
    }


def _parent_id(db: Session, public_id: str) -> int:
    parent_id = db.scalar(select(Parent.id).where(Parent.public_id == public_id).with_for_update())
    if parent_id is None:
        raise NoSuchObject
    return parent_id
