"""Random schemes, household by household: the truth from which releases are made, counted plainly.

Who comes in which month, for whose money, for what and to which provider is drawn; a few move
house between two quarters. Nothing here knows how a release is made safe.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product

from repit.domain.releases.facts import ALL, Dimension, Fact, Facts, Statistic, Table

YEAR = 2026
YES_NO = ("yes", "no")
AGES = ("0-2", "3-5", "6-11", "12-17")
DECLARED = ("woman", "man", "unsaid")
STAGES = ("not_reached", "received", "used")
OUTCOMES = ("served", "left", "still")
CATEGORIES = ("babysitting", "home_help", "well_being", "group", "transport")


@dataclass(frozen=True)
class Period:
    """Whole months of one year, from 1 to 12."""

    months: tuple[int, ...]

    @property
    def first_day(self) -> date:
        return date(YEAR, self.months[0], 1)

    @property
    def last_day(self) -> date:
        after = self.months[-1] + 1
        return (date(YEAR, after, 1) if after <= 12 else date(YEAR + 1, 1, 1)) - timedelta(days=1)


Q1, Q2, Q3, Q4 = (Period(tuple(range(at, at + 3))) for at in (1, 4, 7, 10))
S1, S2 = Period(tuple(range(1, 7))), Period(tuple(range(7, 13)))
WHOLE_YEAR = Period(tuple(range(1, 13)))
PERIODS = (Q1, Q2, S1, Q3, Q4, S2, WHOLE_YEAR)


@dataclass(frozen=True)
class Household:
    isolated: str
    priority_area: str
    towns: tuple[str, str, str, str]
    """Per quarter."""
    parents: tuple[str, ...]
    children: tuple[str, ...]
    outcome: str
    from_month: int
    """Entitled from then on."""


@dataclass(frozen=True)
class Use:
    """Vouchers that one parent of a household used in a month."""

    household: int
    parent: int
    fund: str
    month: int
    category: str
    provider: str
    vouchers: int
    minutes: int


@dataclass(frozen=True)
class Visit:
    """A household at workshops in a month."""

    household: int
    month: int
    attendances: int
    children: int
    care_minutes: int
    refused: int
    absent: int


@dataclass
class World:
    """One programme. `issued`: month by household in which it got its first vouchers."""

    households: list[Household]
    uses: list[Use]
    visits: list[Visit]
    waiting: list[int]
    towns: tuple[str, ...]
    issued: dict[int, int] = field(default_factory=dict)
    funds: tuple[str, ...] = ("fund:1", "fund:2")
    _counted: dict[tuple[str, Period], Facts] = field(default_factory=dict)

    def uses_of(self, household: int, period: Period) -> list[Use]:
        """Return what one household used in a period."""
        return [one for one in _in(self.uses, period) if one.household == household]

    def facts(self, fund: str, period: Period) -> Facts:
        """Return all that is true for a release, counted once."""
        if (fund, period) not in self._counted:
            self._counted[fund, period] = self._count(fund, period)
        return self._counted[fund, period]

    def _count(self, fund: str, period: Period) -> Facts:
        tables = (*_fund_tables(self, fund, period), *_programme_tables(self, period))
        used = sum(one.vouchers for one in _in(self.uses, period) if one.fund == fund)
        inside = {
            at for at, one in enumerate(self.households) if one.from_month <= period.months[-1]
        }
        return Facts(
            households=len(inside),
            tables=tables,
            statistics=(Statistic("days_to_payment", 12.4, 40, 5),),
            money={"contributed": 1_000_000, "used": used * 2_000, "due": 2_000},
        )


def random_world(seed: int, households: int | None = None) -> World:
    """Return a scheme; small and large, lively and quiet ones alike."""
    dice = random.Random(seed)  # noqa: S311 - a story told with dice
    count = households or dice.choice((14, 25, 40, 60, 90, 140, 220, 400))
    towns = tuple(f"town{at:02}" for at in range(dice.randint(2, 4 + min(count // 8, 16))))
    people = [_household(dice, towns) for _ in range(count)]
    share = dice.uniform(0.3, 0.9)
    again = dice.uniform(0.1, 0.8)
    one_fund = dice.uniform(0.2, 0.9)
    providers = {name: [f"{name}{at}" for at in range(dice.randint(2, 9))] for name in CATEGORIES}
    world = World(people, [], [], [], towns)
    for at, household in enumerate(people):
        if dice.random() < 0.9:
            late = dice.random() < 0.2
            world.issued[at] = (
                dice.randint(household.from_month, 12) if late else household.from_month
            )
        if at in world.issued and dice.random() < share:
            _use(dice, world, at, again, one_fund, providers)
        if dice.random() < 0.4:
            _visit(dice, world, at)
        if dice.random() < 0.25:
            world.waiting.append(at)
    return world


def _household(dice: random.Random, towns: Sequence[str]) -> Household:
    home = dice.choices(towns, [1 / (at + 1) for at in range(len(towns))])[0]
    moved = dice.choice(towns) if dice.random() < 0.02 else home
    start = dice.randint(1, 3)
    return Household(
        isolated="yes" if dice.random() < 0.45 else "no",
        priority_area="yes" if dice.random() < 0.3 else "no",
        towns=(home,) * start + (moved,) * (4 - start),  # type: ignore[arg-type]
        parents=tuple(dice.choices(DECLARED, (6, 3, 1), k=1 + (dice.random() < 0.3))),
        children=tuple(dice.choices(AGES, k=dice.randint(1, 3))),
        outcome=dice.choices(OUTCOMES, (5, 2, 1))[0],
        from_month=1 if dice.random() < 0.8 else dice.randint(1, 12),
    )


def _use(
    dice: random.Random,
    world: World,
    at: int,
    again: float,
    one_fund: float,
    providers: dict[str, list[str]],
) -> None:
    fund = dice.choices(world.funds, (one_fund, 1 - one_fund))[0]
    month = max(world.issued[at], dice.randint(1, 12 if dice.random() < 0.3 else 3))
    while month <= 12:
        category = dice.choices(CATEGORIES, (6, 4, 3, 2, 1))[0]
        vouchers = dice.randint(1, 4)
        world.uses.append(
            Use(
                household=at,
                parent=dice.randrange(len(world.households[at].parents)),
                fund=fund if dice.random() < 0.9 else dice.choice(world.funds),
                month=month,
                category=category,
                provider=dice.choice(providers[category]),
                vouchers=vouchers,
                minutes=vouchers * dice.choice((45, 60, 90)),
            )
        )
        month += 1 if dice.random() < again else dice.randint(2, 9)


def _visit(dice: random.Random, world: World, at: int) -> None:
    for month in range(1, 13):
        if dice.random() < 0.3:
            children = dice.randint(0, len(world.households[at].children))
            world.visits.append(
                Visit(
                    at,
                    month,
                    dice.randint(1, 3),
                    children,
                    children * 120,
                    dice.random() < 0.1,
                    dice.random() < 0.15,
                )
            )


def with_one_more(world: World, seed: int) -> tuple[World, int]:
    """Return the same scheme after one more household came, and which it is.

    It comes in the second quarter: what was released of the first does not know it.
    """
    dice = random.Random(seed)  # noqa: S311 - a story told with dice
    newcomer = replace(_household(dice, world.towns), from_month=4)
    at = len(world.households)
    more = World(
        [*world.households, newcomer],
        list(world.uses),
        list(world.visits),
        list(world.waiting),
        world.towns,
        {**world.issued, at: 4},
    )
    more.uses.append(Use(at, 0, dice.choice(world.funds), 5, "babysitting", "babysitting0", 2, 120))
    more.visits.append(Visit(at, 5, 1, 1, 120, 0, 0))
    return more, at


Keyed = tuple[tuple[str, ...], int, int, str]
"""Where it counts, how much, whose household, and which provider took it ("" for none)."""


def _in(uses: Iterable[Use], period: Period) -> list[Use]:
    return [one for one in uses if one.month in period.months]


def table(
    name: str,
    scope: str,
    period: Period,
    dimensions: tuple[Dimension, ...],
    units: Iterable[Keyed],
    **more: object,
) -> Table:
    """Count units into cells and margins."""
    cells: dict[tuple[str, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for at, value, household, provider in units:
        for kept in product((True, False), repeat=len(at)):
            key = tuple(code if keep else ALL for code, keep in zip(at, kept, strict=True))
            cells[key].append((value, household, provider))
    keys = product(*[(*one.parts, ALL) for one in dimensions])
    facts = {key: _fact(cells.get(key, [])) for key in keys}
    return Table(name, scope, period.first_day, period.last_day, dimensions, facts, **more)  # type: ignore[arg-type]


def _fact(units: list[tuple[int, int, str]]) -> Fact:
    value = sum(one for one, _, _ in units)
    households = len({household for _, household, _ in units})
    if not units or not units[0][2]:
        # Of a sum that providers took, nothing at all was taken by none.
        return Fact(value, households)
    taken: Counter[str] = Counter()
    for one, _, provider in units:
        taken[provider] += one
    shares = [one / value for _, one in taken.most_common(2)] + [0.0]
    return Fact(value, households, len(taken), shares[0], shares[1])


def _fund_tables(world: World, fund: str, period: Period) -> tuple[Table, ...]:
    uses = [one for one in _in(world.uses, period) if one.fund == fund]
    homes = world.households
    reached = sorted({one.household for one in uses})
    parents = sorted({(one.household, one.parent) for one in uses})
    quarter = (period.months[-1] - 1) // 3
    yes_no = [Dimension(name, YES_NO) for name in ("isolated", "priority_area")]
    months = tuple(f"{YEAR}-{month:02}" for month in period.months)
    quarters = {code: f"{YEAR}-Q{(int(code[-2:]) + 2) // 3}" for code in months}
    category = Dimension("category", CATEGORIES)
    month = Dimension("month", months, "ordered", (quarters,))
    return (
        table(
            "households_reached",
            fund,
            period,
            tuple(yes_no),
            [((homes[at].isolated, homes[at].priority_area), 1, at, "") for at in reached],
        ),
        table(
            "households_by_town",
            fund,
            period,
            (Dimension("town", world.towns, tells=True),),
            [((homes[at].towns[quarter],), 1, at, "") for at in reached],
            total_name="households_reached",
        ),
        table(
            "parents_reached",
            fund,
            period,
            (Dimension("declared", DECLARED),),
            [((homes[at].parents[which],), 1, at, "") for at, which in parents],
        ),
        table(
            "children_reached",
            fund,
            period,
            (Dimension("age", AGES, "ordered"),),
            [((age,), 1, at, "") for at in reached for age in homes[at].children],
        ),
        table(
            "vouchers_used",
            fund,
            period,
            (category, month),
            [
                (
                    (one.category, f"{YEAR}-{one.month:02}"),
                    one.vouchers,
                    one.household,
                    one.provider,
                )
                for one in uses
            ],
            distinct=False,
            exact_total=True,
        ),
        table(
            "respite_minutes",
            fund,
            period,
            (category,),
            [((one.category,), one.minutes, one.household, one.provider) for one in uses],
            distinct=False,
            step=300,
        ),
    )


def _programme_tables(world: World, period: Period) -> tuple[Table, ...]:
    homes = world.households
    last = period.months[-1]
    used = {one.household for one in _in(world.uses, period)}
    got = {at for at, month in world.issued.items() if month <= last}
    entitled = [at for at, one in enumerate(homes) if one.from_month <= last]

    def stage(at: int) -> str:
        if at in used:
            return "used"
        return "received" if at in got else "not_reached"

    visits = [one for one in world.visits if one.month in period.months]
    comers = sorted({one.household for one in visits})
    isolated = Dimension("isolated", YES_NO)
    took = (Dimension("stage", STAGES), isolated)
    counted: list[tuple[str, Callable[[Visit], int], int]] = [
        ("attendances", lambda one: one.attendances, 5),
        ("care_minutes", lambda one: one.care_minutes, 300),
        ("refused_for_lack_of_care", lambda one: one.refused, 5),
        ("no_shows", lambda one: one.absent, 5),
    ]
    scope = "programme:1"
    sums = [
        table(
            name,
            scope,
            period,
            (),
            [((), of(one), one.household, "") for one in visits if of(one)],
            distinct=False,
            step=step,
        )
        for name, of, step in counted
    ]
    waiting = Dimension("outcome", OUTCOMES)
    return (
        table(
            "take_up",
            scope,
            period,
            took,
            [((stage(at), homes[at].isolated), 1, at, "") for at in entitled],
        ),
        table(
            "participants",
            scope,
            period,
            (isolated,),
            [((homes[at].isolated,), 1, at, "") for at in comers],
        ),
        table(
            "waiting_parties",
            scope,
            period,
            (waiting,),
            [((homes[at].outcome,), 1, at, "") for at in world.waiting],
        ),
        *sums,
    )
