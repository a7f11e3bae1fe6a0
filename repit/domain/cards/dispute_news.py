"""What Stripe tells of a payment that the payer's bank takes back. Amounts are cents.

The news come in any order, so each only raises a flag; the books follow what the flags say
together: the money is gone when it was withdrawn and has not been given back.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.cards.models import DisputeState, OnlinePayment, PaymentDispute
from repit.domain.cards.news import (
    STRIPE,
    Facts,
    News,
    Verdict,
    applied,
    contradicts,
    day_of,
    idle,
    waiting,
)
from repit.domain.money import Cents
from repit.domain.programmes import contributions, shortages
from repit.domain.programmes.models import Arrival
from repit.domain.programmes.rules import Reason, Received, TakenBack, Way


def read_dispute(
    db: Session, kind: str, facts: Facts, created_at: datetime, now: datetime
) -> Verdict:
    """Follow one dispute; money moves only with what Stripe says that it withdrew or gave back.

    Raises:
        FundClosed: what comes back has no fund to come back to.
    """
    intent = facts.get("payment_intent")
    payment = _locked(db, str(intent)) if intent else None
    if payment is None or payment.arrival_id is None:
        return waiting(intent, "unknown_payment")
    dispute = _known_or_new(db, payment, facts, created_at)
    before = (dispute.withdrawn, dispute.reinstated, dispute.state)
    _flag(dispute, kind, str(facts.get("status", "")), now)
    if (dispute.withdrawn and not dispute.reinstated) != dispute.posted:
        return _move(db, payment, dispute, now)
    after = (dispute.withdrawn, dispute.reinstated, dispute.state)
    return idle(intent) if before == after else applied(intent)


def _locked(db: Session, intent: str) -> OnlinePayment | None:
    return db.scalars(
        select(OnlinePayment)
        .where(OnlinePayment.intent_id == intent)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _known_or_new(
    db: Session, payment: OnlinePayment, facts: Facts, created_at: datetime
) -> PaymentDispute:
    db.execute(
        inserting(db, PaymentDispute)
        .values(
            dispute_id=facts["id"],
            payment_id=payment.id,
            amount_cents=int(facts["amount"]),
            state=DisputeState.OPEN,
            reason=facts.get("reason"),
            opened_at=created_at,
        )
        .on_conflict_do_nothing(index_elements=["dispute_id"])
    )
    return db.scalars(
        select(PaymentDispute)
        .where(PaymentDispute.dispute_id == facts["id"])
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _flag(dispute: PaymentDispute, kind: str, status: str, now: datetime) -> None:
    closed = kind == "charge.dispute.closed"
    if kind == "charge.dispute.funds_withdrawn" or (closed and status == "lost"):
        dispute.withdrawn = True
    if kind == "charge.dispute.funds_reinstated" or (closed and status == "won"):
        dispute.reinstated = True
    if closed and status in {"won", "lost"}:
        dispute.state = DisputeState.WON if status == "won" else DisputeState.LOST
        dispute.ended_at = dispute.ended_at or now


def _move(db: Session, payment: OnlinePayment, dispute: PaymentDispute, now: datetime) -> Verdict:
    arrival = db.get_one(Arrival, payment.arrival_id)
    today = day_of(db, arrival.fund_id, now)
    if dispute.posted:
        back = Received(
            Cents(dispute.amount_cents), today, dispute.dispute_id[:80], way=Way(arrival.way)
        )
        shortages.come_back(db, arrival.contribution_id, back, actor=STRIPE, now=now)
        dispute.posted = False
        return applied(payment.intent_id)
    if dispute.amount_cents > arrival.amount_cents - arrival.returned_cents:
        return contradicts(payment.intent_id, "more_than_arrived")
    taken = TakenBack(Reason.DISPUTED, today, Cents(dispute.amount_cents), dispute.reason)
    contributions.take_back(db, arrival.id, taken, actor=STRIPE, now=now)
    dispute.posted = True
    return applied(payment.intent_id)


READERS: dict[str, News] = dict.fromkeys(
    (
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ),
    read_dispute,
)
