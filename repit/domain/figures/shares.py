"""What a fund's vouchers were used for, with the households and the providers behind each cell.

A disclosure rule looks at how many providers took the money, and at the two who took most of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Select, String, cast, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from repit.domain.figures.homes import lived
from repit.domain.figures.models import KeptParent
from repit.domain.figures.moves import moves
from repit.domain.figures.pieces import Calendar

ALL = "*"
_EVERY: Any = literal_column("'*'", String)


@dataclass(frozen=True)
class Cell:
    """A true value; the households behind it; who took the money, when providers are asked."""

    value: int
    households: int
    providers: int | None = None
    largest_share: float = 0.0
    """Of the euros, from 0 to 1."""
    second_share: float = 0.0


Cells = Mapping[tuple[str, ...], Cell]
"""By parts, `ALL` for margins: every combination that has something, and every margin."""


@dataclass(frozen=True)
class Used:
    """`vouchers` by category and month, `minutes` by category, and how many providers in all."""

    vouchers: Cells
    minutes: Cells
    providers: int


def used(db: Session, calendar: Calendar, fund_id: int, first_day: date, last_day: date) -> Used:
    """Return what a fund's vouchers were used for in a closed period, in one statement.

    A household or a provider stands behind a cell unless all of it was taken back there.

    Raises:
        Nothing of its own.
    """
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for kind, category, month, value, spent in db.execute(
        _statement(calendar, fund_id, first_day, last_day)
    ):
        at = (month if month == ALL else month[:7],)
        found[kind, category, at[0]].append((int(value), int(spent)))
    vouchers: dict[tuple[str, ...], Cell] = {
        (category, month): _cell(found, category, month)
        for kind, category, month in list(found)
        if kind == "sum"
    }
    minutes: dict[tuple[str, ...], Cell] = {
        (category,): _minutes(found, category)
        for kind, category, month in list(found)
        if kind == "sum" and month == ALL
    }
    vouchers.setdefault((ALL, ALL), Cell(0, 0, 0))
    minutes.setdefault((ALL,), Cell(0, 0, 0))
    return Used(vouchers, minutes, len(_takings(found, ALL, ALL)))


def _cell(found: Any, category: str, month: str) -> Cell:
    [(value, _)] = found["sum", category, month]
    homes = sum(1 for vouchers, _ in found.get(("home", category, month), ()) if vouchers)
    return Cell(value, homes, *_dominance(_takings(found, category, month)))


def _minutes(found: Any, category: str) -> Cell:
    [(_, minutes)] = found["sum", category, ALL]
    homes = sum(1 for _, spent in found.get(("home", category, ALL), ()) if spent)
    return Cell(minutes, homes, *_dominance(_takings(found, category, ALL)))


def _takings(found: Any, category: str, month: str) -> list[int]:
    """Return what each provider took in cents, the largest first."""
    took = (cents for cents, _ in found.get(("provider", category, month), ()) if cents > 0)
    return sorted(took, reverse=True)


def _dominance(takings: list[int]) -> tuple[int, float, float]:
    whole = sum(takings)
    first, second = ([*takings, 0, 0])[:2]
    return len(takings), first / whole if whole else 0.0, second / whole if whole else 0.0


def _statement(calendar: Calendar, fund_id: int, first_day: date, last_day: date) -> Any:
    base = _base(calendar, fund_id, first_day, last_day)
    levels = [
        (base.c.category, base.c.month),
        (base.c.category, _EVERY),
        (_EVERY, base.c.month),
        (_EVERY, _EVERY),
    ]
    branches: list[Select[*tuple[Any, ...]]] = []
    for category, month in levels:
        keys = [one for one in (category, month) if one is not _EVERY]
        columns = (category.label("category"), month.label("month"))
        vouchers, minutes = func.sum(base.c.vouchers), func.sum(base.c.minutes)
        whole = select(_word("sum"), *columns, vouchers, minutes)
        branches += [
            whole.group_by(*keys) if keys else whole.having(func.count() > 0),
            select(_word("home"), *columns, vouchers, minutes).group_by(*keys, base.c.household_id),
            select(_word("provider"), *columns, func.sum(base.c.cents), minutes).group_by(
                *keys, base.c.provider_id
            ),
        ]
    return union_all(*branches)


def _word(kind: str) -> Any:
    return literal_column(f"'{kind}'", String).label("kind")


def _base(calendar: Calendar, fund_id: int, first_day: date, last_day: date) -> CTE:
    """Return what each household used with each provider, in each month and category."""
    stretch = calendar.stretch(first_day, last_day)
    rows = moves(calendar.programme_id, stretch.starts_at, stretch.ends_at, stretch.months)
    divided = [
        rows.c.category.label("category"),
        cast(rows.c.month_last_day, String).label("month"),
        KeptParent.household_id.label("household_id"),
        rows.c.provider_id.label("provider_id"),
    ]
    there = lived(calendar.programme_id, rows.c.parent_id, rows.c.month_last_day)
    return (
        select(
            *divided,
            func.sum(rows.c.vouchers_used).label("vouchers"),
            func.sum(rows.c.used_cents).label("cents"),
            func.sum(rows.c.respite_minutes).label("minutes"),
        )
        .join(KeptParent, there)
        .where(rows.c.fund_id == fund_id, rows.c.provider_id.is_not(None))
        .group_by(*divided)
        .cte("base")
    )
