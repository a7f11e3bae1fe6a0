"""Take messages out of the outbox, one worker each, and note what became of them.

At least once: a worker that dies between sending and noting it sends again after the lease.
The message keeps its Message-ID, so a mail system may recognise the second copy.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import LEASE, MOST_ATTEMPTS, SIGN_IN_STALE, Kind, pause_after
from repit.domain.people.models import Person

TROUBLE_LENGTH = 500


@dataclass(frozen=True)
class DueNotice:
    """A message this worker must send now; `attempts` counts this one."""

    id: int
    kind: Kind
    person_id: int | None
    to_address: str
    locale: str
    facts: dict[str, Any]
    attempts: int


def claim(db: Session, *, now: datetime, limit: int) -> list[DueNotice]:
    """Take what is due, sign-in messages first: somebody is waiting for those.

    Raises:
        Nothing of its own.
    """
    _give_up_on_old_ones(db, now)
    urgent = _claim(db, Notice.kind == Kind.SIGN_IN, now, limit)
    rest = limit - len(urgent)
    return urgent + (_claim(db, Notice.kind != Kind.SIGN_IN, now, rest) if rest else [])


def mark_sent(
    db: Session, notice_id: int, *, now: datetime, kept: tuple[str, str] | None = None
) -> None:
    """Note that a message left; `kept` is its subject and text, only for the demo's outbox.

    Raises:
        Nothing of its own.
    """
    subject, body = kept or (None, None)
    _change(db, notice_id, state="sent", sent_at=now, trouble=None, subject=subject, body=body)


def forget_fact(db: Session, notice: DueNotice, name: str) -> None:
    """Take a fact out of a message: what nobody may look up once it has left.

    Raises:
        Nothing of its own.
    """
    left = {key: value for key, value in notice.facts.items() if key != name}
    _change(db, notice.id, facts=left)


def drop(db: Session, notice: DueNotice) -> None:
    """Throw a message away: what it says is no longer so.

    Raises:
        Nothing of its own.
    """
    db.execute(
        delete(Notice)
        .where(Notice.id == notice.id, Notice.state == "waiting")
        .execution_options(synchronize_session=False)
    )


def put_off(db: Session, notice: DueNotice, *, trouble: str, now: datetime) -> bool:
    """Try again later, or give up after the sixth attempt; return whether it was given up.

    Raises:
        Nothing of its own.
    """
    if notice.attempts >= MOST_ATTEMPTS:
        give_up(db, notice, trouble=trouble)
        return True
    later = now + pause_after(notice.attempts)
    _change(db, notice.id, send_at=later, trouble=trouble[:TROUBLE_LENGTH])
    return False


def give_up(db: Session, notice: DueNotice, *, trouble: str) -> None:
    """Stop trying: the operator is shown the message and its trouble.

    Raises:
        Nothing of its own.
    """
    _change(db, notice.id, state="failed", trouble=trouble[:TROUBLE_LENGTH])


def try_again(db: Session, notice_id: int, *, now: datetime) -> None:
    """Give a failed message six more attempts, at the address its reader has now.

    Raises:
        NoSuchObject: there is no such failed message, or its moment has passed.
    """
    address = select(Person.email).where(Person.id == Notice.person_id).scalar_subquery()
    revived = db.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state == "failed", Notice.kind != Kind.SIGN_IN)
        .values(
            state="waiting",
            attempts=0,
            send_at=now,
            to_address=func.coalesce(address, Notice.to_address),
        )
        .execution_options(synchronize_session=False)
    )
    if _count(revived) != 1:
        raise NoSuchObject


def _claim(db: Session, which: ColumnElement[bool], now: datetime, limit: int) -> list[DueNotice]:
    # PostgreSQL passes over rows other workers are taking; SQLite has one writer at a time.
    # Read first: as a subquery of the UPDATE, PostgreSQL may run it again and take more rows.
    taken = db.scalars(
        select(Notice.id)
        .where(Notice.state == "waiting", Notice.send_at <= now, which)
        .order_by(Notice.send_at, Notice.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not taken:
        return []
    rows = db.execute(
        update(Notice)
        .where(Notice.id.in_(taken))
        .values(attempts=Notice.attempts + 1, send_at=now + LEASE)
        .returning(
            Notice.id,
            Notice.kind,
            Notice.person_id,
            Notice.to_address,
            Notice.locale,
            Notice.facts,
            Notice.attempts,
        )
        .execution_options(synchronize_session=False)
    )
    found = [DueNotice(**{**row, "kind": Kind(row["kind"])}) for row in rows.mappings()]
    return sorted(found, key=lambda notice: notice.id)


def _give_up_on_old_ones(db: Session, now: datetime) -> None:
    waiting = (Notice.state == "waiting", Notice.send_at <= now)
    for too_old, trouble in (
        (Notice.attempts >= MOST_ATTEMPTS, "worker_died"),
        ((Notice.kind == Kind.SIGN_IN) & (Notice.created_at < now - SIGN_IN_STALE), "too_late"),
    ):
        db.execute(
            update(Notice)
            .where(*waiting, too_old)
            .values(state="failed", trouble=trouble)
            .execution_options(synchronize_session=False)
        )


def _change(db: Session, notice_id: int, **values: Any) -> None:
    db.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state == "waiting")
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  (tells the type checker what DML returns)
    return int(result.rowcount)
