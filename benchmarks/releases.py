"""`python -m benchmarks.releases`: are releases safe, what is left of them, what do they cost.

The proof: random schemes, two quarters and their semester for two funders each, all of it given
to the attacker of `tests/properties`; and the same with small cells hidden and no more. What is
left: at fifty, 200 and 2,000 households. The cost: processor seconds and memory of one release,
made safe and attacked, alone and after twelve others, each in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product

from repit.domain.releases.disclosure.safe import make_safe
from tests.properties.release_attacker import FUNDS, Published
from tests.properties.release_proof import (
    Learned,
    attack,
    beside,
    primary_only,
    publish,
)
from tests.properties.release_worlds import PERIODS, Q1, S1, WHOLE_YEAR, World, random_world

SIZES = (50, 200, 2_000)
COSTLY = (50, 200, 2_000, 20_000)
PRIMARY_EVERY = 5
"""One scheme in so many is also published with the primary rule alone: that needs no search."""


@dataclass
class Left:
    """What of the truth a reader still has."""

    shown: int = 0
    cells: int = 0
    totals: int = 0
    shown_totals: int = 0
    errors: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)

    def count(self, world: World, release: Published) -> None:
        shown = {one.name: one for one in release.tables}
        for table in world.facts(release.fund, release.period).tables:
            cells = [one.value for one in shown[table.name].cells if one.value is not None]
            self.shown += len(cells)
            self.cells += len(table.cells)
            if table.exact_total:
                continue
            total = shown[table.name].cells[0].value
            self.totals += 1
            if total is not None:
                error = (total - table.total.value) / table.unit
                self.shown_totals += 1
                self.errors.append(abs(error))
                self.signed.append(error)


def main() -> None:
    """Print the three tables."""
    wanted = _arguments()
    if wanted.one:
        print(json.dumps(_cost(wanted.one, after=wanted.after)))
        return
    _show_proof(range(wanted.first, wanted.first + wanted.schemes))
    _show_left(wanted.worlds)
    _show_costs()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemes", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="where the dice of the proof begin")
    parser.add_argument("--worlds", type=int, default=10, help="for what is left, of each size")
    parser.add_argument("--one", type=int, help="households of the one release to be made")
    parser.add_argument("--after", action="store_true", help="after twelve other releases")
    return parser.parse_args()


def _show_proof(seeds: range) -> None:
    ours, primary = Learned(), Learned()
    by_size: dict[int, Learned] = defaultdict(Learned)
    compared = 0
    for seed in seeds:
        world = random_world(seed)
        learned = attack(world, publish(world))
        ours.add(learned)
        by_size[len(world.households)].add(learned)
        if seed % PRIMARY_EVERY == 0:
            compared += 1
            primary.add(attack(world, primary_only(world)))
        if seed % 25 == 24:
            print(f"… {seed + 1} schemes: {ours.narrow} narrow", file=sys.stderr, flush=True)
    print("| published | schemes | sensitive figures | exact | narrower than 11 | by money |")
    print("|---|---|---|---|---|---|")
    for name, count, one in (("made safe", len(seeds), ours), ("n < 11 hidden", compared, primary)):
        shares = [f"{n} ({n / one.sensitive:.1%})" for n in (one.exact, one.narrow, one.by_money)]
        print(f"| {name} | {count} | {one.sensitive} | {' | '.join(shares)} |")
    for size, one in sorted(by_size.items()):
        print(f"  {size} households: {one.sensitive} sensitive, {one.narrow} narrow", end=";")
    print(*ours.worst[:20], sep="\n")


def _show_left(worlds: int) -> None:
    print("| households | release | cells shown | totals shown | mean error | mean signed error |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        left: dict[str, Left] = defaultdict(Left)
        for seed in range(worlds if size < 1_000 else max(2, worlds // 5)):
            world = random_world(10_000 + seed, size)
            for release in publish(world):
                kind = "semester after both" if release.period == S1 else "quarter"
                left[kind].count(world, release)
        for kind, one in left.items():
            shares = f"{one.shown / one.cells:.0%} | {one.shown_totals / one.totals:.0%}"
            mean = [sum(many) / len(many) for many in (one.errors, one.signed)]
            print(f"| {size} | {kind} | {shares} | {mean[0]:.2f} | {mean[1]:+.2f} |", flush=True)


def _show_costs() -> None:
    print("| households | | processor s | memory of the process | programs | guarded |")
    print("|---|---|---|---|---|---|")
    for size, after in product(COSTLY, (False, True)):
        command = [sys.executable, "-m", "benchmarks.releases", "--one", str(size)]
        if after:
            command.append("--after")
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        one = json.loads(run.stdout)
        when = "after 12 others" if after else "the first"
        print(
            f"| {size} | {when} | {one['seconds']:.2f} | {one['megabytes']:.0f} MB |"
            f" {one['programs']} | {one['guarded']} |",
            flush=True,
        )


def _cost(households: int, *, after: bool) -> dict[str, float]:
    """Make one release, in this process alone, and say what it took; counting is not in it."""
    world = random_world(1, households)
    done: list[Published] = []
    for period, fund in product(PERIODS[:-1], FUNDS) if after else ():
        tables = make_safe(**beside(world, period, fund, done, periods=PERIODS)).tables
        done.append(Published(fund, period, tables))
    given = beside(world, WHOLE_YEAR if after else Q1, FUNDS[0], done, periods=PERIODS)
    began = time.process_time()
    safe = make_safe(**given)
    return {
        "seconds": time.process_time() - began,
        "megabytes": _megabytes(),
        "programs": safe.audit.programs,
        "guarded": len(safe.audit.guarded),
    }


def _megabytes() -> float:
    """Return the most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
