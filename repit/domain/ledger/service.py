"""The only writer of transfers and balances. Amounts are cents, above zero."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, insert, or_, select, text, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.ledger.errors import Overdrawn
from repit.domain.ledger.models import (
    FREE,
    HELD,
    STRIPES,
    Account,
    AccountKind,
    Transfer,
    TransferKind,
)
from repit.domain.money import Cents

FEW = 64
"""So many accounts are changed one by one …"""
TOGETHER = 5_000
"""… and more of them so many at a time: a batch of payouts touches thousands."""


@dataclass(frozen=True)
class Posting:
    """One movement to write: from the debited account to the credited one."""

    kind: TransferKind
    debit_id: int
    credit_id: int
    amount: Cents
    voucher_id: int | None = None
    round: int | None = None
    redemption_id: UUID | None = None
    arrival_id: int | None = None
    payout_id: int | None = None
    family_payment_id: int | None = None


def stripe_of(parent_id: int) -> int:
    """Return the stripe on which a parent's money stays from issue to payment."""
    return parent_id % STRIPES


def open_fund_accounts(db: Session, fund_id: int) -> None:
    """Create the accounts every fund needs.

    Raises:
        Nothing of its own; a second call meets the unique index.
    """
    plain = [AccountKind.BANK, AccountKind.AVAILABLE, AccountKind.TRANSIT, AccountKind.LOSS]
    db.add_all(Account(kind=kind, fund_id=fund_id) for kind in plain)
    db.add_all(
        Account(kind=AccountKind.OUTSTANDING, fund_id=fund_id, stripe=stripe)
        for stripe in range(STRIPES)
    )
    db.flush()


def open_families_accounts(db: Session, fund_id: int) -> None:
    """Create the accounts of a fund in which families' shares are kept.

    Raises:
        Nothing of its own; a second call meets the unique index.
    """
    kinds = [AccountKind.BANK, AccountKind.FAMILY_SHARE, AccountKind.TRANSIT]
    db.add_all(Account(kind=kind, fund_id=fund_id) for kind in kinds)
    db.flush()


def open_payable(connection: Connection, provider_id: int, fund_ids: Iterable[int]) -> None:
    """Create what is missing of a provider's accounts in these funds; safe to repeat.

    Raises:
        Nothing of its own.
    """
    connection.execute(
        text(
            "INSERT INTO account (kind, fund_id, provider_id, stripe)"
            " VALUES ('payable', :fund_id, :provider_id, :stripe) ON CONFLICT DO NOTHING"
        ),
        [
            {"fund_id": fund_id, "provider_id": provider_id, "stripe": stripe}
            for fund_id in sorted(set(fund_ids))
            for stripe in range(STRIPES)
        ],
    )
    connection.execute(
        text(
            "INSERT INTO account (kind, fund_id, provider_id)"
            " VALUES ('owed_back', :fund_id, :provider_id) ON CONFLICT DO NOTHING"
        ),
        [{"fund_id": fund_id, "provider_id": provider_id} for fund_id in sorted(set(fund_ids))],
    )


def accounts_of(db: Session, fund_ids: Iterable[int]) -> dict[tuple[int, str, int, int], int]:
    """Return account ids by (fund, kind, provider or 0, stripe).

    Raises:
        Nothing of its own.
    """
    rows = db.execute(
        select(
            Account.fund_id, Account.kind, Account.provider_id, Account.stripe, Account.id
        ).where(Account.fund_id.in_(set(fund_ids)))
    )
    return {
        (fund_id, kind, provider_id or 0, stripe): account_id
        for fund_id, kind, provider_id, stripe, account_id in rows
    }


def post(db: Session, postings: Sequence[Posting], *, actor: Actor, now: datetime) -> None:
    """Write the movements and both balances of each, or refuse.

    Raises:
        Overdrawn: an account would be overdrawn; the unit of work must be given up.
    """
    if not postings:
        return
    db.execute(insert(Transfer), [_row(posting, actor, now) for posting in postings])
    sums = sorted(_sums(postings).items())
    if len(sums) <= FEW:
        for account_id, (debits, credited) in sums:
            _move(db, account_id, debits, credited)
        return
    for start in range(0, len(sums), TOGETHER):
        _move_together(db, dict(sums[start : start + TOGETHER]))


def _row(posting: Posting, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "kind": posting.kind,
        "debit_id": posting.debit_id,
        "credit_id": posting.credit_id,
        "amount_cents": posting.amount,
        "voucher_id": posting.voucher_id,
        "round": posting.round,
        "redemption_id": posting.redemption_id,
        "arrival_id": posting.arrival_id,
        "payout_id": posting.payout_id,
        "family_payment_id": posting.family_payment_id,
        "actor": actor,
        "at": now,
    }


def _sums(postings: Sequence[Posting]) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for posting in postings:
        debits, credited = sums[posting.debit_id]
        sums[posting.debit_id] = (debits + posting.amount, credited)
        debits, credited = sums[posting.credit_id]
        sums[posting.credit_id] = (debits, credited + posting.amount)
    return sums


def _move(db: Session, account_id: int, debits: int, credited: int) -> None:
    """Add to one balance; the WHERE decides, so that two movements cannot share one cent."""
    after_debits = Account.debits_cents + debits
    after_credits = Account.credits_cents + credited
    moved = db.execute(
        update(Account)
        .where(
            Account.id == account_id,
            or_(
                Account.kind.in_(FREE),
                Account.kind.in_(HELD) & (after_credits <= after_debits),
                Account.kind.not_in(HELD) & (after_debits <= after_credits),
            ),
        )
        .values(debits_cents=after_debits, credits_cents=after_credits)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount:  # type: ignore[attr-defined]
        return
    account = db.get_one(Account, account_id)
    raise Overdrawn(kind=account.kind, fund_id=account.fund_id)


def _move_together(db: Session, sums: dict[int, tuple[int, int]]) -> None:
    """Add to many balances: lock them in the order of their ids, decide, write."""
    rows = db.execute(
        select(
            Account.id, Account.kind, Account.fund_id, Account.debits_cents, Account.credits_cents
        )
        .where(Account.id.in_(sums))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    ).all()
    for account_id, kind, fund_id, debits, credited in rows:
        more_debits, more_credits = sums[account_id]
        left = credited + more_credits - debits - more_debits
        if kind not in FREE and (left > 0 if kind in HELD else left < 0):
            raise Overdrawn(kind=kind, fund_id=fund_id)
    table = Account.__table__
    assert isinstance(table, Table)  # noqa: S101  (tells the type checker what a model has)
    db.connection().execute(
        table.update()
        .where(table.c.id == bindparam("account"))
        .values(
            debits_cents=table.c.debits_cents + bindparam("debits"),
            credits_cents=table.c.credits_cents + bindparam("credits"),
        ),
        [
            {"account": account_id, "debits": debits, "credits": credited}
            for account_id, (debits, credited) in sorted(sums.items())
        ],
    )
