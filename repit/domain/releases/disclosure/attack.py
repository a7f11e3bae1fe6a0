"""The attack: linear programs that find the least and the most a figure can be.

HiGHS solves them, one objective after another on one model, from the answer before. Every
answer is a possible world: where two of them differ by enough, a figure needs no program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repit.domain.releases.disclosure.errors import AttackFailed
from repit.domain.releases.disclosure.linking import Linked, Row
from repit.domain.releases.disclosure.targets import Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK = 1e-6
"""Of a solver that works with floating numbers; widths are compared with it."""
_BEYOND = 1_000
"""No figure is bounded by us: an unknown may be ten times the largest total, and this many more."""


@dataclass(frozen=True)
class Found:
    """What is possible for a target, in units, and which rows hold it there."""

    low: float
    high: float
    holding: frozenset[int] = frozenset()

    @property
    def width(self) -> float:
        return self.high - self.low


class Attack:
    """A model of all that is known, asked for one figure after another."""

    def __init__(self, linked: Linked, rows: Sequence[Row]) -> None:
        import highspy  # noqa: PLC0415 - heavy, and only a job attacks
        import numpy as np  # noqa: PLC0415

        self._np = np
        self._linked = linked
        self.programs = 0
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._least, self._most = highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize
        for name, value in _OPTIONS.items():
            self._solver.setOptionValue(name, value)
        self._load(rows, float(highspy.kHighsInf))

    def search(self, targets: Sequence[Target], wanted: Sequence[float]) -> list[Found]:
        """Return for each target an interval that is possible: all of it, or `wanted` wide."""
        if not targets:
            return []
        worlds = _Worlds(targets, wanted, self._np)
        for sense in (self._most, self._least):
            worlds.see(self._solve(worlds.together(worlds.narrow()), sense))
        while len(left := worlds.narrow()):
            worlds.see(self._solve(worlds.together(left), self._most))
            if len(worlds.narrow()) == len(left):
                break
        found = []
        for place, target in enumerate(targets):
            holding: set[int] = set()
            for sense in (self._most, self._least):
                if worlds.width(place) >= wanted[place]:
                    break
                worlds.see(self._solve(_arrays(target, self._np), sense))
                holding |= self._holding()
            found.append(Found(*worlds.range(place), frozenset(holding)))
        return found

    def _load(self, rows: Sequence[Row], infinite: float) -> None:
        np, unit, true = self._np, self._linked.unit, self._linked.true
        count = len(true)
        top = (10.0 * sum(abs(value) for value in true)) / unit + _BEYOND
        low = np.array([0.0 if value >= 0 else -top for value in true])
        empty = np.array([], dtype=np.int32)
        self._solver.addCols(
            count, np.zeros(count), low, np.full(count, top), 0, empty, empty, np.array([])
        )
        starts = np.cumsum([0, *(len(row.terms) for row in rows)])[:-1]
        lows = [-infinite if row.low is None else row.low / unit for row in rows]
        highs = [infinite if row.high is None else row.high / unit for row in rows]
        places = [place for row in rows for place, _ in row.terms]
        times = [float(many) for row in rows for _, many in row.terms]
        self._solver.addRows(
            len(rows),
            np.array(lows, dtype=float),
            np.array(highs, dtype=float),
            len(places),
            np.array(starts, dtype=np.int32),
            np.array(places, dtype=np.int32),
            np.array(times, dtype=float),
        )
        self._before: Any = empty

    def _solve(self, terms: "tuple[NDArray[Any], NDArray[Any]]", sense: Any) -> "NDArray[Any]":
        np, solver = self._np, self._solver
        places, times = terms
        if len(self._before):
            solver.changeColsCost(len(self._before), self._before, np.zeros(len(self._before)))
        solver.changeColsCost(len(places), places, times)
        self._before = places
        solver.changeObjectiveSense(sense)
        self.programs += 1
        solver.run()
        if solver.getModelStatus() != self._optimal:
            self._start_again()
        if solver.getModelStatus() != self._optimal:
            raise AttackFailed(str(solver.getModelStatus()))
        world: NDArray[Any] = np.array(solver.getSolution().col_value)
        return world

    def _start_again(self) -> None:
        """Solve without the answer before: a long walk from it can lose its footing."""
        solver = self._solver
        solver.clearSolver()
        for name, value in _FROM_NOTHING.items():
            solver.setOptionValue(name, value)
        solver.run()
        for name in _FROM_NOTHING:
            solver.setOptionValue(name, _OPTIONS[name])

    def _holding(self) -> set[int]:
        """Return the rows that keep the last answer from going further."""
        duals = self._np.array(self._solver.getSolution().row_dual)
        return set(self._np.flatnonzero(abs(duals) > SLACK).tolist())


_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 4,  # primal: the answer before stays possible, only the question changes
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
}
_FROM_NOTHING: dict[str, Any] = {"presolve": "on", "simplex_strategy": 1}


class _Worlds:
    """The least and the most that each target has been in the answers so far."""

    def __init__(self, targets: Sequence[Target], wanted: Sequence[float], np: Any) -> None:
        self._np = np
        self._places = np.array([at for one in targets for at, _ in one.terms], dtype=np.int32)
        self._times = np.array([many for one in targets for _, many in one.terms], dtype=float)
        self._sizes = np.array([len(one.terms) for one in targets])
        self._starts = np.cumsum([0, *self._sizes])[:-1]
        self._wanted = np.array(wanted)
        self._low = np.full(len(targets), np.inf)
        self._high = np.full(len(targets), -np.inf)

    def see(self, world: "NDArray[Any]") -> None:
        values = self._np.add.reduceat(world[self._places] * self._times, self._starts)
        self._low = self._np.minimum(self._low, values)
        self._high = self._np.maximum(self._high, values)

    def width(self, place: int) -> float:
        return float(self._high[place] - self._low[place])

    def range(self, place: int) -> tuple[float, float]:
        return float(self._low[place]), float(self._high[place])

    def narrow(self) -> "NDArray[Any]":
        """Return the places of the targets that are not wide enough yet."""
        narrow: NDArray[Any] = self._np.flatnonzero(~(self._high - self._low >= self._wanted))
        return narrow

    def together(self, targets: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
        """Return the sum of some targets: a question that may widen many of them at once."""
        np = self._np
        chosen = np.isin(np.repeat(np.arange(len(self._sizes)), self._sizes), targets)
        places, at = np.unique(self._places[chosen], return_inverse=True)
        return places, np.bincount(at, self._times[chosen])


def _arrays(target: Target, np: Any) -> "tuple[NDArray[Any], NDArray[Any]]":
    places = np.array([place for place, _ in target.terms], dtype=np.int32)
    return places, np.array([many for _, many in target.terms], dtype=float)
