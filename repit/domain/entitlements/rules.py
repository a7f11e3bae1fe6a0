"""What a scale gives a parent, and why. Pure functions: no database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from repit.domain.entitlements.errors import IsolatedNotFavoured, ScaleGivesNothing


class Condition(StrEnum):
    EVERY_PARENT = "every_parent"
    ISOLATED = "isolated"
    CHILD_UNDER = "child_under"
    CHILD_MORE_SUPPORT = "child_more_support"
    PRIORITY_AREA = "priority_area"
    CHILDREN_AT_LEAST = "children_at_least"


PER_CHILD = {Condition.CHILD_UNDER, Condition.CHILD_MORE_SUPPORT}
WITH_THRESHOLD = {Condition.CHILD_UNDER, Condition.CHILDREN_AT_LEAST}


class Effect(StrEnum):
    ADD = "add"
    SET = "set"


@dataclass(frozen=True)
class Rule:
    """One line of a scale. `threshold`: an age in years, or a number of children."""

    label: str
    condition: Condition
    effect: Effect
    vouchers: int
    threshold: int | None = None


@dataclass(frozen=True)
class FamilyFacts:
    """What the scale may look at, on the first day of the period."""

    isolated: bool = False
    child_ages: tuple[int, ...] = ()
    children_more_support: int = 0
    priority_area: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the explanation: what this rule added to (or took from) the total."""

    label: str
    condition: str
    vouchers: int


@dataclass(frozen=True)
class Computed:
    vouchers: int
    lines: tuple[Line, ...]


def compute(rules: Iterable[Rule], cap: int | None, facts: FamilyFacts) -> Computed:
    """Return the number of vouchers for one period, and the lines that add up to it.

    Rules are read in their order; `add` adds (per child where the condition is about a
    child), `set` replaces the total so far. The cap, when there is one, has its own line.
    """
    total = 0
    lines = []
    for rule in rules:
        times = _times(rule, facts)
        if not times:
            continue
        given = rule.vouchers * times
        change = given if rule.effect is Effect.ADD else given - total
        total += change
        if change:
            lines.append(Line(rule.label, rule.condition.value, change))
    if cap is not None and total > cap:
        lines.append(Line("", "cap", cap - total))
        total = cap
    return Computed(total, tuple(lines))


def _times(rule: Rule, facts: FamilyFacts) -> int:
    threshold = rule.threshold or 0
    match rule.condition:
        case Condition.EVERY_PARENT:
            return 1
        case Condition.ISOLATED:
            return int(facts.isolated)
        case Condition.PRIORITY_AREA:
            return int(facts.priority_area)
        case Condition.CHILD_UNDER:
            return sum(age < threshold for age in facts.child_ages)
        case Condition.CHILD_MORE_SUPPORT:
            return facts.children_more_support
        case Condition.CHILDREN_AT_LEAST:
            return int(len(facts.child_ages) >= threshold)


def check_favours_isolated(rules: Sequence[Rule], cap: int | None) -> None:
    """Refuse a scale in which an isolated parent does not get strictly more.

    Every family a rule can tell apart is tried: up to eight children on either side of
    each age in the scale, with and without more support and priority neighbourhood. The
    cap counts: an isolated parent who meets it too early is not favoured.

    Raises:
        ScaleGivesNothing: a parent with none of the conditions would get no voucher.
        IsolatedNotFavoured: some family gets as much without being isolated; names it.
    """
    if compute(rules, cap, FamilyFacts()).vouchers == 0:
        raise ScaleGivesNothing
    for facts in _families(rules):
        alone = FamilyFacts(
            isolated=True,
            child_ages=facts.child_ages,
            children_more_support=facts.children_more_support,
            priority_area=facts.priority_area,
        )
        base, more = compute(rules, cap, facts), compute(rules, cap, alone)
        if more.vouchers <= base.vouchers:
            raise IsolatedNotFavoured(
                isolated=more.vouchers,
                others=base.vouchers,
                children=len(facts.child_ages),
                more_support=facts.children_more_support,
                priority_area=facts.priority_area,
            )


MOST_CHILDREN = 8


def _families(rules: Sequence[Rule]) -> Iterable[FamilyFacts]:
    ages = sorted({0, *(r.threshold or 0 for r in rules if r.condition is Condition.CHILD_UNDER)})
    for children in range(MOST_CHILDREN + 1):
        for age in ages if children else [0]:
            for support in {0, children}:
                for area in (False, True):
                    yield FamilyFacts(
                        child_ages=(age,) * children,
                        children_more_support=support,
                        priority_area=area,
                    )
