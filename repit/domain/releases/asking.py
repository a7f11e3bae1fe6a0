"""Ask for a release of a fund and a period: an empty row and the job that fills it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.figures.errors import NotClosedYet
from repit.domain.figures.keeping import first_kept, kept_until
from repit.domain.jobs.service import enqueue
from repit.domain.programmes.models import Fund, Programme
from repit.domain.releases import rules
from repit.domain.releases.errors import (
    DraftedAlready,
    FundOfFamilies,
    PeriodBeforeStart,
    ReleasedAlready,
)
from repit.domain.releases.holding import locked_draft, record_release, without_words
from repit.domain.releases.models import Release, ReleaseState
from repit.domain.releases.rules import ReleasePeriod, number_text

KIND = "draft_release"


def ask_for_release(
    db: Session, fund: str, kind: str, first_day: date, *, actor: Actor, now: datetime
) -> str:
    """Open a draft for a fund and let a job fill it; return the release's public id.

    Args:
        fund: its public id.
        kind: `quarter`, `semester` or `year`.
        first_day: of the period.

    Raises:
        NoSuchObject: no such fund.
        FundOfFamilies: nobody to report to.
        NotAReleasePeriod, PeriodToCome, PeriodNotOver: the period cannot have a release (yet).
        ReleasedAlready, DraftedAlready: it has one.
        NotClosedYet: its last day is over, but its figures are not kept yet.
        PeriodBeforeStart: nothing was counted before its end.
    """
    found = _fund(db, fund)
    programme = db.get_one(Programme, found.programme_id, with_for_update={"key_share": True})
    period = rules.whole_period(kind, first_day)
    rules.require_over(period, day_in(programme.zone, now))
    _refuse_twice(db, found.id, period)
    _require_closed(db, programme.id, period)
    release = Release(
        public_id=ids.public_id(),
        programme_id=programme.id,
        fund_id=found.id,
        kind=period.kind,
        first_day=period.first_day,
        last_day=period.last_day,
        state=ReleaseState.DRAFTING,
        drafted_by=actor,
        drafted_at=now,
    )
    db.add(release)
    db.flush()  # gives the release its id
    _let_a_job_fill(db, release, actor, now)
    record_release(db, release, "asked", actor, now)
    return release.public_id


def draft_again(db: Session, release_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw away what a draft says and let a job make it again, with what was approved since.

    Raises:
        NoSuchObject: no such release.
        WrongReleaseState: it is being drafted, approved or discarded.
    """
    release = locked_draft(db, release_id, ReleaseState.DRAFTED, ReleaseState.BLOCKED)
    without_words(db, release)
    release.state, release.drafted_by, release.drafted_at = ReleaseState.DRAFTING, actor, now
    _let_a_job_fill(db, release, actor, now)
    record_release(db, release, "asked_again", actor, now)


def job_name(release_id: int, drafted_at: datetime) -> str:
    """Return the name under which the job of one drafting is known: asked twice, it is one."""
    return f"{KIND}:{release_id}:{drafted_at.isoformat()}"


def _let_a_job_fill(db: Session, release: Release, actor: Actor, now: datetime) -> None:
    enqueue(
        db,
        kind=KIND,
        facts={
            "release_id": release.id,
            "programme_id": release.programme_id,
            "drafted_at": now.isoformat(),
        },
        actor=actor,
        now=now,
        dedupe=job_name(release.id, now),
    )


def _fund(db: Session, public_id: str) -> Fund:
    found = db.scalars(select(Fund).where(Fund.public_id == public_id)).one_or_none()
    if found is None:
        raise NoSuchObject
    if found.funder_id is None:
        raise FundOfFamilies
    return found


def _refuse_twice(db: Session, fund_id: int, period: ReleasePeriod) -> None:
    there = db.scalars(
        select(Release).where(
            Release.fund_id == fund_id,
            Release.first_day == period.first_day,
            Release.last_day == period.last_day,
            Release.state != ReleaseState.DISCARDED,
        )
    ).one_or_none()
    if there is None:
        return
    if there.year is not None and there.serial is not None:
        number = number_text(there.year, there.serial)
        raise ReleasedAlready(public_id=there.public_id, number=number)
    raise DraftedAlready(public_id=there.public_id)


def _require_closed(db: Session, programme_id: int, period: ReleasePeriod) -> None:
    until = kept_until(db, programme_id)
    since = first_kept(db, programme_id)
    if until is None or until < period.last_day:
        raise NotClosedYet(last_day=period.last_day)
    if since is not None and period.last_day < since:
        raise PeriodBeforeStart(since=since)
