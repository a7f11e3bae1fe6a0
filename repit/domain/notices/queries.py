"""Read the outbox: what left, what waits, what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from repit.domain.notices.models import Notice

LATE = timedelta(hours=1)


@dataclass(frozen=True)
class NoticeView:
    """A message and what became of it; `subject` and `body` only where the demo kept them."""

    id: int
    kind: str
    person_id: int | None
    to_address: str
    locale: str
    created_at: datetime
    send_at: datetime
    state: str
    attempts: int
    sent_at: datetime | None
    trouble: str | None
    subject: str | None
    body: str | None


@dataclass(frozen=True)
class OutboxCounts:
    """What the operator must know: `late` should have left more than an hour ago."""

    waiting: int
    late: int
    failed: int


def counts(db: Session, now: datetime) -> OutboxCounts:
    """Return how many messages wait, are late and failed, in one statement."""
    tried = (Notice.attempts > 0) | (Notice.send_at <= now)
    late = (Notice.state == "waiting") & (Notice.created_at < now - LATE) & tried
    row = db.execute(
        select(
            func.count().filter(Notice.state == "waiting"),
            func.count().filter(late),
            func.count().filter(Notice.state == "failed"),
        ).where(Notice.state.in_(["waiting", "failed"]))
    ).one()
    return OutboxCounts(*row)


def something_is_due(db: Session, now: datetime) -> bool:
    """Return whether a message waits to leave, without taking any lock."""
    due = select(Notice.id).where(Notice.state == "waiting", Notice.send_at <= now).limit(1)
    return db.scalar(due) is not None


def failed(db: Session, limit: int = 50) -> list[NoticeView]:
    """Return the messages that gave up, newest first."""
    return _read(db, _newest(limit).where(Notice.state == "failed"))


def outbox(db: Session, *, to_address: str | None = None, limit: int = 100) -> list[NoticeView]:
    """Return the newest messages, perhaps only those to one address."""
    query = _newest(limit)
    return _read(db, query.where(Notice.to_address == to_address) if to_address else query)


def addresses(db: Session, limit: int = 200) -> list[str]:
    """Return who was written to, the latest first."""
    latest = func.max(Notice.id)
    query = select(Notice.to_address).group_by(Notice.to_address).order_by(latest.desc())
    return list(db.scalars(query.limit(limit)))


def _newest(limit: int) -> Select[Notice]:
    return select(Notice).order_by(Notice.id.desc()).limit(limit)


def _read(db: Session, query: Select[Notice]) -> list[NoticeView]:
    names = NoticeView.__dataclass_fields__
    return [NoticeView(**{name: getattr(row, name) for name in names}) for row in db.scalars(query)]
