"""What may be paid to providers now: live, unpaid, its undo window and holdback over.

A redemption that was reversed after it was paid is owed back. When the payout that paid it is
refused after all, while a later one recovered it, it was deducted for nothing and is due again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from repit.domain.ledger.models import TO_PROVIDER, Account, Transfer
from repit.domain.money import Cents
from repit.domain.redemptions.models import (
    PayoutRedemption,
    Redemption,
    Reversal,
    of_live_payout,
)
from repit.domain.settlements.models import Recovery
from repit.domain.settlements.rules import Debt, DuePart, Taking, recovering

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Composition:
    """What one payout would pay of one programme."""

    parts: tuple[DuePart, ...]
    recovered: tuple[Debt, ...]

    @property
    def amount(self) -> Cents:
        """What is left to pay."""
        due = sum(part.amount for part in self.parts)
        return Cents(due - sum(debt.amount for debt in self.recovered))

    @property
    def redemptions(self) -> set[UUID]:
        """What is paid for."""
        return {part.redemption_id for part in self.parts}


def unpaid(query: Query) -> Query:
    """Keep, of a query on redemptions, those that their provider is still owed."""
    return (
        query.outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .outerjoin(PayoutRedemption, of_live_payout())
        .outerjoin(Recovery, of_live_recovery())
        .where(
            PayoutRedemption.id.is_(None),
            or_(Reversal.id.is_(None), Recovery.moved_at.is_not(None)),
        )
    )


def of_live_recovery() -> ColumnElement[bool]:
    """Return the condition that joins a redemption to the payout that recovers it, if any."""
    return and_(Recovery.redemption_id == Redemption.id, Recovery.ended_at.is_(None))


def old_enough(cut_off: datetime, holdback_days: int) -> ColumnElement[bool]:
    """Return the condition that a redemption's undo window and holdback were over by then."""
    return Redemption.undo_until <= cut_off - timedelta(days=holdback_days)


def composition(
    db: Session, provider_id: int, programme_id: int, *, cut_off: datetime, holdback_days: int
) -> Composition:
    """Return what one payout to a provider would pay of a programme now."""
    parts = due_parts(db, provider_id, programme_id, cut_off=cut_off, holdback_days=holdback_days)
    taking = recovering(parts, debts(db, provider_ids=[provider_id], programme_id=programme_id))
    return composed(parts, taking)


def composed(parts: Iterable[DuePart], taking: Taking) -> Composition:
    """Return what is left of what is due once what is owed back is taken."""
    kept = (part for part in parts if part.redemption_id not in taking.left_out)
    return Composition(tuple(kept), taking.recovered)


def due_parts(
    db: Session, provider_id: int, programme_id: int, *, cut_off: datetime, holdback_days: int
) -> list[DuePart]:
    """Return what may be paid to one provider, account by account, oldest first."""
    query = (
        unpaid(_parts())
        .where(
            Redemption.provider_id == provider_id,
            Redemption.programme_id == programme_id,
            old_enough(cut_off, holdback_days),
        )
        .order_by(Redemption.received_at, Transfer.id)
    )
    return [DuePart(one, account, fund, Cents(c)) for one, account, fund, c in db.execute(query)]


def _parts() -> Query:
    return (
        select(Redemption.id, Account.id, Account.fund_id, Transfer.amount_cents)
        .select_from(Redemption)
        .join(Transfer, Transfer.redemption_id == Redemption.id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(Transfer.kind.in_(TO_PROVIDER))
    )


def debts(
    db: Session, *, provider_ids: Iterable[int], programme_id: int | None = None
) -> list[Debt]:
    """Return what these providers owe back and no payout has taken yet, oldest first."""
    query = (
        select(
            Redemption.id,
            Redemption.provider_id,
            Redemption.programme_id,
            Account.fund_id,
            Transfer.amount_cents,
        )
        .select_from(Reversal)
        .join(Redemption, Redemption.id == Reversal.redemption_id)
        .join(PayoutRedemption, of_live_payout())
        .outerjoin(Recovery, of_live_recovery())
        .join(Transfer, Transfer.redemption_id == Redemption.id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(
            Redemption.provider_id.in_(list(provider_ids)),
            Recovery.id.is_(None),
            Transfer.kind.in_(TO_PROVIDER),
        )
        .order_by(Reversal.at, Reversal.id, Transfer.id)
    )
    if programme_id is not None:
        query = query.where(Redemption.programme_id == programme_id)
    found: dict[tuple[UUID, int, int], dict[int, int]] = {}
    for redemption, provider, programme, fund, amount in db.execute(query):
        by_fund = found.setdefault((redemption, provider, programme), defaultdict(int))
        by_fund[fund] += amount
    return [
        Debt(*key, {fund: Cents(amount) for fund, amount in by_fund.items()})
        for key, by_fund in found.items()
    ]
