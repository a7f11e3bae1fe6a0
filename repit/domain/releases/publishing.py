"""Let anybody read the latest release of a programme, or nobody but its funders."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme


def show_to_anybody(
    db: Session, programme_id: int, *, shown: bool, actor: Actor, now: datetime
) -> bool:
    """Turn a programme's public page on or off; return whether that changed anything.

    Raises:
        NoSuchObject: no such programme.
    """
    programme = db.get(Programme, programme_id, with_for_update={"key_share": True})
    if programme is None:
        raise NoSuchObject
    if programme.publishes == shown:
        return False
    programme.publishes = shown
    kind = "page_opened" if shown else "page_closed"
    record(db, actor=actor, kind=kind, of=("programme", programme_id), now=now)
    return True
