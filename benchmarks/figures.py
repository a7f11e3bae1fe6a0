"""The table of figures: `python -m benchmarks.figures`, and the end of `make bench`.

The operator's board over three years, against the same figures by hand-written SQL over the rows
and over the kept sums; then ten times the history for the same page. Every figure of the board is
compared with the rows before anything is timed.

    python -m benchmarks.figures [--redemptions 1000000 5000000] [--sqlite] [--rounds 3]
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from benchmarks import history
from benchmarks.figures_by_hand import RAW, kept_seconds, raw_seconds
from benchmarks.history import NOW, PARENTS
from benchmarks.running import SETTINGS
from benchmarks.table import Figure, ratios
from benchmarks.world import World, world
from repit.domain.figures import board, task
from repit.domain.figures.asked import Asked, Board
from tests import cast
from tests.postgres import postgres_server

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
"""Over: everything of it is kept."""
TO_DATE = (date(2026, 1, 1), date(2026, 12, 31))
"""Half a day of it is not closed yet."""


@dataclass(frozen=True)
class Measured:
    """Seconds of one world, by name; `statements` of the page; `megabytes` that keeping took."""

    seconds: dict[str, float]
    statements: int
    megabytes: float


def main() -> None:
    """Measure each size, print its raw figures as JSON, and the ratios at the end."""
    wanted = _arguments()
    found: dict[int, Measured] = {}
    for redemptions in wanted.redemptions:
        with _database(sqlite=wanted.sqlite) as url, world(url, codes=400) as here:
            one = found[redemptions] = _measure(here, redemptions, wanted.rounds)
        rounded = {name: round(value, 4) for name, value in one.seconds.items()}
        told = {"redemptions": redemptions, "statements": one.statements}
        print(json.dumps({**told, "megabytes": round(one.megabytes), **rounded}), flush=True)
    print("\n".join(ratios(_figures(found))))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__)
    parser.add_argument("--redemptions", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sqlite", action="store_true")
    return parser.parse_args()


@contextmanager
def _database(*, sqlite: bool) -> Iterator[str]:
    if not sqlite:
        with postgres_server(**SETTINGS) as server:
            yield server.url()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder, 'figures.db')}"


def _measure(here: World, redemptions: int, rounds: int) -> Measured:
    with Session(here.engine) as db:
        other = cast.a_fund(db, here.town.programme_id, funder_id=here.town.funder_id)
    load = _timed(lambda: history.load(here, redemptions, (here.fund_id, other)))
    print(f"{redemptions} redemptions, {PARENTS} parents: loaded in {load:.0f} s", flush=True)
    before = _memory()
    with Session(here.engine) as db:
        keep = _timed(lambda: task.keep(db, here.town.programme_id, now=NOW))
    megabytes = _memory() - before
    print(f"kept in {keep:.0f} s, {megabytes:.0f} MB more", flush=True)
    _tidy(here)
    _prove(here)
    seconds: dict[str, list[float]] = {name: [] for name in _NAMES}
    for _ in range(rounds):
        seconds["board year"].append(_timed(lambda: _read(here, *YEAR)))
        seconds["kept year"].append(kept_seconds(here, *YEAR))
        seconds["board to date"].append(_timed(lambda: _read(here, *TO_DATE)))
    for _ in range(max(1, rounds - 2)):
        seconds["raw year"].append(raw_seconds(here, *YEAR))
        seconds["raw to date"].append(raw_seconds(here, *TO_DATE))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return Measured({**medians, "keep": keep, "load": load}, _statements(here), megabytes)


_NAMES = ("board year", "kept year", "raw year", "board to date", "raw to date")


def _timed(do: Callable[[], Any]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tidy(here: World) -> None:
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if here.engine.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.exec_driver_sql("ANALYZE")


def _read(here: World, first_day: date, last_day: date) -> Board:
    with Session(here.engine) as db:
        return board.read(db, Asked(here.town.programme_id, first_day, last_day), now=NOW)


def _prove(here: World) -> None:
    """A fast figure that is not the rows' is no figure."""
    for days in (YEAR, TO_DATE):
        shown = _read(here, *days)
        by_hand = RAW.read(here, *days)
        for name, value in by_hand.items():
            seen = shown.totals[name]
            if seen != value:
                raise SystemExit(f"{days}: {name} is {seen} on the board, {value} in the rows")


def _statements(here: World) -> int:
    heard: list[str] = []

    def hear(*told: Any) -> None:
        heard.append(told[2])

    event.listen(here.engine, "before_cursor_execute", hear)
    _read(here, *TO_DATE)
    event.remove(here.engine, "before_cursor_execute", hear)
    return len(heard)


def _figures(found: dict[int, Measured]) -> list[Figure]:
    largest = found[max(found)]
    of = largest.seconds
    figures = [
        Figure("G10 a year's board ÷ SQL over the rows", of["board year"] / of["raw year"], 0.1, 0.02),
        Figure("G10 this year's board ÷ SQL over the rows",
               of["board to date"] / of["raw to date"], 0.1, 0.02),
        Figure("a year's board ÷ SQL over the kept sums", of["board year"] / of["kept year"], 1.5, 1.2),
        Figure("statements of the page", largest.statements, 8, 8),
    ]  # fmt: skip
    if len(found) > 1:
        small = found[min(found)].seconds
        for name in ("board year", "board to date"):
            figures.append(Figure(f"G10 {name}, most ÷ fewest", of[name] / small[name], 1.5, 1.2))
    return figures


if __name__ == "__main__":
    main()
