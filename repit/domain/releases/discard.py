"""Give a draft up: the period is free again, and nothing of what was counted is kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.releases.holding import locked_draft, record_release, without_words
from repit.domain.releases.models import IN_DRAFT, ReleaseState


def discard(db: Session, release_id: int, *, actor: Actor, now: datetime) -> None:
    """Give up a draft, one that is blocked, or one that a job has not finished.

    Raises:
        NoSuchObject: no such release.
        WrongReleaseState: it was approved or given up already.
    """
    release = locked_draft(db, release_id, *IN_DRAFT)
    without_words(db, release)
    release.state = ReleaseState.DISCARDED
    record_release(db, release, "discarded", actor, now)
