"""What a scale may look at, for many parents at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from repit.domain.entitlements.rules import FamilyFacts
from repit.domain.households.models import Child, ChildHome, Parent, Situation

Parents = Select[int]
"""The parents meant, as a SELECT of their ids: the database never gets a list of thousands."""


def facts_for(
    db: Session, isolated_kinds: Sequence[str], parent_ids: Collection[int], on_day: date
) -> dict[int, FamilyFacts]:
    """Return each parent's facts on a day, in two statements whatever their number.

    Args:
        isolated_kinds: the programme's; a parent is isolated when a situation of one of these
            kinds holds that day.
    """
    return facts_of(db, isolated_kinds, select(Parent.id).where(Parent.id.in_(parent_ids)), on_day)


def facts_of(
    db: Session, isolated_kinds: Sequence[str], parents: Parents, on_day: date
) -> dict[int, FamilyFacts]:
    """Return the facts of the parents of a SELECT, in two statements.

    Their order is the facts' own: two families alike give two equal values.
    """
    ages, support = _children(db, parents, on_day)
    rows = db.execute(
        select(Parent.id, Parent.priority_area, _isolated(isolated_kinds, on_day)).where(
            Parent.id.in_(parents)
        )
    )
    return {
        parent_id: FamilyFacts(
            isolated=bool(isolated),
            child_ages=tuple(sorted(ages[parent_id])),
            children_more_support=support[parent_id],
            priority_area=area is not None,
        )
        for parent_id, area, isolated in rows
    }


def _isolated(kinds: Sequence[str], on_day: date) -> ColumnElement[bool]:
    return exists().where(
        Situation.parent_id == Parent.id,
        Situation.kind.in_(kinds),
        Situation.first_day <= on_day,
        or_(Situation.last_day.is_(None), Situation.last_day >= on_day),
    )


def _children(
    db: Session, parents: Parents, on_day: date
) -> tuple[dict[int, list[int]], dict[int, int]]:
    rows = db.execute(
        select(Parent.id, Child.born_on, Child.more_support)
        .join(ChildHome, ChildHome.household_id == Parent.household_id)
        .join(Child, Child.id == ChildHome.child_id)
        .where(Parent.id.in_(parents), Child.born_on <= on_day, Child.confirmed)
    )
    ages: dict[int, list[int]] = defaultdict(list)
    support: dict[int, int] = defaultdict(int)
    for parent_id, born_on, more_support in rows:
        ages[parent_id].append(_age(born_on, on_day))
        support[parent_id] += more_support
    return ages, support


def _age(born_on: date, on_day: date) -> int:
    before_birthday = (on_day.month, on_day.day) < (born_on.month, born_on.day)
    return on_day.year - born_on.year - before_birthday
