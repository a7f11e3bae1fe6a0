"""A session under its minimum: those who lead it are asked once, two days before."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.overview import to_decide
from repit.domain.bookings.telling import facts_of
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind, outside_quiet_hours
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.workshops.models import Facilitator, WorkshopSession

AT_ONCE = 1_000


def enqueue_decisions(db: Session, *, now: datetime) -> int:
    """Ask the facilitators of sessions that are due to be decided on; return how many messages.

    Once for each session, person and date: moved, it is asked about again.

    Raises:
        Nothing of its own; the operator's list shows what nobody answers.
    """
    dedupe = (
        literal("decide:")
        + cast(WorkshopSession.id, String)
        + ":"
        + cast(WorkshopSession.version, String)
        + ":"
        + cast(Person.id, String)
    )
    leads = (Facilitator.workshop_id == WorkshopSession.workshop_id) & or_(
        Facilitator.session_id.is_(None), Facilitator.session_id == WorkshopSession.id
    )
    rows = db.execute(
        select(WorkshopSession, Person, dedupe.label("dedupe"))
        .join(Facilitator, leads)
        .join(Person, Person.id == Facilitator.person_id)
        .where(
            to_decide(now),
            Person.email.is_not(None),
            Person.disabled_at.is_(None),
            ~exists().where(Notice.dedupe == dedupe),
        )
        .order_by(WorkshopSession.id, Person.id)
        .limit(AT_ONCE)
    ).all()
    once = {row.dedupe: _as_notice(db, row, now) for row in rows}
    return tell_many(db, list(once.values()), now=now)


def _as_notice(db: Session, row: Any, now: datetime) -> dict[str, Any]:
    session, person = row.WorkshopSession, row.Person
    counted = {
        "people": session.seats_taken,
        "least": session.min_people,
        "session": session.public_id,
    }
    return {
        "kind": Kind.DECIDE,
        "person_id": person.id,
        "to_address": person.email,
        "locale": person.locale,
        "facts": facts_of(db, session, person.locale) | counted,
        "dedupe": row.dedupe,
        "send_at": outside_quiet_hours(now, session.zone),
    }
