"""Ask for long work, inside the change that needs it, and keep its state."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.jobs.errors import LeaseLostError
from repit.domain.jobs.models import Job
from repit.domain.jobs.queries import JobView, as_view, of_kinds

MOST_ATTEMPTS = 5
LONGEST_PAUSE = timedelta(hours=1)
TROUBLE_LENGTH = 2000


def enqueue(
    db: Session,
    *,
    kind: str,
    facts: dict[str, Any],
    actor: Actor,
    now: datetime,
    dedupe: str | None = None,
    run_at: datetime | None = None,
) -> str:
    """Add a job to the current change and return its public id.

    Args:
        facts: plain JSON values, all the task needs to know.
        dedupe: asked twice under the same name, it is the same job; None never repeats.
        run_at: not before this moment.

    Raises:
        Nothing of its own.
    """
    public_id = ids.public_id()
    row = {
        "public_id": public_id,
        "kind": kind,
        "facts": facts,
        "dedupe": dedupe,
        "actor": actor,
        "state": "ready",
        "created_at": now,
        "run_at": run_at or now,
        "attempts": 0,
        "done": 0,
        "total": 0,
    }
    db.execute(inserting(db, Job).on_conflict_do_nothing(index_elements=["dedupe"]), row)
    if dedupe is None:
        return public_id
    return db.scalars(select(Job.public_id).where(Job.dedupe == dedupe)).one()


def claim(
    db: Session,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    kinds: Collection[str] | None = None,
) -> JobView | None:
    """Take the next job that is due, or that its worker left behind, for the time of a lease.

    Args:
        kinds: only these; None for any.

    Raises:
        Nothing of its own.
    """
    _give_up_on_killers(db, now)
    claimable = or_(
        Job.state == "ready",
        and_(Job.state == "running", Job.lease_until < now),
    )
    # PostgreSQL passes over rows other workers are taking; SQLite has one writer at a time.
    next_one = (
        select(Job.id)
        .where(Job.run_at <= now, claimable, *of_kinds(kinds))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = db.scalars(
        update(Job)
        .where(Job.id == next_one, claimable)
        .values(
            state="running",
            worker=worker,
            lease_until=now + lease,
            attempts=Job.attempts + 1,
        )
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    return as_view(taken) if taken else None


def _give_up_on_killers(db: Session, now: datetime) -> None:
    """A job whose worker died five times would take down the sixth too."""
    db.execute(
        update(Job)
        .where(Job.state == "running", Job.lease_until < now, Job.attempts >= MOST_ATTEMPTS)
        .values(state="failed", trouble="worker_died", finished_at=now, worker=None)
        .execution_options(synchronize_session=False)
    )


def keep(
    db: Session, job_id: int, *, worker: str, done: int, total: int, lease_until: datetime
) -> None:
    """Note how far a job is, and keep it for longer.

    Raises:
        LeaseLostError: the job is no longer this worker's.
    """
    _change(db, job_id, worker, done=done, total=total, lease_until=lease_until)


def finish(
    db: Session, job_id: int, *, worker: str, outcome: dict[str, Any] | None, now: datetime
) -> None:
    """Note that a job is done, and what came of it.

    Raises:
        LeaseLostError: the job is no longer this worker's.
    """
    _change(
        db,
        job_id,
        worker,
        state="done",
        outcome=outcome,
        trouble=None,
        finished_at=now,
        lease_until=None,
    )


def put_back(
    db: Session, job_id: int, *, worker: str, attempts: int, trouble: str, now: datetime
) -> None:
    """Try a job again after a pause that doubles each time, up to an hour.

    Raises:
        LeaseLostError: the job is no longer this worker's.
    """
    pause = min(timedelta(seconds=5 * 2**attempts), LONGEST_PAUSE)
    _change(
        db,
        job_id,
        worker,
        state="ready",
        run_at=now + pause,
        trouble=trouble[:TROUBLE_LENGTH],
        lease_until=None,
    )


def release(db: Session, job_id: int, *, worker: str) -> None:
    """Leave a job to the next worker as if this attempt had not been made.

    Raises:
        LeaseLostError: the job is no longer this worker's.
    """
    _change(db, job_id, worker, state="ready", attempts=Job.attempts - 1, lease_until=None)


def fail(db: Session, job_id: int, *, worker: str, trouble: str, now: datetime) -> None:
    """Note that a job will not be tried again by itself.

    Raises:
        LeaseLostError: the job is no longer this worker's.
    """
    _change(
        db,
        job_id,
        worker,
        state="failed",
        trouble=trouble[:TROUBLE_LENGTH],
        finished_at=now,
        lease_until=None,
    )


def retry(db: Session, public_id: str, *, now: datetime) -> bool:
    """Give a failed job five more attempts; return whether it was one.

    Raises:
        Nothing of its own.
    """
    retried = db.execute(
        update(Job)
        .where(Job.public_id == public_id, Job.state == "failed")
        .values(state="ready", attempts=0, run_at=now, finished_at=None)
        .execution_options(synchronize_session=False)
    )
    return _count(retried) == 1


def forget_done(db: Session, *, kinds: list[str], before: datetime) -> int:
    """Delete finished rows of these kinds; return how many.

    Raises:
        Nothing of its own.
    """
    forgotten = db.execute(
        delete(Job)
        .where(Job.kind.in_(kinds), Job.state == "done", Job.finished_at < before)
        .execution_options(synchronize_session=False)
    )
    return _count(forgotten)


def _change(db: Session, job_id: int, worker: str, **values: Any) -> None:
    changed = db.execute(
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == "running")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if _count(changed) != 1:
        raise LeaseLostError


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  (tells the type checker what DML returns)
    return int(result.rowcount)
