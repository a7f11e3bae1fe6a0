"""What was paid to providers, and what waits to be. Amounts in cents."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from repit.domain.ledger.models import Account, AccountKind
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption, Redemption, of_live_payout, worth
from repit.domain.settlements.composing import unpaid
from repit.domain.settlements.models import BankAccount, Payout, PayoutBatch, PayoutState


@dataclass(frozen=True)
class Paid:
    """One payment to a provider. `day` is the bank's, or the one it is asked for until then."""

    public_id: str
    number: int | None
    amount: Cents
    state: str
    day: date | None
    reference: str
    redemptions: int
    reason: str | None


@dataclass(frozen=True)
class PaidInAll:
    """Everything that was paid to a provider and did not come back."""

    payouts: int
    amount: Cents


@dataclass(frozen=True)
class OwnAccount:
    """What a provider owes back, what is prepared for it, and whether an account of it counts."""

    owed_back: Cents
    has_account: bool
    in_draft: Cents
    """What it is owed for redemptions in a batch that nobody approved yet."""
    preparing: Cents
    """What that batch would pay, once what is owed back is taken."""


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
    """Return the latest payments to a provider that were approved, newest first."""
    hidden = (PayoutState.DRAFTED, PayoutState.DISCARDED)
    rows = db.execute(
        select(Payout, PayoutBatch.requested_on, func.count(PayoutRedemption.id))
        .outerjoin(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .outerjoin(PayoutRedemption, PayoutRedemption.payout_id == Payout.id)
        .where(Payout.provider_id == provider_id, Payout.state.not_in(hidden))
        .group_by(Payout.id, PayoutBatch.requested_on)
        .order_by(Payout.id.desc())
        .limit(limit)
    )
    return [
        Paid(
            public_id=row.public_id,
            number=row.number,
            amount=Cents(row.amount_cents),
            state=row.state,
            day=row.paid_on or requested_on,
            reference=row.reference or "",
            redemptions=count,
            reason=row.reason,
        )
        for row, requested_on, count in rows
    ]


def paid_in_all(db: Session, provider_id: int) -> PaidInAll:
    """Return how many payouts a provider received, and what they come to."""
    count, amount = db.execute(
        select(func.count(), func.coalesce(func.sum(Payout.amount_cents), 0)).where(
            Payout.provider_id == provider_id, Payout.state == PayoutState.SETTLED
        )
    ).one()
    return PaidInAll(count, Cents(int(amount)))


def due(db: Session, *, now: datetime, provider_id: int | None = None) -> list[Due]:
    """Return every provider who is owed something, the longest waiting first."""
    over = Redemption.undo_until <= now
    query = unpaid(
        select(
            Provider.id,
            Provider.public_id,
            Provider.name,
            func.sum(worth()),
            func.coalesce(func.sum(worth()).filter(over), 0),
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


def own_account(db: Session, provider_id: int, *, now: datetime) -> OwnAccount:
    """Return how a provider stands with its money, in one statement."""
    back = select(func.coalesce(func.sum(Account.debits_cents - Account.credits_cents), 0)).where(
        Account.kind == AccountKind.OWED_BACK, Account.provider_id == provider_id
    )
    known = select(
        exists().where(
            BankAccount.provider_id == provider_id,
            BankAccount.counts_at <= now,
            BankAccount.ended_at.is_(None),
        )
    )
    in_draft = (
        select(func.coalesce(func.sum(worth()), 0))
        .select_from(Redemption)
        .join(PayoutRedemption, of_live_payout())
        .where(Redemption.provider_id == provider_id, PayoutRedemption.moved_at.is_(None))
    )
    preparing = select(func.coalesce(func.sum(Payout.amount_cents), 0)).where(
        Payout.provider_id == provider_id, Payout.state == PayoutState.DRAFTED
    )
    asked = (back, known, in_draft, preparing)
    owed_back, has_account, drafted, pays = db.execute(
        select(*(one.scalar_subquery() for one in asked))
    ).one()
    return OwnAccount(
        Cents(int(owed_back)), bool(has_account), Cents(int(drafted)), Cents(int(pays))
    )


def paid_by_file(db: Session, *, now: datetime) -> set[int]:
    """Return the providers who have an account that counts: they are paid by bank file."""
    found = db.scalars(
        select(BankAccount.provider_id).where(
            BankAccount.provider_id.is_not(None),
            BankAccount.counts_at <= now,
            BankAccount.ended_at.is_(None),
        )
    )
    return {provider_id for provider_id in found if provider_id is not None}
