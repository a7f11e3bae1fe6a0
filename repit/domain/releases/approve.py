"""Approve a draft: it gets its number, is frozen, and its funder is told.

What was approved in the programme since the draft was attacked could give a hidden cell away
together with it: then the draft is made again first.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.clock import day_in
from repit.domain.programmes.models import Programme
from repit.domain.releases.errors import DraftChanged, DraftOutdated, ReleaseBlocked
from repit.domain.releases.holding import locked_draft, record_release
from repit.domain.releases.models import Release, ReleaseFact, ReleaseState
from repit.domain.releases.rules import number_text
from repit.domain.releases.telling import tell_funder
from repit.domain.releases.writing import read_content


def approve(db: Session, release_id: int, *, seen: str, actor: Actor, now: datetime) -> str:
    """Number and freeze a draft; return its number. From here on nothing of it changes.

    Args:
        seen: the SHA-256, in hexadecimal, of the draft that the operator has read.

    Raises:
        NoSuchObject: no such release.
        WrongReleaseState: it is no draft: another person was faster, or gave it up.
        ReleaseBlocked: the audit could not make it safe.
        DraftChanged: it was made again since it was read.
        DraftOutdated: others of the programme were approved since it was attacked.
        ReleaseChanged: what is stored is not what was drafted.
    """
    # All of them, in order: releases are numbered across programmes, without a gap.
    db.execute(select(Programme.id).order_by(Programme.id).with_for_update(key_share=True))
    release = locked_draft(db, release_id, ReleaseState.DRAFTED, ReleaseState.BLOCKED)
    _refuse_blocked(db, release)
    if release.sha256 is None or release.sha256.hex() != seen:
        raise DraftChanged
    read_content(release.content, release.sha256, number="")
    _refuse_outdated(db, release)
    year = day_in(db.get_one(Programme, release.programme_id).zone, now).year
    last = db.scalar(select(func.max(Release.serial)).where(Release.year == year))
    release.year, release.serial = year, (last or 0) + 1
    release.state = ReleaseState.APPROVED
    release.approved_by, release.approved_at = actor, now
    db.flush()
    record_release(db, release, "approved", actor, now)
    tell_funder(db, release, now=now)
    return number_text(release.year, release.serial)


def approved_since(db: Session, release: Release) -> tuple[str, ...]:
    """Return the numbers of those approved in the programme that a draft was not attacked with.

    Raises:
        Nothing of its own.
    """
    approved = db.execute(
        select(Release.year, Release.serial)
        .where(
            Release.programme_id == release.programme_id,
            Release.state == ReleaseState.APPROVED,
        )
        .order_by(Release.year, Release.serial)
        .offset(release.earlier)
    )
    return tuple(number_text(year, serial) for year, serial in approved if year and serial)


def _refuse_outdated(db: Session, release: Release) -> None:
    since = approved_since(db, release)
    if since:
        raise DraftOutdated(since=since)


def _refuse_blocked(db: Session, release: Release) -> None:
    if release.state != ReleaseState.BLOCKED:
        return
    audit = db.scalars(select(ReleaseFact.audit).where(ReleaseFact.release_id == release.id)).one()
    raise ReleaseBlocked(
        tables=tuple(dict.fromkeys(one["where"]["name"] for one in audit["blocks"]))
    )
