"""Record by hand that a provider was paid. Bank files and approvals come later.

The money goes payable → transit → bank in one change, fund by fund, so that `transit` ends at
zero and every fund knows what of its money was paid.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PaidRedemption, Redemption, Reversal
from repit.domain.settlements.errors import AmountChanged, NothingDue, ReferenceUsed
from repit.domain.settlements.models import Payout


@dataclass(frozen=True)
class DuePart:
    """One redemption's money on one payable account."""

    redemption_id: UUID
    account_id: int
    fund_id: int
    amount: Cents


def due_parts(db: Session, provider_id: int, *, cut_off: datetime) -> list[DuePart]:
    """Return what may be paid: live, unpaid, and its undo window over by the cut-off."""
    rows = db.execute(
        select(Redemption.id, Account.id, Account.fund_id, Transfer.amount_cents)
        .join(Transfer, Transfer.redemption_id == Redemption.id)
        .join(Account, Account.id == Transfer.credit_id)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .outerjoin(PaidRedemption, PaidRedemption.redemption_id == Redemption.id)
        .where(
            Redemption.provider_id == provider_id,
            Redemption.undo_until <= cut_off,
            Transfer.kind == TransferKind.REDEEM,
            Reversal.id.is_(None),
            PaidRedemption.redemption_id.is_(None),
        )
        .order_by(Redemption.received_at, Transfer.id)
    )
    return [DuePart(redemption, account, fund, Cents(c)) for redemption, account, fund, c in rows]


def record_payout(
    db: Session,
    provider_id: int,
    *,
    seen: Cents,
    paid_on: date,
    reference: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Record that everything due to a provider now was paid by one bank transfer.

    Args:
        seen: the amount the operator saw and paid, in cents; it must still be what is due.
        reference: of the bank transfer; once per provider.

    Returns:
        The payout's public id.

    Raises:
        NothingDue, AmountChanged, ReferenceUsed: nothing is recorded.
    """
    # One payment at a time per provider: the second waits, then finds nothing due.
    db.execute(select(Provider.id).where(Provider.id == provider_id).with_for_update())
    parts = _locked_parts(db, provider_id, now)
    due = Cents(sum(part.amount for part in parts))
    if not due:
        raise NothingDue
    if due != seen:
        raise AmountChanged(seen_cents=seen, due_cents=due)
    _refuse_reference(db, provider_id, reference)
    payout = Payout(
        public_id=ids.public_id(),
        provider_id=provider_id,
        amount_cents=due,
        cut_off_at=now,
        paid_on=paid_on,
        reference=reference,
        created_at=now,
    )
    db.add(payout)
    db.flush()  # gives the payout its id
    paid = {part.redemption_id for part in parts}
    db.execute(
        insert(PaidRedemption),
        [
            {"redemption_id": redemption_id, "payout_id": payout.id, "paid_on": paid_on}
            for redemption_id in paid
        ],
    )
    post(db, _postings(db, parts, payout.id), actor=actor, now=now)
    record(
        db,
        actor=actor,
        kind="paid",
        of=("provider", provider_id),
        now=now,
        facts={"amount_cents": due, "reference": reference, "redemptions": len(paid)},
    )
    return payout.public_id


def _locked_parts(db: Session, provider_id: int, cut_off: datetime) -> list[DuePart]:
    """Read what is due with its redemptions locked, so that none is reversed meanwhile."""
    seen = {part.redemption_id for part in due_parts(db, provider_id, cut_off=cut_off)}
    db.execute(
        select(Redemption.id)
        .where(Redemption.id.in_(seen))
        .order_by(Redemption.id)
        .with_for_update()
    )
    parts = due_parts(db, provider_id, cut_off=cut_off)
    return [part for part in parts if part.redemption_id in seen]


def _refuse_reference(db: Session, provider_id: int, reference: str) -> None:
    used = db.scalar(
        select(Payout.id).where(Payout.provider_id == provider_id, Payout.reference == reference)
    )
    if used is not None:
        raise ReferenceUsed(reference=reference)


def _postings(db: Session, parts: Sequence[DuePart], payout_id: int) -> list[Posting]:
    accounts = accounts_of(db, {part.fund_id for part in parts})
    by_account: dict[tuple[int, int], int] = defaultdict(int)
    for part in parts:
        by_account[part.account_id, part.fund_id] += part.amount
    postings = []
    for (account_id, fund_id), amount in sorted(by_account.items()):
        transit = accounts[fund_id, AccountKind.TRANSIT, 0, 0]
        bank = accounts[fund_id, AccountKind.BANK, 0, 0]
        for kind, debit, credit in (
            (TransferKind.BATCH, account_id, transit),
            (TransferKind.SETTLE, transit, bank),
        ):
            postings.append(
                Posting(
                    kind=kind,
                    debit_id=debit,
                    credit_id=credit,
                    amount=Cents(amount),
                    payout_id=payout_id,
                )
            )
    return postings
