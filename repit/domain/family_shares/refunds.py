"""A refund on its way: posted, asked of Stripe under one key, then done, or taken back.

Three changes with the network between them; each may be repeated after a crash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.errors import NoSuchObject
from repit.domain.family_shares.errors import RefundNotRefused
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.family_shares.service import move
from repit.domain.ledger.models import Account, AccountKind, TransferKind
from repit.domain.money import Cents

KEY_LASTS = timedelta(hours=23)
"""Stripe forgets a key after a day: what was asked before then is not asked again by itself."""
WAITING = ("asked", "sent")


@dataclass(frozen=True)
class ToSend:
    """What to ask of Stripe. The same name and tries are the same refund."""

    public_id: str
    intent_id: str
    amount: Cents
    tries: int


def some_wait(db: Session) -> bool:
    """Return whether a refund is still to be sent, without taking any lock."""
    waiting = select(FamilyRefund.id).where(FamilyRefund.state.in_(WAITING)).limit(1)
    return db.scalar(waiting) is not None


def waiting(db: Session) -> Sequence[str]:
    """Return the refunds that are still to be sent, or of which no answer came; oldest first."""
    return db.scalars(
        select(FamilyRefund.public_id)
        .where(FamilyRefund.state.in_(WAITING))
        .order_by(FamilyRefund.id)
    ).all()


def start(db: Session, public_id: str, *, actor: Actor, now: datetime) -> ToSend | None:
    """Post a refund, family_share → bank, and return what to ask of Stripe.

    Returns:
        None when it is over, or when its money is still with a provider who owes it back.

    Raises:
        NoSuchObject: there is no such refund.
    """
    refund, payment = _locked(db, public_id)
    if refund.state not in WAITING:
        return None
    if refund.state == "asked":
        if not _is_there(db, payment, refund.amount_cents):
            return None
        refund.state, refund.sent_at = "sent", now
        move(db, payment, TransferKind.SHARE_BACK, refund.amount_cents, actor, now)
    elif refund.sent_at is not None and refund.sent_at + KEY_LASTS < now:
        _take_back(db, refund, payment, "no_answer", actor, now)
        return None
    return ToSend(
        public_id,
        payment.stripe_payment_id or "",
        Cents(refund.amount_cents),
        refund.attempt,
    )


def finish(db: Session, public_id: str, *, stripe_refund_id: str, now: datetime) -> None:
    """Note that Stripe made it; noting twice is noting once.

    Raises:
        NoSuchObject: there is no such refund.
    """
    refund, _ = _locked(db, public_id)
    if refund.state == "sent":
        refund.state, refund.done_at = "done", now
        refund.stripe_refund_id = stripe_refund_id


def refuse(db: Session, public_id: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Note that Stripe will not make it, or could not: its money is kept for the family again.

    Raises:
        NoSuchObject: there is no such refund.
    """
    refund, payment = _locked(db, public_id)
    if refund.state in {"sent", "done"}:
        _take_back(db, refund, payment, reason, actor, now)


def try_again(db: Session, public_id: str) -> None:
    """Send a refund that Stripe refused once more, under a new key.

    Raises:
        NoSuchObject: there is no such refund.
        RefundNotRefused: it is on its way, or done.
    """
    refund, _ = _locked(db, public_id)
    if refund.state != "refused":
        raise RefundNotRefused
    refund.state, refund.reason, refund.sent_at = "asked", None, None
    refund.attempt += 1


def _take_back(
    db: Session,
    refund: FamilyRefund,
    payment: FamilyPayment,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    refund.state, refund.reason, refund.done_at = "refused", reason[:64], None
    move(db, payment, TransferKind.SHARE_BACK, refund.amount_cents, actor, now, refused=True)


def _is_there(db: Session, payment: FamilyPayment, amount: int) -> bool:
    """Tell whether the families' share of the bank covers it."""
    bank = db.scalars(
        select(Account)
        .where(Account.fund_id == payment.fund_id, Account.kind == AccountKind.BANK)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return bank.debits_cents - bank.credits_cents >= amount


def _locked(db: Session, public_id: str) -> tuple[FamilyRefund, FamilyPayment]:
    payment_id = db.scalar(
        select(FamilyRefund.payment_id).where(FamilyRefund.public_id == public_id)
    )
    if payment_id is None:
        raise NoSuchObject
    # The payment first, as everybody: what is left of it is decided there.
    payment = db.get_one(FamilyPayment, payment_id, with_for_update=True, populate_existing=True)
    refund = db.scalars(
        select(FamilyRefund)
        .where(FamilyRefund.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return refund, payment
