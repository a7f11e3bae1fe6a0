"""Freeze what is true of a quarter, semester or year once it is over: what people may correct.

Written once. What can be added up is the sum of the quarters, so that a year is what its quarters
said, whatever was corrected since.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.figures import activity, keeping, people, rules, tallies
from repit.domain.figures.activity import Days, Fact, Facts
from repit.domain.figures.models import ALL_FUNDS, KeptFact
from repit.domain.periods import Period, PeriodKind
from repit.domain.programmes.models import Fund, Programme

FROZEN = (PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR)
MARK = "sessions_held"
"""Always there, also when nothing happened: says that a period is frozen."""
ADDED_UP = frozenset(
    {
        "sessions_held",
        "sessions_cancelled",
        "attendances",
        "care_minutes",
        "refused_for_lack_of_care",
        "waiting_parties",
        "no_shows",
        "expected",
        "bookings",
        "assisted_bookings",
        "satisfaction_answers",
        "questionnaires",
        "satisfied",
        "referrals",
    }
)
"""A sum of what each of its quarters said. What became of referrals is read from news that nobody
can change, and what was corrected within the year counts once in it. Staff time and costs are not
frozen: they are about nobody, and are typed in after the month they are about."""
WAITED = "waiting_days"
Row = dict[str, Any]


def unfrozen(db: Session, programme_id: int, until: date) -> list[tuple[PeriodKind, Period]]:
    """Return the periods that are over and not frozen, the short ones first."""
    first = keeping.first_kept(db, programme_id)
    known = {
        (row.period, row.first_day)
        for row in db.execute(
            select(KeptFact.period, KeptFact.first_day).where(
                KeptFact.programme_id == programme_id, KeptFact.name == MARK
            )
        )
    }
    return [
        (kind, period)
        for kind, period in rules.periods_between(first or until, until)
        if kind in FROZEN and period.last_day <= until and (kind, period.first_day) not in known
    ]


def facts_of(
    db: Session, programme_id: int, kind: PeriodKind, period: Period, *, now: datetime
) -> list[Row]:
    """Return the rows that freeze a period.

    Raises:
        Nothing of its own.
    """
    zone = db.scalars(select(Programme.zone).where(Programme.id == programme_id)).one()
    days = Days(
        programme_id,
        period.first_day,
        period.last_day,
        rules.midnight(zone, period.first_day),
        rules.midnight(zone, period.last_day + rules.A_DAY),
    )
    found = activity.happened(db, days, now=now)
    facts = found.facts | people.take_up(db, days)
    if kind != PeriodKind.QUARTER:
        facts |= _added_up(db, days, facts)
    waited = int(tallies.median(Counter(found.waited_days)) or 0)
    served = found.facts["waiting_parties", "served"].households
    facts[WAITED, ""] = Fact(waited, served)
    rows = _rows(days, kind, ALL_FUNDS, facts)
    funds = db.scalars(
        select(Fund.id).where(Fund.programme_id == programme_id, Fund.funder_id.is_not(None))
    ).all()
    for fund_id in funds:
        rows += _rows(days, kind, fund_id, people.children_reached(db, days, fund_id))
    return rows


def _added_up(db: Session, days: Days, facts: Facts) -> Facts:
    """Return the sums of the quarters, with the households behind them counted once."""
    sums: Facts = {}
    for row in db.scalars(
        select(KeptFact).where(
            KeptFact.programme_id == days.programme_id,
            KeptFact.period == PeriodKind.QUARTER.value,
            KeptFact.first_day.between(days.first_day, days.last_day),
            KeptFact.name.in_(ADDED_UP),
        )
    ):
        key = (row.name, row.part)
        behind = facts.get(key, Fact()).households
        sums[key] = Fact(sums.get(key, Fact()).value + row.value, behind)
    return sums


def _rows(days: Days, kind: PeriodKind, fund_id: int, facts: Facts) -> list[Row]:
    return [
        {
            "programme_id": days.programme_id,
            "period": kind.value,
            "first_day": days.first_day,
            "fund_id": fund_id,
            "name": name,
            "part": part,
            "value": fact.value,
            "households": fact.households,
        }
        for (name, part), fact in facts.items()
    ]


def write(db: Session, rows: list[Row]) -> bool:
    """Freeze a period; False when another worker did it first.

    Raises:
        Nothing of its own.
    """
    [mark] = [row for row in rows if row["name"] == MARK and not row["part"]]
    made = inserting(db, KeptFact).on_conflict_do_nothing().returning(KeptFact.name)
    if db.scalars(made, mark).one_or_none() is None:
        return False
    db.execute(insert(KeptFact), [row for row in rows if row is not mark])
    return True
