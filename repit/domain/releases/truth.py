"""What is true of a fund and a period, in the tables of the catalogue: the input of the engine.

Ten tables and figures, the same for every fund: see decision 0026. What is counted, and how, is
`figures.truth`; here it gets its parts, those in which there is nobody included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.categories import from_bits
from repit.domain.figures import truth
from repit.domain.figures.models import KeptParent
from repit.domain.figures.truth import Cell, Measure
from repit.domain.periods import add_months
from repit.domain.programmes.models import Fund
from repit.domain.referrals.rules import Kind
from repit.domain.releases.content import ANONYMOUS, SHARE_STEPS
from repit.domain.releases.facts import ALL, NOTHING, Dimension, Fact, Facts, Statistic, Table
from repit.domain.releases.rules import ReleasePeriod

YES_NO = ("yes", "no")
ISOLATED = Dimension("isolated", YES_NO)
PRIORITY_AREA = Dimension("priority_area", YES_NO)
DECLARED = Dimension("declared", ("woman", "man", "unsaid"))
AGE = Dimension("age", ("0-2", "3-5", "6-11", "12-17"), order="ordered")
STAGE = Dimension("stage", ("not_reached", "received", "used"))
OUTCOME = Dimension("outcome", ("served", "left"))
"""Counted when the wait ends: who still waits is counted later, once."""
HOURS = 300
"""Minutes: time is rounded to five hours."""
SHARE = SHARE_STEPS[0]
STEPS = {
    # statistics of the catalogue, and what they are rounded to
    "days_issue_to_use": 1.0,
    "providers_used": 1.0,
    "days_to_payment": 1.0,
    "waiting_days": 1.0,
    "satisfaction_good": SHARE,
    "response_rate": SHARE,
    "referrals": SHARE,
    **{f"referrals.{kind}": SHARE for kind in Kind},
    "assisted_bookings": SHARE,
    "no_show_rate": SHARE,
}


DIVIDED_BY = {
    "households_reached": ("isolated", "priority_area"),
    "households_by_town": ("town",),
    "parents_reached": ("declared",),
    "children_reached": ("age",),
    "vouchers_used": ("category", "month"),
    "respite_minutes": ("category",),
    "take_up": ("stage", "isolated"),
    "participants": ("isolated",),
    "waiting_parties": ("outcome",),
}
"""Dimensions of the catalogue's tables, in their order; the others have none."""


@dataclass(frozen=True)
class _Shape:
    """How a table of the catalogue is divided and rounded, see `facts.Table`."""

    name: str
    dimensions: tuple[Dimension, ...] = ()
    distinct: bool = True
    exact_total: bool = False
    total_name: str = ""
    step: int = 5


def scope_of(fund_id: int) -> str:
    """Return whose tables those of a fund are."""
    return f"fund:{fund_id}"


def facts_of(db: Session, fund_id: int, period: ReleasePeriod) -> Facts:
    """Return all that is true of a fund and a period that is over.

    Raises:
        NotClosedYet: the period's last day is not kept yet.
    """
    fund = db.get_one(Fund, fund_id)
    own = truth.of_fund(db, fund_id, period.first_day, period.last_day)
    shared = truth.of_programme(db, fund.programme_id, period.first_day, period.last_day)
    towns = _towns(db, fund.programme_id)
    return Facts(
        households=shared.households,
        tables=(
            *_tables(scope_of(fund_id), period, _of_fund(fund, period, towns), own.tables),
            *_tables(
                f"programme:{fund.programme_id}",
                period,
                OF_PROGRAMME,
                {
                    **shared.tables,
                    **_as_table("satisfaction_answers", shared.statistics),
                },
            ),
        ),
        statistics=tuple(_statistics({**own.statistics, **shared.statistics})),
        money=own.money,
        operator=shared.counts,
    )


