"""Two operators at one release: one draft, one number, one approval; the other is told."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.domain.programmes.models import Fund
from repit.domain.releases import asking
from repit.domain.releases import discard as discarding
from repit.domain.releases.approve import approve
from repit.domain.releases.errors import DraftedAlready, DraftOutdated, WrongReleaseState
from repit.domain.releases.models import Release
from tests.concurrency.together import changing, the_books_agree, together, won
from tests.domain.releases.releasing import ODILE, PAUL, Stage, a_draft, a_stage, seen

pytestmark = pytest.mark.concurrency
ROUNDS = 6
APRIL = datetime(2026, 4, 2, 9, tzinfo=UTC)
ASKED: dict[str, Any] = {"kind": "quarter", "first_day": date(2026, 1, 1), "now": APRIL}


def two_of(db: Session, stage: Stage) -> tuple[int, int]:
    """Let a draft wait for either funder."""
    return (
        a_draft(db, stage.programme_id, stage.fund_id),
        a_draft(db, stage.programme_id, stage.other_fund_id),
    )


def states(db: Session, *release_ids: int) -> list[str]:
    db.rollback()
    query = select(Release.state).where(Release.id.in_(release_ids))
    return sorted(db.scalars(query))


@pytest.mark.parametrize("trial", range(ROUNDS))
def test_asked_for_twice_at_once_it_is_one_draft(db: Session, engine: Engine, trial: int) -> None:
    stage = a_stage(db)
    fund = db.get_one(Fund, stage.fund_id).public_id
    db.rollback()
    asks = [
        changing(engine, partial(asking.ask_for_release, fund=fund, actor=who, **ASKED))
        for who in (ODILE, PAUL)
    ]

    answers = together(*asks, trial=trial)

    assert sorted(won(answers)) == [False, True]
    assert any(isinstance(answer, DraftedAlready) for answer in answers)
    assert len(db.scalars(select(Release)).all()) == 1


@pytest.mark.parametrize("trial", range(ROUNDS))
def test_of_two_releases_of_a_programme_only_one_is_approved(
    db: Session, engine: Engine, trial: int
) -> None:
    """The second was not attacked together with the first: it must be drafted again."""
    stage = a_stage(db)
    drafts = two_of(db, stage)
    approvals = [
        changing(
            engine,
            partial(approve, release_id=one, seen=seen(db, one), actor=PAUL, now=APRIL),
        )
        for one in drafts
    ]

    answers = together(*approvals, trial=trial)

    assert sorted(won(answers)) == [False, True]
    assert any(isinstance(answer, DraftOutdated) for answer in answers)
    assert states(db, *drafts) == ["approved", "drafted"]
    the_books_agree(engine)


@pytest.mark.parametrize("trial", range(ROUNDS))
def test_two_programmes_get_two_numbers_without_a_gap(
    db: Session, engine: Engine, trial: int
) -> None:
    stages = [a_stage(db) for _ in range(4)]
    drafts = [a_draft(db, one.programme_id, one.fund_id) for one in stages]
    approvals = [
        changing(
            engine,
            partial(approve, release_id=one, seen=seen(db, one), actor=PAUL, now=APRIL),
        )
        for one in drafts
    ]

    answers = together(*approvals, trial=trial)

    assert sorted(map(str, answers)) == [f"2026-{number:03d}" for number in range(1, 5)]
    the_books_agree(engine)


@pytest.mark.parametrize("trial", range(ROUNDS))
def test_approved_and_thrown_away_at_once_it_is_either(
    db: Session, engine: Engine, trial: int
) -> None:
    stage = a_stage(db)
    draft = a_draft(db, stage.programme_id, stage.fund_id)
    digest = seen(db, draft)

    answers = together(
        changing(engine, partial(approve, release_id=draft, seen=digest, actor=PAUL, now=APRIL)),
        changing(engine, partial(discarding.discard, release_id=draft, actor=ODILE, now=APRIL)),
        trial=trial,
    )

    assert sorted(won(answers)) == [False, True]
    assert any(isinstance(answer, WrongReleaseState) for answer in answers)
    assert states(db, draft) == (["approved"] if won(answers)[0] else ["discarded"])
    the_books_agree(engine)
