"""Let a worker do one kind of periodic work at a moment of the test's own."""

from datetime import datetime
from threading import Event
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import Worker
from repit.tasks import PERIODIC, tasks
from tests.settings import settings_for


def work(db: Session, engine: Engine, kind: str, now: datetime) -> dict[str, Any] | None:
    """Return what came of it; None when there was nothing to do."""
    db.rollback()
    periodic = [one for one in PERIODIC if one.kind == kind]
    worker = Worker(engine, tasks(settings_for("")), lambda: now, periodic, frozenset({kind}))
    ran = worker.run(Event(), until_empty=True)
    db.expire_all()
    if not ran:
        return None
    job = db.scalars(select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)).one()
    assert job.state == "done", job.trouble
    return job.outcome
