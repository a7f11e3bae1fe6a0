"""What Stripe tells of families' payments: their pages, and the refunds of them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings import paying
from repit.domain.bookings.paying import Outcome
from repit.domain.cards.news import STRIPE, Facts, Verdict, applied, contradicts, idle
from repit.domain.family_shares import refunds
from repit.domain.family_shares.models import FamilyRefund
from repit.domain.money import Cents

CURRENCY = "eur"
ENDED = ("checkout.session.expired", "checkout.session.async_payment_failed")


def read_session(db: Session, key: str, kind: str, facts: Facts, now: datetime) -> Verdict:
    """Follow one page on which a family pays its share.

    Raises:
        AmountDiffers: it paid something else than the page asked.
    """
    session = facts.get("id")
    if kind in ENDED:
        paying.page_over(db, key)
        return applied(session)
    if not (kind.endswith("succeeded") or facts.get("payment_status") == "paid"):
        return idle(session)
    intent = facts.get("payment_intent")
    if not intent:
        return contradicts(session, "no_payment")
    if facts.get("currency") != CURRENCY:
        return contradicts(session, "other_amount")
    outcome = paying.paid(
        db,
        key,
        amount=Cents(int(facts.get("amount_total") or 0)),
        stripe_payment_id=str(intent),
        actor=STRIPE,
        now=now,
    )
    return idle(session) if outcome is Outcome.KNOWN else applied(session, appeared=str(intent))


def refund_name(db: Session, facts: Facts) -> str | None:
    """Return the public id of a family's refund that Stripe speaks of; None when it is no such."""
    by_name = select(FamilyRefund.public_id).where(FamilyRefund.public_id == facts.get("refund"))
    by_id = select(FamilyRefund.public_id).where(FamilyRefund.stripe_refund_id == facts.get("id"))
    return db.scalar(by_name) or db.scalar(by_id)


def read_refund(db: Session, name: str, facts: Facts, now: datetime) -> Verdict:
    """Follow one refund to a family; it may still fail after it seemed done.

    Raises:
        Nothing of its own.
    """
    intent, state = facts.get("payment_intent"), str(facts.get("status", ""))
    if state in {"failed", "canceled"}:
        reason = str(facts.get("failure_reason") or state)
        refunds.refuse(db, name, reason=reason, actor=STRIPE, now=now)
    elif state == "succeeded":
        refunds.finish(db, name, stripe_refund_id=str(facts["id"]), now=now)
    return applied(intent)
