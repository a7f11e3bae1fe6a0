"""A bank file of twenty thousand lines: `python -m benchmarks.bank_file`; fewer in `make bench`.

A tenth of it first, each in a process of its own: seconds for a line must not grow with the file,
nor memory faster than the file itself. Half of the lines carry one of our references, a quarter
says nothing, a quarter is money that went out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from benchmarks.settling import BACKENDS, empty
from benchmarks.settling_steps import peak
from benchmarks.world import world
from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.actors import job
from repit.domain.banking import service
from repit.domain.banking.reading import ReadFile
from repit.domain.banking.task import match_bank_lines
from repit.domain.jobs.worker import JobContext
from repit.integrations import bank_files
from tests.cast import NOON, OPERATOR
from tests.domain.banking.desk import a_promise
from tests.integrations.bank_paper import Entry, camt, detail

LINES = 20_000
STEPS = ("read", "keep", "match", "again")
PROMISES = 500
LATER = NOON + timedelta(days=1)


def main() -> None:
    """Measure on both databases, and print seconds by step, memory, and their ratios."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.bank_file", description=__doc__)
    asked.add_argument("--lines", type=int, default=LINES)
    asked.add_argument("--only", choices=BACKENDS)
    asked.add_argument("--measure", nargs=2, metavar=("URL", "FILE"))
    given = asked.parse_args()
    if given.measure:
        print(json.dumps(measured(*given.measure)))
        return
    for backend in BACKENDS:
        if given.only in {None, backend}:
            few, many = (_in_a_process(backend, n) for n in (given.lines // 10, given.lines))
            _show(backend, given.lines, few, many)


def _in_a_process(backend: str, lines: int) -> dict[str, float]:
    with (
        empty(backend) as url,
        world(url, codes=1) as here,
        tempfile.TemporaryDirectory() as folder,
    ):
        with Session(here.engine) as db:
            file = Path(folder, "releve.xml")
            file.write_bytes(_statement(_references(db, here.fund_id), lines))
        here.engine.dispose()
        found = subprocess.run(
            [sys.executable, "-m", "benchmarks.bank_file", "--measure", url, str(file)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    measures: dict[str, float] = json.loads(found.stdout)
    print(f"{backend} {lines}: {found.stdout}", end="", flush=True)
    return measures


def _references(db: Session, fund_id: int) -> list[str]:
    promises = (a_promise(db, 1_000_000, fund_id=fund_id) for _ in range(PROMISES))
    return [one.reference for one in promises]


def _statement(references: list[str], lines: int) -> bytes:
    entries = []
    for n in range(lines):
        text = ("VIR " + references[n % len(references)], "LOYER", references[-1 - n % 7], None)
        side = "DBIT" if n % 4 == 3 else "CRDT"
        paper = detail(text=text[n % 4], name="DRDFE", end_to_end=f"E2E{n}")
        entries.append(Entry(f"{n % 90 + 10}.00", side, "2026-03-02", f"REF{n}", paper))
    return camt(*entries)


def measured(url: str, file: str) -> dict[str, float]:
    """Read, keep and match one file, then send the very same lines again in other bytes."""
    engine = create_engine(url)
    prepare(engine)
    content = Path(file).read_bytes()
    seconds: dict[str, float] = {"megabytes": len(content) / 1e6, "before MB": peak()}
    read: list[ReadFile] = []
    _timed(seconds, "read", lambda: read.append(bank_files.read(content)))
    with Session(engine) as db:
        _timed(seconds, "keep", lambda: _keep(db, content, read[0]))
        _timed(seconds, "match", lambda: match_bank_lines(_context(db, engine)))
        other = content + b"<!-- copie -->"
        _timed(seconds, "again", lambda: _keep(db, other, bank_files.read(other)))
    seconds["peak MB"] = peak()
    with engine.connect() as connection:
        drifts = list(checks.drifts(connection))
        assert drifts == [], drifts[:3]
    return seconds


def _timed(seconds: dict[str, float], name: str, do: Callable[[], object]) -> None:
    started = time.perf_counter()
    do()
    seconds[name] = time.perf_counter() - started


def _keep(db: Session, content: bytes, read: ReadFile) -> None:
    sent = service.SentFile("releve.xml", sha256(content).hexdigest(), it_is_ours=True)
    with unit_of_work(db):
        service.take_in(db, sent, read, actor=OPERATOR, now=LATER)


def _context(db: Session, engine: Engine) -> JobContext:
    facts = {"statement_id": None}
    return JobContext(db, engine, 1, facts, job(1), LATER, lambda _done, _total: None)


def _show(backend: str, lines: int, few: dict[str, float], many: dict[str, float]) -> None:
    print(f"\n{backend:24}{lines // 10:>12}{lines:>12}   for a line")
    for step in STEPS:
        ratio = many[step] / few[step] / 10
        print(f"{step:24}{few[step]:10.2f} s{many[step]:10.2f} s{ratio:13.2f}")
    grown = (many["peak MB"] - many["before MB"]) / max(few["peak MB"] - few["before MB"], 1)
    print(f"{'peak MB':24}{few['peak MB']:12.0f}{many['peak MB']:12.0f}{grown / 10:13.2f}")
    print(f"{'file, MB':24}{few['megabytes']:12.1f}{many['megabytes']:12.1f}\n", flush=True)


if __name__ == "__main__":
    main()
