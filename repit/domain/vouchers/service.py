"""Change vouchers that wait to be spent: block, cancel, extend, hold. Each with a motive.

Every change is decided in the WHERE of its UPDATE, so that it never meets a redemption halfway.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, post, stripe_of
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.programmes.profiles import Validity
from repit.domain.vouchers.errors import (
    AlreadyHeld,
    BeyondItsYear,
    HeldForBooking,
    NotLonger,
    NotOpen,
    UnknownVoucher,
)
from repit.domain.vouchers.models import Voucher, VoucherState


def block(db: Session, voucher_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Keep a voucher from being spent until it is unblocked. Blocking twice is once.

    Raises:
        UnknownVoucher, NotOpen: there is nothing to block.
    """
    if _change(db, voucher_id, {"blocked_at": now}, only_if=Voucher.blocked_at.is_(None)):
        _note(db, voucher_id, "blocked", motive, actor, now)


def unblock(db: Session, voucher_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Let a blocked voucher be spent again. Unblocking twice is once.

    Raises:
        UnknownVoucher, NotOpen: there is nothing to unblock.
    """
    if _change(db, voucher_id, {"blocked_at": None}, only_if=Voucher.blocked_at.is_not(None)):
        _note(db, voucher_id, "unblocked", motive, actor, now)


def set_blocked_of_parent(
    db: Session,
    parent_id: int,
    *,
    blocked: bool,
    actor: Actor,
    now: datetime,
    blocked_at: datetime | None = None,
) -> int:
    """Block or unblock every open voucher of a parent (suspension); return how many.

    Args:
        blocked_at: unblock only what was blocked at this moment, by the suspension itself: a
            voucher blocked for its own reason stays so.

    Raises:
        Nothing of its own.
    """
    was_blocked = (
        Voucher.blocked_at.is_not(None)
        if blocked_at is None
        else (Voucher.blocked_at == blocked_at)
    )
    done = db.execute(
        update(Voucher)
        .where(
            Voucher.parent_id == parent_id,
            Voucher.state == VoucherState.ISSUED,
            Voucher.blocked_at.is_(None) if blocked else was_blocked,
        )
        .values(blocked_at=now if blocked else None)
        .execution_options(synchronize_session=False)
    )
    count: int = done.rowcount  # type: ignore[attr-defined]
    kind = "vouchers_blocked" if blocked else "vouchers_unblocked"
    record(db, actor=actor, kind=kind, of=("parent", parent_id), now=now, facts={"vouchers": count})
    return count


def cancel(db: Session, voucher_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """End a voucher for good and give its value back to the fund.

    Raises:
        UnknownVoucher, NotOpen: it was spent, expired or cancelled already.
        HeldForBooking: a booking counts on it.
    """
    _refuse_booked(db, voucher_id)
    _change(
        db,
        voucher_id,
        {"state": VoucherState.CANCELLED, "held_for_id": None, "presentation_id": None},
    )
    give_back(db, [voucher_id], TransferKind.CANCEL, actor=actor, now=now)
    _note(db, voucher_id, "cancelled", motive, actor, now)


def extend(
    db: Session, voucher_id: int, *, last_day: date, motive: str, actor: Actor, now: datetime
) -> None:
    """Give a voucher more time; the provider's grace period moves with it.

    Args:
        last_day: the new last day of service, included; later than the present one.

    Raises:
        UnknownVoucher, NotOpen: it was spent, expired or cancelled already.
        NotLonger: the new day is not later.
        BeyondItsYear: the programme's legal frame ends it before that day.
    """
    voucher = _read(db, voucher_id)
    if last_day <= voucher.last_day:
        raise NotLonger(last_day=voucher.last_day)
    of = db.get_one(Programme, voucher.programme_id)
    validity = Validity(of.profile, of.validity_months, of.grace_days)
    latest = validity.latest(voucher.first_day)
    if latest is not None and last_day > latest:
        raise BeyondItsYear(latest=latest)
    before = voucher.last_day
    _change(
        db,
        voucher_id,
        {"last_day": last_day, "grace_until": validity.grace_until(last_day)},
    )
    days = {"last_day": [before.isoformat(), last_day.isoformat()]}
    _note(db, voucher_id, "extended", motive, actor, now, days)


def hold(
    db: Session,
    voucher_id: int,
    *,
    provider_id: int,
    motive: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Promise a voucher to one provider: nobody else can take it. Promising twice is once.

    Raises:
        UnknownVoucher, NotOpen: there is nothing to promise.
        AlreadyHeld: it is promised to another provider.
        HeldForBooking: a booking counts on it.
    """
    _refuse_booked(db, voucher_id)
    values = {"held_for_id": provider_id, "presentation_id": None}
    if _change(db, voucher_id, values, only_if=Voucher.held_for_id.is_(None)):
        _note(db, voucher_id, "held", motive, actor, now, {"provider": provider_id})
    elif _read(db, voucher_id).held_for_id != provider_id:
        raise AlreadyHeld


def release(db: Session, voucher_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Let a held voucher be spent anywhere again. Releasing twice is once.

    Raises:
        UnknownVoucher, NotOpen: there is nothing to release.
        HeldForBooking: only the end of the booking lets it go.
    """
    _refuse_booked(db, voucher_id)
    if _change(db, voucher_id, {"held_for_id": None}, only_if=Voucher.held_for_id.is_not(None)):
        _note(db, voucher_id, "released", motive, actor, now)


def give_back(
    db: Session,
    voucher_ids: Iterable[int],
    kind: TransferKind,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Move the value of vouchers that were just ended from outstanding back to available.

    Raises:
        Overdrawn: never while the books agree; the change is given up.
    """
    rows = db.execute(
        select(Voucher.id, Voucher.fund_id, Voucher.parent_id, Voucher.face_cents, Voucher.round)
        .where(Voucher.id.in_(list(voucher_ids)))
        .order_by(Voucher.id)
    ).all()
    accounts = accounts_of(db, {row.fund_id for row in rows})
    postings = [
        Posting(
            kind=kind,
            debit_id=accounts[row.fund_id, AccountKind.OUTSTANDING, 0, stripe_of(row.parent_id)],
            credit_id=accounts[row.fund_id, AccountKind.AVAILABLE, 0, 0],
            amount=Cents(row.face_cents),
            voucher_id=row.id,
            round=row.round,
        )
        for row in rows
    ]
    post(db, postings, actor=actor, now=now)


def _change(
    db: Session,
    voucher_id: int,
    values: dict[str, Any],
    *,
    only_if: ColumnElement[bool] | None = None,
) -> bool:
    """Change an open voucher; return whether `only_if` found something to change."""
    done = db.execute(
        update(Voucher)
        .where(
            Voucher.id == voucher_id,
            Voucher.state == VoucherState.ISSUED,
            true() if only_if is None else only_if,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:  # type: ignore[attr-defined]
        return True
    state = _read(db, voucher_id).state
    if state == VoucherState.ISSUED:
        return False
    raise NotOpen(state=state)


def _refuse_booked(db: Session, voucher_id: int) -> None:
    booked = select(Voucher.booked).where(Voucher.id == voucher_id).with_for_update()
    if db.scalar(booked):
        raise HeldForBooking


def _read(db: Session, voucher_id: int) -> Voucher:
    voucher = db.get(Voucher, voucher_id, populate_existing=True)
    if voucher is None:
        raise UnknownVoucher
    return voucher


def _note(
    db: Session,
    voucher_id: int,
    kind: str,
    motive: str,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("voucher", voucher_id),
        now=now,
        motive=motive,
        facts=facts,
    )
