import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.jobs import queries, service
from repit.domain.jobs.worker import LEASE, JobContext, Worker
from repit.settings import ROOT

pytestmark = pytest.mark.crash
PATIENCE_SECONDS = 30


def test_a_job_whose_worker_was_killed_runs_again_after_its_lease(
    db: Session, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with unit_of_work(db):
        public_id = service.enqueue(
            db, kind="greet", facts={}, actor=actors.COMMAND, now=clock.now()
        )
    diary = tmp_path / "diary"
    kill_once_begun(database_url, diary)
    finished: list[int] = []

    def finish(context: JobContext) -> None:
        finished.append(context.job_id)

    now = Worker(engine=engine, tasks={"greet": finish}, clock=clock.now)
    assert not now.run_one()  # its lease still runs
    later = Worker(engine=engine, tasks={"greet": finish}, clock=lambda: clock.now() + LEASE * 2)
    assert later.run_one()

    job = queries.job(db, public_id)
    assert job
    assert (job.state, job.attempts, len(finished)) == ("done", 2, 1)
    assert diary.read_text() == "begun\n"


def kill_once_begun(database_url: str, diary: Path) -> None:
    command = [sys.executable, "-m", "tests.crash.worker_process", database_url, str(diary)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not diary.exists():
            assert time.monotonic() < deadline, "the worker never began"
            time.sleep(0.05)
        process.kill()
