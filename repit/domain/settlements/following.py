"""Follow payouts home: what the bank says of each, in any order, repeated or contradictory.

Every statement of the bank has one effect, once. What cannot be true together with what we know
changes nothing: it is kept, shown, and somebody looks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.programmes.models import Programme
from repit.domain.redemptions.models import PayoutRedemption
from repit.domain.settlements import moving, repaying, said
from repit.domain.settlements.export import now_sent
from repit.domain.settlements.holding import (
    end_links,
    locked_batch,
)
from repit.domain.settlements.models import (
    BankAccount,
    BatchState,
    Payout,
    PayoutBatch,
    PayoutOutcome,
    PayoutState,
    PayoutWay,
)
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.second_look import explained
from repit.domain.settlements.telling import tell_paid, tell_rejected

ON_ITS_WAY = (PayoutState.APPROVED, PayoutState.SENT)
WRONG_ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "AC13", "AG01", "BE01", "MD07", "RC01"})
"""The bank's reasons that say: not this account. It is not paid to again until confirmed anew."""


class Effect(StrEnum):
    """What a statement of the bank changed. The first four are kept with the payout."""

    APPLIED = "applied"
    NOTED = "noted"
    """It says what we know, or nothing that moves money."""
    CONTRADICTS = "contradicts"
    """It cannot be true with what we know; nothing moved, somebody looks."""
    DISAGREES = "disagrees"
    """Another amount than ours; nothing moved, somebody looks."""
    REPEATED = "repeated"
    """The very same statement was read before."""
    UNKNOWN = "unknown"
    """It is not about a transfer of ours."""


@dataclass(frozen=True)
class Followed:
    """What became of one statement of the bank; `payouts` it changed."""

    effect: Effect
    payouts: int = 0


def follow(db: Session, outcome: Outcome, *, actor: Actor, now: datetime) -> Followed:
    """Apply what the bank says of one transfer, or of every transfer of a file.

    Raises:
        Overdrawn: the rows and the ledger disagree; nothing may be kept.
    """
    if outcome.end_to_end_id is not None:
        return _follow_one(db, outcome, actor=actor, now=now)
    return _follow_file(db, outcome, actor=actor, now=now)


def _follow_one(db: Session, outcome: Outcome, *, actor: Actor, now: datetime) -> Followed:
    batch_id = db.scalar(
        select(Payout.batch_id).where(
            Payout.public_id == outcome.end_to_end_id, Payout.batch_id.is_not(None)
        )
    )
    if batch_id is None:
        return Followed(Effect.UNKNOWN)
    batch = locked_batch(db, batch_id)
    payout = db.scalars(
        select(Payout)
        .where(Payout.public_id == outcome.end_to_end_id)
        .execution_options(populate_existing=True)
    ).one()
    if payout.id in said.known(db, batch_id, outcome):
        return Followed(Effect.REPEATED)
    effect = _effect(db, batch, payout, outcome)
    _write(db, [payout.id], outcome, effect, actor=actor, now=now)
    if effect in {Effect.NOTED, Effect.APPLIED} and payout.way == PayoutWay.FILE:
        _note_it_was_sent(db, batch, actor=actor, now=now)
    if effect != Effect.APPLIED:
        return Followed(effect)
    _apply(db, batch, [payout], outcome, actor=actor, now=now)
    return Followed(effect, 1)


