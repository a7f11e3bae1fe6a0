"""Changes that reach beyond the household: a suspended parent's vouchers are blocked with them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.models import Event
from repit.domain.households import service as households
from repit.domain.vouchers.service import set_blocked_of_parent


def suspend(db: Session, actor: Actor, public_id: str, motive: str, now: datetime) -> int:
    """Suspend a parent and block their open vouchers; return how many were blocked.

    Raises:
        NoSuchObject: no such parent.
        ParentAlreadySuspended: they are.
    """
    parent_id = households.suspend(db, actor, public_id, motive, now)
    return set_blocked_of_parent(db, parent_id, blocked=True, actor=actor, now=now)


def reactivate(db: Session, actor: Actor, public_id: str, motive: str, now: datetime) -> int:
    """End a suspension and unblock the vouchers it blocked; return how many.

    Raises:
        NoSuchObject: no such parent.
        ParentNotSuspended: they are not.
    """
    parent_id = households.reactivate(db, actor, public_id, motive, now)
    return set_blocked_of_parent(
        db,
        parent_id,
        blocked=False,
        actor=actor,
        now=now,
        blocked_at=_suspended_at(db, parent_id),
    )


def _suspended_at(db: Session, parent_id: int) -> datetime | None:
    about = Event.object_kind == "parent", Event.object_id == parent_id
    return db.scalar(select(func.max(Event.at)).where(*about, Event.kind == "suspended"))
