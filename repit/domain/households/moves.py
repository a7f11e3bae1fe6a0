"""A parent moves to another household; the children stay, follow, or live in both."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.households.errors import AlreadyInThatHousehold, ChildHasTwoHomes
from repit.domain.households.models import ChildHome, Household, Parent


class Children(StrEnum):
    STAY = "stay"
    FOLLOW = "follow"
    BOTH = "both"


def move(
    db: Session,
    actor: Actor,
    parent_public_id: str,
    household_id: int | None,
    children: Children,
    now: datetime,
) -> None:
    """Move a parent to a household, or to a new one of their own when `household_id` is None.

    Raises:
        NoSuchObject: no such parent.
        AlreadyInThatHousehold: they live there.
        ChildHasTwoHomes: a child who would live in both already has two homes.
    """
    parent = db.scalar(select(Parent).where(Parent.public_id == parent_public_id).with_for_update())
    if parent is None:
        raise NoSuchObject
    if household_id == parent.household_id:
        raise AlreadyInThatHousehold
    left = parent.household_id
    parent.household_id = household_id or _new_household(db, now)
    if children is not Children.STAY:
        _bring(db, left, parent.household_id, keep_both=children is Children.BOTH)
    facts = {"household": [left, parent.household_id], "children": children.value}
    record(db, actor=actor, kind="moved", of=("parent", parent.id), now=now, facts=facts)


def _new_household(db: Session, now: datetime) -> int:
    household = Household(public_id=ids.public_id(), created_at=now)
    db.add(household)
    db.flush()
    return household.id


def _bring(db: Session, left: int, joined: int, *, keep_both: bool) -> None:
    here = select(ChildHome.child_id).where(ChildHome.household_id == left)
    homes = db.execute(
        select(ChildHome.child_id, ChildHome.household_id).where(ChildHome.child_id.in_(here))
    ).all()
    living: dict[int, set[int]] = {}
    for child_id, household_id in homes:
        living.setdefault(child_id, set()).add(household_id)
    for child_id, before in living.items():
        if joined in before:
            continue
        if keep_both and len(before) > 1:
            raise ChildHasTwoHomes
        db.add(ChildHome(child_id=child_id, household_id=joined))
    db.flush()
    if not keep_both:
        db.execute(delete(ChildHome).where(ChildHome.household_id == left))