OF_PROGRAMME = (
    _Shape("take_up", (STAGE, ISOLATED)),
    _Shape("participants", (ISOLATED,)),
    _Shape("attendances", distinct=False),
    _Shape("children_cared"),
    _Shape("care_minutes", distinct=False, step=HOURS),
    _Shape("refused_for_lack_of_care", distinct=False),
    _Shape("waiting_parties", (OUTCOME,), distinct=False),
    _Shape("no_shows", distinct=False),
    _Shape("satisfaction_answers", distinct=False),
)


def _of_fund(fund: Fund, period: ReleasePeriod, towns: tuple[str, ...]) -> tuple[_Shape, ...]:
    category = Dimension("category", tuple(one.value for one in from_bits(fund.categories)))
    return (
        _Shape("households_reached", (ISOLATED, PRIORITY_AREA), total_name="households_reached"),
        _Shape(
            "households_by_town",
            (Dimension("town", towns, tells=True),),
            total_name="households_reached",
        ),
        _Shape("parents_reached", (DECLARED,)),
        _Shape("children_reached", (AGE,)),
        _Shape("vouchers_used", (category, _months(period)), distinct=False, exact_total=True),
        _Shape("respite_minutes", (category,), distinct=False, step=HOURS),
    )


def _months(period: ReleasePeriod) -> Dimension:
    """Return the months of a period, which may be put together in quarters."""
    first, names = period.first_day, []
    while first <= period.last_day:
        names.append(first)
        first = add_months(first, 1)
    quarters = {f"{day:%Y-%m}": f"{day:%Y}-Q{(day.month + 2) // 3}" for day in names}
    return Dimension("month", tuple(quarters), order="ordered", ladder=(quarters,))


def _towns(db: Session, programme_id: int) -> tuple[str, ...]:
    """Return every town in which a parent of the programme has lived."""
    query = select(KeptParent.town).where(KeptParent.programme_id == programme_id).distinct()
    return tuple(sorted(db.scalars(query)))


def _as_table(name: str, statistics: Mapping[str, Measure]) -> dict[str, truth.Cells]:
    """Return a count that has no table as one: it adds up over the year, so it is attacked."""
    found = statistics.get(name)
    return {name: {(): Cell(int(found.value or 0), found.behind)}} if found else {}


def _tables(
    scope: str, period: ReleasePeriod, shapes: Iterable[_Shape], known: Mapping[str, truth.Cells]
) -> Iterable[Table]:
    for shape in shapes:
        cells = known.get(shape.name, {})
        dimensions = tuple(
            _with_all_parts(one, {at[place] for at in cells})
            for place, one in enumerate(shape.dimensions)
        )
        yield Table(
            name=shape.name,
            scope=scope,
            first_day=period.first_day,
            last_day=period.last_day,
            dimensions=dimensions,
            cells=_filled(dimensions, cells),
            distinct=shape.distinct,
            exact_total=shape.exact_total,
            total_name=shape.total_name,
            step=shape.step,
        )


def _with_all_parts(dimension: Dimension, found: set[str]) -> Dimension:
    """Return the dimension with parts that are in the figures and not in the catalogue.

    A category that the fund no longer pays for, an age that nobody wrote down.
    """
    more = sorted(found - {*dimension.parts, ALL})
    return Dimension(
        dimension.name,
        (*dimension.parts, *more),
        dimension.order,
        dimension.ladder,
        dimension.tells,
    )


def _filled(dimensions: tuple[Dimension, ...], cells: truth.Cells) -> dict[tuple[str, ...], Fact]:
    """Return a fact for every combination of parts and margins; most may be nothing."""
    places = product(*((*one.parts, ALL) for one in dimensions))
    return {at: _fact(cells[at]) if at in cells else NOTHING for at in places}


def _fact(cell: Cell) -> Fact:
    return Fact(cell.value, cell.households, cell.providers, cell.largest_share, cell.second_share)


def _statistics(known: Mapping[str, Measure]) -> Iterable[Statistic]:
    for name, step in STEPS.items():
        if name in known:
            one = known[name]
            of_households = step == SHARE and name not in ANONYMOUS
            yield Statistic(name, one.value, one.behind, one.providers, step, of_households)