def _follow_file(db: Session, outcome: Outcome, *, actor: Actor, now: datetime) -> Followed:
    """Apply to all what the bank says of a whole file.

    A bank that books a file as one line leaves out what it refused, or books it and gives it back:
    both sums are ours.
    """
    batch_id = db.scalar(select(PayoutBatch.id).where(PayoutBatch.public_id == outcome.message_id))
    if batch_id is None:
        return Followed(Effect.UNKNOWN)
    batch = locked_batch(db, batch_id)
    every = list(
        db.scalars(
            select(Payout)
            .where(Payout.batch_id == batch_id, Payout.state != PayoutState.DISCARDED)
            .order_by(Payout.id)
            .execution_options(populate_existing=True)
        )
    )
    known = said.known(db, batch_id, outcome)
    new = [one for one in every if one.id not in known]
    if outcome.result == Result.ACCEPTED:
        _write(db, [one.id for one in new], outcome, Effect.NOTED, actor=actor, now=now)
        _note_it_was_sent(db, batch, actor=actor, now=now)
        return Followed(Effect.NOTED if new else Effect.REPEATED)
    by_effect: dict[Effect, list[Payout]] = defaultdict(list)
    for one in new:
        by_effect[_effect(db, batch, one, outcome, whole=True)].append(one)
    changed = by_effect[Effect.APPLIED]
    effect = _effect_of_file(every, by_effect, outcome)
    kept = changed or by_effect[Effect.CONTRADICTS]
    if effect not in {Effect.REPEATED, Effect.UNKNOWN}:
        _write(db, [one.id for one in kept], outcome, effect, actor=actor, now=now)
    if effect != Effect.APPLIED:
        return Followed(effect)
    _apply(db, batch, changed, outcome, actor=actor, now=now)
    return Followed(effect, len(changed))


def _effect_of_file(
    every: Sequence[Payout], by_effect: Mapping[Effect, list[Payout]], outcome: Outcome
) -> Effect:
    if by_effect[Effect.APPLIED]:
        return Effect.APPLIED if _sum_is_ours(every, outcome) else Effect.DISAGREES
    # A booking of the whole says nothing of those that were refused alone.
    if by_effect[Effect.CONTRADICTS] and outcome.result != Result.SETTLED:
        return Effect.CONTRADICTS
    return Effect.REPEATED if every else Effect.UNKNOWN


def _sum_is_ours(every: Sequence[Payout], outcome: Outcome) -> bool:
    if outcome.amount is None:
        return True
    whole = sum(one.amount_cents for one in every)
    kept = sum(one.amount_cents for one in every if one.state != PayoutState.REJECTED)
    return outcome.amount in {whole, kept}


def _effect(
    db: Session, batch: PayoutBatch, payout: Payout, outcome: Outcome, *, whole: bool = False
) -> Effect:
    if outcome.result == Result.ACCEPTED:
        return Effect.NOTED
    if not _has_left(batch, payout):
        return Effect.CONTRADICTS
    if not whole and outcome.amount not in {None, payout.amount_cents}:
        return Effect.DISAGREES
    if payout.state == PayoutState.REJECTED and outcome.result == Result.SETTLED:
        # It went out and came back, and we read the return first; or somebody is wrong.
        return Effect.NOTED if said.came_back(db, payout.id) else Effect.CONTRADICTS
    return _EFFECTS.get((PayoutState(payout.state), outcome.result), Effect.APPLIED)


_EFFECTS = {
    (PayoutState.SETTLED, Result.SETTLED): Effect.NOTED,
    (PayoutState.SETTLED, Result.REJECTED): Effect.CONTRADICTS,
    (PayoutState.REJECTED, Result.REJECTED): Effect.NOTED,
    (PayoutState.REJECTED, Result.RETURNED): Effect.NOTED,
}


def _has_left(batch: PayoutBatch, payout: Payout) -> bool:
    """Tell whether the bank can know of a payout: one of a file that was never made, it cannot."""
    if payout.state in {PayoutState.DRAFTED, PayoutState.DISCARDED}:
        return False
    return payout.way != PayoutWay.FILE or batch.state != BatchState.APPROVED


