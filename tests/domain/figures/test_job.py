"""The nightly job: asked twice, stopped anywhere, run by two at once, it keeps each day once."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from repit.domain import checks
from repit.domain.figures import counting, keeping, task
from repit.domain.figures.models import KeptDay, KeptFact
from tests.commands.work import work
from tests.domain.figures.stage import Stage, a_stage, noon
from tests.rows import everything

MARCH, APRIL = date(2026, 3, 20), date(2026, 4, 20)
NOW = noon(date(2026, 5, 2))


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    here = a_stage(db, engine)
    codes = here.parent("Amina", isolated=True)
    here.use(codes[:3], MARCH, minutes=100)
    here.undo(here.use(codes[3:4], MARCH), APRIL)
    return here


def kept(stage: Stage) -> Any:
    rows = everything(stage.engine)
    found = {table: rows[table] for table in rows if table.startswith("kept_")}
    found["kept_day"] = [(row[0], row[1]) for row in found["kept_day"]]  # not when it was closed
    return found


def test_the_worker_closes_days_once(stage: Stage) -> None:
    assert keeping.is_behind(stage.db, now=NOW)
    outcome = work(stage.db, stage.engine, "keep_figures", NOW)
    assert outcome == {"closed": 31 + 30 + 1}
    assert not keeping.is_behind(stage.db, now=NOW)
    before = kept(stage)
    assert task.keep_all(stage.db, now=NOW) == 0
    assert kept(stage) == before


def test_stopped_in_the_middle_it_goes_on_where_it_was(stage: Stage) -> None:
    whole = _kept_elsewhere(stage)
    for place in (5, 40, 90):
        _stop_after(stage, place)
    task.keep(stage.db, stage.programme_id, now=NOW)
    assert kept(stage) == whole


class Stopped(Exception):
    """The power went."""


def _stop_after(stage: Stage, statements: int) -> None:
    left = [statements]

    def fail(*_told: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise Stopped

    event.listen(stage.engine, "before_cursor_execute", fail)
    with pytest.raises(Stopped):
        task.keep(stage.db, stage.programme_id, now=NOW)
    event.remove(stage.engine, "before_cursor_execute", fail)
    stage.db.rollback()


def _kept_elsewhere(stage: Stage) -> Any:
    """Return what a run that nothing stopped keeps, and forget it again."""
    task.keep(stage.db, stage.programme_id, now=NOW)
    found = kept(stage)
    with stage.engine.begin() as connection:
        for table in ("fact", "count", "reached", "money", "tally", "sum", "parent", "day"):
            connection.exec_driver_sql(f"DELETE FROM kept_{table}")
    return found


@pytest.mark.concurrency
def test_two_workers_at_once_keep_each_day_once(stage: Stage) -> None:
    whole = _kept_elsewhere(stage)
    together = Barrier(2)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with Session(stage.engine) as db:
                together.wait()
                task.keep(db, stage.programme_id, now=NOW)
        except BaseException as trouble:
            failed.append(trouble)
            raise

    workers = [Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    task.keep(stage.db, stage.programme_id, now=NOW)  # counts that both left to the other
    assert failed == []
    assert kept(stage) == whole


def test_counts_written_late_do_not_replace_newer_ones(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=noon(date(2026, 4, 2)))
    old = [{"period": "month", "first_day": date(2026, 4, 1)}]
    task.keep(stage.db, stage.programme_id, now=NOW)
    before = kept(stage)
    assert not counting.write(stage.db, stage.programme_id, old, date(2026, 4, 1))
    assert kept(stage) == before


def test_a_rebuild_stopped_in_the_middle_leaves_nothing_wrong(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    before = kept(stage)
    left = [60]

    def fail(*_told: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise Stopped

    event.listen(stage.engine, "before_cursor_execute", fail)
    with pytest.raises(Stopped):
        task.rebuild(stage.db, stage.programme_id, now=NOW)
    event.remove(stage.engine, "before_cursor_execute", fail)
    stage.db.rollback()
    assert keeping.is_behind(stage.db, now=NOW)
    task.keep(stage.db, stage.programme_id, now=NOW)
    assert kept(stage) == before


def test_a_day_is_kept_with_its_moments_by_the_local_clock(stage: Stage) -> None:
    task.keep(stage.db, stage.programme_id, now=NOW)
    change = stage.db.get_one(KeptDay, (stage.programme_id, date(2026, 3, 29)))
    assert (change.ends_at - change.starts_at).total_seconds() == 23 * 3600
    quarters = stage.db.scalars(select(KeptFact.first_day).where(KeptFact.part == "")).all()
    assert set(quarters) == {date(2026, 1, 1)}
    with stage.engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
