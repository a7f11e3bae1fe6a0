"""What a provider took, and what it will be paid for it. Amounts in cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.periods import add_months
from repit.domain.redemptions.models import (
    PayoutRedemption,
    Redemption,
    Reversal,
    of_live_payout,
    share_online,
    worth,
)

PAGE = 20
NOTHING = Cents(0)


@dataclass(frozen=True)
class Taken:
    """One redemption as its provider may see it: of the parent, never more than a first name.

    Exactly one of minutes and sessions is set.
    """

    id: UUID
    first_name: str
    category: Category
    service_on: date
    minutes: int | None
    sessions: int | None
    vouchers: int
    amount: Cents
    family_share: Cents
    received_at: datetime
    paid_by_on: date
    undo_until: datetime
    reversed_at: datetime | None
    moved_at: datetime | None
    """When its payout was approved: it is on its way."""
    paid_on: date | None
    share_online: Cents = NOTHING
    """Of the family's share, what was paid online: part of the amount."""

    @property
    def state(self) -> str:
        """`reversed`, `paid`, or `live` while it waits for its payment."""
        if self.reversed_at is not None:
            return "reversed"
        return "paid" if self.paid_on is not None else "live"

    def can_be_undone(self, now: datetime) -> bool:
        """Tell whether the provider may still take it back without the operator."""
        return self.state == "live" and now <= self.undo_until


@dataclass(frozen=True)
class Expected:
    """What will be paid at the latest on a day."""

    paid_by_on: date
    amount: Cents
    redemptions: int


@dataclass(frozen=True)
class MonthTotal:
    """The services of one month; what was reversed counts in `reversals` and nowhere else."""

    first_day: date
    redemptions: int
    reversals: int
    vouchers: int
    amount: Cents


def one_taken(db: Session, redemption_id: UUID, *, provider_id: int) -> Taken | None:
    """Return a redemption of this provider; somebody else's is as if it were not there."""
    mine = Redemption.id == redemption_id, Redemption.provider_id == provider_id
    row = db.execute(_taken().where(*mine)).one_or_none()
    return None if row is None else _as_taken(row)


def last_taken(
    db: Session,
    provider_id: int,
    *,
    before: UUID | None = None,
    month: date | None = None,
    limit: int | None = PAGE,
) -> list[Taken]:
    """Return what a provider took, newest first.

    Args:
        before: only what is older than this redemption of theirs, for the next page.
        month: only services of the month that starts on this day.
        limit: None for all of them (exports).
    """
    query = _taken().where(Redemption.provider_id == provider_id)
    if before is not None:
        query = query.where(_older_than(before, provider_id))
    if month is not None:
        query = query.where(
            Redemption.service_on >= month, Redemption.service_on < add_months(month, 1)
        )
    rows = db.execute(query.limit(limit))
    return [_as_taken(row) for row in rows]


def expected(db: Session, provider_id: int) -> list[Expected]:
    """Return what is owed and not paid yet, by the day it was promised for, soonest first."""
    rows = db.execute(
        select(Redemption.paid_by_on, func.sum(worth()), func.count())
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .outerjoin(PayoutRedemption, of_live_payout())
        .where(
            Redemption.provider_id == provider_id,
            Reversal.id.is_(None),
            PayoutRedemption.redemption_id.is_(None),
        )
        .group_by(Redemption.paid_by_on)
        .order_by(Redemption.paid_by_on)
    )
    return [Expected(day, Cents(int(amount)), count) for day, amount, count in rows]


def months(db: Session, provider_id: int) -> list[MonthTotal]:
    """Return what a provider took for the services of each month, newest first."""
    year, month = extract("year", Redemption.service_on), extract("month", Redemption.service_on)
    live = Reversal.id.is_(None)
    rows = db.execute(
        select(
            year,
            month,
            func.count().filter(live),
            func.count(Reversal.id),
            func.coalesce(func.sum(Redemption.vouchers).filter(live), 0),
            func.coalesce(func.sum(worth()).filter(live), 0),
        )
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .where(Redemption.provider_id == provider_id)
        .group_by(year, month)
        .order_by(year.desc(), month.desc())
    )
    return [
        MonthTotal(date(int(year), int(month), 1), live, undone, int(count), Cents(int(amount)))
        for year, month, live, undone, count, amount in rows
    ]


def _taken() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Redemption.id,
            Parent.first_name,
            Redemption.category,
            Redemption.service_on,
            Redemption.minutes,
            Redemption.sessions,
            Redemption.vouchers,
            worth(),
            Redemption.family_share_cents,
            Redemption.received_at,
            Redemption.paid_by_on,
            Redemption.undo_until,
            Reversal.at,
            PayoutRedemption.moved_at,
            PayoutRedemption.paid_on,
            share_online(),
        )
        .join(Parent, Parent.id == Redemption.parent_id)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .outerjoin(PayoutRedemption, of_live_payout())
        .order_by(Redemption.received_at.desc(), Redemption.id.desc())
    )


def _older_than(redemption_id: UUID, provider_id: int) -> ColumnElement[bool]:
    moment = (
        select(Redemption.received_at)
        .where(Redemption.id == redemption_id, Redemption.provider_id == provider_id)
        .scalar_subquery()
    )
    same_moment = (Redemption.received_at == moment) & (Redemption.id < redemption_id)
    return or_(Redemption.received_at < moment, same_moment)


def _as_taken(row: Iterable[Any]) -> Taken:
    key, name, category, service_on, minutes, sessions, vouchers, amount, *rest = row
    share, *rest, online = rest
    return Taken(
        key, name, Category(category), service_on, minutes, sessions, vouchers, Cents(int(amount)),
        Cents(share), *(*rest, Cents(int(online))),
    )  # fmt: skip
