"""The job that drafts: exact before it is safe, whole or not at all, once however often it runs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.figures import task as figures
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext, Worker
from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes.models import Fund
from repit.domain.releases import asking, drafting
from repit.domain.releases import discard as discarding
from repit.domain.releases.drafting import Instance
from repit.domain.releases.errors import DraftedAlready, PeriodBeforeStart, ReleasedAlready
from repit.domain.releases.models import Release, ReleaseFact
from repit.domain.releases.writing import read_content, read_facts
from tests import cast
from tests.domain.figures.stage import Stage, a_stage
from tests.domain.releases.releasing import ODILE, approved

APRIL = datetime(2026, 4, 9, 9, tzinfo=UTC)
Q1 = date(2026, 1, 1)
HERE = Instance("CCAS de Lens", b"k" * 32)


@pytest.fixture
def opened(db: Session, engine: Engine) -> Stage:
    """Twenty households used a voucher or two in March, a third of them isolated."""
    found = a_stage(db, engine)
    other = cast.a_provider(db, "Le Tilleul"), cast.a_provider(db, "Les Lilas")
    for number in range(20):
        codes = found.parent(
            f"Parent {number}", isolated=number % 3 == 0, town="Lens" if number % 4 else "Liévin"
        )
        works = (found.roseraie, *other)[number % 3]
        found.use(codes[: 1 + number % 2], date(2026, 3, 16 + number % 10), by=works)
    return found


@pytest.fixture
def spare(opened: Stage) -> list[str]:
    """Vouchers of a parent who uses none in March."""
    return opened.parent("Nouvelle")


@pytest.fixture
def stage(opened: Stage, spare: list[str]) -> Stage:
    """The same in April: the first quarter is over, and its figures are kept."""
    del spare
    closed(opened, APRIL)
    return opened


def closed(stage: Stage, now: datetime) -> None:
    figures.keep(stage.db, stage.programme_id, now=now)


def ask(stage: Stage, kind: str = "quarter", first_day: date = Q1, now: datetime = APRIL) -> int:
    """Ask for a release of the stage's fund; return its id."""
    db = stage.db
    db.rollback()
    with unit_of_work(db):
        fund = db.get_one(Fund, stage.fund_id).public_id
        name = asking.ask_for_release(db, fund, kind, first_day, actor=ODILE, now=now)
        return db.scalars(select(Release.id).where(Release.public_id == name)).one()


def work(stage: Stage, now: datetime = APRIL) -> None:
    """Let a worker do what waits."""
    run(stage, lambda context: drafting.draft_release(context, HERE), now)


def run(stage: Stage, task: Callable[[JobContext], Any], now: datetime = APRIL) -> None:
    stage.db.rollback()
    worker = Worker(stage.engine, {asking.KIND: task}, lambda: now)
    worker.run(Event(), until_empty=True)
    stage.db.expire_all()


def content_of(stage: Stage, release_id: int) -> Any:
    row = stage.db.get_one(Release, release_id, populate_existing=True)
    return read_content(row.content, row.sha256, number="")


def test_a_draft_has_exact_money_and_safe_counts(stage: Stage, db: Session) -> None:
    release_id = ask(stage)
    work(stage)

    row = db.get_one(Release, release_id, populate_existing=True)
    assert (row.state, row.earlier) == ("drafted", 0)
    content = content_of(stage, release_id)
    money = {one.name: one.cents for one in content.money}
    numbers = fund_numbers(db, [stage.fund_id])[stage.fund_id]
    assert money["contributed"] == numbers.funded
    assert money["available"] == numbers.available
    assert money["due"] == numbers.due == money["used"] == 30_000
    reached = next(one for one in content.tables if one.name == "households_reached")
    assert reached.cells[0].value is not None
    assert abs(reached.cells[0].value - 20) < 5
    assert (content.operator, content.small) == ("CCAS de Lens", False)
    db.rollback()
    assert list(checks.drifts(db.connection())) == []


def test_what_is_true_before_rounding_is_kept_and_equals_the_ledger(
    stage: Stage, db: Session
) -> None:
    release_id = ask(stage)
    work(stage)

    stored = db.scalars(select(ReleaseFact.facts).where(ReleaseFact.release_id == release_id)).one()
    facts = read_facts(stored)
    truth = {table.name: table for table in facts.tables}
    assert facts.households == truth["households_reached"].total.value == 20
    assert truth["households_reached"].cells["yes", "*"].value == 7
    assert truth["households_by_town"].cells["Liévin",].value == 5
    assert truth["vouchers_used"].total.value * 1_000 == facts.money["used"]
    used = db.scalar(
        text("SELECT sum(amount_cents) FROM transfer WHERE kind = 'redeem' AND at < '2026-04-01'")
    )
    assert facts.money["used"] == used
    for table in facts.tables:
        combinations = 1
        for dimension in table.dimensions:
            combinations *= len(dimension.parts) + 1
        assert len(table.cells) == combinations


def test_running_it_again_changes_nothing(stage: Stage, db: Session) -> None:
    release_id = ask(stage)
    work(stage)
    before = db.get_one(Release, release_id, populate_existing=True).sha256
    db.rollback()
    with unit_of_work(db):
        db.execute(text("UPDATE job SET state = 'ready', run_at = created_at"))

    work(stage, APRIL + timedelta(days=1))

    assert db.get_one(Release, release_id, populate_existing=True).sha256 == before
    assert len(db.scalars(select(ReleaseFact)).all()) == 1


