"""What a parent's request may name, by public ids: their children beside the slots of one page.

One light statement, for the moment of booking; the page itself reads what stands in the way.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from repit.domain.care.models import CareSlot
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.workshops.models import WorkshopSession


@dataclass(frozen=True)
class Nameable:
    """A session or care alone, with every child of the home beside every slot."""

    session_id: int | None
    children: dict[str, tuple[int, int]]
    """By « child.slot », both public ids: the ids of the two."""
    hidden: bool
    """The parent wants nothing on a screen: we call instead."""


def key(child: str, slot: str) -> str:
    """Return the name of a child's place in a request: « child.slot », both public ids."""
    return f"{child}.{slot}"


def beside_session(db: Session, parent_id: int, public_id: str) -> Nameable | None:
    """Return what may be named on the page of a session; drafts do not exist for parents."""
    return _nameable(db, _BESIDE, parent_id, public_id)


def care_alone(db: Session, parent_id: int, public_id: str) -> Nameable | None:
    """Return what may be named on the page of care that stands alone."""
    return _nameable(db, _ALONE, parent_id, public_id)


def _nameable(db: Session, query: Any, parent_id: int, public_id: str) -> Nameable | None:
    rows = db.execute(query, {"parent_id": parent_id, "public_id": public_id}).all()
    if not rows:
        return None
    return Nameable(
        rows[0].session_id,
        {
            key(row.child, row.slot): (row.child_id, row.slot_id)
            for row in rows
            if row.child_id is not None and row.slot_id is not None
        },
        hidden=rows[0].discretion == "hidden",
    )


def _of_the_home(query: Any) -> Any:
    return (
        query.join(Parent, Parent.id == bindparam("parent_id"))
        .outerjoin(ChildHome, ChildHome.household_id == Parent.household_id)
        .outerjoin(Child, Child.id == ChildHome.child_id)
    )


_NAMES = (
    Parent.discretion,
    CareSlot.id.label("slot_id"),
    CareSlot.public_id.label("slot"),
    Child.id.label("child_id"),
    Child.public_id.label("child"),
)
_BESIDE = _of_the_home(
    select(WorkshopSession.id.label("session_id"), *_NAMES)
    .select_from(WorkshopSession)
    .outerjoin(CareSlot, and_(CareSlot.session_id == WorkshopSession.id, CareSlot.state == "open"))
).where(WorkshopSession.public_id == bindparam("public_id"), WorkshopSession.state != "draft")
_ALONE = _of_the_home(select(CareSlot.session_id, *_NAMES).select_from(CareSlot)).where(
    CareSlot.public_id == bindparam("public_id"),
    CareSlot.session_id.is_(None),
    CareSlot.state != "draft",
)
