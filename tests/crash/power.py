"""The moments around each statement and each commit, and a way to end everything at one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class PowerCut(Exception):
    """Nothing of ours catches it on the way out."""


def cut_by_exception() -> None:
    raise PowerCut


class Power:
    """Counts the moments; the one asked for is the last."""

    def __init__(self, cut_at: int | None, cut: Callable[[], None]) -> None:
        self.moments = 0
        self._cut_at = cut_at
        self._cut = cut

    def moment(self, *_: object) -> None:
        self.moments += 1
        if self.moments == self._cut_at:
            self._cut()


@contextmanager
def power(
    engine: Engine, cut_at: int | None = None, cut: Callable[[], None] = cut_by_exception
) -> Iterator[Power]:
    """Watch everything that an engine is asked; with no moment to cut at, only count."""
    found = Power(cut_at, cut)
    dialect: Any = engine.dialect
    commit = dialect.do_commit

    def watched(connection: object) -> None:
        found.moment()
        commit(connection)
        found.moment()

    heard = ("before_cursor_execute", "after_cursor_execute")
    for happening in heard:
        event.listen(engine, happening, found.moment)
    dialect.do_commit = watched
    try:
        yield found
    finally:
        dialect.do_commit = commit
        for happening in heard:
            event.remove(engine, happening, found.moment)
