"""Read jobs: how far one is, what came of it, and which ones failed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from repit.domain.jobs.models import Job


@dataclass(frozen=True)
class JobView:
    """A job as it stood when it was read."""

    id: int
    public_id: str
    kind: str
    facts: dict[str, Any]
    actor: str
    state: str
    created_at: datetime
    run_at: datetime
    attempts: int
    done: int
    total: int
    finished_at: datetime | None
    outcome: dict[str, Any] | None
    trouble: str | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in {"done", "failed"}

    @property
    def percent(self) -> int:
        """How far it is; 0 while its size is unknown."""
        return 100 * self.done // self.total if self.total else 0


def as_view(job: Job) -> JobView:
    """Return the values of a row."""
    return JobView(**{name: getattr(job, name) for name in JobView.__dataclass_fields__})


def job(db: Session, public_id: str) -> JobView | None:
    """Return one job."""
    found = db.scalars(select(Job).where(Job.public_id == public_id)).one_or_none()
    return as_view(found) if found else None


def latest(db: Session, kinds: Iterable[str], limit: int = 10) -> list[JobView]:
    """Return the newest jobs of these kinds."""
    query = select(Job).where(Job.kind.in_(list(kinds))).order_by(Job.id.desc()).limit(limit)
    return [as_view(found) for found in db.scalars(query)]


def failed(db: Session, limit: int = 50) -> list[JobView]:
    """Return the jobs that gave up, newest first."""
    query = select(Job).where(Job.state == "failed").order_by(Job.id.desc()).limit(limit)
    return [as_view(found) for found in db.scalars(query)]


def something_is_due(db: Session, now: datetime, kinds: Collection[str] | None = None) -> bool:
    """Return whether a worker would find work, without taking any lock."""
    due = (Job.state == "ready") | ((Job.state == "running") & (Job.lease_until < now))
    open_jobs = Job.state.in_(["ready", "running"])
    query = select(Job.id).where(open_jobs, Job.run_at <= now, due, *of_kinds(kinds))
    return db.scalar(query.limit(1)) is not None


def of_kinds(kinds: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that a job is of one of these kinds; no condition for any."""
    return [] if kinds is None else [Job.kind.in_(list(kinds))]


def known_dedupes(db: Session, names: Iterable[str]) -> set[str]:
    """Return which of these jobs were already asked for."""
    found = db.scalars(select(Job.dedupe).where(Job.dedupe.in_(list(names))))
    return {name for name in found if name}
