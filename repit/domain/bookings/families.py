"""Who asks: the parent, their home, and the children they name; locked after the slots."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.errors import NothingAsked
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.care.rules import ChildFacts, age_in_years
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.people.models import Person
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass(frozen=True)
class Reader:
    """Who reads the messages to a parent, and in which language."""

    person_id: int
    email: str
    locale: str


@dataclass(frozen=True)
class Family:
    """A parent and the children they name, as the rules see them."""

    parent: Parent
    children: dict[int, ChildFacts]
    names: dict[int, str]
    reader: Reader | None = None
    """None: the parent has no address, or does not want to be told."""


@dataclass(frozen=True)
class Seats:
    """What stands between a parent and a seat in a session."""

    own: str | None
    """The booking of the seat they have in it, or in another at the same time."""
    in_this: bool
    other_parent_comes: bool


def family(db: Session, parent_id: int, child_ids: Collection[int]) -> Family:
    """Lock the parent and the children, who must live in the parent's home.

    Raises:
        NothingAsked: a child that this home does not have.
    """
    found = lock_home(db, parent_id, child_ids)
    if found.children.keys() != set(child_ids):
        raise NothingAsked
    return found


def lock_home(db: Session, parent_id: int, child_ids: Collection[int]) -> Family:
    """Lock the parent, and those of the children who live in the parent's home."""
    whom = {"parent_id": parent_id, "child_ids": list(child_ids)}
    rows = db.execute(_PARENT_AND_CHILDREN, whom).all() if child_ids else []
    if not rows:
        row = db.execute(_PARENT, {"parent_id": parent_id}).one()
        return Family(row.Parent, {}, {}, _reader(row))
    facts = {
        row.id: ChildFacts(row.born_on, row.walking_since, row.care_weight, row.dedicated_carer)
        for row in rows
    }
    names = {row.id: row.first_name for row in rows}
    return Family(rows[0].Parent, facts, names, _reader(rows[0]))


def _reader(row: Any) -> Reader | None:
    told = row.Parent.discretion == "normal" and row.disabled_at is None
    if row.email is None or not told:
        return None
    return Reader(row.person_id, row.email, row.locale)


_PARENT = (
    select(Parent, Person.id.label("person_id"), Person.email, Person.locale, Person.disabled_at)
    .outerjoin(Person, Person.id == Parent.person_id)
    .where(Parent.id == bindparam("parent_id"))
    .with_for_update(of=Parent, key_share=True)
    .execution_options(populate_existing=True)
)
# The parent is locked before the children, as by everybody.
_PARENT_AND_CHILDREN = (
    _PARENT.add_columns(
        Child.id,
        Child.first_name,
        Child.born_on,
        Child.care_weight,
        Child.dedicated_carer,
        ChildSheet.walking_since,
    )
    .join(ChildHome, ChildHome.household_id == Parent.household_id)
    .join(Child, Child.id == ChildHome.child_id)
    .outerjoin(
        ChildSheet,
        and_(ChildSheet.child_id == Child.id, ChildSheet.household_id == Parent.household_id),
    )
    .where(Child.id.in_(bindparam("child_ids", expanding=True)))
    .order_by(Child.id)
    .with_for_update(of=(Parent, Child), key_share=True)
)


def in_two_places(db: Session, slot_ids: Collection[int]) -> int:
    """Lock the children who have a place in these slots; count those who have another then."""
    here = select(ChildPlace.child_id).where(
        ChildPlace.slot_id.in_(slot_ids), ChildPlace.ended_at.is_(None)
    )
    locked = select(Child.id).where(Child.id.in_(here)).order_by(Child.id)
    db.execute(locked.with_for_update(key_share=True)).all()
    other, slot, there = aliased(ChildPlace), aliased(CareSlot), aliased(CareSlot)
    twice = (
        select(func.count(ChildPlace.child_id.distinct()))
        .join(slot, slot.id == ChildPlace.slot_id)
        .join(other, and_(other.child_id == ChildPlace.child_id, other.id != ChildPlace.id))
        .join(there, there.id == other.slot_id)
        .where(
            ChildPlace.slot_id.in_(slot_ids),
            ChildPlace.ended_at.is_(None),
            other.ended_at.is_(None),
            slot.starts_at < there.ends_at,
            there.starts_at < slot.ends_at,
        )
    )
    return db.scalar(twice) or 0


def seats(db: Session, parent_id: int, session: WorkshopSession) -> Seats:
    """Return the seat this parent has in or beside a session, and whether the other parent comes.

    Both in one statement, always: no answer takes longer than the other.
    """
    here = {
        "parent_id": parent_id,
        "session_id": session.id,
        "begins": session.starts_at,
        "ends": session.ends_at,
    }
    row = db.execute(_SEATS, here).one()
    return seats_of(row, session.id)


