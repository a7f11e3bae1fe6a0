"""The power fails before and after every statement and every commit; then the same is asked again.

The moments are counted on an undisturbed run, so that a new statement is tried without a word.
Each moment has a stage of its own in one database: one look at the books sees them all.
"""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain import checks
from repit.settings import ROOT
from tests.crash.dying_process import GONE, sent
from tests.crash.power import PowerCut, power
from tests.crash.stories import STORIES, Asked, left_behind

pytestmark = pytest.mark.crash
APART = int(os.environ.get("REPIT_TEST_GONE_EVERY", "3"))  # noqa: TID251
"""A process dies at each third moment in the normal run, at each one with `1`; what the exception
leaves at every moment is looked at in every run."""


@pytest.mark.parametrize("story", STORIES)
def test_an_exception_at_any_moment_then_the_same_again(
    db: Session, engine: Engine, story: str
) -> None:
    undisturbed = ask(db, engine, story)
    scenes = stages(db, story, moments_of(db, engine, story))
    for moment, asked in scenes:
        with power(engine, moment), pytest.raises(PowerCut):
            STORIES[story].ask(engine, asked)

    the_books_agree(engine)
    assert all_again(db, engine, story, scenes) == dict.fromkeys(
        [moment for moment, _ in scenes], undisturbed
    )
    the_books_agree(engine)


@pytest.mark.parametrize("story", STORIES)
def test_a_process_gone_at_any_moment_then_the_same_again(
    db: Session, engine: Engine, database_url: str, story: str
) -> None:
    undisturbed = ask(db, engine, story)
    scenes = stages(db, story, moments_of(db, engine, story), apart=APART)
    run = subprocess.run(
        [sys.executable, "-m", "tests.crash.dying_process", database_url, story],
        cwd=ROOT,
        input=sent(scenes),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert json.loads(run.stdout) == [GONE] * len(scenes)
    the_books_agree(engine)
    assert all_again(db, engine, story, scenes) == dict.fromkeys(
        [moment for moment, _ in scenes], undisturbed
    )
    the_books_agree(engine)


def moments_of(db: Session, engine: Engine, story: str) -> int:
    asked = stage(db, story)
    with power(engine) as found:
        STORIES[story].ask(engine, asked)
    assert found.moments > 0
    return found.moments


def stages(db: Session, story: str, moments: int, *, apart: int = 1) -> list[tuple[int, Asked]]:
    """Return a stage for each moment to die at: the last one, and every so many before it."""
    return [(moment, stage(db, story)) for moment in range(moments, 0, -apart)][::-1]


def stage(db: Session, story: str) -> Asked:
    asked = STORIES[story].stage(db)
    db.rollback()  # leave the snapshot: others write now
    return asked


def ask(db: Session, engine: Engine, story: str, asked: Asked | None = None) -> tuple[object, ...]:
    """Return the answer and everything it left behind."""
    asked = asked or stage(db, story)
    answer = STORIES[story].ask(engine, asked)
    left = left_behind(db, asked)
    db.rollback()
    return answer, left


def all_again(
    db: Session, engine: Engine, story: str, scenes: list[tuple[int, Asked]]
) -> dict[int, tuple[object, ...]]:
    return {moment: ask(db, engine, story, asked) for moment, asked in scenes}


def the_books_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
