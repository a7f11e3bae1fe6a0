"""Lines of the bank that are payments of ours: what went out, and what came back of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.banking.models import BankLine
from repit.domain.money import Cents
from repit.domain.settlements import following
from repit.domain.settlements.outcomes import Outcome, Result


def outcome_of(line: BankLine) -> Outcome | None:
    """Return what a line says of a payment, if it names one: it was paid, or it came back."""
    if line.end_to_end_id is None and line.message_id is None:
        return None
    return Outcome(
        Result.RETURNED if line.credit else Result.SETTLED,
        end_to_end_id=line.end_to_end_id,
        message_id=line.message_id,
        reason=line.reason_code,
        amount=Cents(line.amount_cents),
        day=line.booked_on,
        bank_reference=line.bank_reference or line.identity[:32],
    )


def follow(db: Session, line: BankLine, *, actor: Actor, now: datetime) -> bool:
    """Hand a line to the payments, if it is one's; say whether it was.

    Raises:
        Nothing of its own.
    """
    if line.credit and line.reason_code is None:
        return False  # a funder may write anything as its own reference
    outcome = outcome_of(line)
    return outcome is not None and follow_outcome(db, outcome, actor=actor, now=now)


def follow_outcome(db: Session, outcome: Outcome, *, actor: Actor, now: datetime) -> bool:
    """Hand what the bank says to the payments; say whether it is about one of ours.

    Raises:
        Nothing of its own: what cannot be true is kept with the payout, and shown there.
    """
    followed = following.follow(db, outcome, actor=actor, now=now)
    return followed.effect is not following.Effect.UNKNOWN
