"""Who was reached, each counted once: in a month, and in longer periods the union of its months.

A household counts in a month when one of its parents used a voucher in it, less those of the same
month taken back in it. In a longer period it is isolated, or in a priority area, if it was so in
one of its months; its town is that of its latest month. A parent who moved to another household
was reached in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from repit.domain.figures.homes import lived
from repit.domain.figures.models import KeptParent, KeptReached
from repit.domain.figures.moves import MonthStarts, moves
from repit.domain.households.models import Parent

YES, NO, UNSAID = "yes", "no", "unsaid"
DAY_LENGTH = 10
"""Of a day written as 2026-03-31."""


@dataclass(frozen=True)
class Count:
    households: int = 0
    parents: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.households + other.households, self.parents + other.parents)


Counts = dict[tuple[str, str], Count]
"""By dimension and part; `("", "")` for all. Dimensions: town, isolated, priority_area,
isolated*priority_area, declared (of parents; households overlap), month, and those whose parts
overlap: category, area, fund."""


@dataclass(frozen=True)
class Stretch:
    """Moments whose rows are read themselves; `months`: those it touches."""

    starts_at: datetime
    ends_at: datetime | None
    months: MonthStarts


@dataclass(frozen=True)
class Scope:
    """Which rows count: kept months, stretches beside them, and what is looked at alone.

    `live`: what came after the last closed day. `kept_until` says which months are still open:
    whoever moved a voucher in `live` lives, in these, where they live now.
    """

    programme_id: int
    kept: tuple[date, date] | None
    """First and last of the months' last days."""
    closed: Sequence[Stretch] = ()
    live: Stretch | None = None
    kept_until: date | None = None
    fund_id: int | None = None
    category: str | None = None
    town: str | None = None
    isolated: bool | None = None
    change: bool = False
    """Count only by how much `live` changes what is kept."""
    also: frozenset[str] = field(default_factory=frozenset)
    """Of `month`, `fund` and `area`: what else to divide by."""


def counted(db: Session, scope: Scope) -> Counts:
    """Return how many were reached, in one statement."""
    found: Counts = {}
    for dimension, part, households, parents in db.execute(_statement(scope)):
        key = (dimension, str(part))
        found[key] = found.get(key, Count()) + Count(int(households), int(parents))
    return found


def _statement(scope: Scope) -> Any:
    members = _members(scope)
    homes = _units(members, "household_id", scope, "homes")
    people = _units(members, "parent_id", scope, "people")
    branches = [
        _divided(units, dimension, part)
        for units in (homes, people)
        for dimension, part in _PARTS.items()
    ]
    branches += [
        _declared(members, people),
        _overlapping(members, homes, "category", members.c.category),
    ]
    if "fund" in scope.also:
        branches.append(_overlapping(members, homes, "fund", cast(members.c.fund_id, String)))
    if "area" in scope.also:
        branches.append(_overlapping(members, homes, "area", members.c.priority_area))
    if "month" in scope.also:
        branches.append(_by_month(members, scope))
    return union_all(*branches)


def _yes(flag: ColumnElement[Any]) -> ColumnElement[str]:
    return case((flag == literal_column("1"), _word(YES)), else_=_word(NO))


def _word(word: str) -> ColumnElement[str]:
    """Return a word that is no parameter: what is grouped by must be the same expression."""
    return literal_column(f"'{word}'", String)


_PARTS: Mapping[str, Any] = {
    "": lambda _unit: literal(""),
    "town": lambda unit: unit.town,
    "isolated": lambda unit: _yes(unit.isolated),
    "priority_area": lambda unit: _yes(unit.in_area),
    "isolated*priority_area": lambda unit: _yes(unit.isolated) + _word("*") + _yes(unit.in_area),
}


def _divided(units: CTE, dimension: str, part: Any) -> Select[*tuple[Any, ...]]:
    value = part(units.c)
    number = func.sum(units.c.side)
    nobody: ColumnElement[Any] = literal(0)
    homes = units.name == "homes"
    return (
        select(
            literal(dimension).label("dimension"),
            value.label("part"),
            (number if homes else nobody).label("households"),
            (nobody if homes else number).label("parents"),
        ).group_by(value)
        if dimension
        else select(
            literal(dimension).label("dimension"),
            literal("").label("part"),
            func.coalesce(number if homes else nobody, 0).label("households"),
            func.coalesce(nobody if homes else number, 0).label("parents"),
        ).select_from(units)
    )


def _declared(members: CTE, people: CTE) -> Select[*tuple[Any, ...]]:
    """Count parents by what they declared; the households behind each may overlap."""
    said = func.coalesce(people.c.declared, _word(UNSAID))
    same = and_(people.c.id == members.c.parent_id, people.c.side == members.c.side)
    return (
        select(
            literal("declared"),
            said,
            members.c.side * func.count(distinct(members.c.household_id)),
            members.c.side * func.count(distinct(members.c.parent_id)),
        )
        .join(people, same)
        .group_by(members.c.side, said)
    )


