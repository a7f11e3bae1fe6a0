"""Move the money of family shares: in, on to a provider, back. Amounts are cents.

Whoever calls holds the payment's row locked, or takes it here; the ledger's accounts come after.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.family_shares.funds import families_fund
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, open_payable, post, stripe_of
from repit.domain.money import Cents


def receive(
    db: Session,
    payment: FamilyPayment,
    *,
    programme_id: int,
    stripe_payment_id: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that a family paid: bank → family_share.

    Raises:
        Nothing of its own; the caller looked whether it is paid already.
    """
    fund_id = families_fund(db, programme_id, now=now)
    payment.state, payment.paid_at, payment.fund_id = "paid", now, fund_id
    payment.stripe_payment_id = stripe_payment_id
    db.flush()
    move(db, payment, TransferKind.SHARE_IN, payment.amount_cents, actor, now)


def pass_on(  # noqa: PLR0913  (every fact has its name)
    db: Session,
    payment: FamilyPayment,
    redemption_id: UUID,
    amount: Cents,
    *,
    provider_id: int,
    parent_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Credit a provider with the share of care whose vouchers it took.

    Raises:
        IntegrityError: it would be more than is left of the payment.
    """
    fund_id = _fund_of(payment)
    payment.passed_cents += amount
    db.flush()
    open_payable(db.connection(), provider_id, [fund_id])
    accounts = accounts_of(db, [fund_id])
    posting = Posting(
        kind=TransferKind.SHARE_DUE,
        debit_id=accounts[fund_id, AccountKind.FAMILY_SHARE, 0, 0],
        credit_id=accounts[fund_id, AccountKind.PAYABLE, provider_id, stripe_of(parent_id)],
        amount=amount,
        redemption_id=redemption_id,
        family_payment_id=payment.id,
    )
    post(db, [posting], actor=actor, now=now)


def take_back(
    db: Session, redemption_id: UUID, *, held_in: AccountKind, actor: Actor, now: datetime
) -> Cents:
    """Take back from a provider what it was credited with a redemption that is reversed.

    Args:
        held_in: `payable` or, once it was paid, `owed_back`.

    Raises:
        Overdrawn: it is no longer there; the unit of work must be given up.
    """
    taken = 0
    for due, credited in _passed(db, redemption_id):
        payment = _locked(db, due.family_payment_id or 0)
        fund_id, provider_id = _fund_of(payment), credited.provider_id or 0
        accounts = accounts_of(db, [fund_id])
        stripe = credited.stripe if held_in == AccountKind.PAYABLE else 0
        posting = Posting(
            kind=TransferKind.SHARE_UNDO,
            debit_id=accounts[fund_id, held_in, provider_id, stripe],
            credit_id=due.debit_id,
            amount=Cents(due.amount_cents),
            redemption_id=redemption_id,
            family_payment_id=payment.id,
        )
        post(db, [posting], actor=actor, now=now)
        payment.passed_cents -= due.amount_cents
        taken += due.amount_cents
    db.flush()
    return Cents(taken)


def ask_refund(
    db: Session, payment: FamilyPayment, amount: Cents, *, why: str, now: datetime
) -> None:
    """Promise a part of a payment back to its family; a periodic job sends it.

    Raises:
        IntegrityError: it would be more than is left of the payment.
    """
    payment.refund_cents += amount
    refund = FamilyRefund(
        public_id=ids.public_id(),
        payment_id=payment.id,
        amount_cents=amount,
        why=why,
        asked_at=now,
        state="asked",
    )
    db.add(refund)
    db.flush()


def _passed(db: Session, redemption_id: UUID) -> list[tuple[Transfer, Account]]:
    undone = aliased(Transfer)
    rows = db.execute(
        select(Transfer, Account)
        .join(Account, Account.id == Transfer.credit_id)
        .where(
            Transfer.redemption_id == redemption_id,
            Transfer.kind == TransferKind.SHARE_DUE,
            ~select(undone.id)
            .where(
                undone.redemption_id == redemption_id,
                undone.kind == TransferKind.SHARE_UNDO,
                undone.family_payment_id == Transfer.family_payment_id,
            )
            .exists(),
        )
        .order_by(Transfer.id)
    )
    return [(due, credited) for due, credited in rows]


def _locked(db: Session, payment_id: int) -> FamilyPayment:
    return db.get_one(FamilyPayment, payment_id, with_for_update=True, populate_existing=True)


def _fund_of(payment: FamilyPayment) -> int:
    if payment.fund_id is None:
        raise ValueError("nothing moves of what is not paid")
    return payment.fund_id


def move(
    db: Session,
    payment: FamilyPayment,
    kind: TransferKind,
    amount: int,
    actor: Actor,
    now: datetime,
    *,
    refused: bool = False,
) -> None:
    """Post between the bank and what is kept for families; what was refused, the other way."""
    fund_id = _fund_of(payment)
    accounts = accounts_of(db, [fund_id])
    bank = accounts[fund_id, AccountKind.BANK, 0, 0]
    kept = accounts[fund_id, AccountKind.FAMILY_SHARE, 0, 0]
    comes = refused or kind == TransferKind.SHARE_IN
    posting = Posting(
        kind=kind,
        debit_id=bank if comes else kept,
        credit_id=kept if comes else bank,
        amount=Cents(amount),
        family_payment_id=payment.id,
    )
    post(db, [posting], actor=actor, now=now)
