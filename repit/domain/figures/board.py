"""The operator's live board: kept sums of closed days, and the rows themselves since then.

Eight statements at most for vouchers, money and people, however long the period and its history.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from repit.db.engine import plan_each_time
from repit.domain.figures import besides, keeping, money, rules
from repit.domain.figures.asked import Activity, Asked, Board, Figures
from repit.domain.figures.models import ALL_FUNDS, KeptCount, KeptSum
from repit.domain.figures.moves import SUMS, moves, totals
from repit.domain.figures.pieces import Calendar, covering
from repit.domain.figures.reach import Count, Counts, counted
from repit.domain.households.models import Parent
from repit.domain.periods import PeriodKind, period_of
from repit.domain.programmes.models import Programme

_EMPTY: dict[str, int] = {
    "households_reached": 0,
    "parents_reached": 0,
    **dict.fromkeys((name.removesuffix("_cents") for name in SUMS), 0),
}
Divided = dict[tuple[str, str], dict[str, int]]
"""Figures by dimension and part; the whole is under two empty words."""


def read(db: Session, asked: Asked, *, now: datetime) -> Board:
    """Return the board of some days of a programme, in as many statements whatever its size.

    Days to come count nothing.

    Raises:
        Nothing of its own.
    """
    plan_each_time(db.connection())
    calendar = calendar_of(db, asked.programme_id, now=now)
    found = _sums(db, asked, calendar)
    for (dimension, part), count in reached(db, asked, calendar).items():
        named = _month_named(part) if dimension == "month" else part
        figures = found.setdefault((dimension, named), dict(_EMPTY))
        figures["households_reached"] = count.households
        figures["parents_reached"] = count.parents
    return Board(
        asked=asked,
        totals=found.get(("", ""), dict(_EMPTY)),
        money=money.of_days(db, asked, calendar),
        by_month=_by_month(asked, found),
        by_category={part: one for part, one in _parts(found, "category").items() if part},
        by_town=_parts(found, "town"),
        by_isolated=_parts(found, "isolated"),
        by_priority_area=_parts(found, "priority_area"),
        by_area=_parts(found, "area"),
        by_fund={int(part): one for part, one in _parts(found, "fund").items()},
        kept_until=calendar.kept_until,
        towns=_towns(db, asked, calendar, found),
    )


def activity(db: Session, asked: Asked, *, now: datetime) -> Activity:
    """Return what a programme did besides vouchers; filters other than the days do not apply.

    Raises:
        Nothing of its own.
    """
    plan_each_time(db.connection())
    return besides.read(db, asked, calendar_of(db, asked.programme_id, now=now))


def calendar_of(db: Session, programme_id: int, *, now: datetime) -> Calendar:
    """Return how far a programme's days are closed, in three statements.

    Raises:
        Nothing of its own; NoResultFound for a programme that is none.
    """
    zone = db.scalars(select(Programme.zone).where(Programme.id == programme_id)).one()
    first, until = keeping.first_kept(db, programme_id), keeping.kept_until(db, programme_id)
    return Calendar(programme_id, zone, first, until, now)


def _parts(found: Divided, dimension: str) -> dict[str, Figures]:
    """Return the parts of a dimension that have something in them."""
    return {
        part: one
        for (name, part), one in sorted(found.items())
        if name == dimension and any(one.values())
    }


def _by_month(asked: Asked, found: Divided) -> Mapping[date, Figures]:
    """Return every month of the period, also those in which nothing happened."""
    merged: dict[date, Figures] = {
        one.month.first_day: dict(_EMPTY)
        for one in rules.months_of(asked.first_day, asked.last_day)
    }
    for day, figures in _parts(found, "month").items():
        merged[date.fromisoformat(day)] = figures
    return merged


def _month_named(day: str) -> str:
    """Return the name of a day's month: its first day, whatever day stands for it."""
    return str(period_of(PeriodKind.MONTH, date.fromisoformat(day)).first_day)


# -- sums -----------------------------------------------------------------------------------------


def _sums(db: Session, asked: Asked, calendar: Calendar) -> Divided:
    rows = select(_rows(asked, calendar)).where(*_only(asked)).cte("looked_at")
    dimensions: dict[str, ColumnElement[Any]] = {
        "": literal_column("''", String),
        "month": cast(rows.c.month_last_day, String),
        "category": rows.c.category,
        "town": rows.c.town,
        "isolated": cast(rows.c.isolated, String),
        "priority_area": cast(rows.c.priority_area, String),
        "fund": cast(rows.c.fund_id, String),
    }
    branches = [
        select(literal(name).label("dimension"), part.label("part"), *totals(rows)).group_by(part)
        if name
        else select(literal(name).label("dimension"), part.label("part"), *totals(rows))
        for name, part in dimensions.items()
    ]
    found: Divided = {}
    for row in db.execute(union_all(*branches)).mappings():
        part = str(row["part"])
        if row["dimension"] in {"isolated", "priority_area"}:
            part = "yes" if part in {"true", "1"} else "no"
        if row["dimension"] == "month":
            part = _month_named(part)
        figures = found.setdefault((row["dimension"], part), dict(_EMPTY))
        for name in SUMS:
            figures[name.removesuffix("_cents")] += int(row[name])
    return found


