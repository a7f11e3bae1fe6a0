"""What Stripe tells of a page where something is paid. Amounts are cents.

A payment only goes forward: asked, open, processing, then paid, failed or expired; and paid wins
over all others, whatever came first, because then the money is there.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings import paying
from repit.domain.cards import family_news
from repit.domain.cards.gateway import Way
from repit.domain.cards.models import OnlinePayment, PaymentState
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
from repit.domain.programmes import contributions
from repit.domain.programmes import rules as programmes
from repit.domain.programmes.models import Contribution
from repit.domain.programmes.rules import Received

CURRENCY = "eur"
ARRIVES_BY = {
    Way.CARD: programmes.Way.CARD,
    Way.SEPA_DEBIT: programmes.Way.SEPA_DEBIT,
    Way.BANK_TRANSFER: programmes.Way.TRANSFER,
}
BEFORE_PROCESSING = (PaymentState.ASKED, PaymentState.OPEN, PaymentState.EXPIRED)
BEFORE_FAILING = (*BEFORE_PROCESSING, PaymentState.PROCESSING)


def read_session(
    db: Session, kind: str, facts: Facts, _created_at: datetime, now: datetime
) -> Verdict:
    """Follow one page of Stripe; money counts once Stripe says that it was paid.

    Raises:
        FundClosed, PromiseCancelled: the money is there, and its contribution expects none.
    """
    name = facts.get("payment") or facts.get("client_reference_id")
    payment = _locked(db, str(name)) if name else None
    session = facts.get("id")
    if payment is None:
        of_family = name and paying.is_share(db, str(name))
        read = family_news.read_session(db, str(name), kind, facts, now) if of_family else None
        return read or waiting(session, "unknown_payment")
    if kind == "checkout.session.expired":
        return _end(payment, session, PaymentState.EXPIRED, BEFORE_PROCESSING, now)
    if kind == "checkout.session.async_payment_failed":
        return _end(payment, session, PaymentState.FAILED, BEFORE_FAILING, now)
    paid = kind.endswith("succeeded") or facts.get("payment_status") == "paid"
    if paid:
        return _paid(db, payment, facts, now)
    if payment.state not in BEFORE_PROCESSING:
        return idle(session)
    payment.state, payment.intent_id = PaymentState.PROCESSING, facts.get("payment_intent")
    payment.ended_at = None
    return applied(session)


def _locked(db: Session, public_id: str) -> OnlinePayment | None:
    return db.scalars(
        select(OnlinePayment)
        .where(OnlinePayment.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _end(
    payment: OnlinePayment,
    session: str | None,
    state: PaymentState,
    before: tuple[PaymentState, ...],
    now: datetime,
) -> Verdict:
    if payment.state not in before or payment.state == state:
        return idle(session)
    payment.state, payment.ended_at = state, now
    return applied(session)


def _paid(db: Session, payment: OnlinePayment, facts: Facts, now: datetime) -> Verdict:
    session, intent = facts.get("id"), facts.get("payment_intent")
    if payment.state == PaymentState.PAID:
        same = intent in {None, payment.intent_id}
        return idle(session) if same else contradicts(session, "paid_twice")
    if facts.get("amount_total") != payment.amount_cents or facts.get("currency") != CURRENCY:
        return contradicts(session, "other_amount")
    if not intent:
        return contradicts(session, "no_payment")
    fund_id = db.get_one(Contribution, payment.contribution_id).fund_id
    received = Received(
        amount=Cents(payment.amount_cents),
        received_on=day_of(db, fund_id, now),
        reference=str(intent)[:80],
        way=ARRIVES_BY[Way(payment.way)],
    )
    payment.arrival_id = contributions.arrive(
        db, payment.contribution_id, received, actor=STRIPE, now=now
    )
    payment.state, payment.intent_id, payment.ended_at = PaymentState.PAID, str(intent), now
    return applied(session, appeared=str(intent))


READERS: dict[str, News] = dict.fromkeys(
    (
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    ),
    read_session,
)
