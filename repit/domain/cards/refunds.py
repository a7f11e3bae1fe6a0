"""Give what is left of a closed fund back to the payments it came by. Amounts are cents.

The money leaves the fund when the refund is asked for, so that it is given back once: what Stripe
or the payer's bank refuses comes back to the fund, and goes by bank. The network is called between
two changes, by a job: `asked` … Stripe … `sent` or `refused`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.cards.errors import NothingToRefund
from repit.domain.cards.models import (
    OnlinePayment,
    OnlineRefund,
    PaymentDispute,
    PaymentState,
    RefundState,
)
from repit.domain.errors import NoSuchObject
from repit.domain.jobs.service import enqueue
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.queries import fund_numbers
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.programmes.errors import FundOpen
from repit.domain.programmes.holding import locked_fund
from repit.domain.programmes.models import Arrival, Fund

OVER = (RefundState.DONE, RefundState.FAILED)
JOB = "send_refunds"


@dataclass(frozen=True)
class ToSend:
    """A refund Stripe is to be asked for."""

    id: int
    public_id: str
    intent_id: str
    amount: Cents
    tries: int


def give_back(db: Session, fund_id: int, *, motive: str, actor: Actor, now: datetime) -> Cents:
    """Give what is in hand back by the payments it came by, latest first, as far as they reach.

    Returns:
        What is given back so; the rest goes by bank.

    Raises:
        NoSuchObject: no such fund.
        FundOpen: close it first.
        NothingToRefund: nothing is left, or nothing came by a payment.
    """
    payments = _refundable(db, fund_id)
    if locked_fund(db, fund_id).closed_at is None:
        raise FundOpen
    rest = in_hand = fund_numbers(db, [fund_id])[fund_id].in_hand
    for payment in payments:
        amount = Cents(min(rest, payment.amount_cents - payment.refunded_cents))
        if amount > 0:
            _ask(db, fund_id, payment, amount, motive=motive, actor=actor, now=now)
            rest = Cents(rest - amount)
    given = Cents(in_hand - rest)
    if not given:
        raise NothingToRefund
    facts = {"amount_cents": given}
    of = ("fund", fund_id)
    record(db, actor=actor, kind="refund_asked", of=of, now=now, motive=motive, facts=facts)
    enqueue(db, kind=JOB, facts={}, actor=actor, now=now)
    return given


def refundable(db: Session, fund_id: int) -> Cents:
    """Return how much of what came to a fund by payments can still go back by them."""
    rows = db.scalars(_of_fund(fund_id))
    return Cents(sum(row.amount_cents - row.refunded_cents for row in rows))


def _of_fund(fund_id: int):  # type: ignore[no-untyped-def]
    disputed = exists().where(PaymentDispute.payment_id == OnlinePayment.id, PaymentDispute.posted)
    return (
        select(OnlinePayment)
        .join(Arrival, Arrival.id == OnlinePayment.arrival_id)
        .where(
            Arrival.fund_id == fund_id,
            Arrival.way != "transfer",  # what came by bank goes back by bank
            OnlinePayment.state == PaymentState.PAID,
            ~disputed,
        )
        .order_by(OnlinePayment.id)
    )


def _refundable(db: Session, fund_id: int) -> list[OnlinePayment]:
    locked = _of_fund(fund_id).with_for_update(of=OnlinePayment)
    return list(db.scalars(locked.execution_options(populate_existing=True)))[::-1]


def _ask(
    db: Session,
    fund_id: int,
    payment: OnlinePayment,
    amount: Cents,
    *,
    motive: str,
    actor: Actor,
    now: datetime,
) -> None:
    payment.refunded_cents += amount
    refund = OnlineRefund(
        public_id=ids.public_id(),
        payment_id=payment.id,
        amount_cents=amount,
        state=RefundState.ASKED,
        tries=1,
        motive=motive,
        asked_by=actor,
        created_at=now,
    )
    db.add(refund)
    db.flush()
    way = (AccountKind.AVAILABLE, AccountKind.BANK)
    _post(db, fund_id, way, amount, payment.arrival_id, actor=actor, now=now)


def to_send(db: Session, after: int = 0) -> ToSend | None:
    """Return the next refund Stripe has not answered for."""
    found = db.execute(
        select(OnlineRefund, OnlinePayment.intent_id)
        .join(OnlinePayment, OnlinePayment.id == OnlineRefund.payment_id)
        .where(OnlineRefund.state == RefundState.ASKED, OnlineRefund.id > after)
        .order_by(OnlineRefund.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    refund, intent = found
    return ToSend(
        refund.id, refund.public_id, str(intent), Cents(refund.amount_cents), refund.tries
    )


def sent(db: Session, public_id: str, refund_id: str, state: str, *, now: datetime) -> bool:
    """Note what Stripe made of a refund; return whether that was news.

    Raises:
        NoSuchObject: no refund of ours.
    """
    refund, payment = _locked(db, public_id)
    if refund.state in OVER:
        return False
    before = refund.state, refund.refund_id
    refund.refund_id = refund_id
    if state in {"failed", "canceled"}:
        _failed(db, refund, payment, state, now)
        return True
    refund.state = RefundState.DONE if state == "succeeded" else RefundState.SENT
    refund.ended_at = now if state == "succeeded" else None
    return before != (refund.state, refund.refund_id)


def failed(db: Session, public_id: str, reason: str, *, now: datetime) -> bool:
    """Note that a refund was refused, even after it seemed done; return whether that was news.

    Raises:
        NoSuchObject: no refund of ours.
    """
    refund, payment = _locked(db, public_id)
    if refund.state == RefundState.FAILED:
        return False
    _failed(db, refund, payment, reason, now)
    return True


def _failed(
    db: Session, refund: OnlineRefund, payment: OnlinePayment, reason: str, now: datetime
) -> None:
    refund.state, refund.reason, refund.ended_at = RefundState.FAILED, reason[:64], now
    payment.refunded_cents -= refund.amount_cents
    fund_id = db.get_one(Arrival, payment.arrival_id).fund_id
    db.get_one(Fund, fund_id, with_for_update=True)
    actor, amount = Actor(refund.asked_by), Cents(refund.amount_cents)
    way = (AccountKind.BANK, AccountKind.AVAILABLE)
    _post(db, fund_id, way, amount, payment.arrival_id, actor=actor, now=now)
    facts = {"amount_cents": amount, "reason": reason}
    record(db, actor=actor, kind="refund_failed", of=("fund", fund_id), now=now, facts=facts)


def _post(
    db: Session,
    fund_id: int,
    way: tuple[AccountKind, AccountKind],
    amount: Cents,
    arrival_id: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    accounts = accounts_of(db, [fund_id])
    debit, credit = way
    posting = Posting(
        kind=TransferKind.RETURN,
        debit_id=accounts[fund_id, debit, 0, 0],
        credit_id=accounts[fund_id, credit, 0, 0],
        amount=amount,
        arrival_id=arrival_id,
    )
    post(db, [posting], actor=actor, now=now)


def _locked(db: Session, public_id: str) -> tuple[OnlineRefund, OnlinePayment]:
    wanted = select(OnlineRefund.id, OnlineRefund.payment_id)
    found = db.execute(wanted.where(OnlineRefund.public_id == public_id)).one_or_none()
    if found is None:
        raise NoSuchObject
    refund_id, payment_id = found
    payment = db.get_one(OnlinePayment, payment_id, with_for_update=True, populate_existing=True)
    refund = db.get_one(OnlineRefund, refund_id, with_for_update=True, populate_existing=True)
    return refund, payment
