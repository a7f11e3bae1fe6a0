"""Vouchers as they move, one row for each movement: the rows behind every sum of figures.

What is counted is the ledger: a transfer counts at its own moment, whatever the day of service.
Nothing here reads a stored balance or a voucher's present state.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from repit.domain.entitlements.models import Allowance
from repit.domain.figures.models import KeptSum
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Voucher

SUMS = (
    "vouchers_issued",
    "issued_cents",
    "vouchers_used",
    "used_cents",
    "vouchers_lapsed",
    "lapsed_cents",
    "vouchers_cancelled",
    "cancelled_cents",
    "respite_minutes",
    "respite_sessions",
)
assert set(SUMS) < set(KeptSum.__table__.columns.keys())  # noqa: S101  (said twice, must agree)
_TAKEN = (TransferKind.REDEEM, TransferKind.REVERSE)
_OTHERS = (TransferKind.ISSUE, TransferKind.EXPIRE, TransferKind.CANCEL)

MonthStarts = Sequence[tuple[datetime, date]]
"""The moment at which each month begins, and its last day; in order, at least one."""


def moves(
    programme_id: int,
    starts_at: datetime,
    ends_at: datetime | None,
    months: MonthStarts,
    *,
    name: str = "moves",
) -> CTE:
    """Return every movement of a programme's vouchers between two moments.

    Columns: fund_id, parent_id, isolated, category, provider_id, redemption_id, at,
    month_last_day, those of `SUMS`, and `reached`: 1 for a voucher used, -1 for one taken back
    that had been used in the same month, 0 for what says nothing of who was reached.

    Args:
        ends_at: not included; None for up to now.
        months: those in which the moments lie.
    """
    between = [Transfer.at >= starts_at]
    if ends_at is not None:
        between.append(Transfer.at < ends_at)
    parts = (
        _taken(programme_id, months),
        _others(programme_id, months),
        _lost(programme_id, months),
    )
    return union_all(*(part.where(*between) for part in parts)).cte(name)


def _taken(programme_id: int, months: MonthStarts) -> Select[*tuple[Any, ...]]:
    """Vouchers used, and taken back. A service's minutes are shared among its vouchers."""
    back = Transfer.kind == TransferKind.REVERSE
    sign = case((back, -1), else_=1)
    place = func.row_number().over(
        partition_by=[Transfer.kind, Transfer.redemption_id], order_by=Transfer.voucher_id
    )
    month_began = _by_month(months, [literal(start, Transfer.at.type) for start, _ in months])
    reached = case((~back, 1), (Redemption.received_at >= month_began, -1), else_=0)
    sums = {
        "vouchers_used": sign,
        "used_cents": sign * Transfer.amount_cents,
        "respite_minutes": sign * _share(Redemption.minutes, place),
        "respite_sessions": sign * _share(Redemption.sessions, place),
    }
    return (
        _rows(programme_id, months, sums, reached, Redemption.category)
        .join(Redemption, Redemption.id == Transfer.redemption_id)
        .where(Transfer.kind.in_(_TAKEN))
    )


def _share(whole: Any, place: ColumnElement[int]) -> Any:
    """Return the part of one voucher, so that those of one redemption add up to it exactly."""
    whole = func.coalesce(whole, 0)
    return place * whole // Redemption.vouchers - (place - 1) * whole // Redemption.vouchers


def _others(programme_id: int, months: MonthStarts) -> Select[*tuple[Any, ...]]:
    def when(kind: TransferKind, value: Any) -> ColumnElement[int]:
        return case((Transfer.kind == kind, value), else_=0)

    names = ("issued", "lapsed", "cancelled")
    sums: dict[str, ColumnElement[int]] = {}
    for name, kind in zip(names, _OTHERS, strict=True):
        sums[f"vouchers_{name}"] = when(kind, 1)
        sums[f"{name}_cents"] = when(kind, Transfer.amount_cents)
    return _rows(programme_id, months, sums, literal(0), literal("")).where(
        Transfer.kind.in_(_OTHERS)
    )


def _lost(programme_id: int, months: MonthStarts) -> Select[*tuple[Any, ...]]:
    """A voucher taken back when its time is over goes back to the fund: it has lapsed."""
    credited = aliased(Account)
    sums = {"vouchers_lapsed": literal(1), "lapsed_cents": Transfer.amount_cents}
    return (
        _rows(programme_id, months, sums, literal(0), literal(""))
        .join(credited, credited.id == Transfer.credit_id)
        .where(Transfer.kind == TransferKind.REVERSE, credited.kind == AccountKind.AVAILABLE)
    )


def _rows(
    programme_id: int,
    months: MonthStarts,
    sums: dict[str, Any],
    reached: ColumnElement[int],
    category: Any,
) -> Select[*tuple[Any, ...]]:
    of_redemption = "vouchers_used" in sums
    nobody: Any = cast(None, Integer)
    return (
        select(
            Voucher.fund_id.label("fund_id"),
            Voucher.parent_id.label("parent_id"),
            Allowance.isolated.label("isolated"),
            category.label("category"),
            (Redemption.provider_id if of_redemption else nobody).label("provider_id"),
            Transfer.redemption_id.label("redemption_id"),
            Transfer.voucher_id.label("voucher_id"),
            Transfer.at.label("at"),
            _by_month(months, [literal(last, Date) for _, last in months]).label("month_last_day"),
            *(cast(sums.get(name, literal(0)), Transfer.id.type).label(name) for name in SUMS),
            reached.label("reached"),
        )
        .select_from(Transfer)
        .join(Voucher, Voucher.id == Transfer.voucher_id)
        .join(Allowance, Allowance.id == Voucher.allowance_id)
        .where(Voucher.programme_id == programme_id)
    )


def _by_month(months: MonthStarts, values: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Return the value of the month in which a transfer was made."""
    later = [
        (Transfer.at >= start, value)
        for (start, _), value in zip(reversed(months[1:]), reversed(values[1:]), strict=True)
    ]
    return case(*later, else_=values[0]) if later else values[0]


def totals(rows: FromClause) -> list[ColumnElement[Any]]:
    """Return the sums of these rows, under their own names, as whole numbers."""
    whole = Transfer.id.type
    return [cast(func.coalesce(func.sum(rows.c[name]), 0), whole).label(name) for name in SUMS]
