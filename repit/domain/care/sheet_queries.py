"""Read what homes wrote about their children.

A parent reads only their own home's sheets. Staff and carers read, for a child and the home that
booked, that home's sheet and everybody who may never collect the child.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session

from repit.domain.care.models import ChildSheet, Collector
from repit.domain.care.rules import age_in_years
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.periods import add_months

CONFIRMED_FOR_MONTHS = 12

Key = tuple[int, int]
"""A child's id and a household's."""


@dataclass(frozen=True)
class Person:
    """Somebody who may collect a child, or never may."""

    public_id: str
    name: str
    name_key: str
    standing: str
    relation: str | None
    phone: str | None
    decision_seen_on: date | None

    @property
    def may(self) -> bool:
        return self.standing == "may"


@dataclass(frozen=True)
class SheetView:
    """What one home says about a child; empty when nothing is written."""

    walking_since: date | None = None
    helps: str | None = None
    consents: tuple[tuple[str, date], ...] = ()
    """Each kind that was given, with its day."""
    confirmed_on: date | None = None
    """None: nothing is written yet."""
    people: tuple[Person, ...] = ()

    @property
    def may(self) -> tuple[Person, ...]:
        """Return who may collect the child, the parent apart."""
        return tuple(one for one in self.people if one.may)

    @property
    def never(self) -> tuple[Person, ...]:
        """Return who never may."""
        return tuple(one for one in self.people if not one.may)

    @property
    def is_written(self) -> bool:
        return self.confirmed_on is not None

    def is_current(self, today: date) -> bool:
        """Tell whether a parent said within a year that all of it is right."""
        if self.confirmed_on is None:
            return False
        return today < add_months(self.confirmed_on, CONFIRMED_FOR_MONTHS)

    def consented_on(self, kind: str) -> date | None:
        """Return the day a consent was given, or None."""
        return dict(self.consents).get(kind)


@dataclass(frozen=True)
class OurChild:
    """A child as the parent's own home has it. The other home does not exist here."""

    id: int
    public_id: str
    first_name: str
    born_on: date
    household_id: int
    sheet: SheetView

    def age(self, today: date) -> int:
        """Return the age in whole years."""
        return age_in_years(self.born_on, today)


def our_children(db: Session, parent_id: int) -> list[OurChild]:
    """Return the children of the parent's household, eldest first."""
    rows = db.execute(
        select(Child, ChildHome.household_id)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.id == parent_id)
        .order_by(Child.born_on, Child.id)
    ).all()
    sheets = written(db, [(child.id, household_id) for child, household_id in rows])
    return [
        OurChild(
            id=child.id,
            public_id=child.public_id,
            first_name=child.first_name,
            born_on=child.born_on,
            household_id=household_id,
            sheet=sheets[child.id, household_id],
        )
        for child, household_id in rows
    ]


def our_child(db: Session, parent_id: int, public_id: str) -> OurChild:
    """Return one child of the parent's household.

    Raises:
        NoSuchObject: no such child there, wherever else it may live.
    """
    found = (one for one in our_children(db, parent_id) if one.public_id == public_id)
    child = next(found, None)
    if child is None:
        raise NoSuchObject
    return child


def written(db: Session, keys: Iterable[Key]) -> dict[Key, SheetView]:
    """Return what each home wrote about each child, in two statements; empty where nothing is."""
    wanted = list(keys)
    if not wanted:
        return {}
    people = _people(db, tuple_(Collector.child_id, Collector.household_id).in_(wanted))
    return _put_together(db, wanted, people)


def for_care(db: Session, keys: Iterable[Key]) -> dict[Key, SheetView]:
    """Return what those who look after the children need, by child and home that booked.

    As `written`, and whoever a court's decision forbids to collect the child, whichever home
    wrote the name: the operator has seen the decision. Not for a parent's eyes.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    decided = and_(
        Collector.child_id.in_([child for child, _ in wanted]),
        Collector.standing == "never",
        Collector.decision_seen_on.is_not(None),
    )
    own = tuple_(Collector.child_id, Collector.household_id).in_(wanted)
    return _put_together(db, wanted, _people(db, or_(own, decided)))


def _put_together(
    db: Session, keys: list[Key], people: list[tuple[Key, Person]]
) -> dict[Key, SheetView]:
    rows = db.scalars(
        select(ChildSheet).where(tuple_(ChildSheet.child_id, ChildSheet.household_id).in_(keys))
    )
    sheets = {(row.child_id, row.household_id): row for row in rows}
    return {key: _view(sheets.get(key), _around(key, people)) for key in keys}


def _around(key: Key, people: list[tuple[Key, Person]]) -> tuple[Person, ...]:
    """Return the names for one child and home; a decision counts in the child's other home too."""
    own = [one for theirs, one in people if theirs == key]
    decided = [one for theirs, one in people if theirs[0] == key[0] and theirs != key]
    forbidden = {one.name_key for one in decided}
    kept = [one for one in own if not (one.may and one.name_key in forbidden)]
    return (*kept, *decided)


def _people(db: Session, where: Any) -> list[tuple[Key, Person]]:
    rows = db.scalars(
        select(Collector)
        .where(where, Collector.ended_at.is_(None))
        .order_by(Collector.name_key, Collector.id)
    )
    return [((row.child_id, row.household_id), _person(row)) for row in rows]


def _person(row: Collector) -> Person:
    return Person(
        public_id=row.public_id,
        name=row.name,
        name_key=row.name_key,
        standing=row.standing,
        relation=row.relation,
        phone=row.phone,
        decision_seen_on=row.decision_seen_on,
    )


def _view(row: ChildSheet | None, people: tuple[Person, ...]) -> SheetView:
    if row is None:
        return SheetView(people=people)
    return SheetView(
        walking_since=row.walking_since,
        helps=row.helps,
        consents=tuple(
            (kind, date.fromisoformat(str(day))) for kind, day in sorted(row.consents.items())
        ),
        confirmed_on=row.confirmed_on,
        people=people,
    )
