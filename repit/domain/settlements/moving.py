"""The money of a payout: out of payable when it is approved, on to the bank, or all the way back.

What a payout took is read from its own transfers, so that what is given back is exactly that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from repit.domain.actors import Actor
from repit.domain.ledger.models import (
    TO_PROVIDER,
    Account,
    AccountKind,
    Transfer,
    TransferKind,
)
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.redemptions.models import PayoutRedemption, Redemption, Reversal
from repit.domain.settlements.models import Payout, Recovery
from repit.domain.settlements.rules import shared_out

Balances = dict[tuple[int, int], int]
"""Cents by payout and account."""


def take_from_payable(
    db: Session, payout_ids: Collection[int], *, actor: Actor, now: datetime
) -> None:
    """Move what payouts pay into transit, and what they recover to what it was owed back for.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    wanted = list(payout_ids)
    due = _linked(db, PayoutRedemption, wanted)
    owed = _linked(db, Recovery, wanted)
    accounts = accounts_of(db, {fund for _, _, fund, _, _ in due})
    by_payout: dict[tuple[int, int, int], dict[int, Cents]] = defaultdict(dict)
    for payout_id, provider_id, fund_id, account_id, amount in due:
        by_payout[payout_id, provider_id, fund_id][account_id] = Cents(amount)
    to_recover: dict[tuple[int, int], int] = defaultdict(int)
    for payout_id, _, fund_id, _, amount in owed:
        to_recover[payout_id, fund_id] += amount
    postings = []
    for (payout_id, provider_id, fund_id), payable in sorted(by_payout.items()):
        recovered = shared_out(payable, Cents(to_recover[payout_id, fund_id]))
        owed_back = accounts[fund_id, AccountKind.OWED_BACK, provider_id, 0]
        transit = accounts[fund_id, AccountKind.TRANSIT, 0, 0]
        for account_id, amount in sorted(payable.items()):
            back = recovered.get(account_id, Cents(0))
            legs = (
                (TransferKind.RECOVER, owed_back, back),
                (TransferKind.BATCH, transit, Cents(amount - back)),
            )
            postings += [
                _posting(kind, account_id, to, moved, payout_id)
                for kind, to, moved in legs
                if moved
            ]
    post(db, postings, actor=actor, now=now)


