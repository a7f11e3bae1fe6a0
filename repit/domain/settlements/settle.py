"""Draft a batch: one payout for each provider who may be paid, up to a cut-off.

A big batch is drafted by a job, some providers at a time; whatever dies in between, the next
attempt adds what is missing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.bookings import shares
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme
from repit.domain.redemptions.models import PayoutRedemption, Redemption, Reversal, worth
from repit.domain.settlements.composing import composition, old_enough, unpaid
from repit.domain.settlements.errors import (
    BatchInDraft,
    CutOffToCome,
    NothingDue,
    WrongBatchState,
)
from repit.domain.settlements.four_eyes import in_person
from repit.domain.settlements.holding import IN_DRAFT, add_up, locked_batch, record_batch
from repit.domain.settlements.models import (
    BatchState,
    Payout,
    PayoutBatch,
    PayoutState,
    PayoutWay,
    Recovery,
)
from repit.domain.settlements.preview import WouldPay, what_would_be_paid

AT_ONCE = 100
"""A draft of more providers than that is a job's work, so many at a time."""


def settle(
    db: Session, programme_id: int, *, cut_off: datetime, actor: Actor, now: datetime
) -> str:
    """Draft everything that may be paid in a programme; return the batch's public id.

    Args:
        cut_off: pays what could no longer be undone, and was no longer held back, by then.

    Raises:
        NoSuchObject: no such programme.
        CutOffToCome: that moment has not come.
        BatchInDraft: another batch of the programme waits for approval.
        NothingDue: nobody may be paid.
        NobodyInParticular: whoever acts is not a person.
    """
    batch = start(db, programme_id, cut_off=cut_off, actor=actor, now=now)
    to_pay = what_would_be_paid(db, programme_id, cut_off=cut_off, now=now)
    add_payouts(db, batch.id, [one.provider_id for one in to_pay if one.is_paid], now=now)
    finish(db, batch.id, now=now)
    return batch.public_id


def start(
    db: Session, programme_id: int, *, cut_off: datetime, actor: Actor, now: datetime
) -> PayoutBatch:
    """Open an empty batch, to which payouts are added; see `settle` for what it refuses.

    Raises:
        NoSuchObject, CutOffToCome, BatchInDraft, NobodyInParticular: see `settle`.
    """
    in_person(actor)
    if cut_off > now:
        raise CutOffToCome(cut_off=cut_off)
    # All of them, in order: batches are numbered across programmes, without a gap.
    locked = db.scalars(select(Programme.id).order_by(Programme.id).with_for_update(key_share=True))
    if programme_id not in locked.all():
        raise NoSuchObject
    waiting = db.scalar(
        select(PayoutBatch.number).where(
            PayoutBatch.programme_id == programme_id, PayoutBatch.state.in_(IN_DRAFT)
        )
    )
    if waiting is not None:
        raise BatchInDraft(number=waiting)
    batch = PayoutBatch(
        public_id=ids.transfer_id(),
        number=(db.scalar(select(func.max(PayoutBatch.number))) or 0) + 1,
        programme_id=programme_id,
        cut_off_at=cut_off,
        state=BatchState.PREPARING,
        drafted_by=actor,
        drafted_at=now,
    )
    db.add(batch)
    db.flush()  # gives the batch its id
    return batch


def add_payouts(
    db: Session, batch_id: int, provider_ids: Collection[int], *, now: datetime
) -> None:
    """Add to a batch what it pays to these providers; those it has already are left as they are.

    Raises:
        WrongBatchState: the batch is no longer being prepared.
    """
    batch = locked_batch(db, batch_id)
    if batch.state != BatchState.PREPARING:
        raise WrongBatchState(state=batch.state)
    those = Payout.provider_id.in_(list(provider_ids))
    there = set(db.scalars(select(Payout.provider_id).where(Payout.batch_id == batch_id, those)))
    missing = [one for one in provider_ids if one not in there]
    shares.pass_on_to(db, missing, now=now)
    to_pay = what_would_be_paid(
        db, batch.programme_id, cut_off=batch.cut_off_at, now=now, provider_ids=missing
    )
    paid = [one for one in to_pay if one.is_paid]
    if not paid:
        return
    db.execute(insert(Payout), [_row(batch, one, now) for one in paid])
    _link(db, batch, [one.provider_id for one in paid if not _reduced(one)])
    for one in paid:
        if _reduced(one):
            _link_what_is_left(db, batch, one.provider_id)
    _count_again(db, batch_id, [one.provider_id for one in paid])


def _row(batch: PayoutBatch, one: WouldPay, now: datetime) -> dict[str, object]:
    assert one.target is not None  # noqa: S101  (who has no account is skipped)
    return {
        "public_id": ids.transfer_id(),
        "provider_id": one.provider_id,
        "batch_id": batch.id,
        "way": PayoutWay.FILE,
        "state": PayoutState.DRAFTED,
        "amount_cents": one.amount,
        "payee_name": one.target.holder,
        "iban": one.target.iban,
        "bic": one.target.bic,
        "cut_off_at": batch.cut_off_at,
        "created_at": now,
    }


def _reduced(one: WouldPay) -> bool:
    """Tell whether what a provider owes back changes what is paid: few, and read one by one."""
    return one.recovered > 0 or one.left_out > 0


