"""How a parent is told about bookings, and what a child counts for when places are computed.

Settled by the operator with the parent; never shown as the reason of a refusal.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.programmes.service import write_changes


@dataclass(frozen=True)
class Discretion:
    """`silent`: nothing is sent; `hidden`: nothing shows either, we call. `declared`: by them."""

    discretion: str = "normal"
    declared: str | None = None


@dataclass(frozen=True)
class CareNeeds:
    """`care_weight`: how many children this one counts for, from 1 to 5."""

    care_weight: int = 1
    dedicated_carer: bool = False


def of_parent(db: Session, public_id: str) -> Discretion:
    """Return what was settled with a parent.

    Raises:
        NoSuchObject: no such parent.
    """
    row = _parent(db, public_id)
    return Discretion(row.discretion, row.declared)


def settle(
    db: Session, public_id: str, wanted: Discretion, *, actor: Actor, now: datetime
) -> list[str]:
    """Note what was settled with a parent; return the names of what changed.

    Raises:
        NoSuchObject: no such parent.
    """
    return write_changes(db, _parent(db, public_id), asdict(wanted), actor=actor, now=now)


def of_child(db: Session, ours: tuple[str, str]) -> CareNeeds:
    """Return what a child counts for.

    Args:
        ours: the public ids of the parent and of the child.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    row = _child(db, ours)
    return CareNeeds(row.care_weight, row.dedicated_carer)


def settle_child(
    db: Session, ours: tuple[str, str], wanted: CareNeeds, *, actor: Actor, now: datetime
) -> int:
    """Note what a child counts for; return the child's id, to count its slots again.

    Raises:
        NoSuchObject: no such child in this parent's household.
    """
    row = _child(db, ours)
    write_changes(db, row, asdict(wanted), actor=actor, now=now)
    return row.id


def _parent(db: Session, public_id: str) -> Parent:
    row = db.scalar(select(Parent).where(Parent.public_id == public_id))
    if row is None:
        raise NoSuchObject
    return row


def _child(db: Session, ours: tuple[str, str]) -> Child:
    parent, child = ours
    row = db.scalar(
        select(Child)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .join(Parent, Parent.household_id == ChildHome.household_id)
        .where(Parent.public_id == parent, Child.public_id == child)
    )
    if row is None:
        raise NoSuchObject
    return row
