"""Approve a batch: a second person fixes payees, amounts and the day, and the money moves.

From here on nothing in the batch changes, and its money is no longer payable but in transit:
what happens to it is what the bank says.
"""

from datetime import date, datetime

from sqlalchemy import Select, String, cast, func, literal, select, update
from sqlalchemy.orm import Session, aliased

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption
from repit.domain.settlements import moving
from repit.domain.settlements.accounts import account_in_force
from repit.domain.settlements.by_hand import lock_providers
from repit.domain.settlements.errors import (
    NoPayingAccount,
    NotAPayDay,
    PayDayTooFar,
    PayeesChanged,
    SamePerson,
    WrongBatchState,
)
from repit.domain.settlements.four_eyes import in_person
from repit.domain.settlements.holding import locked_batch
from repit.domain.settlements.models import (
    BankAccount,
    BatchState,
    Payout,
    PayoutBatch,
    PayoutState,
    Recovery,
)
from repit.domain.settlements.paydays import is_pay_day, last_pay_day, next_pay_day


def approve(db: Session, batch_id: int, *, requested_on: date, actor: Actor, now: datetime) -> None:
    """Fix a drafted batch and move its money into transit.

    Args:
        requested_on: the day on which the bank is asked to pay.

    Raises:
        NoSuchObject: no such batch.
        WrongBatchState: it is not a draft: another person was faster, or gave it up.
        SamePerson: whoever drafted it may not approve it.
        NobodyInParticular: whoever acts is not a person.
        NoPayingAccount: the programme has no confirmed account to pay from.
        NotAPayDay: banks do not pay on that day, or it has passed.
        PayDayTooFar: it is more than `paydays.MOST_DAYS_AHEAD` days ahead.
        PayeesChanged: a provider was suspended, or its account changed, since the draft.
    """
    batch = locked_batch(db, batch_id)
    if batch.state != BatchState.DRAFTED:
        raise WrongBatchState(state=batch.state)
    _refuse_actor(batch, actor)
    _refuse_day(db, batch, requested_on, now)
    paying = account_in_force(db, programme_id=batch.programme_id, now=now)
    if paying is None:
        raise NoPayingAccount
    lock_providers(db, list(db.scalars(_providers(batch_id))))
    changed = payees_changed(db, batch_id, now=now)
    if changed:
        raise PayeesChanged(names=tuple(changed))
    payouts = _fix_payouts(db, batch, now)
    moving.take_from_payable(db, payouts, actor=actor, now=now)
    batch.state = BatchState.APPROVED
    batch.approved_by, batch.approved_at, batch.requested_on = actor, now, requested_on
    batch.debtor_name, batch.debtor_iban, batch.debtor_bic = paying.holder, paying.iban, paying.bic
    facts = {"batch": batch.number, "payouts": batch.payouts, "amount_cents": batch.amount_cents}
    of = ("payout_batch", batch.id)
    record(db, actor=actor, kind="approved", of=of, now=now, facts=facts)
    db.flush()


def payees_changed(db: Session, batch_id: int, *, now: datetime) -> list[str]:
    """Return the names of those in a draft who may no longer be paid as it says.

    Raises:
        Nothing of its own.
    """
    newer = aliased(BankAccount)
    latest = (
        select(newer.id)
        .where(
            newer.provider_id == Payout.provider_id,
            newer.counts_at <= now,
            newer.ended_at.is_(None),
        )
        .order_by(newer.counts_at.desc(), newer.id.desc())
        .limit(1)
        .correlate(Payout)
        .scalar_subquery()
    )
    as_drafted = (
        (BankAccount.iban == Payout.iban)
        & (BankAccount.holder == Payout.payee_name)
        & BankAccount.bic.is_not_distinct_from(Payout.bic)
        & BankAccount.doubted_at.is_(None)
    )
    query = (
        select(Provider.name)
        .join(Payout, Payout.provider_id == Provider.id)
        .outerjoin(BankAccount, BankAccount.id == latest)
        .where(
            Payout.batch_id == batch_id,
            Payout.state == PayoutState.DRAFTED,
            (Provider.state != "active") | BankAccount.id.is_(None) | ~as_drafted,
        )
        .order_by(Provider.name)
    )
    return list(db.scalars(query))


def _providers(batch_id: int) -> Select[int]:
    return select(Payout.provider_id).where(
        Payout.batch_id == batch_id, Payout.state == PayoutState.DRAFTED
    )


def _refuse_actor(batch: PayoutBatch, actor: Actor) -> None:
    in_person(actor)
    if batch.drafted_by == actor:
        raise SamePerson


def _refuse_day(db: Session, batch: PayoutBatch, requested_on: date, now: datetime) -> None:
    today = day_in(db.get_one(Programme, batch.programme_id).zone, now)
    last_day = last_pay_day(today)
    if requested_on > last_day:
        raise PayDayTooFar(day=requested_on, last_day=last_day)
    if requested_on < today or not is_pay_day(requested_on):
        day = next_pay_day(max(requested_on, today))
        raise NotAPayDay(day=requested_on, next_day=day)


def _fix_payouts(db: Session, batch: PayoutBatch, now: datetime) -> list[int]:
    """Give every payout its number and its reference; return their ids."""
    drafted = (Payout.batch_id == batch.id) & (Payout.state == PayoutState.DRAFTED)
    payouts = list(db.scalars(select(Payout.id).where(drafted).order_by(Payout.id)))
    earlier = aliased(Payout)
    last = (
        select(func.coalesce(func.max(earlier.number), 0))
        .where(earlier.provider_id == Payout.provider_id)
        .scalar_subquery()
    )
    number = last + 1
    db.execute(
        update(Payout)
        .where(drafted)
        .values(
            number=number,
            # In the characters that banks carry: it is what the provider reads on its statement.
            reference=literal(f"LOT {batch.number} DECOMPTE ") + cast(number, String),
            state=PayoutState.APPROVED,
        )
        .execution_options(synchronize_session=False)
    )
    for row in (PayoutRedemption, Recovery):
        db.execute(
            update(row)
            .where(row.payout_id.in_(payouts), row.ended_at.is_(None))
            .values(moved_at=now)
            .execution_options(synchronize_session=False)
        )
    db.expire_all()
    return payouts
