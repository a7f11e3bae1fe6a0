"""An attacker who reads what is published and nothing else, written without a look at the engine.

Its unknowns are finer than the engine's: not cells but kinds of households, by the quarters and
the funds in which they came (« in spring for the first fund, in summer for both »). Every
published figure is a sum of kinds, so unions, overlaps and differences need no rules of their own.
What it knows beside the publications: the lists of towns, ages, categories and months, that
periods and funds nest, and in a scheme where nobody moved, that nobody did.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import highspy
import numpy as np
from numpy.typing import NDArray

from repit.domain.releases.content import OTHERS, Part, ShownTable
from tests.properties.release_worlds import (
    AGES,
    CATEGORIES,
    DECLARED,
    OUTCOMES,
    Q1,
    Q2,
    S1,
    STAGES,
    YEAR,
    YES_NO,
    Period,
)

FUNDS = ("fund:1", "fund:2")
PROGRAMME = "programme:1"
QUARTERS = {Q1: (0,), Q2: (1,), S1: (0, 1)}
CAME = tuple(product((False, True), repeat=2))
FUND_KINDS = CAME[1:]
"""Of one fund: in the first quarter, in the second one."""
KINDS = tuple(kind for kind in product(CAME, repeat=2) if any(map(any, kind)))
"""Of both funds: for each quarter, for the first and for the second fund."""
SUMS = {"attendances": 5, "care_minutes": 300, "refused_for_lack_of_care": 5, "no_shows": 5}

Name = tuple[object, ...]
Sum = dict[Name, int]


@dataclass(frozen=True)
class Published:
    """One release as anybody can read it."""

    fund: str
    period: Period
    tables: tuple[ShownTable, ...]


class Attacker:
    """A model of every scheme that could have been published like this."""

    def __init__(
        self, towns: Sequence[str], releases: Sequence[Published], *, nobody_moved: bool
    ) -> None:
        self._unknowns: dict[Name, int] = {}
        self._rows: list[tuple[Sum, float, float]] = []
        self._published: list[Sum] = []
        self._towns = tuple(towns)
        self._nobody_moved = nobody_moved
        self._bind()
        for release in releases:
            for table in release.tables:
                self._read(release, table)
        self._solver = self._model()

    def widths(self, asked: Sequence[Sum], enough: Sequence[float]) -> list[tuple[float, float]]:
        """Return the least and the most that each sum can be.

        Those `enough` apart in schemes found on the way are not sought further.
        """
        known = np.array([self._unknowns[name] for one in asked for name in one])
        times = np.array([float(many) for one in asked for many in one.values()])
        starts = np.cumsum([0, *(len(one) for one in asked)])[:-1]
        low, high = np.full(len(asked), np.inf), np.full(len(asked), -np.inf)
        for place, one in enumerate(asked):
            places = [self._unknowns[name] for name in one]
            for sign in (1.0, -1.0):
                if high[place] - low[place] < enough[place]:
                    scheme = self._end(places, one, sign)
                    values = np.add.reduceat(scheme[known] * times, starts)
                    low, high = np.minimum(low, values), np.maximum(high, values)
        return [(float(low[at]), float(high[at])) for at in range(len(asked))]

    def think_in_whole_households(self) -> None:
        """Leave out schemes with half a household in them: slower, and never wider."""
        count = self._solver.getNumCol()
        every = np.arange(count, dtype=np.int32)
        whole = np.array([highspy.HighsVarType.kInteger] * count)
        self._solver.setOptionValue("mip_rel_gap", 0.0)
        self._solver.changeColsIntegrality(count, every, whole)

    def cell(self, name: str, scope: str, period: Period, at: Mapping[str, Iterable[str]]) -> Sum:
        """Return a figure of the catalogue as a sum of unknowns.

        `at` names parts of some dimensions; of the others all parts count.
        """
        quarters = QUARTERS[period]
        if name == "households_by_town":
            return self._by_town(scope, period, tuple(at.get("town", self._towns)))
        if name in {"households_reached", "take_up"}:
            return self._reached(name, scope, period, at)
        if name in {"vouchers_used", "respite_minutes"}:
            return _spent(name, scope, period, at)
        if name in SUMS:
            return {(name, quarter): 1 for quarter in quarters}
        if name == "waiting_parties":
            return {("waiting", period, one): 1 for one in at.get("outcome", OUTCOMES)}
        axis, parts = {
            "parents_reached": ("declared", DECLARED),
            "children_reached": ("age", AGES),
            "participants": ("isolated", YES_NO),
        }[name]
        return {
            (name, scope, kind, one): 1
            for one in at.get(axis, parts)
            for kind in FUND_KINDS
            if any(kind[quarter] for quarter in quarters)
        }

    def counts_of_homes(self) -> set[frozenset[Name]]:
        """Return the published figures that count households, each as the kinds it counts."""
        return {
            frozenset(known)
            for known in self._published
            if all(name[0] == "home" for name in known)
        }

    def kinds(self, of: Iterable[tuple[tuple[bool, ...], ...]]) -> Sum:
        """Return the households of some kinds, wherever they live."""
        return {("home", kind, iso, qpv): 1 for kind in of for iso, qpv in product(YES_NO, YES_NO)}

    def _reached(
        self, name: str, scope: str, period: Period, at: Mapping[str, Iterable[str]]
    ) -> Sum:
        funds = (0, 1) if name == "take_up" else (FUNDS.index(scope),)
        isolated = tuple(at.get("isolated", YES_NO))
        areas = tuple(at.get("priority_area", YES_NO))
        stages = tuple(at.get("stage", STAGES)) if name == "take_up" else ("used",)
        found: Sum = {}
        if "used" in stages:
            for kind in KINDS:
                if any(kind[quarter][fund] for quarter in QUARTERS[period] for fund in funds):
                    found |= {("home", kind, iso, qpv): 1 for iso in isolated for qpv in areas}
        others = [stage for stage in stages if stage != "used"]
        return found | {("stage", period, one, iso): 1 for one in others for iso in isolated}

    def _by_town(self, fund: str, period: Period, towns: Iterable[str]) -> Sum:
        at = FUNDS.index(fund)
        if not self._nobody_moved:
            return {("town", fund, period, one): 1 for one in towns}
        return {
            ("living", kind, one): 1
            for one in towns
            for kind in KINDS
            if any(kind[quarter][at] for quarter in QUARTERS[period])
        }

    def _bind(self) -> None:
        """Write down what is true of any scheme."""
        if self._nobody_moved:
            for kind in KINDS:
                living: Sum = {("living", kind, town): 1 for town in self._towns}
                self._equal(living, self.kinds([kind]))
        for fund, period in product(FUNDS, QUARTERS):
            reached = self.cell("households_reached", fund, period, {})
            self._equal(self.cell("households_by_town", fund, period, {}), reached)
        for quarter, isolated in product((Q1, Q2), YES_NO):
            self._grows("take_up", quarter, {"isolated": (isolated,)})
            self._grows(
                "take_up", quarter, {"isolated": (isolated,), "stage": ("received", "used")}
            )
        for quarter, one in product((Q1, Q2), ("served", "left")):
            self._grows("waiting_parties", quarter, {"outcome": (one,)})
        for quarter in (Q1, Q2):
            self._grows("waiting_parties", quarter, {})
        for name in ("take_up", "waiting_parties"):
            halves = [self.cell(name, PROGRAMME, period, {}) for period in (Q1, Q2)]
            more = _minus(_minus({}, halves[0], -1), halves[1], -1)
            self._rows.append((_minus(more, self.cell(name, PROGRAMME, S1, {})), 0, np.inf))

    def _grows(self, name: str, quarter: Period, at: Mapping[str, Iterable[str]]) -> None:
        longer = self.cell(name, PROGRAMME, S1, at)
        self._rows.append((_minus(longer, self.cell(name, PROGRAMME, quarter, at)), 0, np.inf))

    def _equal(self, one: Sum, other: Sum) -> None:
        self._rows.append((_minus(one, other), 0, 0))

    def _read(self, release: Published, table: ShownTable) -> None:
        axes = {"town": self._towns, "month": _months(release.period)}
        for shown in table.cells:
            if shown.value is None:
                continue
            at = {
                axis: _codes(part, table, place, axes.get(axis, ()))
                for place, (axis, part) in enumerate(zip(table.dimensions, shown.at, strict=True))
                if not part.whole
            }
            scope = release.fund if table.name in _OF_FUNDS else PROGRAMME
            error = 0 if table.name == "vouchers_used" and not at else table.step - 1
            known = self.cell(table.name, scope, release.period, at)
            self._published.append(known)
            self._rows.append((known, shown.value - error, shown.value + error))

    def _model(self) -> highspy.Highs:
        for known, _, _ in self._rows:
            for name in known:
                self._unknowns.setdefault(name, len(self._unknowns))
        for fund, category, month in product(FUNDS, CATEGORIES, _months(S1)):
            self._unknowns.setdefault(("voucher", fund, category, month), len(self._unknowns))
        for fund, category, quarter in product(FUNDS, CATEGORIES, (0, 1)):
            self._unknowns.setdefault(("minute", fund, category, quarter), len(self._unknowns))
        for event, quarter in product(SUMS, (0, 1)):
            self._unknowns.setdefault((event, quarter), len(self._unknowns))
        for people, parts, scopes in _OF_KINDS:
            for scope, kind, part in product(scopes, FUND_KINDS, parts):
                self._unknowns.setdefault((people, scope, kind, part), len(self._unknowns))
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self._unknowns), len(self._rows)
        program.col_cost_ = np.zeros(program.num_col_)
        program.col_lower_ = np.zeros(program.num_col_)
        program.col_upper_ = np.full(program.num_col_, 1e6)
        program.row_lower_ = np.array([low for _, low, _ in self._rows])
        program.row_upper_ = np.array([high for _, _, high in self._rows])
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0, *(len(known) for known, _, _ in self._rows)])
        program.a_matrix_.index_ = np.array(
            [self._unknowns[name] for known, _, _ in self._rows for name in known]
        )
        program.a_matrix_.value_ = np.array(
            [float(many) for known, _, _ in self._rows for many in known.values()]
        )
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)  # noqa: FBT003
        solver.setOptionValue("threads", 1)
        solver.passModel(program)
        return solver

    def _end(self, places: list[int], asked: Sum, sign: float) -> NDArray[np.float64]:
        """Return the scheme in which a sum is the most, or the least, it can be."""
        costs = np.array([-sign * many for many in asked.values()])
        at = np.array(places, dtype=np.int32)
        self._solver.changeColsCost(len(places), at, costs)
        self._solver.run()
        status = self._solver.getModelStatus()
        scheme = np.array(self._solver.getSolution().col_value)
        self._solver.changeColsCost(len(places), at, np.zeros(len(places)))
        assert status == highspy.HighsModelStatus.kOptimal, f"no such scheme: {status}"
        return scheme


_OF_FUNDS = {
    "households_reached",
    "households_by_town",
    "parents_reached",
    "children_reached",
    "vouchers_used",
    "respite_minutes",
}
_OF_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("parents_reached", DECLARED, FUNDS),
    ("children_reached", AGES, FUNDS),
    ("participants", YES_NO, (PROGRAMME,)),
)


def _spent(name: str, scope: str, period: Period, at: Mapping[str, Iterable[str]]) -> Sum:
    chosen = tuple(at.get("category", CATEGORIES))
    if name == "respite_minutes":
        return {("minute", scope, one, at_): 1 for one in chosen for at_ in QUARTERS[period]}
    months = [one for one in at.get("month", _months(S1)) if one in _months(period)]
    return {("voucher", scope, one, month): 1 for one in chosen for month in months}


def _months(period: Period) -> tuple[str, ...]:
    return tuple(f"{YEAR}-{month:02}" for month in period.months)


def _codes(part: Part, table: ShownTable, place: int, known: Sequence[str]) -> tuple[str, ...]:
    if part.codes != (OTHERS,):
        return part.codes
    named = {code for cell in table.cells for code in cell.at[place].codes}
    return tuple(code for code in known if code not in named)


def _minus(one: Sum, other: Sum, times: int = 1) -> Sum:
    found: defaultdict[Name, int] = defaultdict(int, one)
    for name, many in other.items():
        found[name] -= times * many
    return {name: many for name, many in found.items() if many}
