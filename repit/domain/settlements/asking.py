"""Ask for a draft: at once when it is small, by a job when it is not."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.jobs.service import enqueue
from repit.domain.settlements.preview import what_would_be_paid
from repit.domain.settlements.settle import AT_ONCE, settle, start
from repit.domain.settlements.task import KIND


def ask_for_draft(
    db: Session, programme_id: int, *, cut_off: datetime, actor: Actor, now: datetime
) -> str:
    """Draft a batch, or let a job draft it; return the batch's public id.

    Raises:
        NoSuchObject, CutOffToCome, BatchInDraft, NobodyInParticular, NothingDue: see `settle`.
    """
    seen = what_would_be_paid(db, programme_id, cut_off=cut_off, now=now)
    if sum(one.is_paid for one in seen) <= AT_ONCE:
        return settle(db, programme_id, cut_off=cut_off, actor=actor, now=now)
    batch = start(db, programme_id, cut_off=cut_off, actor=actor, now=now)
    enqueue(
        db,
        kind=KIND,
        facts={"batch_id": batch.id},
        actor=actor,
        now=now,
        dedupe=f"{KIND}:{batch.id}",
    )
    return batch.public_id
