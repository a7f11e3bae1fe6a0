"""The job that closes days, counts who was reached, and freezes what people may correct later.

Each change is short and whole. Stopped anywhere, the next run goes on from what is kept; two that
run at once do each part once.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.engine import plan_each_time, take_time
from repit.db.unit_of_work import unit_of_work
from repit.domain.figures import counting, freezing, keeping
from repit.domain.programmes.models import Programme
from repit.domain.retrying import retrying

Progress = Callable[[int, int], None]


def keep_all(db: Session, *, now: datetime, progress: Progress | None = None) -> int:
    """Close every day that is over, of every programme; return how many were closed.

    Raises:
        TryAgain: the database was still busy after several tries.
    """
    programmes = list(db.scalars(select(Programme.id).order_by(Programme.id)))
    return sum(keep(db, programme_id, now=now, progress=progress) for programme_id in programmes)


def keep(db: Session, programme_id: int, *, now: datetime, progress: Progress | None = None) -> int:
    """Close every day of a programme that is over, and count the periods they are in.

    Raises:
        TryAgain: the database was still busy after several tries.
    """
    closed = 0
    while days := retrying(lambda: _close(db, programme_id, now)):
        closed += len(days)
        if progress is not None:
            progress(closed, closed)
    _count(db, programme_id, progress)
    _freeze(db, programme_id, now, progress)
    return closed


def rebuild(
    db: Session, programme_id: int, *, now: datetime, progress: Progress | None = None
) -> int:
    """Count everything kept anew from the ledger; return how many days that were.

    Where parents lived, and what was frozen of people, stays: no row says any more how it was.

    Raises:
        TryAgain: the database was still busy after several tries.
    """
    retrying(lambda: _forget(db, programme_id))
    return keep(db, programme_id, now=now, progress=progress)


def _close(db: Session, programme_id: int, now: datetime) -> list[date]:
    with unit_of_work(db):
        plan_each_time(db.connection())
        return keeping.close_some(db, programme_id, now=now)


def _forget(db: Session, programme_id: int) -> None:
    with unit_of_work(db):
        keeping.forget(db, programme_id)


def _count(db: Session, programme_id: int, progress: Progress | None) -> None:
    until = keeping.kept_until(db, programme_id)
    if until is None:
        return
    periods = counting.uncounted(db, programme_id, until)
    for number, (kind, period) in enumerate(periods):
        take_time(db.connection())
        rows = counting.count(db, programme_id, period, kind, until)
        if not retrying(lambda rows=rows: _write(db, programme_id, rows, until)):  # type: ignore[misc]
            return  # another worker went on: it counts them too
        if progress is not None:
            progress(number + 1, len(periods))


def _write(db: Session, programme_id: int, rows: list[counting.Row], until: date) -> bool:
    with unit_of_work(db):
        return counting.write(db, programme_id, rows, until)


def _freeze(db: Session, programme_id: int, now: datetime, progress: Progress | None) -> None:
    until = keeping.kept_until(db, programme_id)
    if until is None:
        return
    periods = freezing.unfrozen(db, programme_id, until)
    for number, (kind, period) in enumerate(periods):
        take_time(db.connection())
        rows = freezing.facts_of(db, programme_id, kind, period, now=now)
        retrying(lambda rows=rows: _write_facts(db, rows))  # type: ignore[misc]
        if progress is not None:
            progress(number + 1, len(periods))


def _write_facts(db: Session, rows: list[freezing.Row]) -> bool:
    with unit_of_work(db):
        return freezing.write(db, rows)
