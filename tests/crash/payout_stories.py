"""Money out when the power fails: drafting, approving, writing the file, hearing from the bank.

Who asks again what was done already is told so: the answer here is what there is, not who did it.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.models import Transfer
from repit.domain.notices.models import Notice
from repit.domain.redemptions.models import PayoutRedemption
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.errors import BatchInDraft, WrongBatchState
from repit.domain.settlements.following import follow
from repit.domain.settlements.models import (
    BatchFile,
    Payout,
    PayoutBatch,
    PayoutOutcome,
    Recovery,
)
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.settle import settle
from repit.integrations import sepa
from tests.crash.asking import Asked
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    PAY_DAY,
    Stage,
    a_stage,
    approved,
    draft,
    exported,
    reverse,
    sent,
    takes,
)


def _due(db: Session) -> Stage:
    """Two providers are owed something; one of them owes a part back, paid on its way."""
    stage = a_stage(db)
    owed_back = takes(stage, stage.roseraie)
    sent(stage)
    reverse(stage, owed_back)
    takes(stage, stage.roseraie, vouchers=2)
    takes(stage, stage.tilleul)
    db.rollback()
    return stage


def _simply_due(db: Session) -> Stage:
    """Two providers are owed something, and nothing else ever happened."""
    stage = a_stage(db, vouchers=2)
    takes(stage, stage.roseraie)
    takes(stage, stage.tilleul)
    db.rollback()
    return stage


def _asked(stage: Stage, batch_id: int = 0) -> Asked:
    stage.db.rollback()
    return Asked(stage.programme_id, stage.roseraie.id, number=batch_id)


def to_settle(db: Session) -> Asked:
    return _asked(_simply_due(db))


def to_approve(db: Session) -> Asked:
    stage = _due(db)
    return _asked(stage, draft(stage))


def to_export(db: Session) -> Asked:
    stage = _simply_due(db)
    batch_id = draft(stage)
    approved(stage, batch_id)
    return _asked(stage, batch_id)


def to_follow(db: Session) -> Asked:
    stage = _simply_due(db)
    batch_id = draft(stage)
    approved(stage, batch_id)
    exported(stage, batch_id)
    return _asked(stage, batch_id)


def to_come_back(db: Session) -> Asked:
    asked = to_follow(db)
    follow_settled(_engine(db), asked)
    return asked


def settle_all(engine: Engine, asked: Asked) -> object:
    with contextlib.suppress(BatchInDraft), _changing(engine) as db:
        settle(db, asked.programme_id, cut_off=LATER, actor=ODILE, now=LATER)
    return "drafted"


def approve_it(engine: Engine, asked: Asked) -> object:
    with contextlib.suppress(WrongBatchState), _changing(engine) as db:
        approve(db, asked.number, requested_on=PAY_DAY, actor=PAUL, now=LATER)
    return "approved"


def export_it(engine: Engine, asked: Asked) -> object:
    """As the page does: made outside the change when there is none yet."""
    with Session(engine) as db, contextlib.suppress(WrongBatchState):
        written = sepa.written(export.order_of(db, asked.number))
        db.rollback()
        with unit_of_work(db):
            export.keep_file(db, asked.number, written, actor=PAUL, now=LATER)
    with Session(engine) as db:
        return len(export.kept_file(db, asked.number).content) > 0


def follow_settled(engine: Engine, asked: Asked) -> object:
    with _changing(engine) as db:
        name = db.get_one(PayoutBatch, asked.number).public_id
        follow(db, Outcome(Result.SETTLED, message_id=name), actor=PAUL, now=LATER)
    return "settled"


def follow_rejected(engine: Engine, asked: Asked) -> object:
    return _answered(engine, asked, Result.REJECTED)


def follow_returned(engine: Engine, asked: Asked) -> object:
    return _answered(engine, asked, Result.RETURNED)


def _answered(engine: Engine, asked: Asked, result: Result) -> object:
    with _changing(engine) as db:
        name = db.scalars(
            select(Payout.public_id).where(
                Payout.batch_id == asked.number, Payout.provider_id == asked.provider_id
            )
        ).one()
        follow(db, Outcome(result, end_to_end_id=name, reason="AC04"), actor=PAUL, now=LATER)
    return str(result)


@contextlib.contextmanager
def _changing(engine: Engine) -> Any:
    with Session(engine) as db, unit_of_work(db):
        yield db


def _engine(db: Session) -> Engine:
    bind = db.get_bind()
    assert isinstance(bind, Engine)
    return bind


def left_of_payouts(db: Session, programme_id: int) -> dict[str, Any]:
    """Count what money out may have written for a programme."""
    batches = select(PayoutBatch.id).where(PayoutBatch.programme_id == programme_id)
    payouts = select(Payout.id).where(Payout.batch_id.in_(batches))
    return {
        "batches": db.execute(
            select(PayoutBatch.state, PayoutBatch.payouts, PayoutBatch.amount_cents).where(
                PayoutBatch.programme_id == programme_id
            )
        ),
        "payouts": db.execute(
            select(Payout.state, Payout.amount_cents, Payout.number.is_(None), Payout.reason).where(
                Payout.id.in_(payouts)
            )
        ),
        "links": db.execute(
            select(
                PayoutRedemption.moved_at,
                PayoutRedemption.paid_on,
                PayoutRedemption.ended_at,
            ).where(PayoutRedemption.payout_id.in_(payouts))
        ),
        "recoveries": db.execute(
            select(Recovery.amount_cents, Recovery.moved_at, Recovery.ended_at).where(
                Recovery.payout_id.in_(payouts)
            )
        ),
        "files": db.execute(
            select(BatchFile.payouts, BatchFile.amount_cents).where(BatchFile.batch_id.in_(batches))
        ),
        "outcomes": db.execute(
            select(PayoutOutcome.result, PayoutOutcome.effect).where(
                PayoutOutcome.payout_id.in_(payouts)
            )
        ),
        "moved": db.execute(
            select(Transfer.kind, func.count(), func.sum(Transfer.amount_cents))
            .where(Transfer.payout_id.in_(payouts))
            .group_by(Transfer.kind)
        ),
        "told of payouts": db.execute(
            select(Notice.kind).where(
                Notice.dedupe.in_(
                    select("payout_paid:" + Payout.id.cast(Notice.dedupe.type)).where(
                        Payout.id.in_(payouts)
                    )
                )
            )
        ),
    }


STORIES: dict[str, tuple[Callable[[Session], Asked], Callable[[Engine, Asked], object]]] = {
    "approve a batch": (to_approve, approve_it),
    "draft a batch": (to_settle, settle_all),
    "payout refused": (to_follow, follow_rejected),
    "payout sent back": (to_come_back, follow_returned),
    "payouts settled": (to_follow, follow_settled),
    "write a bank file": (to_export, export_it),
}
