"""Draft a release as a job: count, make safe, attack, and store, so that nothing is done by halves.

Everything slow comes before the one change at the end. Whatever dies in between, the next attempt
starts again; an attempt that comes too late finds the draft made, or made for another asking, and
changes nothing.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from repit.db.unit_of_work import end_reading, unit_of_work
from repit.domain.codes import derived_key
from repit.domain.figures.keeping import kept_until
from repit.domain.jobs.worker import JobContext
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.releases.auditing import stored_audit
from repit.domain.releases.beside import Beside, published_beside, unpublished_beside
from repit.domain.releases.content import Content, Count
from repit.domain.releases.disclosure.outcome import Safe
from repit.domain.releases.disclosure.safe import make_safe
from repit.domain.releases.facts import Facts
from repit.domain.releases.holding import record_release
from repit.domain.releases.models import Release, ReleaseFact, ReleaseState
from repit.domain.releases.rules import ReleasePeriod, longer, whole_period
from repit.domain.releases.truth import facts_of, scope_of
from repit.domain.releases.writing import content_bytes, digest, facts_bytes

KEEP_ALIVE_SECONDS = 20.0
"""So often the job says that it lives while it attacks: its lease is two minutes."""
ROUNDING = b"repit/release/rounding"
"""What the rounding has a key of its own for: whoever had it could undo some of it."""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Instance:
    """What a release needs of this installation: the operator's name, and the rounding's key."""

    operator: str
    key: bytes

    @classmethod
    def of(cls, operator: str, code_key: str) -> "Instance":
        """Derive the rounding's key from the installation's code key, as in its settings."""
        return cls(operator, derived_key(code_key, ROUNDING))


@dataclass(frozen=True)
class _Made:
    facts: Facts
    safe: Safe
    earlier: int
    instead: ReleasePeriod | None
    """When it is blocked: a longer period that would not be."""


def draft_release(context: JobContext, instance: Instance) -> dict[str, Any]:
    """Fill the release of `release_id`, unless that is done or no longer wanted."""
    db = context.db
    release = db.get_one(Release, context.facts["release_id"], populate_existing=True)
    if not _is_asked(release, context):
        return _outcome(release)
    made = _make(context, release, instance)
    with unit_of_work(db):
        release = db.get_one(
            Release, context.facts["release_id"], with_for_update=True, populate_existing=True
        )
        if _is_asked(release, context):
            _keep(db, release, made, instance, context)
        return _outcome(release)


def _is_asked(release: Release, context: JobContext) -> bool:
    """Tell whether this is the job of the latest asking, and nobody has done its work."""
    asked_at = datetime.fromisoformat(context.facts["drafted_at"])
    return release.state == ReleaseState.DRAFTING and release.drafted_at == asked_at


def _make(context: JobContext, release: Release, instance: Instance) -> _Made:
    published = published_beside(context.db, release.programme_id)
    period = whole_period(release.kind, release.first_day)
    facts, safe = _try(context, release, period, published, instance)
    instead = None if safe.audit.passed else _instead(context, release, published, instance)
    return _Made(facts, safe, len(published), instead)


def _try(
    context: JobContext,
    release: Release,
    period: ReleasePeriod,
    published: Beside,
    instance: Instance,
) -> tuple[Facts, Safe]:
    db, fund_id = context.db, release.fund_id
    facts = facts_of(db, fund_id, period)
    unpublished = unpublished_beside(db, release.programme_id, period, published, fund_id=fund_id)
    end_reading(db)
    safe = _meanwhile_alive(
        context,
        lambda: make_safe(
            facts,
            [*published.values(), *unpublished],
            key=instance.key,
            scope=scope_of(fund_id),
            first_day=period.first_day,
            last_day=period.last_day,
        ),
    )
    return facts, safe


def _instead(
    context: JobContext, release: Release, published: Beside, instance: Instance
) -> ReleasePeriod | None:
    """Return the shortest longer period of the fund, closed and not released, that would pass."""
    until = kept_until(context.db, release.programme_id) or release.last_day
    for period in longer(whole_period(release.kind, release.first_day)):
        key = (release.fund_id, period.first_day, period.last_day)
        if period.last_day > until or key in published:
            continue
        _facts, safe = _try(context, release, period, published, instance)
        if safe.audit.passed:
            return period
    return None


def _meanwhile_alive(context: JobContext, work: Callable[[], Answer]) -> Answer:
    """Do pure work on another thread, and keep the job's lease until it is done."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        doing: Future[Answer] = pool.submit(work)
        while not wait([doing], timeout=KEEP_ALIVE_SECONDS).done:
            context.progress(1, 2)
        return doing.result()


def _keep(
    db: Session, release: Release, made: _Made, instance: Instance, context: JobContext
) -> None:
    audit = stored_audit(made.safe.audit, instead=made.instead)
    db.add(ReleaseFact(release_id=release.id, facts=facts_bytes(made.facts), audit=audit))
    release.earlier = made.earlier
    release.state = ReleaseState.BLOCKED
    if made.safe.audit.passed:
        stored = content_bytes(_content(db, release, made, instance, context.now))
        release.content, release.sha256 = stored, digest(stored)
        release.state = ReleaseState.DRAFTED
    db.flush()
    record_release(db, release, release.state, context.actor, context.now)


def _content(
    db: Session, release: Release, made: _Made, instance: Instance, now: datetime
) -> Content:
    fund = db.get_one(Fund, release.fund_id)
    programme = db.get_one(Programme, release.programme_id)
    safe = made.safe
    shown = {} if safe.small else made.facts.operator
    return Content(
        operator=instance.operator,
        funder=db.get_one(Funder, fund.funder_id).name,
        fund=fund.title,
        programme=programme.name,
        period_kind=release.kind,
        first_day=release.first_day,
        last_day=release.last_day,
        zone=programme.zone,
        counted_at=now,
        face_cents=programme.face_cents,
        small=safe.small,
        money=safe.money,
        counts=tuple(Count(name, value) for name, value in shown.items()),
        tables=() if safe.small else safe.tables,
        statistics=() if safe.small else safe.statistics,
    )


def _outcome(release: Release) -> dict[str, Any]:
    return {"release": release.public_id, "state": release.state}
