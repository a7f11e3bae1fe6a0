"""What Stripe tells of refunds: ours, which it names, and those somebody made on its own pages."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.cards import family_news, refunds
from repit.domain.cards.models import OnlinePayment, OnlineRefund
from repit.domain.cards.news import Facts, News, Verdict, applied, contradicts, idle, waiting


def read_refund(
    db: Session, _kind: str, facts: Facts, _created_at: datetime, now: datetime
) -> Verdict:
    """Follow one refund; it may still fail after it seemed done.

    Raises:
        Nothing of its own.
    """
    intent, state = facts.get("payment_intent"), str(facts.get("status", ""))
    to_family = family_news.refund_name(db, facts)
    if to_family is not None:
        return family_news.read_refund(db, to_family, facts, now)
    name = _ours(db, facts)
    if name is None:
        known = select(OnlinePayment.id).where(OnlinePayment.intent_id == intent)
        if db.scalar(known) is None:
            return waiting(intent, "unknown_payment")
        return contradicts(intent, "refund_elsewhere")
    if state in {"failed", "canceled"}:
        changed = refunds.failed(db, name, str(facts.get("failure_reason") or state), now=now)
    else:
        changed = refunds.sent(db, name, str(facts["id"]), state, now=now)
    return applied(intent) if changed else idle(intent)


def _ours(db: Session, facts: Facts) -> str | None:
    by_name = select(OnlineRefund.public_id).where(OnlineRefund.public_id == facts.get("refund"))
    by_id = select(OnlineRefund.public_id).where(OnlineRefund.refund_id == facts.get("id"))
    return db.scalar(by_name) or db.scalar(by_id)


READERS: dict[str, News] = dict.fromkeys(
    ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated"), read_refund
)
