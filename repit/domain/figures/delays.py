"""How long things took: medians, in whole days, from counts of each length."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, cast, distinct, func, select
from sqlalchemy.orm import Session

from repit.domain.figures.homes import lived
from repit.domain.figures.models import KeptParent
from repit.domain.figures.pieces import Calendar
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.redemptions.models import PayoutRedemption, Redemption
from repit.domain.vouchers.models import Voucher

Delay = tuple[float | None, int, int | None]
"""The median, the households behind it, and the providers where it is about them."""


def issue_to_use(
    db: Session, calendar: Calendar, fund_id: int | None, first_day: date, last_day: date
) -> float | None:
    """Return the median of the days between a voucher's issue and its use, both by their UTC day.

    Every use counts, also one that was taken back later.

    Raises:
        Nothing of its own.
    """
    stretch = calendar.stretch(first_day, last_day)
    days = _days_between(db, Transfer.at, Voucher.issued_at)
    used = (
        select(days.label("days"), func.count())
        .select_from(Transfer)
        .join(Voucher, Voucher.id == Transfer.voucher_id)
        .where(
            Transfer.kind == TransferKind.REDEEM,
            Transfer.at >= stretch.starts_at,
            Transfer.at < stretch.ends_at,
            *_of(fund_id, calendar),
        )
    )
    return _median(db, used)


def to_payment(
    db: Session, calendar: Calendar, fund_id: int | None, first_day: date, last_day: date
) -> Delay:
    """Return the median of the days between a redemption and the bank's day of its payment.

    Those paid in the period count, once each, whatever number of vouchers they took.

    Raises:
        Nothing of its own.
    """
    of_fund = (
        select(Transfer.redemption_id)
        .join(Voucher, Voucher.id == Transfer.voucher_id)
        .where(
            Transfer.redemption_id == Redemption.id,
            Transfer.kind == TransferKind.REDEEM,
            *_of(fund_id, calendar),
        )
        .exists()
    )
    days = _days_between(db, PayoutRedemption.paid_on, Redemption.received_at)
    paid = (
        select(days.label("days"), func.count())
        .select_from(PayoutRedemption)
        .join(Redemption, Redemption.id == PayoutRedemption.redemption_id)
        .where(PayoutRedemption.paid_on.between(first_day, last_day), of_fund)
    )
    behind = paid.with_only_columns(
        func.count(distinct(KeptParent.household_id)), func.count(distinct(Redemption.provider_id))
    ).join(
        KeptParent,
        lived(calendar.programme_id, Redemption.parent_id, PayoutRedemption.paid_on),
    )
    homes, providers = db.execute(behind).one()
    return _median(db, paid), homes, providers


def _of(fund_id: int | None, calendar: Calendar) -> list[Any]:
    if fund_id is None:
        return [Voucher.programme_id == calendar.programme_id]
    return [Voucher.fund_id == fund_id]


def _days_between(db: Session, later: Any, earlier: Any) -> Any:
    """Return the days between two days, or the UTC days of moments, as the database says it."""
    if db.get_bind().dialect.name == "sqlite":
        return cast(func.julianday(func.date(later)) - func.julianday(func.date(earlier)), Integer)
    return _utc_day(later) - _utc_day(earlier)


def _utc_day(moment: Any) -> Any:
    if isinstance(moment.type, Date):
        return moment
    return func.date(func.timezone("UTC", moment))


def _median(db: Session, lengths: Select[*tuple[Any, ...]]) -> float | None:
    """Return the middle of what `lengths` counts by its first column; the lower of two."""
    rows = sorted(tuple(row) for row in db.execute(lengths.group_by("days")))
    whole = sum(number for _, number in rows)
    seen = 0
    for days, number in rows:
        seen += number
        if 2 * seen >= whole:
            return float(days)
    return None