def _link(db: Session, batch: PayoutBatch, provider_ids: Sequence[int]) -> None:
    """Put every redemption that is due into its provider's payout, in one statement."""
    programme = db.get_one(Programme, batch.programme_id)
    due = unpaid(
        select(Redemption.id, Payout.id)
        .select_from(Payout)
        .join(Redemption, Redemption.provider_id == Payout.provider_id)
    ).where(
        Payout.batch_id == batch.id,
        Redemption.programme_id == batch.programme_id,
        Redemption.provider_id.in_(provider_ids),
        old_enough(batch.cut_off_at, programme.holdback_days),
    )
    db.execute(
        inserting(db, PayoutRedemption)
        .from_select(["redemption_id", "payout_id"], due.order_by(Redemption.id))
        .on_conflict_do_nothing()
    )


def _link_what_is_left(db: Session, batch: PayoutBatch, provider_id: int) -> None:
    programme = db.get_one(Programme, batch.programme_id)
    composed = composition(
        db,
        provider_id,
        batch.programme_id,
        cut_off=batch.cut_off_at,
        holdback_days=programme.holdback_days,
    )
    payout_id = db.scalars(
        select(Payout.id).where(Payout.batch_id == batch.id, Payout.provider_id == provider_id)
    ).one()
    linked = [{"redemption_id": one, "payout_id": payout_id} for one in composed.redemptions]
    db.execute(inserting(db, PayoutRedemption).on_conflict_do_nothing(), linked)
    recovered = [
        {"redemption_id": one.redemption_id, "payout_id": payout_id, "amount_cents": one.amount}
        for one in composed.recovered
    ]
    if recovered:
        db.execute(inserting(db, Recovery).on_conflict_do_nothing(), recovered)


def _count_again(db: Session, batch_id: int, provider_ids: Sequence[int]) -> None:
    """Make each payout what its rows say, now that nothing of them can be reversed any more.

    A reversal that was committed while the rows were written is seen here; a later one finds the
    row and is refused. What is left of a payout may then be nothing: it is dropped.
    """
    ours = select(Payout.id).where(
        Payout.batch_id == batch_id, Payout.provider_id.in_(provider_ids)
    )
    taken_back = (
        exists().where(Reversal.redemption_id == PayoutRedemption.redemption_id)
        & ~exists().where(
            Recovery.redemption_id == PayoutRedemption.redemption_id,
            Recovery.ended_at.is_(None),
            Recovery.moved_at.is_not(None),
        )
    )  # fmt: skip
    db.execute(
        delete(PayoutRedemption)
        .where(PayoutRedemption.payout_id.in_(ours), taken_back)
        .execution_options(synchronize_session=False)
    )
    written, left = _sums(db, ours)
    _drop(db, [payout for payout in written if left.get(payout, 0) <= 0])
    for payout, amount in left.items():
        if amount > 0 and amount != written[payout]:
            db.execute(
                update(Payout)
                .where(Payout.id == payout)
                .values(amount_cents=amount)
                .execution_options(synchronize_session=False)
            )


def _sums(db: Session, payout_ids: Select[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return what payouts say that they pay, and what their rows say, in cents by payout."""
    paid = (
        select(PayoutRedemption.payout_id, func.sum(worth()))
        .join(Redemption, Redemption.id == PayoutRedemption.redemption_id)
        .where(PayoutRedemption.payout_id.in_(payout_ids))
        .group_by(PayoutRedemption.payout_id)
    )
    recovered = (
        select(Recovery.payout_id, func.sum(Recovery.amount_cents))
        .where(Recovery.payout_id.in_(payout_ids))
        .group_by(Recovery.payout_id)
    )
    amounts = select(Payout.id, Payout.amount_cents).where(Payout.id.in_(payout_ids))
    written = {row.id: row.amount_cents for row in db.execute(amounts)}
    left = {payout: int(cents) for payout, cents in db.execute(paid)}
    for payout, cents in db.execute(recovered):
        left[payout or 0] = left.get(payout or 0, 0) - int(cents)
    return written, left


def _drop(db: Session, payout_ids: Sequence[int]) -> None:
    """Take payouts away of which nothing is left; usually there is none."""
    if not payout_ids:
        return
    for row in (PayoutRedemption, Recovery):
        db.execute(
            delete(row)
            .where(row.payout_id.in_(payout_ids))
            .execution_options(synchronize_session=False)
        )
    gone = delete(Payout).where(Payout.id.in_(payout_ids))
    db.execute(gone.execution_options(synchronize_session=False))


def finish(db: Session, batch_id: int, *, now: datetime) -> None:
    """Add up a batch whose payouts are all there; it can be approved from now on.

    Raises:
        WrongBatchState: it is not being prepared.
        NothingDue: there is no payout in it.
    """
    batch = locked_batch(db, batch_id)
    if batch.state != BatchState.PREPARING:
        raise WrongBatchState(state=batch.state)
    add_up(db, batch)
    if not batch.payouts:
        raise NothingDue
    batch.state = BatchState.DRAFTED
    record_batch(db, batch, "drafted", Actor(batch.drafted_by), now)
