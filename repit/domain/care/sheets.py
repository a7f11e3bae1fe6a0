"""What a home writes down about its children: the sheet, who may collect, who never may.

A sheet belongs to one child in one household. The child's other home has its own: nothing here
reads or changes it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.care.models import ChildSheet, Collector
from repit.domain.care.rules import age_in_years
from repit.domain.care.sheet_errors import (
    ChildAlreadyThere,
    ChildTooOld,
    NamesNobody,
    PersonAlreadyThere,
    PersonIsBoth,
    TooManyPeople,
    WalksBeforeBirth,
    WalksLater,
)
from repit.domain.errors import NoSuchObject
from repit.domain.households import children
from repit.domain.households.folding import fold
from repit.domain.households.models import Child, ChildHome, Household, Parent
from repit.domain.households.rules import NewChild, today

CONSENTS = ("first_aid", "photos")
CHILD_UNTIL_YEARS = 20
MOST_PEOPLE = 20


@dataclass(frozen=True)
class Sheet:
    """What a parent says about a child.

    `helps`: at most 500 characters of what helps the child, never a diagnosis. `consents`: those
    of `CONSENTS` that are given; the others are not, or are withdrawn.
    """

    walking_since: date | None = None
    helps: str | None = None
    consents: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NewPerson:
    """Somebody who `may` collect the child, or `never` may."""

    name: str
    standing: str
    relation: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Ours:
    """A child as one home has it."""

    child_id: int
    household_id: int
    born_on: date


def add_child(db: Session, parent_id: int, new: NewChild, *, actor: Actor, now: datetime) -> str:
    """Add a child to the parent's household; return the child's public id.

    It can be booked for at once, and counts for no quota until the staff has confirmed it.

    Raises:
        NoSuchObject: no such parent.
        ChildBornLater: the day of birth is after today.
        ChildTooOld: older than the children this is for.
        ChildAlreadyThere: it lives here already, as when a button is pressed twice.
    """
    public_id, household_id = _home_of(db, parent_id)
    _check_child(db, household_id, new, now)
    return children.add(db, actor, public_id, new, now, confirmed=False)


def correct_child(
    db: Session, parent_id: int, child: str, new: NewChild, *, actor: Actor, now: datetime
) -> None:
    """Correct the first name and the day of birth; who may do it is `bookings.own_children`.

    Args:
        child: the child's public id.
        new: its `more_support` is the staff's to say, and is not read.

    Raises:
        NoSuchObject: no such child in this parent's household.
        ChildBornLater, ChildTooOld, ChildAlreadyThere: as for `add_child`.
        WalksBeforeBirth: its sheet says that it walked before that day.
    """
    public_id, household_id = _home_of(db, parent_id)
    ours = _locked(db, parent_id, child)
    _check_child(db, household_id, new, now, but=ours.child_id)
    sheet = _row(db, ours)
    if sheet is not None:
        _check_walking(sheet.walking_since, new.born_on, today(now))
    support = db.get_one(Child, ours.child_id).more_support
    corrected = NewChild(new.first_name, new.born_on, support)
    children.change(db, actor, (public_id, child), corrected, now)


def remove_child(db: Session, parent_id: int, child: str, *, actor: Actor, now: datetime) -> None:
    """Take a child off the parent's list, with what the home wrote; see `bookings.own_children`.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    public_id, _ = _home_of(db, parent_id)
    ours = _locked(db, parent_id, child)
    forget(db, ours.child_id, ours.household_id, now=now)
    children.leave(db, actor, (public_id, child), now)


def write(
    db: Session, parent_id: int, child: str, sheet: Sheet, *, actor: Actor, now: datetime
) -> None:
    """Write the sheet; that also says that all of it is right today.

    Args:
        child: the child's public id.

    Raises:
        NoSuchObject: no such child in this parent's household.
        WalksBeforeBirth: it walked before it was born.
        WalksLater: it walks from a day to come.
    """
    ours, day = _locked(db, parent_id, child), today(now)
    _check_walking(sheet.walking_since, ours.born_on, day)
    row = _row(db, ours) or ChildSheet(child_id=ours.child_id, household_id=ours.household_id)
    before = _facts(row)
    row.walking_since, row.helps = sheet.walking_since, sheet.helps
    row.consents = _consents(row.consents or {}, sheet.consents, day)
    row.confirmed_on, row.updated_at = day, now
    db.add(row)
    changed = sorted(name for name, value in _facts(row).items() if value != before[name])
    # Which answers changed, never what they say: the history is kept when the sheet is not.
    kind = "sheet_written" if changed else "sheet_confirmed"
    _record(db, actor, kind, ours, now, {"answers": changed} if changed else {})


def confirm(db: Session, parent_id: int, child: str, *, actor: Actor, now: datetime) -> None:
    """Say that everything on the sheet is still right.

    Raises:
        NoSuchObject: no such child in this parent's household, or nothing is written yet.
    """
    ours = _locked(db, parent_id, child)
    row = _row(db, ours)
    if row is None:
        raise NoSuchObject
    row.confirmed_on = today(now)
    _record(db, actor, "sheet_confirmed", ours, now, {})


