"""A parent's children: added, corrected, living in one household or in two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import tentatively
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.households.errors import (
    ChildBornLater,
    ChildGrownUp,
    ChildHasTwoHomes,
    ChildLivesThere,
)
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.households.rules import GROWN_UP_YEARS, NewChild, is_grown_up, today

MOST_HOMES = 2


def add_all(
    db: Session,
    actor: Actor,
    families: Sequence[tuple[int, Sequence[NewChild]]],
    now: datetime,
) -> list[Child]:
    """Add children to households, by household id.

    Raises:
        ChildBornLater: a day of birth is after today.
    """
    added = [(home, _new_child(new, now)) for home, family in families for new in family]
    db.add_all(child for _, child in added)
    db.flush()
    for household_id, child in added:
        db.add(ChildHome(child_id=child.id, household_id=household_id))
        _record(db, actor, "added", child, now, _facts(child))
    return [child for _, child in added]


def add(
    db: Session,
    actor: Actor,
    parent_public_id: str,
    new: NewChild,
    now: datetime,
    *,
    confirmed: bool = True,
) -> str:
    """Add a child to a parent's household; return the child's public id.

    Args:
        confirmed: by the operator's staff; what a parent adds counts for no quota before.

    Raises:
        NoSuchObject: no such parent.
        ChildBornLater: the day of birth is after today.
        ChildGrownUp: no child any more.
    """
    parent = _parent(db, parent_public_id)
    check_still_a_child(new, now)
    [child] = add_all(db, actor, [(parent.household_id, [new])], now)
    child.confirmed = confirmed
    return child.public_id


def confirm(db: Session, actor: Actor, ours: tuple[str, str], now: datetime) -> None:
    """Say that somebody of the staff knows that this child lives here; safe to repeat.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    child, _ = _child_of(db, *ours)
    if child.confirmed:
        return
    child.confirmed = True
    _record(db, actor, "confirmed", child, now, {})


def change(db: Session, actor: Actor, ours: tuple[str, str], new: NewChild, now: datetime) -> None:
    """Correct what is written about a child of this parent.

    Args:
        ours: the public ids of the parent and of the child.

    Raises:
        NoSuchObject: no such child in this parent's household.
        ChildBornLater: the day of birth is after today.
        ChildGrownUp: the corrected day makes it no child any more.
    """
    child, _ = _child_of(db, *ours)
    _check_born(new, now)
    if new.born_on != child.born_on:  # who grew up on our list may still be corrected
        check_still_a_child(new, now)
    before = _facts(child)
    child.first_name, child.born_on = new.first_name, new.born_on
    child.more_support = new.more_support
    after = _facts(child)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        _record(db, actor, "changed", child, now, changed)


def live_also_with(
    db: Session, actor: Actor, ours: tuple[str, str], household_id: int, now: datetime
) -> None:
    """Give a child of this parent a second home.

    Raises:
        NoSuchObject: no such child in this parent's household.
        ChildLivesThere: the child already lives in that household.
        ChildHasTwoHomes: a child lives in two households at most.
    """
    child, _ = _child_of(db, *ours)
    homes = set(db.scalars(select(ChildHome.household_id).where(ChildHome.child_id == child.id)))
    if household_id in homes:
        raise ChildLivesThere
    if len(homes) >= MOST_HOMES:
        raise ChildHasTwoHomes
    db.add(ChildHome(child_id=child.id, household_id=household_id))
    _record(db, actor, "second_home", child, now, {"household": household_id})


def leave(db: Session, actor: Actor, ours: tuple[str, str], now: datetime) -> None:
    """End a child's stay in this parent's household; without any home left, forget the child.

    A child who was booked somewhere stays known to that booking, and is of no home.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    child, household_id = _child_of(db, *ours)
    _record(db, actor, "left_home", child, now, {**_facts(child), "household": household_id})
    record(
        db,
        actor=actor,
        kind="child_left",
        of=("parent", _parent(db, ours[0]).id),
        now=now,
        facts={"first_name": child.first_name},
    )
    here = ChildHome.child_id == child.id, ChildHome.household_id == household_id
    db.execute(delete(ChildHome).where(*here))
    if db.scalar(select(ChildHome.id).where(ChildHome.child_id == child.id).limit(1)) is None:
        _forget(db, child)


def check_still_a_child(new: NewChild, now: datetime) -> None:
    """Refuse a grown-up.

    Raises:
        ChildGrownUp: of 21 years or more today.
    """
    if is_grown_up(new.born_on, today(now)):
        raise ChildGrownUp(GROWN_UP_YEARS)


def _forget(db: Session, child: Child) -> None:
    """Delete a child without a home, unless places, hand-overs or a sheet still name it."""
    try:
        with tentatively(db):
            db.delete(child)
    except IntegrityError:
        return  # what refers to the child keeps the row, as the books do


def _parent(db: Session, public_id: str) -> Parent:
    parent = db.scalar(select(Parent).where(Parent.public_id == public_id))
    if parent is None:
        raise NoSuchObject
    return parent


def _child_of(db: Session, parent_public_id: str, child_public_id: str) -> tuple[Child, int]:
    row = db.execute(
        select(Child, ChildHome.household_id)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.public_id == parent_public_id, Child.public_id == child_public_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return row[0], row[1]


def _new_child(new: NewChild, now: datetime) -> Child:
    _check_born(new, now)
    return Child(
        public_id=ids.public_id(),
        first_name=new.first_name,
        born_on=new.born_on,
        more_support=new.more_support,
        created_at=now,
    )


def _check_born(new: NewChild, now: datetime) -> None:
    if new.born_on > today(now):
        raise ChildBornLater


def _facts(child: Child) -> dict[str, Any]:
    return {
        "first_name": child.first_name,
        "born_on": child.born_on.isoformat(),
        "more_support": child.more_support,
    }


def _record(
    db: Session, actor: Actor, kind: str, child: Child, now: datetime, facts: dict[str, Any]
) -> None:
    record(db, actor=actor, kind=kind, of=("child", child.id), now=now, facts=facts)
