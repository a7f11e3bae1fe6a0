"""Take back the parents of an import, as long as nobody has touched them.

A file in which something happened since is kept, and says why: vouchers given, a decision
taken, a line changed, a message sent. Of the others nothing stays but the history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from repit.domain.actors import Actor
from repit.domain.audit.models import Event
from repit.domain.audit.service import record
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.households.models import (
    Child,
    ChildHome,
    Household,
    Parent,
    ParentImport,
    Situation,
)
from repit.domain.imports.checking import in_batches
from repit.domain.imports.errors import ImportOver
from repit.domain.imports.finding import find
from repit.domain.notices.models import Notice
from repit.domain.people.models import BrowserStay, Membership, Person, SignIn
from repit.domain.providers.models import Provider
from repit.domain.vouchers.models import Voucher

AT_ONCE = 500


@dataclass(frozen=True)
class Undone:
    removed: int
    kept: int


def undo(db: Session, actor: Actor, public_id: str, now: datetime) -> Undone:
    """Remove what the import wrote and nobody touched since.

    Raises:
        NoSuchObject: no such import.
        ImportOver: it is not done, or was undone before.
    """
    one = find(db, public_id)
    if one.state != "done":
        raise ImportOver(one.state)
    touched = set().union(*touched_since(db, one).values())
    everybody = set(db.scalars(select(Parent.id).where(Parent.import_id == one.id)))
    for some in in_batches(sorted(everybody - touched), AT_ONCE):
        _remove(db, some)
    one.state = "undone"
    one.content = b""
    facts = {"removed": len(everybody - touched), "kept": len(touched)}
    of = ("parent_import", one.id)
    record(db, actor=actor, kind="undone", of=of, now=now, facts=facts)
    return Undone(facts["removed"], facts["kept"])


def touched_since(db: Session, one: ParentImport) -> dict[str, set[int]]:
    """Return, for each reason to keep a parent, the ids of the parents it holds for."""
    mine = Parent.import_id == one.id
    return {
        reason: set(db.scalars(select(Parent.id).where(mine, condition)))
        for reason, condition in _reasons(one)
    }


def _reasons(one: ParentImport) -> Iterable[tuple[str, ColumnElement[bool]]]:
    yield (
        "vouchers",
        or_(
            exists().where(Voucher.parent_id == Parent.id),
            exists().where(Allowance.parent_id == Parent.id),
        ),
    )
    own_request = and_(
        Entitlement.programme_id == one.programme_id,
        Entitlement.state == "requested",
        Entitlement.decided_at.is_(None),
    )
    yield (
        "decided",
        exists().where(
            Entitlement.parent_id == Parent.id, ~own_request if one.programme_id else true()
        ),
    )
    yield "changed", or_(_changed_file(), _changed_child())
    yield "shares_home", _shares_home()
    yield (
        "account_used",
        or_(
            exists().where(BrowserStay.parent_id == Parent.id),
            *(
                exists().where(table.person_id == Parent.person_id, _own_account())
                for table in (SignIn, BrowserStay, Membership, Notice)
            ),
        ),
    )


def _changed_file() -> ColumnElement[bool]:
    about = and_(Event.object_kind == "parent", Event.object_id == Parent.id)
    acted_for = exists().where(Event.for_parent_id == Parent.id)
    return or_(exists().where(about, _after_opening()), acted_for, Parent.state != "active")


def _changed_child() -> ColumnElement[bool]:
    # One question inside the other: side by side SQLite walks every child's event for each home.
    changed = exists().where(
        Event.object_kind == "child", Event.object_id == ChildHome.child_id, _after_opening()
    )
    at_home = ChildHome.household_id == Parent.household_id
    return exists().where(at_home, changed.correlate(ChildHome, Parent))


def _after_opening() -> ColumnElement[bool]:
    """What the import itself wrote bears the moment the file was opened."""
    return Event.at > Parent.created_at


def _shares_home() -> ColumnElement[bool]:
    neighbour = aliased(Parent)
    at_home = neighbour.household_id == Parent.household_id, neighbour.id != Parent.id
    return or_(
        exists().where(*at_home), exists().where(Provider.household_id == Parent.household_id)
    )


def _own_account() -> ColumnElement[bool]:
    """An account older than the file was only linked to it: it is left alone anyway."""
    return exists(
        select(Person.id).where(
            Person.id == Parent.person_id, Person.created_at == Parent.created_at
        )
    )


def _remove(db: Session, parent_ids: Sequence[int]) -> None:
    mine = Parent.id.in_(parent_ids)
    households = list(db.scalars(select(Parent.household_id).where(mine)))
    accounts = list(
        db.scalars(
            select(Person.id)
            .join(Parent, Parent.person_id == Person.id)
            .where(mine, Person.created_at == Parent.created_at)
        )
    )
    children = list(
        db.scalars(select(ChildHome.child_id).where(ChildHome.household_id.in_(households)))
    )
    for query in (
        delete(Situation).where(Situation.parent_id.in_(parent_ids)),
        delete(Entitlement).where(Entitlement.parent_id.in_(parent_ids)),
        delete(Parent).where(mine),
        delete(ChildHome).where(ChildHome.household_id.in_(households)),
        delete(Child).where(Child.id.in_(children)),
        delete(Household).where(Household.id.in_(households)),
        delete(Person).where(Person.id.in_(accounts)),
    ):
        db.execute(query.execution_options(synchronize_session=False))
