"""Changes that reach beyond the household: a suspended parent's vouchers are blocked with them."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
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
    """End a suspension and unblock the parent's vouchers; return how many were unblocked.

    Raises:
        NoSuchObject: no such parent.
        ParentNotSuspended: they are not.
    """
    parent_id = households.reactivate(db, actor, public_id, motive, now)
    return set_blocked_of_parent(db, parent_id, blocked=False, actor=actor, now=now)
