"""What was paid to providers, and what waits to be. Amounts in cents."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption, Redemption
from repit.domain.settlements.composing import unpaid
from repit.domain.settlements.models import Payout


@dataclass(frozen=True)
class Paid:
    """One payment to a provider."""

    public_id: str
    amount: Cents
    paid_on: date
    reference: str
    redemptions: int


@dataclass(frozen=True)
class Due:
    """What a provider is owed: in all, and of it what may be paid now."""

    provider_id: int
    public_id: str
    name: str
    owed: Cents
    payable_now: Cents
    redemptions: int
    oldest_paid_by_on: date | None
    """The earliest promised day among what is owed."""


def payouts_of(db: Session, provider_id: int, limit: int = 24) -> list[Paid]:
    """Return the latest payments to a provider, newest first."""
    rows = db.execute(
        select(Payout, func.count(PayoutRedemption.redemption_id))
        .outerjoin(PayoutRedemption, PayoutRedemption.payout_id == Payout.id)
        .where(Payout.provider_id == provider_id)
        .group_by(Payout.id)
        .order_by(Payout.paid_on.desc(), Payout.id.desc())
        .limit(limit)
    )
    return [
        Paid(row.public_id, Cents(row.amount_cents), row.paid_on, row.reference, count)
        for row, count in rows
    ]


def due(db: Session, *, now: datetime, provider_id: int | None = None) -> list[Due]:
    """Return every provider who is owed something, the longest waiting first."""
    over = Redemption.undo_until <= now
    query = unpaid(
        select(
            Provider.id,
            Provider.public_id,
            Provider.name,
            func.sum(Redemption.amount_cents),
            func.coalesce(func.sum(Redemption.amount_cents).filter(over), 0),
            func.count(),
            func.min(Redemption.paid_by_on),
        ).join(Redemption, Redemption.provider_id == Provider.id)
    )
    query = query.group_by(Provider.id, Provider.public_id, Provider.name).order_by(
        func.min(Redemption.paid_by_on), Provider.id
    )
    if provider_id is not None:
        query = query.where(Provider.id == provider_id)
    return [
        Due(found, public_id, name, Cents(int(owed)), Cents(int(now_due)), count, first)
        for found, public_id, name, owed, now_due, count, first in db.execute(query)
    ]
