"""Give up a draft, or leave one provider out of it: everything in it is due as before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.settlements import moving
from repit.domain.settlements.errors import LastPayout, WrongBatchState
from repit.domain.settlements.holding import (
    IN_DRAFT,
    add_up,
    end_links,
    locked_batch,
    payouts_touching_reversals,
    record_batch,
)
from repit.domain.settlements.models import BatchState, Payout, PayoutState


def leave_out(
    db: Session, batch_id: int, payout_public_id: str, *, motive: str, actor: Actor, now: datetime
) -> None:
    """Take one provider out of a draft; what it is owed stays due.

    Raises:
        WrongBatchState: the batch is approved, or given up.
        NoSuchObject: no such payout in it.
        LastPayout: nothing would be left.
    """
    batch = locked_batch(db, batch_id)
    if batch.state != BatchState.DRAFTED:
        raise WrongBatchState(state=batch.state)
    payout = db.scalars(
        select(Payout).where(
            Payout.batch_id == batch_id,
            Payout.public_id == payout_public_id,
            Payout.state == PayoutState.DRAFTED,
        )
    ).one_or_none()
    if payout is None:
        raise NoSuchObject
    if batch.payouts == 1:
        raise LastPayout
    _drop(db, [payout.id], actor=actor, now=now)
    add_up(db, batch)
    of = ("provider", payout.provider_id)
    facts = {"batch": batch.number, "amount_cents": payout.amount_cents}
    record(db, actor=actor, kind="left_out", of=of, now=now, motive=motive, facts=facts)


def discard(db: Session, batch_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Give up a draft; everything in it is due as before.

    Raises:
        WrongBatchState: it was approved, or given up already.
    """
    batch = locked_batch(db, batch_id)
    if batch.state not in IN_DRAFT:
        raise WrongBatchState(state=batch.state)
    payouts = db.scalars(
        select(Payout.id).where(Payout.batch_id == batch_id, Payout.state == PayoutState.DRAFTED)
    ).all()
    _drop(db, payouts, actor=actor, now=now)
    batch.state, batch.ended_at = BatchState.DISCARDED, now
    record_batch(db, batch, "discarded", actor, now, motive=motive)


def _drop(db: Session, payout_ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    end_links(db, payout_ids, now=now)
    db.execute(
        update(Payout)
        .where(Payout.id.in_(payout_ids))
        .values(state=PayoutState.DISCARDED)
        .execution_options(synchronize_session=False)
    )
    for payout_id in payouts_touching_reversals(db, payout_ids):
        touched = moving.touched_by(db, payout_id)
        moving.cancel_out(db, touched, payout_id=payout_id, actor=actor, now=now)
