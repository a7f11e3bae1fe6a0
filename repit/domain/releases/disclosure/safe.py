"""The door of the engine: from what is true to what may be shown."""

from collections.abc import Sequence
from datetime import date
from math import floor

from repit.domain.releases.content import (
    SHARE_STEPS,
    TINY,
    Amount,
    ShownStatistic,
    ShownTable,
)
from repit.domain.releases.disclosure.errors import DoesNotAddUp
from repit.domain.releases.disclosure.fitting import Fitted, Fitting
from repit.domain.releases.disclosure.grouping import Layout, finest
from repit.domain.releases.disclosure.linking import Series, regions_of
from repit.domain.releases.disclosure.outcome import (
    Audit,
    Block,
    Earlier,
    Safe,
    Where,
    published,
    series,
)
from repit.domain.releases.disclosure.primary import (
    LEAST_HOUSEHOLDS,
    LEAST_PROVIDERS,
    Truth,
)
from repit.domain.releases.disclosure.rounding import identity_of, rounded
from repit.domain.releases.disclosure.showing import shown_table
from repit.domain.releases.disclosure.touching import touching
from repit.domain.releases.facts import ALL, Facts, Statistic, Table

EXACT_MONEY = frozenset({"contributed", "available", "returned"})
"""What a funder gave, what is left of it and what came back: theirs, always exact.

What is due to providers is what families used and nobody paid yet: it speaks of them.
"""
SMALL_STEP_CENTS = 10_000


def make_safe(
    facts: Facts,
    earlier: Sequence[Earlier],
    *,
    key: bytes,
    scope: str,
    first_day: date,
    last_day: date,
) -> Safe:
    """Return what a funder may see of a fund and a period, and the attack that it withstands.

    A table of the same scope, name and period that is published already is given back as it was
    published. The same facts, earlier releases and key give the same answer. It takes from
    milliseconds to minutes: a job's work. It loads HiGHS and numpy.

    Args:
        facts: The truth of the new release.
        earlier: Everything of the programme that it can be laid beside, see `Earlier`.
        key: Secret, of this instance; 16 bytes at least. It serves the rounding alone.
        scope: Of the fund, as in its tables (`fund:7`).
        first_day: Of the period.
        last_day: Of the period, inclusive.

    Raises:
        DoesNotAddUp: A margin of a table is not the sum of its cells.
        AttackFailed: The solver gave no answer; nothing may be published.
    """
    small = facts.households < LEAST_HOUSEHOLDS
    money = tuple(
        Amount(name, cents)
        if not small or name in EXACT_MONEY
        else _rounded_amount(
            name, cents, key, identity_of(name, scope, first_day, last_day, ("money",))
        )
        for name, cents in facts.money.items()
    )
    if small:
        return Safe(small, (), (), money, Audit())
    tables, audit = _tables(facts.tables, earlier, key)
    return Safe(small, tables, tuple(map(_statistic, facts.statistics)), money, audit)


def _tables(
    wanted: Sequence[Table], earlier: Sequence[Earlier], key: bytes
) -> tuple[tuple[ShownTable, ...], Audit]:
    for table in wanted:
        _refuse_other_sums(Truth(table))
    before = {series(table): published(earlier, table) for table in wanted}
    truths, shown = _known(wanted, earlier)
    layouts: dict[Series, Layout] = {}
    fitted: list[Fitted] = []
    new = {series(table) for table in wanted} - set(shown)
    for group in touching(list(truths.values())):
        fresh = [one for one in group if series(one.table) in new]
        if not fresh:
            continue
        names = {series(one.table) for one in group}
        fitting = Fitting(group, {name: shown[name] for name in shown if name in names}, key)
        fitted.append(fitting.fit({series(one.table): finest(one) for one in fresh}))
        layouts |= fitted[-1].layouts
    tables = tuple(
        shown_table(truths[series(table)], layouts[series(table)], key)
        if series(table) in new
        else shown[series(table)]
        for table in wanted
    )
    changed = [
        Block("changed", _where(table))
        for table in wanted
        if (known := before[series(table)]) and _figures(known[0]) != _figures(table)
    ]
    return tables, _audit(tables, fitted, changed)


