"""A sum that was not ours when the bank booked a file, and is once the bank said what it refused.

Banks that book a file as one line leave out what they refused of it. When the line is read before
the refusals, the sum says nothing yet: it is kept with each payout, and understood here.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from repit.domain.money import Cents
from repit.domain.settlements.models import Payout, PayoutOutcome, PayoutState
from repit.domain.settlements.outcomes import Outcome, Result

DISAGREES = "disagrees"


def explained(db: Session, batch_id: int, refused: Collection[int]) -> Outcome | None:
    """Return the booking of a whole file that the refusal of these payouts explains, if any.

    It named all of them, and everything that is not refused, and its sum is that of the rest.
    """
    amounts = {
        one.id: one.amount_cents
        for one in db.execute(
            select(Payout.id, Payout.amount_cents).where(
                Payout.batch_id == batch_id,
                Payout.state.not_in([PayoutState.REJECTED, PayoutState.DISCARDED]),
            )
        )
    }
    kept = sum(amounts.values())
    said = db.execute(
        select(PayoutOutcome.bank_reference, PayoutOutcome.day, PayoutOutcome.payout_id)
        .join(Payout, Payout.id == PayoutOutcome.payout_id)
        .where(
            Payout.batch_id == batch_id,
            PayoutOutcome.result == Result.SETTLED,
            PayoutOutcome.effect == DISAGREES,
            PayoutOutcome.amount_cents == kept,
        )
        .order_by(PayoutOutcome.id)
    )
    named = defaultdict(set)
    for reference, day, payout_id in said:
        named[reference, day].add(payout_id)
    for (reference, day), payouts in named.items():
        if payouts >= {*amounts, *refused}:
            return Outcome(
                Result.SETTLED, amount=Cents(kept), day=day, bank_reference=reference or None
            )
    return None


def understood() -> ColumnElement[bool]:
    """Tell whether a booking that disagreed paid the others of its file; on `PayoutOutcome`."""
    other, paid, refused = aliased(PayoutOutcome), aliased(Payout), aliased(Payout)
    return (
        exists()
        .where(
            PayoutOutcome.effect == DISAGREES,
            other.effect == DISAGREES,
            other.result == PayoutOutcome.result,
            other.bank_reference == PayoutOutcome.bank_reference,
            other.amount_cents == PayoutOutcome.amount_cents,
            refused.id == PayoutOutcome.payout_id,
            refused.state == PayoutState.REJECTED,
            paid.id == other.payout_id,
            paid.batch_id == refused.batch_id,
            paid.state == PayoutState.SETTLED,
        )
        .correlate(PayoutOutcome)
    )