def _write(
    db: Session,
    payout_ids: Sequence[int],
    outcome: Outcome,
    effect: Effect,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    db.add_all(
        PayoutOutcome(
            payout_id=payout_id,
            result=outcome.result,
            bank_reference=outcome.bank_reference or "",
            reason=outcome.reason[:8] if outcome.reason else None,
            amount_cents=outcome.amount,
            day=outcome.day,
            effect=effect,
            actor=actor,
            at=now,
        )
        for payout_id in payout_ids
    )
    db.flush()


def _apply(
    db: Session,
    batch: PayoutBatch,
    payouts: Sequence[Payout],
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    _note_it_was_sent(db, batch, actor=actor, now=now)
    if outcome.result == Result.SETTLED:
        _settled(db, batch, payouts, outcome, actor=actor, now=now)
    else:
        for payout in payouts:
            _came_to_nothing(db, batch, payout, outcome, actor=actor, now=now)
        _look_again(db, batch, payouts, actor=actor, now=now)
    _end_when_over(db, batch, now)


def _look_again(
    db: Session, batch: PayoutBatch, refused: Sequence[Payout], *, actor: Actor, now: datetime
) -> None:
    """Settle the rest, if these refusals explain what the bank booked for the whole file."""
    booked = explained(db, batch.id, [one.id for one in refused])
    of_batch = select(Payout).where(Payout.batch_id == batch.id, Payout.state.in_(ON_ITS_WAY))
    left = db.scalars(of_batch.order_by(Payout.id)).all()
    if booked is not None and left:
        _settled(db, batch, left, booked, actor=actor, now=now)


def _note_it_was_sent(db: Session, batch: PayoutBatch, *, actor: Actor, now: datetime) -> None:
    """The bank speaks of the file: somebody sent it, and did not say so."""
    if batch.state == BatchState.EXPORTED:
        now_sent(db, batch, actor=actor, now=now)


def _settled(
    db: Session,
    batch: PayoutBatch,
    payouts: Sequence[Payout],
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    found = [payout.id for payout in payouts]
    day = outcome.day or day_in(db.get_one(Programme, batch.programme_id).zone, now)
    moving.pay_out(db, found, actor=actor, now=now)
    db.execute(
        update(Payout)
        .where(Payout.id.in_(found))
        .values(state=PayoutState.SETTLED, paid_on=day)
        .execution_options(synchronize_session="fetch")
    )
    db.execute(
        update(PayoutRedemption)
        .where(PayoutRedemption.payout_id.in_(found), PayoutRedemption.ended_at.is_(None))
        .values(paid_on=day)
        .execution_options(synchronize_session=False)
    )
    tell_paid(db, found, now=now)


def _came_to_nothing(
    db: Session,
    batch: PayoutBatch,
    payout: Payout,
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Make payable again what a payout paid for; say why, and doubt the account if it is wrong."""
    settled = payout.state == PayoutState.SETTLED
    moving.bring_back(db, payout.id, from_bank=settled, actor=actor, now=now)
    end_links(db, [payout.id], now=now)
    if touched := moving.touched_by(db, payout.id):
        repaying.undo_losses(db, touched, actor=actor, now=now)
        moving.cancel_out(db, touched, payout_id=payout.id, actor=actor, now=now)
    payout.state = PayoutState.REJECTED
    payout.rejected_on = outcome.day or day_in(db.get_one(Programme, batch.programme_id).zone, now)
    payout.reason = outcome.reason[:8] if outcome.reason else None
    db.flush()
    if payout.reason in WRONG_ACCOUNT:
        _doubt(db, payout, now)
    facts = {"amount_cents": payout.amount_cents, "reason": payout.reason, "batch": batch.number}
    of = ("provider", payout.provider_id)
    record(db, actor=actor, kind="payout_rejected", of=of, now=now, facts=facts)
    tell_rejected(db, payout, now=now)


def _doubt(db: Session, payout: Payout, now: datetime) -> None:
    db.execute(
        update(BankAccount)
        .where(
            BankAccount.provider_id == payout.provider_id,
            BankAccount.iban == payout.iban,
            BankAccount.ended_at.is_(None),
            # What was confirmed since then was looked at again.
            BankAccount.confirmed_at <= payout.created_at,
        )
        .values(doubted_at=now, doubt=payout.reason)
        .execution_options(synchronize_session=False)
    )


def _end_when_over(db: Session, batch: PayoutBatch, now: datetime) -> None:
    still_open = db.scalar(
        select(Payout.id).where(Payout.batch_id == batch.id, Payout.state.in_(ON_ITS_WAY)).limit(1)
    )
    if still_open is None and batch.state != BatchState.OVER:
        batch.state, batch.ended_at = BatchState.OVER, now
        db.flush()