def seats_of(row: Any, session_id: int) -> Seats:
    """Return the same from a row that has the three columns of `SEAT_COLUMNS`."""
    return Seats(row.own, row.session_id == session_id, bool(row.other_comes))


_ME, _OTHER = aliased(Parent), aliased(Parent)
_MINE, _THEIRS = aliased(ChildHome), aliased(ChildHome)


def other_parent_comes(
    parent_id: int | BindParameter[int], session_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return whether the other parent of one of their children has a seat in a session.

    Also somebody who shares the parent's home. For the decision and for what a parent is shown
    alike, so that the one never betrays the other.
    """
    share_a_child = exists().where(
        _MINE.household_id == _ME.household_id,
        _THEIRS.child_id == _MINE.child_id,
        _THEIRS.household_id == _OTHER.household_id,
    )
    return exists().where(
        Booking.session_id == session_id,
        Booking.seat,
        Booking.state != "cancelled",
        Booking.parent_id == _OTHER.id,
        _OTHER.id != _ME.id,
        _ME.id == parent_id,
        or_(_OTHER.household_id == _ME.household_id, share_a_child),
    )


SEAT = (
    select(Booking.public_id, Booking.session_id)
    .join(WorkshopSession, WorkshopSession.id == Booking.session_id)
    .where(
        Booking.parent_id == bindparam("parent_id"),
        Booking.seat,
        Booking.state != "cancelled",
        WorkshopSession.starts_at < bindparam("ends"),
        WorkshopSession.ends_at > bindparam("begins"),
    )
    .limit(1)
    .subquery()
)
SEAT_COLUMNS = (
    SEAT.c.public_id.label("own"),
    SEAT.c.session_id,
    other_parent_comes(bindparam("parent_id"), bindparam("session_id")).label("other_comes"),
)
_SEATS = (
    select(*SEAT_COLUMNS)
    .select_from(Parent)
    .outerjoin(SEAT, true())
    .where(Parent.id == bindparam("parent_id"))
)


@dataclass(frozen=True)
class Eligibility:
    """What a workshop's published conditions look at, for one parent; read once for many dates."""

    births: tuple[date, ...]
    situations: tuple[tuple[str, date, date | None], ...]
    """Kind and days, both included."""

    def why_not(
        self, workshop: Workshop, programme: Programme, parent: Parent, day: date
    ) -> str | None:
        """Return the first condition that is not met on that day."""
        if workshop.audience != "everyone" and workshop.audience != _SEXES.get(parent.declared):
            return "audience"
        if workshop.only_towns and parent.town not in workshop.only_towns:
            return "town"
        if workshop.only_isolated and not self._isolated(programme, day):
            return "isolated"
        young = workshop.child_under_years
        if young is not None and not any(age_in_years(one, day) < young for one in self.births):
            return "child"
        return None

    def _isolated(self, programme: Programme, day: date) -> bool:
        return any(
            kind in programme.isolated_kinds and first <= day and (last is None or day <= last)
            for kind, first, last in self.situations
        )


_SEXES = {"woman": "women", "man": "men", None: None}


def eligibility_for(db: Session, workshop: Workshop, parent: Parent) -> Eligibility:
    """Return what one workshop's conditions look at; most ask nothing of the home."""
    if workshop.only_isolated or workshop.child_under_years is not None:
        return parent_with_facts(db, parent.id)[1]
    return Eligibility((), ())


def parent_with_facts(db: Session, parent_id: int) -> tuple[Parent, Eligibility]:
    """Return a parent and what any workshop's conditions look at, in one statement."""
    rows = db.execute(_WITH_FACTS, {"parent_id": parent_id}).all()
    births = tuple(row.day for row in rows if row.kind == BORN)
    situations = tuple(
        (row.kind, row.day, row.last_day) for row in rows if row.kind not in {BORN, None}
    )
    return rows[0].Parent, Eligibility(births, situations)


BORN = "born"
_FACTS = union_all(
    select(
        literal(BORN).label("kind"),
        Child.born_on.label("day"),
        cast(null(), Date).label("last_day"),
    )
    .join(ChildHome, ChildHome.child_id == Child.id)
    .join(_ME, _ME.household_id == ChildHome.household_id)
    .where(_ME.id == bindparam("parent_id")),
    select(Situation.kind, Situation.first_day, Situation.last_day).where(
        Situation.parent_id == bindparam("parent_id")
    ),
).subquery()
_WITH_FACTS = (
    select(Parent, _FACTS.c.kind, _FACTS.c.day, _FACTS.c.last_day)
    .outerjoin(_FACTS, true())
    .where(Parent.id == bindparam("parent_id"))
)