def _known(
    wanted: Sequence[Table], earlier: Sequence[Earlier]
) -> tuple[dict[Series, Truth], dict[Series, ShownTable]]:
    """Return each table once, and the published form of those that are.

    A table counts as it was when it was published: that is what the published numbers tell of.
    """
    shown: dict[Series, ShownTable] = {}
    truths: dict[Series, Truth] = {}
    tables = [table for one in earlier for table in one.tables]
    for table in (*tables, *wanted):
        name = series(table)
        if name in truths:
            continue
        before = published(earlier, table)
        if before is not None:
            shown[name] = before[1]
        truths[name] = Truth(before[0] if before else table)
    ordered = sorted(truths)
    return {name: truths[name] for name in ordered}, shown


def _audit(
    tables: Sequence[ShownTable], fitted: Sequence[Fitted], changed: Sequence[Block]
) -> Audit:
    hidden = [one.name for one in tables if all(cell.value is None for cell in one.cells)]
    return Audit(
        guarded=tuple(one for part in fitted for one in part.guarded),
        blocks=(*changed, *(block for part in fitted for block in part.blocks)),
        coarsened=tuple((one.name, one.coarsened) for one in tables if one.coarsened),
        hidden=tuple(hidden),
        programs=sum(part.programs for part in fitted),
    )


def _refuse_other_sums(truth: Truth) -> None:
    """A figure that is published is the sum of its cells, and so is what the attack is told."""
    table = truth.table
    for region in regions_of(truth):
        at = tuple(
            ALL if codes == parts else codes[0]
            for codes, parts in zip(region, truth.parts, strict=True)
        )
        cells = truth.value(region)
        if table.cells[at].value != cells:
            raise DoesNotAddUp(table.name, table.scope, at, table.cells[at].value, cells)


def _figures(table: Table) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return what is counted; a new town in which nobody is yet changes nothing."""
    counted = ((at, (one.value, one.households)) for at, one in table.cells.items())
    return {at: figures for at, figures in counted if figures != (0, 0)}


def _where(table: Table) -> Where:
    at = (ALL,) * len(table.dimensions)
    return Where("cell", table.name, table.scope, table.first_day, table.last_day, at)


def _statistic(statistic: Statistic) -> ShownStatistic:
    few = statistic.behind < LEAST_HOUSEHOLDS
    few = few or (statistic.providers is not None and statistic.providers < LEAST_PROVIDERS)
    if few or statistic.value is None:
        return ShownStatistic(statistic.name, None)
    step = _step(statistic)
    if step is None:
        return ShownStatistic(statistic.name, None)
    if step >= 1:
        return ShownStatistic(statistic.name, round(round(statistic.value / step) * step, 6))
    return _share(statistic.name, statistic.value, step)


def _share(name: str, value: float, step: float) -> ShownStatistic:
    """Return the slice that a share lies in, as wide as its step at both ends too.

    Rounded to the nearest, 12 % would be 0 %: that is false, and half a slice, which is half as
    many as must stand behind a figure.
    """
    if not 0 <= value <= 1:
        return ShownStatistic(name, None)
    last = round(1 / step) - 1
    return ShownStatistic(name, round(min(floor(value / step + TINY), last) * step, 6), step)


def _step(statistic: Statistic) -> float | None:
    """Return what a statistic is rounded to, or None when nothing is coarse enough.

    A share of fifteen households to 5 % says how many they are: what is rounded to the same
    figure must be eleven of those behind it.
    """
    if not statistic.share:
        return statistic.step
    coarse = (
        one
        for one in (statistic.step, *SHARE_STEPS[1:])
        if one * statistic.behind >= LEAST_HOUSEHOLDS
    )
    return next(coarse, None)


def _rounded_amount(name: str, cents: int, key: bytes, identity: list[str]) -> Amount:
    return Amount(name, rounded(cents, SMALL_STEP_CENTS, key, identity), rounded=True)
