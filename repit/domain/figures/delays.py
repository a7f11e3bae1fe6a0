"""How long things took: medians, in whole days, from counts of each length."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from repit.domain.figures import tallies
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
    found = tallies.read(db, calendar, tallies.DAYS, fund_id, first_day, last_day)
    return tallies.median(found)


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
    days = tallies.days_between(db, PayoutRedemption.paid_on, Redemption.received_at)
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
    lengths = Counter({int(days): number for days, number in db.execute(paid.group_by("days"))})
    return tallies.median(lengths), homes, providers


def _of(fund_id: int | None, calendar: Calendar) -> list[Any]:
    if fund_id is None:
        return [Voucher.programme_id == calendar.programme_id]
    return [Voucher.fund_id == fund_id]
