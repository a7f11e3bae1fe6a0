import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.commands import worker
from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.jobs import queries, service
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext, Worker
from repit.settings import ROOT
from tests.settings import settings_for


def test_the_worker_empties_the_table_and_says_how_much_it_did(app: Flask, db: Session) -> None:
    with unit_of_work(db):
        public_id = service.enqueue(
            db, kind="tidy_jobs", facts={}, actor=actors.COMMAND, now=clock.now()
        )

    result = app.test_cli_runner().invoke(args=["worker", "--until-empty"])

    assert result.exit_code == 0, result.output
    assert "job(s) run." in result.output
    db.rollback()
    job = queries.job(db, public_id)
    assert job
    assert (job.state, job.outcome) == ("done", {"forgotten": 0})


def test_periodic_work_waits_for_nobody(app: Flask, db: Session) -> None:
    app.test_cli_runner().invoke(args=["worker", "--until-empty"])

    db.rollback()
    assert "tidy_jobs" in set(db.scalars(select(Job.kind)))


def test_a_worker_told_to_stop_stops(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url)
    environment = os.environ | {  # noqa: TID251  (a process of its own reads its own)
        "REPIT_SECRET_KEY": settings.secret_key + " and long enough to be one",
        "REPIT_CODE_KEY": settings.code_key,
        "REPIT_DATABASE_URL": database_url,
        "REPIT_INSTANCE": str(tmp_path),
    }
    command = [sys.executable, "-u", "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "The worker is ready.\n"
        process.send_signal(signal.SIGTERM)
        last_words, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "job(s) run." in last_words


def test_messages_have_a_lane_of_their_own(app: Flask) -> None:
    with app.app_context():
        urgent, patient = worker.lanes(settings_for("unused"))

    assert urgent.kinds == frozenset({"send_notices"})
    assert patient.kinds == frozenset(urgent.tasks) - {"send_notices"}
    assert {one.kind for one in urgent.periodic} == {"send_notices"}


def test_a_message_does_not_wait_behind_long_work(app: Flask, engine: Engine, db: Session) -> None:
    sent, stop = Event(), Event()
    met: list[bool] = []

    def import_for_hours(_context: JobContext) -> None:
        met.append(sent.wait(timeout=30))
        stop.set()

    def send(_context: JobContext) -> None:
        sent.set()

    known = {"import": import_for_hours, "send": send}
    with unit_of_work(db):
        for kind in known:
            service.enqueue(db, kind=kind, facts={}, actor=actors.COMMAND, now=clock.now())
    urgent, patient = (
        Worker(engine=engine, tasks=known, clock=clock.now, kinds=frozenset({kind}), name=kind)
        for kind in ("send", "import")
    )

    assert worker.side_by_side(app, urgent, patient, stop) == 2
    assert met == [True]