def test_a_job_that_comes_after_the_draft_was_thrown_away_writes_nothing(
    stage: Stage, db: Session
) -> None:
    release_id = ask(stage)
    with unit_of_work(db):
        discarding.discard(db, release_id, actor=ODILE, now=APRIL)

    work(stage)

    assert db.get_one(Release, release_id, populate_existing=True).state == "discarded"
    assert db.scalars(select(ReleaseFact)).all() == []


def test_the_first_asking_s_job_does_not_fill_the_second(stage: Stage, db: Session) -> None:
    """Both jobs run; the draft is that of the second, which knows what was approved between."""
    release_id = ask(stage)
    work(stage)
    later = APRIL + timedelta(hours=1)
    with unit_of_work(db):
        asking.draft_again(db, release_id, actor=ODILE, now=later)
        db.execute(text("UPDATE job SET state = 'ready' WHERE id = 1"))

    run_only_first(stage)
    assert db.get_one(Release, release_id, populate_existing=True).state == "drafting"
    work(stage, later)
    assert db.get_one(Release, release_id, populate_existing=True).state == "drafted"


def run_only_first(stage: Stage) -> None:
    stage.db.rollback()
    task = {asking.KIND: lambda context: drafting.draft_release(context, HERE)}
    assert Worker(stage.engine, task, lambda: APRIL).run_one()
    stage.db.expire_all()


def test_the_half_year_is_drafted_beside_its_quarters(
    stage: Stage, spare: list[str], db: Session
) -> None:
    first = ask(stage)
    work(stage)
    assert approved(db, first, now=APRIL) == "2026-001"
    july = datetime(2026, 7, 2, 9, tzinfo=UTC)
    stage.use(spare[:1], date(2026, 5, 4))
    closed(stage, july)

    whole = ask(stage, "semester", Q1, july)
    work(stage, july)

    row = db.get_one(Release, whole, populate_existing=True)
    assert (row.state, row.earlier) == ("drafted", 1)
    used = {one.name: one.cents for one in content_of(stage, whole).money}["used"]
    assert used == 31_000
    assert approved(db, whole, now=july) == "2026-002"
    db.rollback()
    assert list(checks.drifts(db.connection())) == []


def test_a_scheme_of_few_households_gives_money_alone(db: Session, engine: Engine) -> None:
    small = a_stage(db, engine)
    for number in range(4):
        small.use(small.parent(f"Parent {number}")[:1], date(2026, 3, 20))
    closed(small, APRIL)

    release_id = ask(small)
    work(small)

    content = content_of(small, release_id)
    assert content.small
    assert (content.tables, content.statistics, content.counts) == ((), (), ())
    money = {one.name: one for one in content.money}
    assert money["contributed"].cents == 10_000_000
    assert money["used"].rounded
    assert money["used"].cents % 10_000 == 0


def test_a_period_in_which_nothing_happened_gives_money_alone(stage: Stage) -> None:
    july = datetime(2026, 7, 2, 9, tzinfo=UTC)
    closed(stage, july)

    release_id = ask(stage, "quarter", date(2026, 4, 1), july)
    work(stage, july)

    content = content_of(stage, release_id)
    assert (content.small, content.tables) == (True, ())
    assert {one.name for one in content.money} >= {"contributed", "used", "available"}


def test_what_was_over_before_the_programme_began_is_not_looked_for(
    stage: Stage, db: Session
) -> None:
    july = datetime(2026, 7, 2, 9, tzinfo=UTC)
    closed(stage, july)
    with unit_of_work(db):  # as if it had begun in April
        db.execute(text("DELETE FROM kept_day WHERE day < '2026-04-01'"))
        db.execute(
            text("DELETE FROM kept_fact WHERE period = 'quarter' AND first_day < '2026-04-01'")
        )

    release_id = ask(stage, "quarter", date(2026, 4, 1), july)
    work(stage, july)

    assert db.get_one(Release, release_id, populate_existing=True).state == "drafted"


def test_a_period_before_anything_was_counted_is_refused(stage: Stage) -> None:
    with pytest.raises(PeriodBeforeStart):
        ask(stage, "year", date(2024, 1, 1))


def test_asking_twice_is_refused_with_what_is_there(stage: Stage, db: Session) -> None:
    release_id = ask(stage)
    name = db.get_one(Release, release_id).public_id
    with pytest.raises(DraftedAlready) as drafted:
        ask(stage)
    assert drafted.value.public_id == name
    work(stage)
    approved(db, release_id, now=APRIL)
    with pytest.raises(ReleasedAlready) as released:
        ask(stage)
    assert (released.value.public_id, released.value.number) == (name, "2026-001")
    assert len(db.scalars(select(Job)).all()) == 1


def test_a_late_redemption_counts_in_the_period_in_which_it_arrived(
    stage: Stage, spare: list[str], db: Session
) -> None:
    """Of March, received in April: the first quarter stays what it was, the second has it."""
    first = ask(stage)
    work(stage)
    approved(db, first, now=APRIL)
    july = datetime(2026, 7, 2, 9, tzinfo=UTC)
    stage.use(spare[:2], date(2026, 4, 20), service_on=date(2026, 3, 30))
    closed(stage, july)

    again = ask(stage, "quarter", date(2026, 4, 1), july)
    work(stage, july)

    assert {one.name: one.cents for one in content_of(stage, first).money}["used"] == 30_000
    stored = db.scalars(select(ReleaseFact.facts).where(ReleaseFact.release_id == again)).one()
    assert read_facts(stored).money["used"] == 2_000
