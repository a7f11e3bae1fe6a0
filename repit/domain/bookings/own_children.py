"""What a parent may still put right alone: a child it added by mistake, before anybody used it.

From the first booking or wait, and once the staff knows the child (confirmed, or living in a
second home too), the operator corrects it: a place must name who was kept, and a child of two
homes must not be told apart by what can be edited (decision 0017). Nobody reads which it is.
"""

from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.bookings.models import ChildPlace, WaitingChild
from repit.domain.care import sheets
from repit.domain.care.sheet_errors import ChildIsKnown
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.households.rules import NewChild


def may_put_right(db: Session, parent_id: int, child: str) -> bool:
    """Tell whether a parent may correct or remove a child of its home, by public id."""
    homes = (
        select(func.count())
        .where(ChildHome.child_id == Child.id)
        .correlate(Child)
        .scalar_subquery()
    )
    untouched = and_(
        ~Child.confirmed,
        homes == 1,
        ~exists().where(ChildPlace.child_id == Child.id).correlate(Child),
        ~exists().where(WaitingChild.child_id == Child.id).correlate(Child),
    )
    ours = (
        select(Child.id)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.id == parent_id, Child.public_id == child, untouched)
    )
    return db.scalar(ours) is not None


def correct(
    db: Session, parent_id: int, child: str, new: NewChild, *, actor: Actor, now: datetime
) -> None:
    """Correct the first name and the day of birth of a child added by mistake.

    Raises:
        ChildIsKnown: it is too late for that.
        As `sheets.correct_child`.
    """
    _hold(db, parent_id, child)
    sheets.correct_child(db, parent_id, child, new, actor=actor, now=now)


def remove(db: Session, parent_id: int, child: str, *, actor: Actor, now: datetime) -> None:
    """Take a child that was added by mistake off the list; its row goes with it.

    Raises:
        NoSuchObject: no such child in this parent's household.
        ChildIsKnown: it is too late for that.
    """
    _hold(db, parent_id, child)
    sheets.remove_child(db, parent_id, child, actor=actor, now=now)


def _hold(db: Session, parent_id: int, child: str) -> None:
    """Keep the child from being booked meanwhile, then look: bookings lock it as well."""
    row = db.execute(
        select(Child.first_name)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.id == parent_id, Child.public_id == child)
        .with_for_update(of=Child)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    if not may_put_right(db, parent_id, child):
        raise ChildIsKnown(row.first_name)
