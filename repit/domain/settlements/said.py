"""What the bank has said of payouts before: the same again, or that one came back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.settlements.models import Payout, PayoutOutcome
from repit.domain.settlements.outcomes import Outcome, Result


def known(db: Session, batch_id: int, outcome: Outcome) -> set[int]:
    """Return the payouts of a batch, or the one that is named, of which this was read before."""
    found = (
        select(PayoutOutcome.payout_id)
        .join(Payout, Payout.id == PayoutOutcome.payout_id)
        .where(
            Payout.batch_id == batch_id,
            PayoutOutcome.result == outcome.result,
            PayoutOutcome.bank_reference == (outcome.bank_reference or ""),
        )
    )
    if outcome.end_to_end_id is not None:
        found = found.where(Payout.public_id == outcome.end_to_end_id)
    return set(db.scalars(found))


def came_back(db: Session, payout_id: int) -> bool:
    """Tell whether the bank said that a payout came back after it was paid."""
    found = db.scalar(
        select(PayoutOutcome.id)
        .where(PayoutOutcome.payout_id == payout_id, PayoutOutcome.result == Result.RETURNED)
        .limit(1)
    )
    return found is not None
