"""A batch from draft to file: `python -m benchmarks.settling`, and the end of `make bench`.

On SQLite and on PostgreSQL: the draft against the same sums and against its rows in raw SQL, the
file against lxml's validation of it, and the memory of a process that settles ten times as many
redemptions of as many providers.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.running import SETTINGS
from benchmarks.settling_town import fill
from benchmarks.world import world
from tests.postgres import postgres_server

STEPS = ("raw", "raw rows", "preview", "draft", "approve", "file", "validation", "keep", "settled")
BACKENDS = ("sqlite", "postgresql")
Measured = dict[str, float]


def main() -> None:
    """Measure both sizes on both databases, and print the table and the raw figures."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.settling", description=__doc__)
    asked.add_argument("--redemptions", type=int, default=100_000)
    asked.add_argument("--providers", type=int, default=2_000)
    asked.add_argument("--only", choices=BACKENDS)
    given = asked.parse_args()
    sizes = (given.redemptions // 10, given.redemptions)
    for backend in BACKENDS:
        if given.only in {None, backend}:
            runs = [_measured(backend, size, given.providers) for size in sizes]
            _show(backend, given.providers, dict(zip(sizes, runs, strict=True)))


def _measured(backend: str, redemptions: int, providers: int) -> Measured:
    with empty(backend) as url, world(url, codes=redemptions) as here:
        fill(here, providers)
        found = subprocess.run(
            [sys.executable, "-m", "benchmarks.settling_steps", url],
            check=True,
            stdout=subprocess.PIPE,  # what goes wrong is said where it can be read
            text=True,
        )
    measured: Measured = json.loads(found.stdout)
    print(f"{backend} {redemptions}: {found.stdout}", end="", flush=True)
    return measured


@contextmanager
def empty(backend: str) -> Iterator[str]:
    if backend == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder, 'settling.db')}"
        return
    with postgres_server(**SETTINGS) as server:
        yield server.url()


def _show(backend: str, providers: int, runs: dict[int, Measured]) -> None:
    few, many = runs.values()
    print(f"\n{backend}, {providers} providers" + "".join(f"{size:>12}" for size in runs))
    for step in STEPS:
        print(f"{step:32}" + "".join(f"{run[step]:10.2f} s" for run in runs.values()))
    for name in ("before MB", "peak MB"):
        print(f"{name:32}" + "".join(f"{run[name]:12.0f}" for run in runs.values()))
    print(f"draft / the same sums in raw SQL {many['draft'] / many['raw']:9.1f}")
    print(f"draft / its rows in raw SQL      {many['draft'] / many['raw rows']:9.1f}")
    print(f"file / lxml's own validation     {many['file'] / many['validation']:9.1f}")
    print(f"memory, ten times as many        {many['peak MB'] / few['peak MB']:9.2f}\n", flush=True)


if __name__ == "__main__":
    main()