def add_person(
    db: Session, parent_id: int, child: str, new: NewPerson, *, actor: Actor, now: datetime
) -> str:
    """Write down somebody who may collect the child, or who never may; return a public id.

    Raises:
        NoSuchObject: no such child in this parent's household.
        NamesNobody: there is no name in the name.
        PersonAlreadyThere: that name is in the same list already.
        PersonIsBoth: that name is in the other list.
        TooManyPeople: there are `MOST_PEOPLE` names already.
    """
    ours = _locked(db, parent_id, child)
    _check_name(db, ours, new)
    row = Collector(
        public_id=ids.public_id(),
        child_id=ours.child_id,
        household_id=ours.household_id,
        name=new.name,
        relation=new.relation,
        phone=new.phone,
        standing=new.standing,
        created_at=now,
    )
    db.add(row)
    _record(db, actor, "person_added", ours, now, {"standing": new.standing})
    return row.public_id


def forget(db: Session, child_id: int, household_id: int, *, now: datetime) -> None:
    """Forget what a home wrote about a child that is about to leave it.

    The names that were given end, for a hand-over may have been noted with them; those of a
    child that has no other home go with the child.
    """
    elsewhere = ChildHome.child_id == child_id, ChildHome.household_id != household_id
    if db.scalar(select(ChildHome.id).where(*elsewhere).limit(1)) is None:
        db.execute(delete(ChildSheet).where(ChildSheet.child_id == child_id))
        db.execute(delete(Collector).where(Collector.child_id == child_id))
        return
    sheet = ChildSheet.child_id == child_id, ChildSheet.household_id == household_id
    names = Collector.child_id == child_id, Collector.household_id == household_id
    db.execute(delete(ChildSheet).where(*sheet))
    db.execute(update(Collector).where(*names, Collector.ended_at.is_(None)).values(ended_at=now))


def locked_child(db: Session, parent_id: int, child: str) -> Ours:
    """Return a child of this home, which nobody else changes until this change is made.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    return _locked(db, parent_id, child)


def _home_of(db: Session, parent_id: int) -> tuple[str, int]:
    """Return the parent's public id and household; two children are not added there at once."""
    row = db.execute(
        select(Parent.public_id, Parent.household_id)
        .join(Household, Household.id == Parent.household_id)
        .where(Parent.id == parent_id)
        .with_for_update(of=Household)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return row.public_id, row.household_id


def _locked(db: Session, parent_id: int, child: str) -> Ours:
    row = db.execute(
        select(Child.id, ChildHome.household_id, Child.born_on)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.id == parent_id, Child.public_id == child)
        .with_for_update(of=ChildHome)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return Ours(row.id, row.household_id, row.born_on)


def _check_child(
    db: Session, household_id: int, new: NewChild, now: datetime, *, but: int | None = None
) -> None:
    """Refuse who is no child, and a child that lives here already."""
    if age_in_years(new.born_on, today(now)) >= CHILD_UNTIL_YEARS:
        raise ChildTooOld(CHILD_UNTIL_YEARS)
    here = select(Child.id, Child.first_name).join(ChildHome, ChildHome.child_id == Child.id)
    same_day = here.where(ChildHome.household_id == household_id, Child.born_on == new.born_on)
    if fold(new.first_name) in {
        fold(row.first_name) for row in db.execute(same_day) if row.id != but
    }:
        raise ChildAlreadyThere(new.first_name)


def _row(db: Session, ours: Ours) -> ChildSheet | None:
    return db.scalar(
        select(ChildSheet).where(
            ChildSheet.child_id == ours.child_id, ChildSheet.household_id == ours.household_id
        )
    )


def _check_walking(walking_since: date | None, born_on: date, day: date) -> None:
    if walking_since is None:
        return
    if walking_since < born_on:
        raise WalksBeforeBirth
    if walking_since > day:
        raise WalksLater


def _check_name(db: Session, ours: Ours, new: NewPerson) -> None:
    key = fold(new.name)
    if not key:
        raise NamesNobody
    live = select(Collector.name_key, Collector.standing).where(
        Collector.child_id == ours.child_id,
        Collector.household_id == ours.household_id,
        Collector.ended_at.is_(None),
    )
    known = {row.name_key: row.standing for row in db.execute(live)}
    if key in known:
        raise (PersonAlreadyThere if known[key] == new.standing else PersonIsBoth)(new.name)
    if len(known) >= MOST_PEOPLE:
        raise TooManyPeople(MOST_PEOPLE)


def _consents(before: dict[str, Any], given: frozenset[str], day: date) -> dict[str, Any]:
    """Return each consent with the day it was given: a new day only for a new one."""
    return {kind: before.get(kind, day.isoformat()) for kind in CONSENTS if kind in given}


def _facts(row: ChildSheet) -> dict[str, Any]:
    return {
        "walking_since": row.walking_since,
        "helps": row.helps,
        "consents": dict(row.consents or {}),
    }


def _record(
    db: Session, actor: Actor, kind: str, ours: Ours, now: datetime, facts: dict[str, Any]
) -> None:
    about = {"household": ours.household_id, **facts}
    record(db, actor=actor, kind=kind, of=("child", ours.child_id), now=now, facts=about)
