from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.errors import NoSuchObject
from repit.domain.jobs import queries, service
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext, Periodic, Task, Worker

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    """Time that only passes when the test says so."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(engine: Engine, clock: Clock) -> Callable[..., Worker]:
    def make(task: Task, name: str = "one", **given: Any) -> Worker:
        return Worker(engine=engine, tasks={"greet": task}, clock=clock, name=name, **given)

    return make


def enqueue(db: Session, **changes: Any) -> str:
    asked = {"kind": "greet", "facts": {}, "actor": actors.COMMAND, "now": NOON, **changes}
    with unit_of_work(db):
        return service.enqueue(db, **asked)


def state(db: Session, public_id: str) -> queries.JobView:
    db.rollback()
    found = queries.job(db, public_id)
    assert found
    return found


def test_a_job_is_run_with_its_facts_and_keeps_its_outcome(
    db: Session, worker: Callable[..., Worker]
) -> None:
    public_id = enqueue(db, facts={"name": "Amina"}, actor=actors.person(7))

    def greet(context: JobContext) -> dict[str, Any]:
        context.progress(1, 2)
        return {"said": context.facts["name"], "for": context.actor}

    assert worker(greet).run(Event(), until_empty=True) == 1

    after = state(db, public_id)
    assert (after.state, after.done, after.total, after.percent) == ("done", 1, 2, 50)
    assert after.outcome == {"said": "Amina", "for": "person:7"}


def test_a_change_that_is_rolled_back_leaves_no_job(
    db: Session, worker: Callable[..., Worker]
) -> None:
    def change_its_mind() -> None:
        with unit_of_work(db):
            service.enqueue(db, kind="greet", facts={}, actor=actors.COMMAND, now=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_its_mind()

    assert not worker(lambda _context: None).run_one()


def test_the_same_job_asked_twice_is_one_job(db: Session) -> None:
    first = enqueue(db, dedupe="issue:1:2026-01", facts={"period": 1})

    second = enqueue(db, dedupe="issue:1:2026-01", facts={"period": 2})

    assert first == second
    assert state(db, first).facts == {"period": 1}


def test_a_job_for_later_waits_for_its_moment(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    enqueue(db, run_at=NOON + timedelta(hours=1))
    one = worker(lambda _context: None)

    assert not one.run_one()
    clock.pass_by(hours=1)
    assert one.run_one()


def test_a_task_that_keeps_failing_is_tried_five_times_then_given_up(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    public_id = enqueue(db)
    tries = []

    def break_down(_context: JobContext) -> None:
        tries.append(clock())
        raise ValueError("no paper")

    one = worker(break_down)
    for _ in range(8):
        one.run_one()
        assert not one.run_one()  # the pause is not over
        clock.pass_by(hours=1)

    after = state(db, public_id)
    assert len(tries) == 5
    assert (after.state, after.trouble) == ("failed", "ValueError: no paper")
    assert [job.public_id for job in queries.failed(db)] == [public_id]


def test_a_refusal_by_the_rules_is_not_tried_again(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    public_id = enqueue(db)

    def refuse(_context: JobContext) -> None:
        raise NoSuchObject

    one = worker(refuse)
    one.run_one()
    clock.pass_by(days=1)

    assert not one.run_one()
    assert state(db, public_id).state == "failed"


def test_a_failed_job_can_be_given_another_chance(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    public_id = enqueue(db)
    answers: list[Any] = [NoSuchObject(), None]

    def fail_once(_context: JobContext) -> None:
        if answer := answers.pop(0):
            raise answer

    one = worker(fail_once)
    one.run_one()
    with unit_of_work(db):
        assert service.retry(db, public_id, now=clock())
        assert not service.retry(db, public_id, now=clock())
    one.run_one()

    assert state(db, public_id).state == "done"


def test_a_task_that_leaves_rows_outside_its_unit_of_work_fails_and_is_told(
    db: Session, worker: Callable[..., Worker]
) -> None:
    public_id = enqueue(db)

    def untidy(context: JobContext) -> None:
        job = context.db.scalars(select(Job)).one()
        job.kind = "changed"
        context.progress(1, 1)

    worker(untidy).run_one()

    after = state(db, public_id)
    assert (after.kind, after.state) == ("greet", "ready")
    assert after.trouble
    assert "before the unit of work" in after.trouble


def test_a_worker_that_fell_silent_loses_its_job_and_cannot_finish_it(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    public_id = enqueue(db)
    second = worker(lambda _context: {"by": "second"}, name="second")

    def dawdle(context: JobContext) -> dict[str, str]:
        clock.pass_by(minutes=5)
        assert second.run_one()
        context.progress(1, 1)
        return {"by": "first"}

    worker(dawdle, name="first").run_one()

    assert state(db, public_id).outcome == {"by": "second"}


def test_progress_keeps_the_lease(db: Session, worker: Callable[..., Worker], clock: Clock) -> None:
    enqueue(db)
    taken_over = []

    def long_work(context: JobContext) -> None:
        for done in range(5):
            clock.pass_by(minutes=1)
            context.progress(done, 5)
            taken_over.append(worker(lambda _context: None, name="second").run_one())

    worker(long_work, name="first").run_one()

    assert taken_over == [False] * 5


def test_a_worker_asked_to_stop_leaves_the_job_to_the_next(
    db: Session, worker: Callable[..., Worker]
) -> None:
    public_id = enqueue(db)
    stop = Event()

    def long_work(context: JobContext) -> None:
        stop.set()
        context.progress(1, 10)

    assert worker(long_work).run(stop) == 1

    after = state(db, public_id)
    assert (after.state, after.attempts) == ("ready", 0)


def test_a_job_that_kills_five_workers_is_given_up(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    public_id = enqueue(db)
    for _ in range(5):
        with unit_of_work(db):  # claims and dies
            service.claim(db, worker="dead", now=clock(), lease=timedelta(minutes=1))
        clock.pass_by(minutes=2)

    assert not worker(lambda _context: None).run_one()
    assert state(db, public_id).trouble == "worker_died"


def test_periodic_work_is_asked_once_per_slot(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    daily = Periodic("greet", timedelta(days=1))
    one = worker(lambda _context: None, periodic=[daily])

    for _ in range(3):
        assert one.run(Event(), until_empty=True) <= 1
    clock.pass_by(days=1)
    assert one.run(Event(), until_empty=True) == 1

    assert len(db.scalars(select(Job)).all()) == 2


def test_periodic_work_that_is_not_wanted_leaves_no_row(
    db: Session, worker: Callable[..., Worker]
) -> None:
    never = Periodic("greet", timedelta(seconds=5), wanted=lambda _db, _now: False)

    assert worker(lambda _context: None, periodic=[never]).run(Event(), until_empty=True) == 0

    assert not db.scalars(select(Job)).all()


def test_finished_periodic_rows_are_forgotten_in_time(
    db: Session, worker: Callable[..., Worker], clock: Clock
) -> None:
    enqueue(db)
    worker(lambda _context: None).run_one()

    with unit_of_work(db):
        assert service.forget_done(db, kinds=["greet"], before=NOON) == 0
        assert service.forget_done(db, kinds=["other"], before=NOON + timedelta(days=1)) == 0
        assert service.forget_done(db, kinds=["greet"], before=NOON + timedelta(days=1)) == 1


def test_a_worker_of_some_kinds_leaves_the_others_alone(
    db: Session, worker: Callable[..., Worker]
) -> None:
    public_id = enqueue(db)
    nothing = worker(lambda _context: None, kinds=frozenset({"other"}))
    mine = worker(lambda _context: None, kinds=frozenset({"greet"}))

    assert not nothing.run_one()
    assert mine.run_one()
    assert state(db, public_id).state == "done"


def test_four_workers_run_two_hundred_jobs_once_each(engine: Engine, db: Session) -> None:
    with unit_of_work(db):
        for number in range(200):
            service.enqueue(
                db, kind="greet", facts={"number": number}, actor=actors.COMMAND, now=NOON
            )
    met: list[int] = []

    def greet(context: JobContext) -> None:
        met.append(context.facts["number"])
        context.progress(1, 1)

    def work(name: str) -> None:
        clock = Clock()
        one = Worker(engine=engine, tasks={"greet": greet}, clock=clock, name=name)
        while one.run_one():
            pass

    threads = [Thread(target=work, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    db.rollback()
    assert sorted(met) == list(range(200))
    assert {job.state for job in db.scalars(select(Job))} == {"done"}