def pay_out(db: Session, payout_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
    """Move payouts from transit to the bank: they were paid.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    moved = _moved(db, payout_ids, TransferKind.BATCH)
    banks = accounts_of(db, {fund for _, _, fund, _, _ in moved})
    by_transit: Balances = defaultdict(int)
    funds: dict[int, int] = {}
    for payout_id, _, fund_id, transit, amount in moved:
        by_transit[payout_id, transit] += amount
        funds[transit] = fund_id
    post(
        db,
        [
            _posting(
                TransferKind.SETTLE,
                transit,
                banks[funds[transit], AccountKind.BANK, 0, 0],
                Cents(amount),
                payout_id,
            )
            for (payout_id, transit), amount in sorted(by_transit.items())
        ],
        actor=actor,
        now=now,
    )


def bring_back(
    db: Session, payout_id: int, *, from_bank: bool, actor: Actor, now: datetime
) -> None:
    """Undo what a payout moved, to the very accounts it came from.

    Args:
        from_bank: it had been settled; the money came back to the account.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    postings = []
    if from_bank:
        settled = _moved(db, [payout_id], TransferKind.SETTLE)
        postings += [
            _posting(TransferKind.BOUNCE, bank, transit, Cents(amount), payout_id)
            for _, transit, _, bank, amount in settled
        ]
    for kind in (TransferKind.BATCH, TransferKind.RECOVER):
        postings += [
            _posting(TransferKind.REJECT, to, payable, Cents(amount), payout_id)
            for _, payable, _, to, amount in _moved(db, [payout_id], kind)
        ]
    post(db, postings, actor=actor, now=now)


def touched_by(db: Session, payout_id: int) -> list[UUID]:
    """Return the reversed redemptions that a payout paid or recovered, whatever became of it."""
    touched = (
        select(PayoutRedemption.redemption_id)
        .where(PayoutRedemption.payout_id == payout_id)
        .union(select(Recovery.redemption_id).where(Recovery.payout_id == payout_id))
    )
    reversed_ = select(Reversal.redemption_id).where(Reversal.redemption_id.in_(touched))
    return list(db.scalars(reversed_.order_by(Reversal.redemption_id)))


def cancel_out(
    db: Session,
    redemption_ids: Collection[UUID],
    *,
    actor: Actor,
    now: datetime,
    payout_id: int | None = None,
) -> None:
    """Set what is payable against what is owed back, for what no payout pays or recovers any more.

    A redemption that was paid, then reversed, and whose payout came back: its money is payable
    again and still owed back. One meets the other.

    Args:
        payout_id: the payout that ended, if it is one that did.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    rows = db.execute(
        select(Account.id, Account.fund_id, Redemption.provider_id, func.sum(Transfer.amount_cents))
        .select_from(Redemption)
        .join(Reversal, Reversal.redemption_id == Redemption.id)
        .join(Transfer, Transfer.redemption_id == Redemption.id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(
            Redemption.id.in_(list(redemption_ids)),
            Transfer.kind.in_(TO_PROVIDER),
            ~exists().where(
                PayoutRedemption.redemption_id == Redemption.id, PayoutRedemption.ended_at.is_(None)
            ),
            ~exists().where(Recovery.redemption_id == Redemption.id, Recovery.ended_at.is_(None)),
        )
        .group_by(Account.id, Account.fund_id, Redemption.provider_id)
        .order_by(Account.id)
    ).all()
    accounts = accounts_of(db, {fund for _, fund, _, _ in rows})
    post(
        db,
        [
            _posting(
                TransferKind.RECOVER,
                payable,
                accounts[fund, AccountKind.OWED_BACK, provider_id, 0],
                Cents(int(amount)),
                payout_id,
            )
            for payable, fund, provider_id, amount in rows
        ],
        actor=actor,
        now=now,
    )


def passed_to_providers(
    db: Session, redemption_ids: Collection[UUID]
) -> list[tuple[UUID, int, Cents]]:
    """Return (redemption, fund, cents) of what redemptions credited their providers with."""
    rows = db.execute(
        select(Transfer.redemption_id, Account.fund_id, func.sum(Transfer.amount_cents))
        .join(Account, Account.id == Transfer.credit_id)
        .where(Transfer.redemption_id.in_(list(redemption_ids)), Transfer.kind.in_(TO_PROVIDER))
        .group_by(Transfer.redemption_id, Account.fund_id)
        .order_by(Transfer.redemption_id, Account.fund_id)
    )
    return [(redemption, fund, Cents(int(c))) for redemption, fund, c in rows if redemption]


def all_paid(db: Session, redemption_ids: Collection[UUID]) -> bool:
    """Tell whether each of these is in a live payout that left: what it paid is with us no more."""
    paid = select(func.count()).where(
        PayoutRedemption.redemption_id.in_(list(redemption_ids)),
        PayoutRedemption.ended_at.is_(None),
        PayoutRedemption.moved_at.is_not(None),
    )
    return db.scalar(paid) == len(redemption_ids)


def undo_write_off(
    db: Session, redemption_ids: Collection[UUID], *, actor: Actor, now: datetime
) -> None:
    """Owe back again what was written off; what was covered meanwhile is available.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    lost = db.execute(
        select(Transfer)
        .where(
            Transfer.redemption_id.in_(list(redemption_ids)),
            Transfer.kind == TransferKind.WRITE_OFF,
        )
        .order_by(Transfer.id)
    ).scalars()
    for one in lost.all():
        loss = db.get_one(Account, one.debit_id, with_for_update=True, populate_existing=True)
        available = accounts_of(db, [loss.fund_id])[loss.fund_id, AccountKind.AVAILABLE, 0, 0]
        missing = min(one.amount_cents, max(0, loss.debits_cents - loss.credits_cents))
        legs = ((loss.id, missing), (available, one.amount_cents - missing))
        post(
            db,
            [
                replace(
                    _posting(TransferKind.WRITE_OFF, one.credit_id, to, Cents(amount), None),
                    redemption_id=one.redemption_id,
                )
                for to, amount in legs
                if amount
            ],
            actor=actor,
            now=now,
        )


def _posting(
    kind: TransferKind, debit_id: int, credit_id: int, amount: Cents, payout_id: int | None
) -> Posting:
    return Posting(
        kind=kind, debit_id=debit_id, credit_id=credit_id, amount=amount, payout_id=payout_id
    )


def _linked(
    db: Session, link: type[PayoutRedemption | Recovery], payout_ids: Sequence[int]
) -> list[tuple[int, int, int, int, int]]:
    """Return (payout, provider, fund, payable account, cents) of what payouts pay or recover."""
    rows = db.execute(
        select(
            Payout.id,
            Payout.provider_id,
            Account.fund_id,
            Account.id,
            func.sum(Transfer.amount_cents),
        )
        .select_from(link)
        .join(Payout, Payout.id == link.payout_id)
        .join(Transfer, Transfer.redemption_id == link.redemption_id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(
            link.payout_id.in_(payout_ids),
            link.ended_at.is_(None),
            Transfer.kind.in_(TO_PROVIDER),
        )
        .group_by(Payout.id, Payout.provider_id, Account.fund_id, Account.id)
    )
    return [
        (payout, provider, fund, account, int(c)) for payout, provider, fund, account, c in rows
    ]


def _moved(
    db: Session, payout_ids: Iterable[int], kind: TransferKind
) -> list[tuple[int, int, int, int, int]]:
    """Return (payout, debited account, fund, credited account, cents) of what payouts moved."""
    credited = aliased(Account)
    rows = db.execute(
        select(
            Transfer.payout_id,
            Transfer.debit_id,
            credited.fund_id,
            Transfer.credit_id,
            func.sum(Transfer.amount_cents),
        )
        .join(credited, credited.id == Transfer.credit_id)
        .where(Transfer.payout_id.in_(list(payout_ids)), Transfer.kind == kind)
        .group_by(Transfer.payout_id, Transfer.debit_id, credited.fund_id, Transfer.credit_id)
        .order_by(Transfer.payout_id, Transfer.debit_id)
    )
    return [(p or 0, debit, fund, credit, int(c)) for p, debit, fund, credit, c in rows]
