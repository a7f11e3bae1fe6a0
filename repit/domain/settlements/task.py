"""A big draft as a job: some providers at a time, each in a change of its own.

Whatever dies in between, the next attempt adds what is missing and goes on.
"""

from typing import Any

from sqlalchemy import select

from repit.db.unit_of_work import unit_of_work
from repit.domain.jobs.worker import JobContext
from repit.domain.settlements.giving_up import discard
from repit.domain.settlements.models import BatchState, Payout, PayoutBatch
from repit.domain.settlements.preview import what_would_be_paid
from repit.domain.settlements.settle import AT_ONCE, add_payouts, finish

KIND = "settle"


def settle_in_parts(context: JobContext) -> dict[str, Any]:
    """Add to the batch of `batch_id` everything that may be paid, then make it a draft."""
    batch = context.db.get_one(PayoutBatch, context.facts["batch_id"], populate_existing=True)
    if batch.state != BatchState.PREPARING:  # done by an attempt that died after its last change
        return _outcome(batch)
    seen = what_would_be_paid(
        context.db, batch.programme_id, cut_off=batch.cut_off_at, now=context.now
    )
    there = context.db.scalars(select(Payout.provider_id).where(Payout.batch_id == batch.id)).all()
    missing = [one.provider_id for one in seen if one.is_paid]
    batch_id, total = batch.id, len(there) + len(missing)
    for start in range(0, len(missing), AT_ONCE):
        context.progress(len(there) + start, total)
        with unit_of_work(context.db):
            add_payouts(context.db, batch_id, missing[start : start + AT_ONCE], now=context.now)
    context.progress(total, total)
    return _end(context, batch_id)


def _end(context: JobContext, batch_id: int) -> dict[str, Any]:
    with unit_of_work(context.db):
        some = context.db.scalar(select(Payout.id).where(Payout.batch_id == batch_id).limit(1))
        if some is None:
            discard(
                context.db, batch_id, motive="nothing_due", actor=context.actor, now=context.now
            )
        else:
            finish(context.db, batch_id, now=context.now)
        return _outcome(context.db.get_one(PayoutBatch, batch_id))


def _outcome(batch: PayoutBatch) -> dict[str, Any]:
    return {
        "batch": batch.public_id,
        "payouts": batch.payouts,
        "amount_cents": batch.amount_cents,
    }
