"""Record that a provider without an account was paid otherwise: a cheque, a transfer typed in.

The money goes payable → transit → bank in one change, so that `transit` ends at zero.
"""

from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import shares
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption, Redemption
from repit.domain.settlements import moving
from repit.domain.settlements.accounts import account_in_force
from repit.domain.settlements.composing import Composition, composition
from repit.domain.settlements.errors import (
    AmountChanged,
    NothingDue,
    PaidByFile,
    ReferenceUsed,
)
from repit.domain.settlements.models import Payout, PayoutState, PayoutWay, Recovery


def record_payout(
    db: Session,
    provider_id: int,
    *,
    seen: Cents,
    paid_on: date,
    reference: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Record that everything due to a provider now was paid by one payment.

    Args:
        seen: the amount the operator saw and paid, in cents; it must still be what is due.
        reference: of the payment; once per provider.

    Returns:
        The payout's public id.

    Raises:
        PaidByFile: the provider has an account that counts.
        NothingDue, AmountChanged, ReferenceUsed: nothing is recorded.
    """
    # One payment at a time per provider: the second waits, then finds nothing due.
    lock_providers(db, [provider_id])
    if account_in_force(db, provider_id=provider_id, now=now) is not None:
        raise PaidByFile
    shares.pass_on_to(db, [provider_id], now=now)
    composed = _locked(db, provider_id, now)
    due = Cents(sum(one.amount for one in composed))
    if due <= 0:
        raise NothingDue
    if due != seen:
        raise AmountChanged(seen_cents=seen, due_cents=due)
    _refuse_reference(db, provider_id, reference)
    payout = _settled(db, provider_id, due, paid_on=paid_on, reference=reference, now=now)
    _link(db, payout.id, composed, paid_on=paid_on, now=now)
    moving.take_from_payable(db, [payout.id], actor=actor, now=now)
    moving.pay_out(db, [payout.id], actor=actor, now=now)
    facts = {
        "amount_cents": due,
        "reference": reference,
        "redemptions": sum(len(one.redemptions) for one in composed),
    }
    of = ("provider", provider_id)
    record(db, actor=actor, kind="paid", of=of, now=now, facts=facts)
    return payout.public_id


def lock_providers(db: Session, provider_ids: list[int]) -> None:
    """Let one payout of a provider be made at a time; redemptions go on meanwhile.

    Raises:
        Nothing of its own.
    """
    db.execute(
        select(Provider.id)
        .where(Provider.id.in_(provider_ids))
        .order_by(Provider.id)
        .with_for_update(key_share=True)
    )


def next_number(db: Session, provider_id: int) -> int:
    """Return the number of a provider's next settlement; the provider must be locked.

    Raises:
        Nothing of its own.
    """
    last = db.scalar(select(func.max(Payout.number)).where(Payout.provider_id == provider_id))
    return (last or 0) + 1


def _locked(db: Session, provider_id: int, cut_off: datetime) -> list[Composition]:
    """Read what is due with its redemptions locked, so that none is reversed meanwhile."""
    seen = set().union(*(one.redemptions for one in due_by_hand(db, provider_id, cut_off)))
    db.execute(
        select(Redemption.id)
        .where(Redemption.id.in_(seen))
        .order_by(Redemption.id)
        .with_for_update()
    )
    again = due_by_hand(db, provider_id, cut_off)
    return [one for one in again if one.redemptions <= seen]


def due_by_hand(db: Session, provider_id: int, cut_off: datetime) -> list[Composition]:
    """Return what one payment to a provider would pay now, programme by programme.

    Raises:
        Nothing of its own.
    """
    programmes = db.execute(
        select(Programme.id, Programme.holdback_days)
        .where(
            Programme.id.in_(
                select(Redemption.programme_id).where(Redemption.provider_id == provider_id)
            )
        )
        .order_by(Programme.id)
    ).all()
    found = (
        composition(db, provider_id, programme, cut_off=cut_off, holdback_days=holdback)
        for programme, holdback in programmes
    )
    return [one for one in found if one.amount > 0]


def _settled(
    db: Session, provider_id: int, due: Cents, *, paid_on: date, reference: str, now: datetime
) -> Payout:
    payout = Payout(
        public_id=ids.transfer_id(),
        provider_id=provider_id,
        way=PayoutWay.HAND,
        state=PayoutState.SETTLED,
        number=next_number(db, provider_id),
        amount_cents=due,
        cut_off_at=now,
        paid_on=paid_on,
        reference=reference,
        created_at=now,
    )
    db.add(payout)
    db.flush()  # gives the payout its id
    return payout


def _link(
    db: Session, payout_id: int, composed: list[Composition], *, paid_on: date, now: datetime
) -> None:
    db.execute(
        insert(PayoutRedemption),
        [
            {"redemption_id": one, "payout_id": payout_id, "moved_at": now, "paid_on": paid_on}
            for one in sorted(set().union(*(part.redemptions for part in composed)))
        ],
    )
    recovered = [debt for one in composed for debt in one.recovered]
    if recovered:
        db.execute(
            insert(Recovery),
            [
                {
                    "redemption_id": debt.redemption_id,
                    "payout_id": payout_id,
                    "amount_cents": debt.amount,
                    "moved_at": now,
                }
                for debt in recovered
            ],
        )


def _refuse_reference(db: Session, provider_id: int, reference: str) -> None:
    used = db.scalar(
        select(Payout.id).where(Payout.provider_id == provider_id, Payout.reference == reference)
    )
    if used is not None:
        raise ReferenceUsed(reference=reference)
