"""Read redemptions as the operator sees them: who took what from whom, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption, Redemption, Reversal, of_live_payout
from repit.domain.vouchers.models import Voucher


@dataclass(frozen=True)
class Taken:
    """One redemption, its reversal if it was taken back, and the day it was paid."""

    id: UUID
    received_at: datetime
    provider_public_id: str
    provider_name: str
    parent_public_id: str
    parent_name: str
    category: Category
    service_on: date
    minutes: int | None
    sessions: int | None
    vouchers: int
    amount: Cents
    family_share: Cents
    undo_until: datetime
    paid_by_on: date
    moved_at: datetime | None
    """When its payout was approved."""
    paid_on: date | None
    reversed_at: datetime | None
    motive: str | None

    @property
    def can_be_reversed(self) -> bool:
        """Whether the operator may still take it back: once paid, the provider will owe it."""
        return self.reversed_at is None


def latest(
    db: Session,
    *,
    provider_id: int | None = None,
    parent_id: int | None = None,
    limit: int = 20,
) -> list[Taken]:
    """Return the newest redemptions of a provider, of a parent, or of everybody."""
    query = _taken().order_by(Redemption.received_at.desc(), Redemption.id).limit(limit)
    if provider_id is not None:
        query = query.where(Redemption.provider_id == provider_id)
    if parent_id is not None:
        query = query.where(Redemption.parent_id == parent_id)
    return [_view(row) for row in db.execute(query)]


def of_voucher(db: Session, voucher_id: int) -> Taken | None:
    """Return the redemption that holds a voucher now."""
    query = _taken().join(Voucher, Voucher.redemption_id == Redemption.id)
    row = db.execute(query.where(Voucher.id == voucher_id)).one_or_none()
    return _view(row) if row else None


def one(db: Session, redemption_id: UUID) -> Taken | None:
    """Return one redemption."""
    row = db.execute(_taken().where(Redemption.id == redemption_id)).one_or_none()
    return _view(row) if row else None


def _taken() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Redemption,
            Provider.public_id,
            Provider.name,
            Parent.public_id,
            Parent.first_name,
            Parent.last_name,
            PayoutRedemption.moved_at,
            PayoutRedemption.paid_on,
            Reversal.at,
            Reversal.motive,
        )
        .join(Provider, Provider.id == Redemption.provider_id)
        .join(Parent, Parent.id == Redemption.parent_id)
        .outerjoin(PayoutRedemption, of_live_payout())
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
    )


def _view(row: Row[*tuple[Any, ...]]) -> Taken:
    (
        taken, provider, provider_name, parent, first_name, last_name, moved_at, paid_on, at, motive
    ) = row  # fmt: skip
    return Taken(
        id=taken.id,
        received_at=taken.received_at,
        provider_public_id=provider,
        provider_name=provider_name,
        parent_public_id=parent,
        parent_name=f"{first_name} {last_name}",
        category=Category(taken.category),
        service_on=taken.service_on,
        minutes=taken.minutes,
        sessions=taken.sessions,
        vouchers=taken.vouchers,
        amount=Cents(taken.amount_cents),
        family_share=Cents(taken.family_share_cents),
        undo_until=taken.undo_until,
        paid_by_on=taken.paid_by_on,
        moved_at=moved_at,
        paid_on=paid_on,
        reversed_at=at,
        motive=motive,
    )
