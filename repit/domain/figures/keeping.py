"""Close days, once each and in order: their sums, who was reached, where parents lived.

One change closes some days, whole or not at all. Two workers that close the same day meet at its
row: the second one finds it closed. Counting anew goes the same way, so that it cannot differ.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.clock import day_in
from repit.domain.figures import homes, rules, sums, tallies
from repit.domain.figures.models import (
    KeptCount,
    KeptDay,
    KeptMoney,
    KeptReached,
    KeptSum,
    KeptTally,
)
from repit.domain.ledger.models import Account, Transfer
from repit.domain.periods import PeriodKind, period_of
from repit.domain.programmes.models import Fund, Programme

AT_ONCE = 16
"""Days in one change, for a programme that is behind."""


def kept_until(db: Session, programme_id: int) -> date | None:
    """Return the last day up to which everything is kept, None before the first."""
    uncounted = (
        select(func.min(KeptDay.day))
        .where(KeptDay.programme_id == programme_id, ~KeptDay.counted)
        .scalar_subquery()
    )
    return db.scalar(
        select(func.max(KeptDay.day)).where(
            KeptDay.programme_id == programme_id,
            or_(uncounted.is_(None), KeptDay.day < uncounted),
        )
    )


def first_kept(db: Session, programme_id: int) -> date | None:
    """Return the first day that is closed."""
    return db.scalar(select(func.min(KeptDay.day)).where(KeptDay.programme_id == programme_id))


def close_some(db: Session, programme_id: int, *, now: datetime) -> list[date]:
    """Close the next days that are over, a few at a time; return which, none when all are.

    Raises:
        Nothing of its own; DBAPIError when another worker closes the same day, to be tried again.
    """
    zone = db.get_one(Programme, programme_id).zone
    last = rules.last_closable(zone, now)
    closed: list[date] = []
    day = _next_day(db, programme_id, zone)
    while len(closed) < AT_ONCE and day <= last:
        new = _take(db, programme_id, day, zone, now)
        if new is None:
            break
        _count(db, programme_id, day, zone, new=new)
        closed.append(day)
        day += rules.A_DAY
    return closed


def is_behind(db: Session, *, now: datetime) -> bool:
    """Tell whether some programme has a day to close. Up to the latest time zone's tomorrow."""
    least = now.date() - timedelta(days=2)
    newest = (
        select(func.max(KeptDay.day))
        .where(KeptDay.programme_id == Programme.id, KeptDay.counted)
        .correlate(Programme)
        .scalar_subquery()
    )
    waiting = (
        select(KeptDay.day)
        .where(KeptDay.programme_id == Programme.id, ~KeptDay.counted)
        .correlate(Programme)
        .exists()
    )
    behind = select(Programme.id).where(or_(newest.is_(None), newest <= least, waiting))
    return db.scalar(behind.limit(1)) is not None


def forget(db: Session, programme_id: int) -> None:
    """Prepare to count everything anew. What is kept of parents and of people's facts stays.

    Raises:
        Nothing of its own.
    """
    for table in (KeptSum, KeptMoney, KeptTally, KeptReached, KeptCount):
        db.execute(table.__table__.delete().where(table.programme_id == programme_id))  # type: ignore[attr-defined]
    db.execute(
        update(KeptDay)
        .where(KeptDay.programme_id == programme_id)
        .values(counted=False)
        .execution_options(synchronize_session=False)
    )


def _next_day(db: Session, programme_id: int, zone: str) -> date:
    waiting = db.scalar(
        select(func.min(KeptDay.day)).where(KeptDay.programme_id == programme_id, ~KeptDay.counted)
    )
    if waiting is not None:
        return waiting
    newest = db.scalar(select(func.max(KeptDay.day)).where(KeptDay.programme_id == programme_id))
    if newest is not None:
        return newest + rules.A_DAY
    return _first_day(db, programme_id, zone)


def _first_day(db: Session, programme_id: int, zone: str) -> date:
    """Return the first of the month in which the programme's first money moved, or it was made."""
    first = db.scalar(
        select(func.min(Transfer.at))
        .join(Account, Account.id == Transfer.debit_id)
        .join(Fund, Fund.id == Account.fund_id)
        .where(Fund.programme_id == programme_id)
    )
    made = db.get_one(Programme, programme_id).created_at
    return day_in(zone, min(first or made, made)).replace(day=1)


def _take(db: Session, programme_id: int, day: date, zone: str, now: datetime) -> bool | None:
    """Take a day to close; return if it is closed for the first time, None if another did."""
    row = {
        "programme_id": programme_id,
        "day": day,
        "starts_at": rules.midnight(zone, day),
        "ends_at": rules.midnight(zone, day + rules.A_DAY),
        "closed_at": now,
        "counted": True,
    }
    made = inserting(db, KeptDay).on_conflict_do_nothing().returning(KeptDay.day)
    if db.scalars(made, row).one_or_none() is not None:
        return True
    anew = db.scalars(
        update(KeptDay)
        .where(KeptDay.programme_id == programme_id, KeptDay.day == day, ~KeptDay.counted)
        .values(counted=True)
        .returning(KeptDay.day)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if anew is None else False


def _count(db: Session, programme_id: int, day: date, zone: str, *, new: bool) -> None:
    starts_at = rules.midnight(zone, day)
    ends_at = rules.midnight(zone, day + rules.A_DAY)
    month = period_of(PeriodKind.MONTH, day)
    if _something_moved(db, starts_at, ends_at):
        homes.keep(db, programme_id, day, starts_at, ends_at, new=new)
        months = [(rules.midnight(zone, month.first_day), month.last_day)]
        sums.keep(db, programme_id, day, starts_at, ends_at, months)
        sums.keep_reached(db, programme_id, starts_at, ends_at, months)
        tallies.keep(db, programme_id, day, starts_at, ends_at, months)
        sums.keep_money(db, programme_id, day, starts_at, ends_at)
    if day == month.last_day:
        sums.fold(db, programme_id, month.first_day, month.last_day)


def _something_moved(db: Session, starts_at: datetime, ends_at: datetime) -> bool:
    moved = exists().where(Transfer.at >= starts_at, Transfer.at < ends_at)
    return bool(db.scalar(select(moved)))
