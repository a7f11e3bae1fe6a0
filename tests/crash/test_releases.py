"""A release is drafted and approved whole or not at all, wherever the power fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, checks
from repit.domain.figures import task as figures
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext, Worker
from repit.domain.notices.models import Notice
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Fund
from repit.domain.releases import asking, drafting
from repit.domain.releases.approve import approve
from repit.domain.releases.drafting import Instance
from repit.domain.releases.models import Release, ReleaseFact
from tests import cast
from tests.crash.power import PowerCut, power
from tests.domain.figures.stage import Stage, a_stage
from tests.domain.releases.releasing import ODILE, PAUL, Q1

pytestmark = pytest.mark.crash
APRIL = datetime(2026, 4, 9, 9, tzinfo=UTC)
HERE = Instance("CCAS de Lens", b"k" * 32)
LAST = 12
"""Every moment of the last change and some before it; of the reading before, every ninth."""


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    found = a_stage(db, engine)
    for number in range(12):
        found.use(found.parent(f"Parent {number}")[:1], Q1[1] - timedelta(days=number))
    figures.keep(db, found.programme_id, now=APRIL)
    reader = cast.a_person(db, "Lise Lecture")
    with unit_of_work(db):
        db.add(
            Membership(person_id=reader, role="funder", funder_id=found.funder_id, since=cast.NOON)
        )
    return found


def asked(stage: Stage) -> int:
    db = stage.db
    with unit_of_work(db):
        fund = db.get_one(Fund, stage.fund_id).public_id
        asking.ask_for_release(db, fund, "quarter", Q1[0], actor=ODILE, now=APRIL)
        return db.scalars(select(Release.id)).one()


def drafted(stage: Stage) -> None:
    task = {asking.KIND: lambda context: drafting.draft_release(context, HERE)}
    Worker(stage.engine, task, lambda: APRIL).run(Event(), until_empty=True)
    stage.db.expire_all()


def attempt(stage: Stage) -> None:
    """Do what the worker would, without its net."""
    with Session(stage.engine) as db:
        job = db.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        context = JobContext(
            db=db,
            engine=stage.engine,
            job_id=job.id,
            facts=job.facts,
            actor=actors.job(job.id),
            now=APRIL,
            progress=lambda _done, _total: None,
        )
        db.commit()
        drafting.draft_release(context, HERE)


def moments_of(engine: Engine, act: Callable[[], None]) -> int:
    with power(engine) as found:
        act()
    return found.moments


def test_a_draft_is_there_whole_or_not_at_all(stage: Stage, db: Session, engine: Engine) -> None:
    release_id = asked(stage)
    db.rollback()
    moments = moments_of(engine, lambda: attempt(stage))
    undisturbed = db.get_one(Release, release_id, populate_existing=True).sha256
    db.rollback()
    with unit_of_work(db):
        asking.draft_again(db, release_id, actor=ODILE, now=APRIL + timedelta(seconds=1))

    tried = [*range(1, moments - LAST, 9), *range(max(1, moments - LAST), moments)]
    for moment in tried:
        with power(engine, moment), pytest.raises(PowerCut):
            attempt(stage)
        row = db.get_one(Release, release_id, populate_existing=True)
        assert (row.state, row.content) == ("drafting", None), moment
        assert db.scalars(select(ReleaseFact)).all() == []
        db.rollback()

    attempt(stage)
    row = db.get_one(Release, release_id, populate_existing=True)
    assert (row.state, row.sha256) == ("drafted", undisturbed)
    assert list(checks.drifts(db.connection())) == []


def test_an_approval_is_there_whole_or_not_at_all(
    stage: Stage, db: Session, engine: Engine
) -> None:
    release_id = asked(stage)
    drafted(stage)
    seen = db.get_one(Release, release_id, populate_existing=True).sha256
    assert seen
    db.rollback()

    def approving() -> None:
        with Session(engine) as own, unit_of_work(own):
            approve(own, release_id, seen=seen.hex(), actor=PAUL, now=APRIL)

    moment = 1
    while True:
        with power(engine, moment):
            try:
                approving()
            except PowerCut:
                pass
            else:
                break
        row = db.get_one(Release, release_id, populate_existing=True)
        if row.state == "approved":  # the power failed after its commit
            break
        told = db.scalar(select(func.count()).select_from(Notice))
        assert (row.state, row.serial, told) == ("drafted", None, 0), moment
        db.rollback()
        moment += 1

    assert moment > 4
    row = db.get_one(Release, release_id, populate_existing=True)
    assert (row.state, row.serial) == ("approved", 1)
    assert db.scalar(select(func.count()).select_from(Notice)) == 1
    assert list(checks.drifts(db.connection())) == []
