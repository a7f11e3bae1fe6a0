"""What a batch would pay, what it would not, and why: read before anybody approves. Cents."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, worth
from repit.domain.settlements.composing import composition, debts, old_enough, unpaid
from repit.domain.settlements.models import BankAccount
from repit.domain.settlements.rules import Debt


class Skip(StrEnum):
    """Why a provider is not paid now. What is due stays due."""

    SUSPENDED = "suspended"
    NO_ACCOUNT = "no_account"
    ACCOUNT_WAITING = "account_waiting"
    """Proposed and not confirmed, or confirmed less than 48 hours ago."""
    ACCOUNT_DOUBTED = "account_doubted"
    """The bank refused the last payment to it, and no other is proposed."""
    HELD_BACK = "held_back"
    """The undo window or the holdback of everything due is not over."""
    OWES_MORE = "owes_more"
    """What it owes back takes all that is due."""
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True)
class Target:
    """The account a payment would go to."""

    account_id: int
    holder: str
    iban: str
    bic: str | None


@dataclass(frozen=True)
class WouldPay:
    """One provider in a batch to come.

    `due` may be paid; `held_back` not yet; `recovered` is taken from what is due; `left_out` is
    due in a fund to which more is owed back; `amount` is what would leave.
    """

    provider_id: int
    public_id: str
    name: str
    due: Cents
    held_back: Cents
    recovered: Cents
    left_out: Cents
    amount: Cents
    redemptions: int
    paid_by_on: date | None
    target: Target | None
    skip: Skip | None
    counts_at: datetime | None = None
    """When the account that waits counts, once a second person confirmed it."""
    free_at: datetime | None = None
    """When the first of what is held back may be paid."""

    @property
    def is_paid(self) -> bool:
        """Whether a batch drafted now would pay it."""
        return self.skip is None


@dataclass(frozen=True)
class _Accounts:
    """Accounts by provider: the one that counts, those that wait, those the bank refused."""

    in_force: dict[int, Target]
    waiting: dict[int, datetime | None]
    """With the moment from which it counts, once it is confirmed."""
    doubted: set[int]


def what_would_be_paid(
    db: Session,
    programme_id: int,
    *,
    cut_off: datetime,
    now: datetime,
    provider_ids: Collection[int] | None = None,
) -> list[WouldPay]:
    """Return every provider who is owed something in a programme, those to be paid first.

    Args:
        cut_off: what was taken later, or may still be undone then, waits.
        provider_ids: only these.
    """
    programme = db.get_one(Programme, programme_id)
    rows = _owed(db, programme, cut_off, provider_ids)
    found = [row.provider_id for row in rows]
    owing: dict[int, list[Debt]] = defaultdict(list)
    for debt in debts(db, provider_ids=found, programme_id=programme_id):
        owing[debt.provider_id].append(debt)
    accounts = _accounts(db, provider_ids, now)
    shown = [_would_pay(db, programme, cut_off, row, owing, accounts) for row in rows]
    return sorted(shown, key=lambda one: (not one.is_paid, one.name.casefold(), one.provider_id))


def _owed(
    db: Session, programme: Programme, cut_off: datetime, provider_ids: Collection[int] | None
) -> list[Any]:
    over = old_enough(cut_off, programme.holdback_days)
    amount = worth()
    query = unpaid(
        select(
            Provider.id.label("provider_id"),
            Provider.public_id,
            Provider.name,
            Provider.state,
            func.coalesce(func.sum(amount).filter(over), 0).label("due"),
            func.coalesce(func.sum(amount).filter(~over), 0).label("held_back"),
            func.count().filter(over).label("redemptions"),
            func.min(Redemption.paid_by_on).label("paid_by_on"),
            func.min(Redemption.undo_until).filter(~over).label("undo_until"),
        ).join(Redemption, Redemption.provider_id == Provider.id)
    ).where(Redemption.programme_id == programme.id)
    if provider_ids is not None:
        query = query.where(Provider.id.in_(list(provider_ids)))
    return list(
        db.execute(
            query.group_by(Provider.id, Provider.public_id, Provider.name, Provider.state)
        ).all()
    )


def _would_pay(
    db: Session,
    programme: Programme,
    cut_off: datetime,
    row: Any,
    owing: dict[int, list[Debt]],
    accounts: _Accounts,
) -> WouldPay:
    amount, redemptions, recovered = int(row.due), row.redemptions, 0
    if owing.get(row.provider_id):
        composed = composition(
            db,
            row.provider_id,
            programme.id,
            cut_off=cut_off,
            holdback_days=programme.holdback_days,
        )
        amount, redemptions = composed.amount, len(composed.redemptions)
        recovered = sum(debt.amount for debt in composed.recovered)
    return WouldPay(
        provider_id=row.provider_id,
        public_id=row.public_id,
        name=row.name,
        due=Cents(int(row.due)),
        held_back=Cents(int(row.held_back)),
        recovered=Cents(recovered),
        left_out=Cents(int(row.due) - recovered - amount),
        amount=Cents(amount),
        redemptions=redemptions,
        paid_by_on=row.paid_by_on,
        target=accounts.in_force.get(row.provider_id),
        skip=_skip(row, amount, programme.least_payout_cents, accounts),
        counts_at=accounts.waiting.get(row.provider_id),
        free_at=row.undo_until and row.undo_until + timedelta(days=programme.holdback_days),
    )


def _skip(row: Any, amount: int, least: int, accounts: _Accounts) -> Skip | None:
    if row.state != "active":
        return Skip.SUSPENDED
    if not row.redemptions:
        return Skip.HELD_BACK
    if amount <= 0:
        return Skip.OWES_MORE
    doubted = row.provider_id in accounts.doubted
    if doubted or row.provider_id not in accounts.in_force:
        if row.provider_id in accounts.waiting:
            return Skip.ACCOUNT_WAITING
        return Skip.ACCOUNT_DOUBTED if doubted else Skip.NO_ACCOUNT
    return Skip.BELOW_MINIMUM if amount < least else None


def _accounts(db: Session, provider_ids: Collection[int] | None, now: datetime) -> _Accounts:
    in_force: dict[int, Target] = {}
    waiting: dict[int, datetime | None] = {}
    doubted: set[int] = set()
    query = (
        select(
            BankAccount.id,
            BankAccount.provider_id,
            BankAccount.holder,
            BankAccount.iban,
            BankAccount.bic,
            BankAccount.counts_at,
            BankAccount.doubted_at,
        )
        .where(BankAccount.provider_id.is_not(None), BankAccount.ended_at.is_(None))
        .order_by(BankAccount.counts_at, BankAccount.id)
    )
    if provider_ids is not None:
        query = query.where(BankAccount.provider_id.in_(list(provider_ids)))
    for one in db.execute(query):
        provider_id = one.provider_id or 0
        if one.counts_at is None or one.counts_at > now:
            waiting[provider_id] = one.counts_at
            continue
        in_force[provider_id] = Target(one.id, one.holder, one.iban, one.bic)
        (doubted.add if one.doubted_at else doubted.discard)(provider_id)
    return _Accounts(in_force, waiting, doubted)
