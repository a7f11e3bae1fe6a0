"""Promise vouchers to a provider for a child's place, and end every promise exactly once.

A hold stands twice: as a row, and as `booked` with `held_for_id` on the voucher, where the
decision to take a voucher reads it. `check` compares the two.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.clock import day_in
from repit.domain.errors import TryAgain
from repit.domain.programmes.models import Programme
from repit.domain.programmes.profiles import Validity
from repit.domain.vouchers.errors import HeldForItsYear, NotEnoughToHold
from repit.domain.vouchers.models import Hold, Voucher, VoucherState

CATEGORY = Category.WORKSHOP_CHILDCARE


@dataclass(frozen=True)
class Wanted:
    """So many vouchers for one child's place, kept by one provider on one day."""

    child_place_id: int
    provider_id: int
    day: date
    vouchers: int


def holdable(db: Session, parent_id: int, programme_id: int, day: date) -> int:
    """Return how many vouchers a parent could still promise for a day of service."""
    return db.scalar(_COUNT, _whose(parent_id, programme_id, day)) or 0


def hold(
    db: Session, parent_id: int, programme_id: int, wanted: Sequence[Wanted], *, now: datetime
) -> int:
    """Promise a parent's vouchers, those that end first; return how many.

    Raises:
        NotEnoughToHold: the parent has fewer that are good on the day; nothing is held.
    """
    held = 0
    for day in sorted({one.day for one in wanted}):
        # All of a day at once, whoever keeps them: a redemption locks vouchers by id as well.
        ours = [one for one in wanted if one.day == day]
        held += _hold(db, (parent_id, programme_id), ours, now)
    return held


