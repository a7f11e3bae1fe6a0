"""What the bank said of payouts and is still not so: nothing moved, and somebody looks."""

from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from repit.domain.settlements.models import Payout, PayoutBatch, PayoutOutcome, PayoutState
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.second_look import DISAGREES, understood

_SAID_SO = {
    Result.SETTLED: PayoutState.SETTLED,
    Result.REJECTED: PayoutState.REJECTED,
    Result.RETURNED: PayoutState.REJECTED,
}


class LeftOpen(StrEnum):
    """Why a movement of the bank that names a payout of ours is not understood."""

    OTHER_AMOUNT = "other_amount"
    AFTER_REJECTION = "after_rejection"
    """It was debited although the bank had refused it, and it has not come back."""
    NOT_SENT = "not_sent"


def still_doubtful() -> ColumnElement[bool]:
    """Tell whether what was said is still not what we know; on `PayoutOutcome` and `Payout`.

    What came true since is settled: also a debit of a refused payout that came back.
    """
    later = aliased(PayoutOutcome)
    came_back = exists().where(
        later.payout_id == PayoutOutcome.payout_id, later.result == Result.RETURNED
    )
    came_true = (PayoutOutcome.result == Result.SETTLED) & came_back
    for result, state in _SAID_SO.items():
        came_true |= (PayoutOutcome.result == result) & (Payout.state == state)
    return PayoutOutcome.effect.in_(["contradicts", DISAGREES]) & ~(came_true | understood())


def left_open(db: Session, outcome: Outcome) -> LeftOpen | None:
    """Return why a movement that was followed before is not understood; None when it is.

    Another amount than the payout's own is never understood by itself, whatever came later; the
    sum of a whole file may be, once the bank has said what it refused of it.
    """
    one = outcome.end_to_end_id is not None
    of_it = (
        Payout.public_id == outcome.end_to_end_id
        if one
        else PayoutBatch.public_id == outcome.message_id
    )
    if not one and outcome.result == Result.SETTLED and _refused_whole(db, of_it):
        return LeftOpen.AFTER_REJECTION
    rows = db.execute(
        select(PayoutOutcome.effect, Payout.state, still_doubtful())
        .select_from(PayoutOutcome)
        .join(Payout, Payout.id == PayoutOutcome.payout_id)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(
            of_it,
            PayoutOutcome.result == outcome.result,
            PayoutOutcome.bank_reference == (outcome.bank_reference or ""),
        )
        .order_by(PayoutOutcome.id)
    )
    for effect, state, doubtful in rows:
        if effect == DISAGREES and (one or doubtful):
            return LeftOpen.OTHER_AMOUNT
        if doubtful:
            refused = state == PayoutState.REJECTED
            return LeftOpen.AFTER_REJECTION if refused else LeftOpen.NOT_SENT
    return None


def _refused_whole(db: Session, of_it: ColumnElement[bool]) -> bool:
    """Tell whether the bank refused every payout of a file, and gave none of them back."""
    every = select(Payout.state, Payout.id).join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
    rows = db.execute(every.where(of_it, Payout.state != PayoutState.DISCARDED)).all()
    if not rows or any(state != PayoutState.REJECTED for state, _ in rows):
        return False
    returned = select(PayoutOutcome.id).where(
        PayoutOutcome.payout_id.in_([payout_id for _, payout_id in rows]),
        PayoutOutcome.result == Result.RETURNED,
    )
    return db.scalar(returned.limit(1)) is None
