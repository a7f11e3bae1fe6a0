"""The table: each figure with what it must reach and what it aims at."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.load import CLIENTS


@dataclass(frozen=True)
class Figure:
    """One ratio. `higher`: larger is better."""

    name: str
    value: float
    must: float
    aim: float
    higher: bool = False

    @property
    def verdict(self) -> str:
        """Say how far it got."""
        if self._reaches(self.aim):
            return "aim reached"
        return "must reached" if self._reaches(self.must) else "MISSED"

    def _reaches(self, goal: float) -> bool:
        return self.value >= goal if self.higher else self.value <= goal


def show(figures: Sequence[Figure], values: Mapping[str, Sequence[float]]) -> None:
    """Print the ratios, then what they were made from."""
    lines = ratios(figures) + medians(
        values, [(what, clients) for what in ("redeem", "pgbench", "null") for clients in CLIENTS]
    )
    for clients in CLIENTS:
        redeemed = statistics.median(values[f"redeem {clients} /s"])
        for beside in ("pgbench", "null"):
            share = redeemed / statistics.median(values[f"{beside} {clients} /s"])
            lines.append(f"redeem ÷ {beside}, {clients} clients: {share:.2f}")
    for name in ("wallet page ms", "scan page ms", "issue /s", "plain /s"):
        lines.append(f"{name}: {statistics.median(values[name]):.1f}")
    print("\n".join(lines))


def ratios(figures: Sequence[Figure]) -> list[str]:
    """Return the lines of the ratios, with what they must reach and aim at."""
    return ["", f"{'figure':54} {'reached':>9} {'must':>7} {'aim':>7}"] + [
        f"{one.name:54} {one.value:9.2f} {one.must:7.2f} {one.aim:7.2f}  {one.verdict}"
        for one in figures
    ]


def medians(
    values: Mapping[str, Sequence[float]], measured: Sequence[tuple[str, int]]
) -> list[str]:
    """Return the lines of what was measured, by name and number of clients."""
    lines = [
        "",
        f"{'medians':12} {'clients':>7} {'/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>8}",
    ]
    for what, clients in measured:
        cells = [
            statistics.median(values[f"{what} {clients} {unit}"])
            for unit in ("/s", "p50", "p99", "cpu us")
        ]
        lines.append(
            f"{what:12} {clients:7} {cells[0]:8.0f} {cells[1]:8.2f} {cells[2]:8.2f} {cells[3]:8.0f}"
        )
    return lines
