"""Run jobs one after the other: each at least once, whatever dies in between.

A task must therefore be safe to run again. It owns its units of work, and calls
`progress` between them: that keeps the lease, and is where a worker may stop.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.actors import Actor
from repit.domain.errors import NotFound, Refused
from repit.domain.jobs import queries, service
from repit.domain.jobs.errors import LeaseLostError, StoppingError
from repit.domain.jobs.queries import JobView

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
IDLE_SECONDS = 1.0
DATABASE_PAUSE_SECONDS = 5.0
HERE = f"{socket.gethostname()[:40]}:{os.getpid()}"
EPOCH_SLOT = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True)
class JobContext:
    """What a task may use: its session (no unit of work is open), its facts, and `progress`."""

    db: Session
    engine: Engine
    job_id: int
    facts: dict[str, Any]
    actor: Actor
    now: datetime
    progress: Callable[[int, int], None]
    """Say how many are done out of how many; only between units of work."""


Task = Callable[[JobContext], dict[str, Any] | None]


@dataclass(frozen=True)
class Periodic:
    """A task to run once in every slot of time, when there is something to do."""

    kind: str
    every: timedelta
    wanted: Callable[[Session, datetime], bool] = lambda _db, _now: True

    def slot(self, now: datetime) -> str:
        """Return the name of the slot in which the moment lies."""
        seconds = int(self.every.total_seconds())
        start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
        return f"{self.kind}:{start.strftime(EPOCH_SLOT)}"


@dataclass(frozen=True)
class Worker:
    """One process or thread that takes jobs from the table; `kinds` None takes any."""

    engine: Engine
    tasks: Mapping[str, Task]
    clock: Callable[[], datetime]
    periodic: Sequence[Periodic] = ()
    kinds: frozenset[str] | None = None
    lease: timedelta = LEASE
    name: str = HERE

    def run(self, stop: Event, *, until_empty: bool = False) -> int:
        """Work until asked to stop, or until nothing is due; return how many jobs were run."""
        ran = 0
        while not stop.is_set():
            try:
                self.enqueue_periodic()
                worked = self.run_one(stop)
            except OperationalError:  # the database restarts, or is busy for too long
                if until_empty:
                    raise
                log.exception("the database does not answer")
                stop.wait(DATABASE_PAUSE_SECONDS)
                continue
            ran += worked
            if until_empty and not worked:
                break
            if not worked:
                stop.wait(IDLE_SECONDS)
        return ran

    def run_one(self, stop: Event | None = None) -> bool:
        """Take and run the next job; return whether there was one."""
        with Session(self.engine) as db:
            taken = self._claim(db)
            if taken is None:
                return False
            self._run(db, taken, stop or Event())
            return True

    def enqueue_periodic(self) -> None:
        """Add this slot's periodic jobs; whoever comes second adds nothing."""
        now = self.clock()
        with Session(self.engine) as db:
            wanted = [one for one in self.periodic if one.wanted(db, now)]
            known = queries.known_dedupes(db, [one.slot(now) for one in wanted])
            missing = [one for one in wanted if one.slot(now) not in known]
            if not missing:
                return
            with unit_of_work(db):
                for one in missing:
                    service.enqueue(
                        db,
                        kind=one.kind,
                        facts={},
                        actor=actors.COMMAND,
                        now=now,
                        dedupe=one.slot(now),
                    )

    def _claim(self, db: Session) -> JobView | None:
        now = self.clock()
        if not queries.something_is_due(db, now, self.kinds):
            return None
        with unit_of_work(db):
            return service.claim(db, worker=self.name, now=now, lease=self.lease, kinds=self.kinds)

    def _run(self, db: Session, job: JobView, stop: Event) -> None:
        try:
            outcome = self.tasks[job.kind](self._context(db, job, stop))
            self._note(service.finish, job, outcome=outcome, now=self.clock())
        except LeaseLostError:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.kind)
        except StoppingError:
            self._note(service.release, job)
        except (NotFound, Refused) as refusal:  # the rules will say no again
            self._note(service.fail, job, trouble=repr(refusal), now=self.clock())
        # A task may fail in any way: the next one must still run, and somebody must be told.
        except Exception as trouble:
            log.exception("job %s (%s), attempt %s", job.id, job.kind, job.attempts)
            self._try_again(job, f"{type(trouble).__name__}: {trouble}")

    def _context(self, db: Session, job: JobView, stop: Event) -> JobContext:
        def progress(done: int, total: int) -> None:
            if stop.is_set():
                raise StoppingError
            until = self.clock() + self.lease
            with unit_of_work(db):
                service.keep(
                    db, job.id, worker=self.name, done=done, total=total, lease_until=until
                )

        return JobContext(
            db=db,
            engine=self.engine,
            job_id=job.id,
            facts=job.facts,
            actor=Actor(job.actor) if job.actor != actors.COMMAND else actors.job(job.id),
            now=self.clock(),
            progress=progress,
        )

    def _try_again(self, job: JobView, trouble: str) -> None:
        if job.attempts >= service.MOST_ATTEMPTS:
            self._note(service.fail, job, trouble=trouble, now=self.clock())
            return
        self._note(service.put_back, job, attempts=job.attempts, trouble=trouble, now=self.clock())

    def _note(self, verb: Callable[..., None], job: JobView, **facts: Any) -> None:
        """Change the job's row in a session of its own: the task may have left its one broken."""
        with Session(self.engine) as db, unit_of_work(db):
            verb(db, job.id, worker=self.name, **facts)
