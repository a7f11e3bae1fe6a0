"""End vouchers whose grace period is over; their value returns visibly to the fund."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.clock import day_in
from repit.domain.ledger.models import TransferKind
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher, VoucherState
from repit.domain.vouchers.service import give_back

CHUNK = 500


def expire_some(db: Session, *, actor: Actor, now: datetime, limit: int = CHUNK) -> int:
    """Expire up to `limit` vouchers; return how many. Call until it returns 0.

    A blocked voucher expires too, and one that the operator held: the promise was for a service
    within its days. One that is held for a booking does not: the booking ends first.
    The day is counted in each programme's zone.

    Raises:
        Nothing of its own.
    """
    expired: list[int] = []
    for programme in db.scalars(select(Programme).order_by(Programme.id)):
        room = limit - len(expired)
        if room == 0:
            break
        expired += _expire_in(db, programme, now, room)
    give_back(db, expired, TransferKind.EXPIRE, actor=actor, now=now)
    return len(expired)


def _expire_in(db: Session, programme: Programme, now: datetime, room: int) -> list[int]:
    over = (
        select(Voucher.id)
        .where(
            Voucher.programme_id == programme.id,
            Voucher.state == VoucherState.ISSUED,
            Voucher.booked.is_(False),
            Voucher.grace_until < day_in(programme.zone, now),
        )
        .order_by(Voucher.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    return list(
        db.scalars(
            update(Voucher)
            .where(Voucher.id.in_(over), Voucher.state == VoucherState.ISSUED)
            .values(state=VoucherState.EXPIRED, held_for_id=None, presentation_id=None)
            .returning(Voucher.id)
            .execution_options(synchronize_session=False)
        )
    )