def _overlapping(
    members: CTE, homes: CTE, dimension: str, part: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """Count who is in each part; somebody may be in several."""
    return (
        select(
            literal(dimension),
            part,
            members.c.side * func.count(distinct(members.c.household_id)),
            members.c.side * func.count(distinct(members.c.parent_id)),
        )
        .join(homes, and_(homes.c.id == members.c.household_id, homes.c.side == members.c.side))
        .where(part.is_not(None))
        .group_by(members.c.side, part)
    )


def _by_month(members: CTE, scope: Scope) -> Select[*tuple[Any, ...]]:
    month = members.c.month_last_day
    homes = _units(members, "household_id", scope, "homes_by_month", by=month)
    return (
        select(
            literal("month"),
            cast(month, String),
            members.c.side * func.count(distinct(members.c.household_id)),
            members.c.side * func.count(distinct(members.c.parent_id)),
        )
        .join(
            homes,
            and_(
                homes.c.id == members.c.household_id,
                homes.c.side == members.c.side,
                homes.c.by == month,
            ),
        )
        .group_by(members.c.side, month)
    )


def _units(
    members: CTE, key: str, scope: Scope, name: str, by: ColumnElement[Any] | None = None
) -> CTE:
    """Return one row for each household, or parent: what it is in the whole of the scope."""
    unit = members.c[key]
    town = func.substr(
        func.max(cast(members.c.month_last_day, String) + members.c.town), DAY_LENGTH + 1
    )
    isolated = func.max(case((members.c.isolated, 1), else_=0))
    divided = [members.c.side, unit] if by is None else [members.c.side, unit, by]
    query = select(
        members.c.side.label("side"),
        unit.label("id"),
        town.label("town"),
        isolated.label("isolated"),
        func.max(case((members.c.priority_area.is_not(None), 1), else_=0)).label("in_area"),
        func.max(members.c.declared).label("declared"),
        *([] if by is None else [by.label("by")]),
    ).group_by(*divided)
    if scope.town is not None:
        query = query.having(town == scope.town)
    if scope.isolated is not None:
        query = query.having(isolated == int(scope.isolated))
    return query.cte(name)


def _members(scope: Scope) -> CTE:
    """Return who used a voucher in which month, with where they lived at its end."""
    if scope.live is None:
        rows = _rows(scope, None, side=1).cte("used")
        return _at_home(scope, rows, None).cte("members")
    live = moves(scope.programme_id, scope.live.starts_at, scope.live.ends_at, scope.live.months)
    moved = select(live.c.parent_id.label("parent_id")).distinct().cte("moved")
    if not scope.change:
        rows = _rows(scope, live, side=1).cte("used")
        return _at_home(scope, rows, moved).cte("members")
    homes = union(
        select(KeptParent.household_id).where(
            KeptParent.programme_id == scope.programme_id,
            KeptParent.parent_id.in_(select(moved.c.parent_id)),
        ),
        select(Parent.household_id).where(Parent.id.in_(select(moved.c.parent_id))),
    ).cte("touched")
    before = _rows(scope, None, side=-1, near=(homes, moved)).cte("used_before")
    after = _rows(scope, live, side=1, near=(homes, moved)).cte("used_after")
    both = union_all(_at_home(scope, before, None), _at_home(scope, after, moved)).cte("both_sides")
    return select(both).where(both.c.household_id.in_(select(homes.c[0]))).cte("members")


def _rows(
    scope: Scope, live: CTE | None, *, side: int, near: tuple[CTE, CTE] | None = None
) -> Select[*tuple[Any, ...]]:
    names = ("fund_id", "category", "isolated", "parent_id", "month_last_day")
    parts: list[Select[*tuple[Any, ...]]] = []
    if scope.kept is not None:
        kept = KeptReached.__table__.c
        part = select(*(kept[name] for name in names), kept.vouchers.label("used")).where(
            kept.programme_id == scope.programme_id, kept.month_last_day.between(*scope.kept)
        )
        if near is not None:
            part = part.where(kept.parent_id.in_(_neighbours(scope, *near)))
        parts.append(part)
    for number, stretch in enumerate(scope.closed):
        read = moves(
            scope.programme_id,
            stretch.starts_at,
            stretch.ends_at,
            stretch.months,
            name=f"closed_{number}",
        )
        parts.append(select(*(read.c[name] for name in names), read.c.reached.label("used")))
    if live is not None:
        parts.append(select(*(live.c[name] for name in names), live.c.reached.label("used")))
    if not parts:
        nothing = KeptReached.__table__.c
        parts.append(
            select(*(nothing[name] for name in names), nothing.vouchers.label("used")).where(
                literal(1) == 0
            )
        )
    rows = union_all(*parts).subquery()
    query = (
        select(literal(side).label("side"), *(rows.c[name] for name in names))
        .group_by(*(rows.c[name] for name in names))
        .having(func.sum(rows.c.used) > 0)
    )
    if scope.fund_id is not None:
        query = query.where(rows.c.fund_id == scope.fund_id)
    if scope.category is not None:
        query = query.where(rows.c.category == scope.category)
    return query


def _neighbours(scope: Scope, homes: CTE, moved: CTE) -> Any:
    return union(
        select(KeptParent.parent_id).where(
            KeptParent.programme_id == scope.programme_id,
            KeptParent.household_id.in_(select(homes.c[0])),
        ),
        select(moved.c.parent_id),
    )


def _at_home(scope: Scope, rows: CTE, moved: CTE | None) -> Select[*tuple[Any, ...]]:
    names = ("household_id", "town", "priority_area", "declared")
    there = lived(scope.programme_id, rows.c.parent_id, rows.c.month_last_day)
    if moved is None:
        query = select(rows, *(getattr(KeptParent, name) for name in names))
        return query.join(KeptParent, there)
    is_open = (
        literal(1) == 1
        if scope.kept_until is None
        else rows.c.month_last_day > literal(scope.kept_until, KeptParent.first_day.type)
    )
    here = Parent.id.is_not(None)
    return (
        select(
            rows,
            *(
                case((here, getattr(Parent, name)), else_=getattr(KeptParent, name)).label(name)
                for name in names
            ),
        )
        .join(moved, and_(moved.c.parent_id == rows.c.parent_id, is_open), isouter=True)
        .join(Parent, Parent.id == moved.c.parent_id, isouter=True)
        .join(KeptParent, there, isouter=True)
        .where(or_(here, KeptParent.parent_id.is_not(None)))
    )
