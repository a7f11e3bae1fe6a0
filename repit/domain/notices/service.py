"""Put messages in the outbox, in the same change as what they tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.people.models import Person
from repit.domain.people.queries import operators


@dataclass(frozen=True)
class Office:
    """An address that belongs to nobody in particular."""

    address: str
    locale: str = "fr"


def tell(  # noqa: PLR0913  (every fact has its name)
    db: Session,
    kind: Kind,
    to: int | Office,
    *,
    facts: dict[str, Any],
    dedupe: str,
    now: datetime,
    send_at: datetime | None = None,
    booking_id: int | None = None,
) -> bool:
    """Write one message; return whether it is new and has somewhere to go.

    Args:
        to: a person's id, who is told in their own language, or an office.
        facts: plain JSON values, see `Kind`.
        dedupe: the same name twice is the same message, for ever.
        send_at: not before this moment.
        booking_id: what is told goes away with this booking while it still waits.

    Raises:
        Nothing of its own; somebody without an address is told nothing.
    """
    person_id = None if isinstance(to, Office) else to
    office = to if isinstance(to, Office) else _reach(db, to)
    if office is None:
        return False
    row = {
        "kind": kind,
        "person_id": person_id,
        "to_address": office.address,
        "locale": office.locale,
        "facts": facts,
        "dedupe": dedupe,
        "send_at": send_at or now,
        "booking_id": booking_id,
    }
    return tell_many(db, [row], now=now) == 1


def tell_operators(
    db: Session, kind: Kind, *, facts: dict[str, Any], dedupe: str, now: datetime
) -> int:
    """Write the same message to everybody who runs the scheme; return how many are new.

    Raises:
        Nothing of its own.
    """
    return sum(
        tell(db, kind, one.id, facts=facts, dedupe=f"{dedupe}:{one.id}", now=now)
        for one in operators(db)
    )


def tell_many(db: Session, rows: list[dict[str, Any]], *, now: datetime) -> int:
    """Write many messages in one statement; return how many are new.

    Args:
        rows: kind, person_id, to_address, locale, facts, dedupe, send_at, and perhaps
            redemption_id or booking_id; the same keys in each.

    Raises:
        Nothing of its own.
    """
    if not rows:
        return 0
    waiting = {"created_at": now, "state": "waiting", "attempts": 0}
    written = db.scalars(
        inserting(db, Notice)
        .on_conflict_do_nothing(index_elements=["dedupe"])
        .returning(Notice.id),
        [row | waiting for row in rows],
    )
    return len(written.all())


def _reach(db: Session, person_id: int) -> Office | None:
    row = db.execute(
        select(Person.email, Person.locale).where(
            Person.id == person_id, Person.email.is_not(None), Person.disabled_at.is_(None)
        )
    ).one_or_none()
    return Office(str(row[0]), row[1]) if row else None
