"""The code a parent shows for the vouchers they chose to spend."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.codes import CodeVault, new_codes
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.errors import NotEnoughVouchers
from repit.domain.vouchers.models import Presentation, Voucher, VoucherState


@dataclass(frozen=True)
class Shown:
    """What the parent's screen shows: the code, for how many vouchers, until when."""

    code: str
    vouchers: int
    expires_at: datetime


def present(
    db: Session,
    parent_id: int,
    programme_id: int,
    *,
    vouchers: int,
    vault: CodeVault,
    now: datetime,
) -> Shown:
    """Make a code for that many of a parent's vouchers, those that end first.

    A new code replaces the one before: only the newest opens the vouchers it stands for.

    Args:
        vouchers: how many, at least 1.

    Raises:
        NotEnoughVouchers: the parent has fewer that can be spent today.
    """
    programme = db.get_one(Programme, programme_id)
    today = day_in(programme.zone, now)
    spendable = (
        Voucher.parent_id == parent_id,
        Voucher.programme_id == programme_id,
        Voucher.state == VoucherState.ISSUED,
        Voucher.blocked_at.is_(None),
        Voucher.held_for_id.is_(None),
        Voucher.first_day <= today,
        Voucher.last_day >= today,
    )
    chosen = list(
        db.scalars(
            select(Voucher.id)
            .where(*spendable)
            .order_by(Voucher.last_day, Voucher.id)
            .limit(vouchers)
            .with_for_update()
        )
    )
    if len(chosen) < vouchers or vouchers < 1:
        left = db.scalar(select(func.count()).where(*spendable)) or 0
        raise NotEnoughVouchers(asked=vouchers, left=left)
    return show(db, parent_id, programme_id, chosen, vault=vault, now=now)


def show(
    db: Session,
    parent_id: int,
    programme_id: int,
    voucher_ids: list[int],
    *,
    vault: CodeVault,
    now: datetime,
) -> Shown:
    """Make a code for these vouchers, which the caller has chosen and locked.

    Raises:
        Nothing of its own.
    """
    minutes = db.get_one(Programme, programme_id).presentation_minutes
    [code] = new_codes(1)
    shown = Presentation(
        code_hash=vault.hash(code),
        code_sealed=vault.seal(code),
        parent_id=parent_id,
        vouchers=len(voucher_ids),
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    db.add(shown)
    db.flush()  # gives the presentation its id
    _replace_shown(db, parent_id, voucher_ids, shown.id)
    return Shown(code=code, vouchers=shown.vouchers, expires_at=shown.expires_at)


def _replace_shown(db: Session, parent_id: int, chosen: list[int], shown_id: int) -> None:
    db.execute(
        update(Voucher)
        .where(Voucher.parent_id == parent_id, Voucher.presentation_id.is_not(None))
        .values(presentation_id=None)
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(Voucher)
        .where(Voucher.id.in_(chosen))
        .values(presentation_id=shown_id)
        .execution_options(synchronize_session=False)
    )