def release(
    db: Session, child_place_ids: Collection[int], *, now: datetime, restore: bool = False
) -> int:
    """End what is still held for these places, and return how many vouchers are free again.

    Args:
        restore: give the vouchers the days back that they lost while they were held; for what
            the service itself cancelled.

    Raises:
        Nothing of its own; holds that ended already stay as they are.
    """
    held = select(Hold.voucher_id).where(
        Hold.child_place_id.in_(child_place_ids), Hold.state == "held"
    )
    # Vouchers before holds, as a redemption locks them.
    db.execute(
        select(Voucher.id).where(Voucher.id.in_(held)).order_by(Voucher.id).with_for_update()
    )
    ended = db.execute(
        update(Hold)
        .where(Hold.child_place_id.in_(child_place_ids), Hold.state == "held")
        .values(state="released", ended_at=now)
        .returning(Hold.voucher_id, Hold.made_at)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        return 0
    # A code that was shown for the booking opens nothing any more.
    free = {"booked": False, "held_for_id": None, "presentation_id": None}
    db.execute(
        update(Voucher)
        .where(Voucher.id.in_([row.voucher_id for row in ended]))
        .values(free)
        .execution_options(synchronize_session=False)
    )
    if restore:
        _restore(db, {row.voucher_id: row.made_at for row in ended}, now)
    return len(ended)


def move(db: Session, child_place_ids: Collection[int], day: date) -> None:
    """Let what is held for these places be good for another day, on which the service put them.

    A voucher that would have ended before that day lasts until it, and one that would have begun
    after it begins then. A legal frame keeps it within its own year (decision 0019).

    Raises:
        HeldForItsYear: some of them cannot pay for that day, by law. Nothing is changed.
    """
    held = Hold.child_place_id.in_(child_place_ids), Hold.state == "held"
    kept = db.execute(
        select(
            Voucher.id,
            Voucher.first_day,
            Voucher.last_day,
            Programme.profile,
            Programme.validity_months,
            Programme.grace_days,
        )
        .join(Hold, Hold.voucher_id == Voucher.id)
        .join(Programme, Programme.id == Voucher.programme_id)
        .where(*held)
        .order_by(Voucher.id)
        # Vouchers before holds, those that last too: a redemption locks them so.
        .with_for_update(of=Voucher)
    ).all()
    _check_year(kept, day)
    for row in kept:
        _reach(db, row, day)
    db.execute(
        update(Hold)
        .where(*held)
        .values(service_on=day)
        .execution_options(synchronize_session=False)
    )


def _check_year(kept: Sequence[Any], day: date) -> None:
    stuck = [row for row in kept if not _validity(row).may_serve(row.first_day, day)]
    if stuck:
        raise HeldForItsYear(vouchers=len(stuck), year=stuck[0].first_day.year)


def _reach(db: Session, row: Any, day: date) -> None:
    """Let a voucher be good on a day that is outside its own."""
    if row.first_day <= day <= row.last_day:
        return
    days: dict[str, date] = {"first_day": day}
    if row.last_day < day:
        days = {"last_day": day, "grace_until": _validity(row).grace_until(day)}
    db.execute(
        update(Voucher)
        .where(Voucher.id == row.id)
        .values(days)
        .execution_options(synchronize_session=False)
    )


def end_taken(
    connection: Connection, voucher_ids: Collection[int], *, today: date, now: datetime
) -> None:
    """End the holds of vouchers that are being redeemed in this very change.

    One whose time to be claimed ran out under its hold may be claimed today: it waited for the
    booking. Whether a law forbids that is for `redemptions.rules` to say.

    Args:
        today: the day of the claim, in the programme's zone.

    Raises:
        TryAgain: one of them was given back since it was read.
    """
    # In the order in which a cancellation locks them.
    booked = select(Voucher.id).where(Voucher.id.in_(voucher_ids), Voucher.booked)
    locked = connection.execute(booked.order_by(Voucher.id).with_for_update()).all()
    if len(locked) < len(voucher_ids):
        raise TryAgain
    connection.execute(
        update(Voucher)
        .where(Voucher.id.in_(voucher_ids))
        .values(
            booked=False,
            held_for_id=None,
            grace_until=case((Voucher.grace_until < today, today), else_=Voucher.grace_until),
        )
    )
    connection.execute(
        update(Hold)
        .where(Hold.voucher_id.in_(voucher_ids), Hold.state == "held")
        .values(state="redeemed", ended_at=now)
    )


def held_hashes(db: Session, child_place_id: int) -> list[bytes]:
    """Lock the vouchers that are held for a place, to be taken now; return their look-up keys."""
    return list(
        db.scalars(
            select(Voucher.code_hash)
            .join(Hold, Hold.voucher_id == Voucher.id)
            .where(Hold.child_place_id == child_place_id, Hold.state == "held")
            .order_by(Voucher.id)
            # The holds too: whoever waited reads the row again, and only a locked one anew.
            .with_for_update()
        )
    )


def hashes_of(db: Session, voucher_ids: Collection[int]) -> list[bytes]:
    """Return the look-up keys of vouchers."""
    query = select(Voucher.code_hash).where(Voucher.id.in_(voucher_ids)).order_by(Voucher.id)
    return list(db.scalars(query))


def _whose(parent_id: int, programme_id: int, day: date) -> dict[str, object]:
    return {"parent_id": parent_id, "programme_id": programme_id, "day": day}


_HOLDABLE = (
    Voucher.parent_id == bindparam("parent_id"),
    Voucher.programme_id == bindparam("programme_id"),
    Voucher.state == VoucherState.ISSUED,
    Voucher.blocked_at.is_(None),
    Voucher.held_for_id.is_(None),
    Voucher.first_day <= bindparam("day"),
    Voucher.last_day >= bindparam("day"),
    Voucher.categories.bitwise_and(CATEGORY.bit) != 0,
)
HOLDABLE = f"""
      parent_id = %(parent_id)s AND programme_id = %(programme_id)s
  AND state = '{VoucherState.ISSUED}' AND blocked_at IS NULL AND held_for_id IS NULL
  AND first_day <= %(day)s AND last_day >= %(day)s
  AND (categories & {CATEGORY.bit}) <> 0
"""
"""The same in PostgreSQL's words, for the statement that books."""

_COUNT = select(func.count()).where(*_HOLDABLE)
# All of it is asked again of what is locked: it may have been taken while we waited.
_FIRST_TO_END = (
    select(Voucher.id)
    .where(
        Voucher.id.in_(
            select(Voucher.id)
            .where(*_HOLDABLE)
            .order_by(Voucher.last_day, Voucher.id)
            .limit(bindparam("most", type_=Integer))
        ),
        *_HOLDABLE,
    )
    .order_by(Voucher.id)
    .with_for_update()
)


def _hold(db: Session, whose: tuple[int, int], wanted: list[Wanted], now: datetime) -> int:
    count = sum(one.vouchers for one in wanted)
    if count == 0:
        return 0
    day = wanted[0].day
    promises = [one for one in wanted for _ in range(one.vouchers)]
    rows = [
        {
            "voucher_id": voucher_id,
            "child_place_id": one.child_place_id,
            "provider_id": one.provider_id,
            "service_on": day,
            "made_at": now,
            "state": "held",
        }
        for voucher_id, one in zip(_choose(db, whose, day, count), promises, strict=True)
    ]
    db.execute(insert(Hold), rows)
    for provider_id in sorted({one.provider_id for one in wanted}):
        theirs = [row["voucher_id"] for row in rows if row["provider_id"] == provider_id]
        db.execute(
            update(Voucher)
            .where(Voucher.id.in_(theirs))
            .values(booked=True, held_for_id=provider_id, presentation_id=None)
            .execution_options(synchronize_session=False)
        )
    return count


def _choose(db: Session, whose: tuple[int, int], day: date, count: int) -> list[int]:
    """Lock the vouchers that end first.

    Chosen by their last day and locked by their id, as by everybody: one that was taken in
    between is found missing, and the next one is looked for.
    """
    while True:
        chosen = list(db.scalars(_FIRST_TO_END, _whose(*whose, day) | {"most": count}))
        if len(chosen) == count:
            return chosen
        left = holdable(db, *whose, day)
        if left < count:
            raise NotEnoughToHold(wanted=count, left=left)


def _restore(db: Session, held_since: dict[int, datetime], now: datetime) -> None:
    """Give back the days a voucher had left when it was promised, within its legal frame."""
    rows = db.execute(
        select(
            Voucher.id,
            Voucher.first_day,
            Voucher.last_day,
            Programme.zone,
            Programme.profile,
            Programme.validity_months,
            Programme.grace_days,
        )
        .join(Programme, Programme.id == Voucher.programme_id)
        .where(Voucher.id.in_(held_since))
    ).all()
    for row in rows:
        had_left = row.last_day - day_in(row.zone, held_since[row.id])
        validity = _validity(row)
        latest = validity.latest(row.first_day)
        last_day = day_in(row.zone, now) + had_left
        if latest is not None:
            last_day = min(last_day, latest)
        if last_day > row.last_day:
            grace_until = validity.grace_until(last_day)
            db.execute(
                update(Voucher)
                .where(Voucher.id == row.id)
                .values(last_day=last_day, grace_until=grace_until)
                .execution_options(synchronize_session=False)
            )


def _validity(row: Any) -> Validity:
    return Validity(row.profile, row.validity_months, row.grace_days)
