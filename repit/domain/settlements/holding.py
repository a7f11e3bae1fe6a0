"""What every change of a batch needs: its row for itself, its sum, its links, its history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.redemptions.models import PayoutRedemption, Reversal
from repit.domain.settlements.models import (
    BatchState,
    Payout,
    PayoutBatch,
    PayoutState,
    Recovery,
)

IN_DRAFT = (BatchState.PREPARING, BatchState.DRAFTED)


def end_links(db: Session, payout_ids: Sequence[int], *, now: datetime) -> None:
    """Free what payouts pay and recover: it may be paid, and is owed back, again.

    Raises:
        Nothing of its own.
    """
    for row in (PayoutRedemption, Recovery):
        values = {"ended_at": now} | ({"paid_on": None} if row is PayoutRedemption else {})
        db.execute(
            update(row)
            .where(row.payout_id.in_(payout_ids), row.ended_at.is_(None))
            .values(values)
            .execution_options(synchronize_session=False)
        )


def payouts_touching_reversals(db: Session, payout_ids: Sequence[int]) -> list[int]:
    """Return which of these payouts paid or recovered a redemption that is reversed.

    Raises:
        Nothing of its own.
    """
    found: set[int] = set()
    for row in (PayoutRedemption, Recovery):
        found |= set(
            db.scalars(
                select(row.payout_id)
                .join(Reversal, Reversal.redemption_id == row.redemption_id)
                .where(row.payout_id.in_(payout_ids))
            )
        )
    return sorted(found)


def add_up(db: Session, batch: PayoutBatch) -> None:
    """Write down how many payouts a batch has and what they come to.

    Raises:
        Nothing of its own.
    """
    count, amount = db.execute(
        select(func.count(), func.coalesce(func.sum(Payout.amount_cents), literal(0))).where(
            Payout.batch_id == batch.id, Payout.state != PayoutState.DISCARDED
        )
    ).one()
    batch.payouts, batch.amount_cents = count, int(amount)
    db.flush()


def locked_batch(db: Session, batch_id: int) -> PayoutBatch:
    """Return a batch that nobody else changes until the end of the change.

    Raises:
        NoSuchObject: there is no such batch.
    """
    batch = db.get(PayoutBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NoSuchObject
    return batch


def record_batch(
    db: Session,
    batch: PayoutBatch,
    kind: str,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    """Note in a batch's history what became of it, with its size.

    Raises:
        Nothing of its own.
    """
    facts = {"batch": batch.number, "payouts": batch.payouts, "amount_cents": batch.amount_cents}
    of = ("payout_batch", batch.id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=motive, facts=facts)
