"""What every change of a draft needs: its row for itself, its words gone, its history."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.releases.errors import WrongReleaseState
from repit.domain.releases.models import Release, ReleaseFact, ReleaseState
from repit.domain.releases.rules import number_text


def locked_draft(db: Session, release_id: int, *states: ReleaseState) -> Release:
    """Return a release in one of these states that nobody else changes until the end.

    Raises:
        NoSuchObject: there is no such release.
        WrongReleaseState: it is in another state: somebody else was faster.
    """
    release = db.get(Release, release_id, with_for_update=True, populate_existing=True)
    if release is None:
        raise NoSuchObject
    if release.state not in states:
        raise WrongReleaseState(state=release.state)
    return release


def without_words(db: Session, release: Release) -> None:
    """Take out of a draft what it says and what is true behind it.

    Raises:
        Nothing of its own.
    """
    db.execute(
        delete(ReleaseFact)
        .where(ReleaseFact.release_id == release.id)
        .execution_options(synchronize_session=False)
    )
    release.content = release.sha256 = None


def record_release(
    db: Session,
    release: Release,
    kind: str,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    """Note in a release's history what became of it.

    Raises:
        Nothing of its own.
    """
    facts: dict[str, object] = {
        "first_day": release.first_day.isoformat(),
        "last_day": release.last_day.isoformat(),
    }
    if release.year is not None and release.serial is not None:
        facts["number"] = number_text(release.year, release.serial)
    of = ("release", release.id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=motive, facts=facts)