def _only(asked: Asked) -> list[ColumnElement[bool]]:
    named = literal_column
    wanted: list[ColumnElement[bool]] = []
    if asked.fund_id is not None:
        wanted.append(named("fund_id") == asked.fund_id)
    if asked.category is not None:
        wanted.append(named("category") == asked.category)
    if asked.town is not None:
        wanted.append(named("town") == asked.town)
    if asked.isolated is not None:
        wanted.append(named("isolated", KeptSum.isolated.type) == literal(asked.isolated))
    return wanted


def _rows(asked: Asked, calendar: Calendar) -> CTE:
    """Return sums of months, of days, and of what is not kept yet, in the same columns."""
    kept = KeptSum.__table__.c
    names = ("fund_id", "category", "town", "isolated", "priority_area", *SUMS)
    columns = [kept[name] for name in names]
    parts: list[Select[*tuple[Any, ...]]] = [
        select(kept.first_day.label("month_last_day"), *columns).where(
            kept.programme_id == asked.programme_id,
            covering(kept, asked.first_day, asked.last_day, calendar.kept_until),
        )
    ]
    live = calendar.live(asked.first_day, asked.last_day)
    if live is not None:
        rows = moves(asked.programme_id, live.starts_at, live.ends_at, live.months)
        parts.append(
            select(
                rows.c.month_last_day,
                rows.c.fund_id,
                rows.c.category,
                Parent.town,
                rows.c.isolated,
                Parent.priority_area.is_not(None),
                *(rows.c[name] for name in SUMS),
            ).join(Parent, Parent.id == rows.c.parent_id)
        )
    return union_all(*parts).cte("rows_of_days")


def _towns(db: Session, asked: Asked, calendar: Calendar, found: Divided) -> tuple[str, ...]:
    if asked.town is None and asked.fund_id is None and asked.category is None:
        return tuple(_parts(found, "town"))
    rows = _rows(Asked(asked.programme_id, asked.first_day, asked.last_day), calendar)
    return tuple(sorted(db.scalars(select(rows.c.town).distinct())))


# -- who was reached ------------------------------------------------------------------------------


def reached(db: Session, asked: Asked, calendar: Calendar) -> Counts:
    """Return distinct households and parents: kept counts where there are, else counted now.

    Raises:
        Nothing of its own.
    """
    scope, whole = calendar.reach(asked.first_day, asked.last_day)
    scope = replace(
        scope,
        fund_id=asked.fund_id,
        category=asked.category,
        town=asked.town,
        isolated=asked.isolated,
        also=frozenset({"month", "fund", "area"}),
    )
    plain = asked.category is None and asked.town is None and asked.isolated is None
    kind = rules.kind_of(asked.first_day, asked.last_day)
    kept = _kept_counts(db, asked, kind, calendar) if whole and plain else None
    if kept is None:
        return counted(db, scope)
    if scope.live is None:
        return kept
    return added(kept, counted(db, replace(scope, change=True)))


def added(one: Counts, other: Counts) -> Counts:
    """Return both together."""
    return {key: one.get(key, Count()) + other.get(key, Count()) for key in one | other}


def _kept_counts(
    db: Session, asked: Asked, kind: PeriodKind | None, calendar: Calendar
) -> Counts | None:
    """Return the kept counts of a calendar period, its months and its funds; None if not there."""
    if kind is None or calendar.kept_until is None:
        return None
    until = calendar.kept_until
    of_period = and_(KeptCount.period == kind.value, KeptCount.first_day == asked.first_day)
    of_months = and_(
        KeptCount.period == PeriodKind.MONTH.value,
        KeptCount.first_day.between(asked.first_day, asked.last_day),
        KeptCount.dimension == "",
    )
    mine = asked.fund_id if asked.fund_id is not None else ALL_FUNDS
    rows = db.execute(
        select(
            KeptCount.period,
            KeptCount.first_day,
            KeptCount.fund_id,
            KeptCount.dimension,
            KeptCount.part,
            KeptCount.households,
            KeptCount.parents,
            KeptCount.until_day,
        ).where(
            KeptCount.programme_id == asked.programme_id,
            or_(
                and_(of_period, or_(KeptCount.fund_id == mine, KeptCount.dimension == "")),
                and_(of_months, KeptCount.fund_id == mine),
            ),
        )
    ).all()
    found: Counts = {}
    for row in rows:
        last = period_of(PeriodKind(row.period), row.first_day).last_day
        if row.until_day != min(last, until):
            return None
        count = Count(row.households, row.parents)
        if row.period == kind.value and row.fund_id == mine:
            found[row.dimension, row.part] = count
        of_others = asked.fund_id is not None and row.fund_id != mine
        if row.period == kind.value and not (row.dimension or of_others) and row.fund_id:
            found["fund", str(row.fund_id)] = count
        if row.period == PeriodKind.MONTH.value and row.fund_id == mine and not row.dimension:
            found["month", str(last)] = count
    return _if_complete(found, asked, calendar)


def _if_complete(found: Counts, asked: Asked, calendar: Calendar) -> Counts | None:
    """Every closed or begun month must be there: what is missing is not nothing."""
    first = max(asked.first_day, calendar.first_day or asked.first_day)
    assert calendar.kept_until is not None  # noqa: S101  (seen by the caller)
    months = rules.months_of(first, min(asked.last_day, calendar.kept_until))
    wanted = {("", ""), *(("month", str(one.month.last_day)) for one in months)}
    return found if wanted <= set(found) else None
