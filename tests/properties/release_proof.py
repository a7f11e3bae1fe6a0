"""Publish random schemes, attack what was published, and count what the attacker learned."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import TypedDict

from repit.domain.releases.content import Part, ShownCell, ShownTable
from repit.domain.releases.disclosure.outcome import Earlier, Safe
from repit.domain.releases.disclosure.safe import make_safe
from repit.domain.releases.facts import ALL, Fact, Facts, Table
from tests.properties.release_attacker import (
    FUNDS,
    KINDS,
    Attacker,
    Published,
    Sum,
)
from tests.properties.release_worlds import Q1, Q2, S1, Period, World

KEY = b"a key of this instance, kept secret"
FEW, NARROW = 11, 11.0
HARDLY = 16.0
PERIODS = (Q1, Q2, S1)
ORDER = tuple(product(PERIODS, FUNDS))
COUNTS_HOUSEHOLDS = {"households_reached", "households_by_town", "take_up", "participants"}


Kind = tuple[tuple[bool, ...], ...]


@dataclass
class Learned:
    """What the attacker found of the sensitive figures of one scheme or many.

    `by_money`: so few vouchers were used that the funder's own exact money says it; counted
    apart, and only where nothing beside the money said more.
    """

    sensitive: int = 0
    exact: int = 0
    narrow: int = 0
    by_money: int = 0
    worst: list[str] = field(default_factory=list)

    def add(self, other: "Learned") -> None:
        self.sensitive += other.sensitive
        self.exact += other.exact
        self.narrow += other.narrow
        self.by_money += other.by_money
        self.worst += other.worst


def publish(
    world: World,
    order: Sequence[tuple[Period, str]] = ORDER,
    known: Sequence[Published] = (),
    *,
    all_over: bool = False,
) -> list[Published]:
    """Publish releases one after another, as the application does.

    `known` is out already; with `all_over` the semester is over before the first release.
    """
    done = list(known)
    for period, fund in order:
        safe = make_release(world, period, fund, done, today=S1 if all_over else period)
        assert safe.audit.passed, safe.audit.blocks
        done.append(Published(fund, period, safe.tables))
    return done


def make_release(
    world: World,
    period: Period,
    fund: str,
    done: Sequence[Published],
    *,
    today: Period | None = None,
) -> Safe:
    """Make one release safe beside those that are out, and the truth of all that is over."""
    return make_safe(**beside(world, period, fund, done, today=today))


class Given(TypedDict):
    """The arguments of `make_safe`."""

    facts: Facts
    earlier: Sequence[Earlier]
    key: bytes
    scope: str
    first_day: date
    last_day: date


def beside(
    world: World,
    period: Period,
    fund: str,
    done: Sequence[Published],
    *,
    today: Period | None = None,
    periods: Sequence[Period] = PERIODS,
) -> Given:
    """Return a new release and all it is made safe beside, counted."""
    last = (today or period).months[-1]
    out = [Earlier(world.facts(one.fund, one.period).tables, one.tables) for one in done]
    is_out = {(one.period, one.fund) for one in done}
    over = [
        Earlier(world.facts(name, one).tables)
        for one, name in product(periods, FUNDS)
        if one.months[-1] <= last and (one, name) not in is_out
    ]
    return Given(
        facts=world.facts(fund, period),
        earlier=[*out, *over],
        key=KEY,
        scope=fund,
        first_day=period.first_day,
        last_day=period.last_day,
    )


def primary_only(world: World, order: Sequence[tuple[Period, str]] = ORDER) -> list[Published]:
    """Publish every cell of eleven households or more as it is, and hide the others."""
    return [
        Published(fund, period, tuple(map(_large_cells, world.facts(fund, period).tables)))
        for period, fund in order
    ]


def _large_cells(table: Table) -> ShownTable:
    cells = []
    for at, fact in table.cells.items():
        parts = tuple(
            Part(one.parts, whole=True) if code == ALL else Part((code,))
            for code, one in zip(at, table.dimensions, strict=True)
        )
        shown = fact.households >= FEW or (table.exact_total and set(at) == {ALL})
        cells.append(ShownCell(parts, fact.value if shown else None))
    names = tuple(one.name for one in table.dimensions)
    return ShownTable(table.name, names, tuple(cells), 1)


def attack(world: World, releases: Sequence[Published]) -> Learned:
    """Let the attacker loose on all releases together, and judge by the truth what it learned."""
    attacker, secrets = _at_work(world, releases)
    learned = Learned(len(secrets))
    ranges = _ranges(attacker, secrets, NARROW)
    for one, (low, high) in zip(secrets, ranges, strict=True):
        width = (high - low) / one.unit
        sure = low - 1e-4 <= one.value <= high + 1e-4
        assert sure or width >= NARROW, f"the attacker errs: {one.what}"
        if width > NARROW - 1e-4:
            continue
        if width > one.by_money - 1e-4:
            learned.by_money += 1
            continue
        learned.narrow += 1
        learned.exact += width * one.unit < 1
        learned.worst.append(f"{one.what} is {one.value}: {low:.1f} to {high:.1f}")
    return learned


def narrow_in_whole_numbers(
    world: World, releases: Sequence[Published], most: int
) -> tuple[int, list[str]]:
    """Attack again what was hardly wide enough, now that only whole households count.

    Returns how many figures were attacked, of at most `most`, and which are narrow.
    """
    attacker, secrets = _at_work(world, releases)
    ranges = _ranges(attacker, secrets, HARDLY)
    hardly = [
        one
        for one, (low, high) in zip(secrets, ranges, strict=True)
        if one.unit == 1 and one.by_money >= NARROW and high - low < HARDLY
    ][:most]
    attacker.think_in_whole_households()
    ranges = _ranges(attacker, hardly, NARROW)
    return len(hardly), [
        f"{one.what} is {one.value}: {low:.1f} to {high:.1f}"
        for one, (low, high) in zip(hardly, ranges, strict=True)
        if high - low < NARROW - 1e-4
    ]


def _at_work(world: World, releases: Sequence[Published]) -> tuple[Attacker, list["_Secret"]]:
    still = all(len(set(one.towns)) == 1 for one in world.households)
    attacker = Attacker(world.towns, releases, nobody_moved=still)
    return attacker, list(_secrets(world, attacker))


def _ranges(
    attacker: Attacker, secrets: Sequence["_Secret"], enough: float
) -> list[tuple[float, float]]:
    asked = [one.asked for one in secrets]
    return attacker.widths(asked, [enough * one.unit for one in secrets])


@dataclass(frozen=True)
class _Secret:
    what: str
    asked: Sum
    value: int
    unit: int
    by_money: float = NARROW


def _secrets(world: World, attacker: Attacker) -> Iterator[_Secret]:
    seen: set[tuple[tuple[object, int], ...]] = set()
    for secret in (*_cells(world, attacker), *_kinds(world, attacker)):
        key = tuple(sorted(secret.asked.items(), key=str))
        if key not in seen and secret.asked:
            seen.add(key)
            yield secret


def _cells(world: World, attacker: Attacker) -> Iterator[_Secret]:
    """Give every small cell of every table, and what cells leave of their margins."""
    money = _exact_money(world)
    for fund, period in product(FUNDS, PERIODS):
        for table in world.facts(fund, period).tables:
            for at, fact in table.cells.items():
                if table.exact_total and set(at) == {ALL}:
                    continue
                asked = attacker.cell(table.name, table.scope, period, _codes(table, at))
                what = f"{table.name} of {table.scope} in {period.months}: {at}"
                limit = NARROW
                if table.exact_total:
                    limit = min(money[fund, one] for one in PERIODS if _holds(one, period, at))
                if _small(fact):
                    yield _Secret(what, asked, fact.value, table.unit, limit)
                if table.name in COUNTS_HOUSEHOLDS:
                    yield from _rests(attacker, table, period, at)


def _rests(
    attacker: Attacker, table: Table, period: Period, at: tuple[str, ...]
) -> Iterator[_Secret]:
    asked = attacker.cell(table.name, table.scope, period, _codes(table, at))
    for margin in _margins(at):
        rest = table.cells[margin].value - table.cells[at].value
        if 0 < rest < FEW:
            whole = attacker.cell(table.name, table.scope, period, _codes(table, margin))
            left = {name: 1 for name in whole if name not in asked}
            yield _Secret(f"{margin} less {at} of {table.name}", left, rest, table.unit)


def _codes(table: Table, at: tuple[str, ...]) -> dict[str, Iterable[str]]:
    return {
        one.name: (code,) for one, code in zip(table.dimensions, at, strict=True) if code != ALL
    }


def _holds(one: Period, period: Period, at: tuple[str, ...]) -> bool:
    months = {int(at[1][-2:])} if at[1] != ALL else set(period.months)
    return months <= set(one.months)


def _margins(at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    places = [place for place, code in enumerate(at) if code != ALL]
    for place in places:
        yield (*at[:place], ALL, *at[place + 1 :])
    if len(places) > 1:
        yield (ALL,) * len(at)


def _small(fact: Fact) -> bool:
    if fact.households < FEW:
        return True
    if fact.providers is None:
        return False
    first, second = fact.largest_share, fact.second_share
    return fact.providers < 3 or first > 0.85 or 1 - first - second < 0.1 * first


def _exact_money(world: World) -> dict[tuple[str, Period], float]:
    return {
        (fund, period): float(
            sum(
                one.vouchers
                for one in world.uses
                if one.fund == fund and one.month in period.months
            )
        )
        for fund, period in product(FUNDS, PERIODS)
    }


def _kinds(world: World, attacker: Attacker) -> Iterator[_Secret]:
    """Give who came in one period and not in the other, for one fund and not for the other."""
    came = [kind_of(world, at) for at in sorted({one.household for one in world.uses})]
    for what, chosen in _named_sets():
        value = sum(kind in chosen for kind in came)
        if 0 < value < FEW:
            yield _Secret(what, attacker.kinds(chosen), value, 1)


def kind_of(world: World, household: int) -> Kind:
    """Return in which quarters and for which funds a household came."""
    months = {(one.month in Q2.months, one.fund) for one in world.uses_of(household, S1)}
    return tuple(tuple((late, fund) in months for fund in FUNDS) for late in (False, True))


def _named_sets() -> Iterator[tuple[str, list[Kind]]]:
    for at, fund in enumerate(FUNDS):
        for quarter, name in enumerate(("first", "second")):
            only = [one for one in KINDS if one[1 - quarter][at] and not one[quarter][at]]
            yield f"{fund} in the semester, not in the {name} quarter", only
        yield f"{fund} in both", [one for one in KINDS if one[0][at] and one[1][at]]
        for quarter in (0, 1):
            other = [one for one in KINDS if one[quarter][1 - at] and not one[quarter][at]]
            yield f"not {fund} in quarter {quarter}", other
        never = [one for one in KINDS if not any(each[at] for each in one)]
        yield f"never {fund}", never
    for quarter in (0, 1):
        yield f"both funds in {quarter}", [one for one in KINDS if all(one[quarter])]
    yield "both funds", [one for one in KINDS if all(any(q[f] for q in one) for f in (0, 1))]
    for quarter in (0, 1):
        gone = [one for one in KINDS if any(one[quarter]) and not any(one[1 - quarter])]
        yield f"programme in {quarter} alone", gone
    yield "programme in both", [one for one in KINDS if all(map(any, one))]
