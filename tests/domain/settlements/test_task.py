"""A big draft is a job: it says how far it is, may die anywhere, and gives one batch."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.jobs.models import Job
from repit.domain.jobs.worker import JobContext
from repit.domain.providers.models import Provider
from repit.domain.settlements import asking, task
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.settlements.task import settle_in_parts
from tests import cast
from tests.domain.settlements.paying import (
    IBANS,
    LATER,
    ODILE,
    Stage,
    a_stage,
    an_account,
    takes,
    the_books_agree,
)

PROVIDERS = 7


@pytest.fixture
def stage(db: Session, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Seven providers, three at a time."""
    monkeypatch.setattr(task, "AT_ONCE", 3)
    monkeypatch.setattr(asking, "AT_ONCE", 3)
    found = a_stage(db)
    for provider in [found.roseraie, found.tilleul, *_more(db)]:
        takes(found, provider)
    return found


def _more(db: Session) -> list[cast.AProvider]:
    more = [cast.a_provider(db, f"Prestataire {number}") for number in range(PROVIDERS - 2)]
    for provider in more:
        an_account(db, provider_id=provider.id, iban=IBANS[2])
    return more


class Died(Exception):
    """A worker that goes away."""


def context(stage: Stage, *, dies_at: int | None = None) -> tuple[JobContext, list[Any]]:
    """Return what a worker gives the task, and where it notes the progress."""
    told: list[Any] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == dies_at:
            raise Died

    facts = stage.db.scalars(select(Job.facts)).one()
    stage.db.rollback()
    return JobContext(stage.db, stage.engine, 1, facts, ODILE, LATER, progress), told


def asked(stage: Stage) -> str:
    with unit_of_work(stage.db):
        return asking.ask_for_draft(
            stage.db, stage.programme_id, cut_off=LATER, actor=ODILE, now=LATER
        )


def states(stage: Stage) -> list[tuple[str, int, int]]:
    stage.db.rollback()
    rows = stage.db.execute(
        select(PayoutBatch.state, PayoutBatch.payouts, PayoutBatch.amount_cents)
    )
    return [(state, count, amount) for state, count, amount in rows]


def test_it_says_how_far_it_is_and_ends_as_a_draft(stage: Stage) -> None:
    asked(stage)
    assert states(stage) == [("preparing", 0, 0)]

    given, told = context(stage)
    outcome = settle_in_parts(given)

    assert told == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert outcome is not None
    assert outcome["payouts"] == PROVIDERS
    assert states(stage) == [("drafted", 7, 7_000)]
    the_books_agree(stage)


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_a_worker_that_dies_is_followed_by_one_that_goes_on(stage: Stage, moment: int) -> None:
    asked(stage)
    given, _ = context(stage, dies_at=moment)
    with pytest.raises(Died):
        settle_in_parts(given)
    the_books_agree(stage)

    settle_in_parts(context(stage)[0])
    settle_in_parts(context(stage)[0])

    assert states(stage) == [("drafted", 7, 7_000)]
    payouts = select(func.count(), func.count(Payout.provider_id.distinct()))
    assert tuple(stage.db.execute(payouts).one()) == (7, 7)
    the_books_agree(stage)


def test_when_nothing_is_left_to_pay_the_batch_is_given_up(stage: Stage) -> None:
    asked(stage)
    given, _ = context(stage)
    with unit_of_work(stage.db):
        for provider in stage.db.scalars(select(Provider)):
            provider.state = "suspended"

    settle_in_parts(given)

    assert states(stage) == [("discarded", 0, 0)]


def test_a_small_draft_needs_no_job(db: Session) -> None:
    stage = a_stage(db)
    takes(stage, stage.roseraie)
    asked(stage)

    assert states(stage) == [("drafted", 1, 1_000)]
    assert db.scalars(select(Job.id)).all() == []
