"""Take a redemption back, once: by the provider within the window, later by the operator."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.family_shares.service import take_back
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, post, stripe_of
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.redemptions import limits
from repit.domain.redemptions.errors import (
    AlreadyReversed,
    BeingPaid,
    UndoWindowOver,
    UnknownRedemption,
)
from repit.domain.redemptions.models import PayoutRedemption, Redemption, Reversal
from repit.domain.vouchers.models import Voucher, VoucherState


@dataclass(frozen=True)
class TakenBack:
    """The reversal as its asker sees it; asking again gives the same."""

    redemption_id: UUID
    vouchers: int
    amount: Cents
    at: datetime
    replayed: bool = False


def undo(
    db: Session, redemption_id: UUID, *, provider_id: int, actor: Actor, now: datetime
) -> TakenBack:
    """Give the vouchers back to the parent, within the programme's window.

    Repeating an undo that worked changes nothing and gives the same answer.

    Raises:
        UnknownRedemption: not a redemption of this provider.
        UndoWindowOver: the operator must do it now.
        BeingPaid: it is in a payout.
    """
    redemption = _locked(db, redemption_id)
    if redemption.provider_id != provider_id:
        raise UnknownRedemption
    earlier = db.scalar(select(Reversal).where(Reversal.redemption_id == redemption_id))
    if earlier is not None:
        return _taken_back(redemption, earlier.at, replayed=True)
    if now > redemption.undo_until:
        raise UndoWindowOver(until=redemption.undo_until)
    if _where_its_money_is(db, redemption_id) != AccountKind.PAYABLE:
        raise BeingPaid  # at the very last moment of the window
    return _reverse(db, redemption, motive="undo", actor=actor, now=now)


def reverse_by_operator(
    db: Session, redemption_id: UUID, *, motive: str, actor: Actor, now: datetime
) -> TakenBack:
    """Take a redemption back at any time, with a motive.

    One that is paid, or whose payment was approved, is owed back by the provider and taken
    from its next payout.

    Raises:
        UnknownRedemption, AlreadyReversed: see their names.
        BeingPaid: a payout with it waits for approval.
    """
    redemption = _locked(db, redemption_id)
    earlier = db.scalar(select(Reversal).where(Reversal.redemption_id == redemption_id))
    if earlier is not None:
        raise AlreadyReversed(at=earlier.at)
    return _reverse(db, redemption, motive=motive, actor=actor, now=now)


def _locked(db: Session, redemption_id: UUID) -> Redemption:
    redemption = db.scalar(
        select(Redemption).where(Redemption.id == redemption_id).with_for_update()
    )
    if redemption is None:
        raise UnknownRedemption
    return redemption


def _reverse(
    db: Session, redemption: Redemption, *, motive: str, actor: Actor, now: datetime
) -> TakenBack:
    from_kind = _where_its_money_is(db, redemption.id)
    db.add(Reversal(redemption_id=redemption.id, motive=motive, actor=actor, at=now))
    vouchers = list(
        db.scalars(
            select(Voucher).where(Voucher.redemption_id == redemption.id).order_by(Voucher.id)
        )
    )
    zone = db.get_one(Programme, redemption.programme_id).zone
    today = day_in(zone, now)
    accounts = accounts_of(db, {voucher.fund_id for voucher in vouchers})
    stripe = stripe_of(redemption.parent_id)
    from_stripe = stripe if from_kind == AccountKind.PAYABLE else 0
    postings = [
        Posting(
            kind=TransferKind.REVERSE,
            debit_id=accounts[v.fund_id, from_kind, redemption.provider_id, from_stripe],
            credit_id=(
                accounts[v.fund_id, AccountKind.AVAILABLE, 0, 0]
                if v.grace_until < today
                else accounts[v.fund_id, AccountKind.OUTSTANDING, 0, stripe]
            ),
            amount=Cents(v.face_cents),
            voucher_id=v.id,
            round=v.round,
            redemption_id=redemption.id,
        )
        for v in vouchers
    ]
    _give_back_vouchers(db, redemption, today)
    post(db, postings, actor=actor, now=now)
    take_back(db, redemption.id, held_in=from_kind, actor=actor, now=now)  # the family's share
    limits.give_back(
        db.connection(),
        programme_id=redemption.programme_id,
        provider_id=redemption.provider_id,
        parent_id=redemption.parent_id,
        service_on=redemption.service_on,
        vouchers=redemption.vouchers,
    )
    record(
        db,
        actor=actor,
        kind="reversed",
        of=("parent", redemption.parent_id),
        now=now,
        motive=motive,
        facts={
            "redemption": str(redemption.id),
            "amount_cents": redemption.amount_cents,
            "owed_back": from_kind == AccountKind.OWED_BACK,
        },
    )
    return _taken_back(redemption, now, replayed=False)


def _give_back_vouchers(db: Session, redemption: Redemption, today: date) -> None:
    db.execute(
        update(Voucher)
        .where(Voucher.redemption_id == redemption.id)
        .values(
            redemption_id=None,
            round=Voucher.round + 1,
            # What has lapsed meanwhile goes back to the fund, visibly, not to the parent.
            state=case((Voucher.grace_until < today, VoucherState.EXPIRED), else_="issued"),
        )
        .execution_options(synchronize_session=False)
    )


def _where_its_money_is(db: Session, redemption_id: UUID) -> AccountKind:
    payout = db.scalar(
        select(PayoutRedemption).where(
            PayoutRedemption.redemption_id == redemption_id, PayoutRedemption.ended_at.is_(None)
        )
    )
    if payout is None:
        return AccountKind.PAYABLE
    if payout.moved_at is None:
        raise BeingPaid
    return AccountKind.OWED_BACK


def _taken_back(redemption: Redemption, at: datetime, *, replayed: bool) -> TakenBack:
    return TakenBack(
        redemption_id=redemption.id,
        vouchers=redemption.vouchers,
        amount=Cents(redemption.amount_cents),
        at=at,
        replayed=replayed,
    )
