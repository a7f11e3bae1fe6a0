"""Open and change a parent's file. Children and situations have their own modules.

Nobody outside the operator's staff learns from here who else lives in a household or who the
other parent of a child is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.households import accounts, children, folding, situations
from repit.domain.households.errors import (
    LooksLikeAnother,
    NumberTaken,
    ParentAlreadySuspended,
    ParentNotSuspended,
)
from repit.domain.households.models import Household, Parent
from repit.domain.households.queries import lookalikes
from repit.domain.households.racing import first_come
from repit.domain.households.rules import Details, NewParent
from repit.domain.people.models import Person


@dataclass(frozen=True)
class Opened:
    parent_id: int
    public_id: str
    number: str


def open_file(
    db: Session, actor: Actor, new: NewParent, now: datetime, *, despite_lookalikes: bool = False
) -> Opened:
    """Open the file of one parent, with their household, children and situation.

    Raises:
        LooksLikeAnother: a file has the same name and town, the same e-mail, or the same
            telephone in another household.
        NumberTaken: the number asked for is another parent's.
        EmailTaken: the address is another parent's.
        ChildBornLater, ChildGrownUp: a child's day of birth cannot be.
        SituationLongAgo: the situation began before any parent of today was born.
    """
    for child in new.children:
        children.check_still_a_child(child, now)
    if new.situation:
        situations.check_days(new.situation)
    found = lookalikes(db, new.details, lives_in=new.household_id)
    if found and not despite_lookalikes:
        raise LooksLikeAnother(
            tuple(one.public_id for one in found), tuple(one.number for one in found)
        )
    return open_files(db, actor, [new], now)[0]


def open_files(
    db: Session,
    actor: Actor,
    news: Sequence[NewParent],
    now: datetime,
    import_id: int | None = None,
) -> list[Opened]:
    """Open several files in few statements.

    Raises:
        NumberTaken: a number asked for is another parent's.
        EmailTaken: an address is another parent's.
        ChildBornLater: a child's day of birth is after today.
        TryAgain: somebody else takes the number or the address at this moment.
    """
    with first_come():
        return _open(db, actor, news, now, import_id)


def _open(
    db: Session, actor: Actor, news: Sequence[NewParent], now: datetime, import_id: int | None
) -> list[Opened]:
    _check_numbers_free(db, [new.details.number for new in news])
    homes = [_home(new, now) for new in news]
    db.add_all(home for home in homes if isinstance(home, Household))
    linked = accounts.find_or_open(db, [new.details for new in news], now)
    db.flush()
    parents = [
        _new_parent(new.details, _id(home), account.person, now, import_id)
        for new, home, account in zip(news, homes, linked, strict=True)
    ]
    db.add_all(parents)
    db.flush()
    _give_numbers(db, parents, news)
    with_children = [(p.household_id, new.children) for p, new in zip(parents, news, strict=True)]
    children.add_all(db, actor, with_children, now)
    for parent, new, account in zip(parents, news, linked, strict=True):
        if new.situation:
            situations.write(db, actor, parent.id, new.situation, now)
        facts: dict[str, Any] = {"number": parent.number, "account": _account(account.is_new)}
        if import_id is not None:
            facts["import"] = import_id
        record(db, actor=actor, kind="opened", of=("parent", parent.id), now=now, facts=facts)
    db.flush()
    return [Opened(p.id, p.public_id, p.number) for p in parents]


def update(
    db: Session, actor: Actor, parent_public_id: str, details: Details, now: datetime
) -> list[str]:
    """Change what is written about a parent; return the names of what changed.

    Raises:
        NoSuchObject: no such parent.
        NumberTaken: the number is another parent's.
        EmailTaken: the address is another parent's.
        TryAgain: somebody else takes the number or the address at this moment.
    """
    parent = find(db, parent_public_id)
    before = _snapshot(db, parent)
    if details.number and details.number != parent.number:
        _check_numbers_free(db, [details.number])
        parent.number = details.number
    for name in ("first_name", "last_name", "town", "postcode", "priority_area", "requested_on"):
        setattr(parent, name, getattr(details, name))
    _refresh_keys(parent)
    with first_come():
        accounts.change_contact(db, parent, details, now)
        db.flush()
    changed = _changes(before, _snapshot(db, parent))
    if changed:
        record(db, actor=actor, kind="changed", of=("parent", parent.id), now=now, facts=changed)
    return list(changed)


def suspend(db: Session, actor: Actor, parent_public_id: str, motive: str, now: datetime) -> int:
    """Suspend a parent and return their id. Their vouchers are blocked by the caller.

    Raises:
        NoSuchObject: no such parent.
        ParentAlreadySuspended: they are.
    """
    parent = find(db, parent_public_id)
    if parent.state == "suspended":
        raise ParentAlreadySuspended
    parent.state = "suspended"
    record(db, actor=actor, kind="suspended", of=("parent", parent.id), now=now, motive=motive)
    return parent.id


def reactivate(db: Session, actor: Actor, parent_public_id: str, motive: str, now: datetime) -> int:
    """End a suspension and return the parent's id. Their vouchers are unblocked by the caller.

    Raises:
        NoSuchObject: no such parent.
        ParentNotSuspended: they are not.
    """
    parent = find(db, parent_public_id)
    if parent.state != "suspended":
        raise ParentNotSuspended
    parent.state = "active"
    record(db, actor=actor, kind="reactivated", of=("parent", parent.id), now=now, motive=motive)
    return parent.id


def find(db: Session, public_id: str) -> Parent:
    """Return a parent, locked until the change ends.

    Raises:
        NoSuchObject: no such parent.
    """
    parent = db.scalar(select(Parent).where(Parent.public_id == public_id).with_for_update())
    if parent is None:
        raise NoSuchObject
    return parent


def _check_numbers_free(db: Session, numbers: Sequence[str | None]) -> None:
    wanted = [number for number in numbers if number]
    taken = db.scalar(select(Parent.number).where(Parent.number.in_(wanted))) if wanted else None
    if taken:
        raise NumberTaken(taken)


def _home(new: NewParent, now: datetime) -> Household | int:
    if new.household_id is not None:
        return new.household_id
    return Household(public_id=ids.public_id(), created_at=now)


def _id(home: Household | int) -> int:
    return home if isinstance(home, int) else home.id


def _new_parent(
    details: Details, household_id: int, person: Person, now: datetime, import_id: int | None
) -> Parent:
    public_id = ids.public_id()
    return Parent(
        public_id=public_id,
        number=details.number or public_id,  # until the row has an id to be numbered by
        household_id=household_id,
        person_id=person.id,
        first_name=details.first_name,
        last_name=details.last_name,
        town=details.town,
        postcode=details.postcode,
        priority_area=details.priority_area,
        requested_on=details.requested_on,
        state="active",
        import_id=import_id,
        created_at=now,
    )


def stop_calendar(db: Session, actor: Actor, parent_id: int, now: datetime) -> None:
    """Let the address of a parent's calendar show nothing any more, and give it another.

    Raises:
        NoSuchObject: no such parent.
    """
    parent = db.scalar(select(Parent).where(Parent.id == parent_id).with_for_update())
    if parent is None:
        raise NoSuchObject
    parent.calendar_key = ids.public_id()
    record(db, actor=actor, kind="calendar_stopped", of=("parent", parent.id), now=now)


def _give_numbers(db: Session, parents: Sequence[Parent], news: Sequence[NewParent]) -> None:
    """Number by id, so that two people at work never meet on one number."""
    unnumbered = [p for p, new in zip(parents, news, strict=True) if not new.details.number]
    wanted = [f"P-{parent.id:06d}" for parent in unnumbered]
    taken = set(db.scalars(select(Parent.number).where(Parent.number.in_(wanted))))
    for parent, number in zip(unnumbered, wanted, strict=True):
        parent.number = f"{number}-BIS" if number in taken else number
        _refresh_keys(parent)


def _refresh_keys(parent: Parent) -> None:
    parent.name_key = folding.name_key(parent.first_name, parent.last_name)
    parent.search_key = folding.search_key(
        parent.first_name, parent.last_name, parent.number, parent.town, parent.postcode
    )


def _account(is_new: bool) -> str:  # noqa: FBT001
    return "new" if is_new else "linked"


def _snapshot(db: Session, parent: Parent) -> dict[str, Any]:
    person = db.get(Person, parent.person_id) if parent.person_id else None
    return {
        "number": parent.number,
        "first_name": parent.first_name,
        "last_name": parent.last_name,
        "town": parent.town,
        "postcode": parent.postcode,
        "priority_area": parent.priority_area,
        "requested_on": parent.requested_on.isoformat(),
        "email": person and person.email,
        "phone": person and person.phone,
        "locale": person and person.locale,
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}
