"""Several at once, from threads that start on the same signal."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.errors import DomainError

PATIENCE_SECONDS = 60
LEAD_SECONDS = 0.003
Action = Callable[[], object]


def together(*actions: Action, trial: int = 0) -> list[object]:
    """Return what each answered, or the refusal it met; anything else that is raised fails.

    Args:
        trial: its number, from 1: the first or the second leads, by a little more each time, so
            that the fastest does not always win and they meet at different places. 0: nobody.
    """
    start = Barrier(len(actions))

    def run(place: int, action: Action) -> object:
        start.wait(PATIENCE_SECONDS)
        if place != trial % 2:
            time.sleep(trial * LEAD_SECONDS)
        try:
            return action()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, range(len(actions)), actions, timeout=PATIENCE_SECONDS))


def changing(engine: Engine, change: Callable[[Session], object]) -> Action:
    """Return an action that makes one change, as an entry point would."""

    def action() -> object:
        with Session(engine) as db, unit_of_work(db):
            return change(db)

    return action


def won(answers: list[object]) -> list[bool]:
    return [not isinstance(answer, DomainError) for answer in answers]


def the_books_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
