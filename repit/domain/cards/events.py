"""Take in what Stripe tells: each event once, with its effect, in one change, in any order.

An event is a row under Stripe's own id, written first: whoever brings it a second time changes
nothing. What an event needs and is not there yet (a dispute before its payment) waits in the
table and is applied when that appears. Nothing that was signed is ever thrown away.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.db.unit_of_work import tentatively
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.cards import (
    connect_news,
    dispute_news,
    payment_news,
    queries,
    refund_news,
)
from repit.domain.cards.gateway import Happening
from repit.domain.cards.models import EventState, StripeEvent
from repit.domain.cards.news import News, Verdict
from repit.domain.errors import NoSuchObject, Refused

READERS: dict[str, News] = {
    **payment_news.READERS,
    **dispute_news.READERS,
    **refund_news.READERS,
    **connect_news.READERS,
}


@dataclass(frozen=True)
class TakenIn:
    """What became of an event: its state, and whether this delivery was the first."""

    state: str
    first: bool


def take_in(db: Session, happening: Happening, *, now: datetime) -> TakenIn:
    """Write an event down with its effect; one that is known already changes nothing.

    Raises:
        Nothing of its own: what cannot be applied is kept and says why.
    """
    row = {
        "event_id": happening.id,
        "kind": happening.kind,
        "facts": happening.facts,
        "state": EventState.IDLE,
        "created_at": happening.created_at,
        "received_at": now,
    }
    adding = inserting(db, StripeEvent).values(row)
    made = db.scalar(
        adding.on_conflict_do_nothing(index_elements=["event_id"]).returning(StripeEvent.id)
    )
    if made is None:
        known = select(StripeEvent.state).where(StripeEvent.event_id == happening.id)
        return TakenIn(db.scalars(known).one(), first=False)
    event = db.get_one(StripeEvent, made)
    _apply(db, event, now)
    return TakenIn(event.state, first=True)


def take_again(db: Session, event_id: int, *, actor: Actor, now: datetime) -> str:
    """Try an event again that waited or contradicted, and return its state.

    Raises:
        NoSuchObject: nothing waits under that number.
    """
    event = _open(db, event_id)
    _apply(db, event, now)
    record(db, actor=actor, kind="event_taken_again", of=("stripe_event", event_id), now=now)
    return event.state


def take_one_waiting(db: Session, *, now: datetime) -> bool:
    """Apply one event whose payment is there by now; return whether there was one.

    Raises:
        Nothing of its own.
    """
    event = db.scalars(
        select(StripeEvent)
        .where(*queries.can_be_applied())
        .order_by(StripeEvent.created_at, StripeEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if event is None:
        return False
    _apply(db, event, now)
    return event.state != EventState.WAITING


def look_at(db: Session, event_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that an operator saw an event that could not be applied, and that it needs nothing.

    Raises:
        NoSuchObject: nothing waits under that number.
    """
    event = _open(db, event_id)
    event.looked_at, event.looked_by = now, actor
    record(db, actor=actor, kind="event_looked_at", of=("stripe_event", event_id), now=now)


def _open(db: Session, event_id: int) -> StripeEvent:
    event = db.get(StripeEvent, event_id, with_for_update=True, populate_existing=True)
    if event is None or event.state not in {EventState.WAITING, EventState.CONTRADICTS}:
        raise NoSuchObject
    return event


def _apply(db: Session, event: StripeEvent, now: datetime) -> None:
    read = READERS.get(event.kind)
    if read is None:
        return  # Stripe tells more than we asked for
    verdict = _tried(db, read, event, now)
    event.state, event.why, event.about = verdict.state, verdict.why, verdict.about
    if verdict.state is EventState.APPLIED:
        event.looked_at = event.looked_by = None
    db.flush()
    if verdict.appeared:
        _wake(db, verdict.appeared, now)


def _tried(db: Session, read: News, event: StripeEvent, now: datetime) -> Verdict:
    """Apply an event, or take back what it did and say what was in its way."""
    try:
        with tentatively(db):
            return read(db, event.kind, event.facts, event.created_at, now)
    except Refused as refusal:
        return Verdict(EventState.CONTRADICTS, event.about, why=refusal.code)


def _wake(db: Session, about: str, now: datetime) -> None:
    """Apply what waited for something that has just appeared, oldest first."""
    waiting = db.scalars(
        select(StripeEvent)
        .where(StripeEvent.about == about, StripeEvent.state == EventState.WAITING)
        .order_by(StripeEvent.created_at, StripeEvent.id)
    ).all()
    for event in waiting:
        _apply(db, event, now)
