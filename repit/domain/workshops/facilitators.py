"""Who leads a whole workshop, or one session of it, and may therefore see its sheets."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.people.rules import Role
from repit.domain.people.service import end_role, give_role, known_or_new
from repit.domain.workshops.models import Facilitator


def add(
    db: Session,
    workshop_id: int,
    *,
    name: str,
    email: str,
    session_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let somebody lead a workshop, or only one session of it; safe to repeat.

    Raises:
        EmailTaken: an account with this address was made in the same instant; try again.
    """
    person_id = known_or_new(db, name=name, email=email, actor=actor, now=now)
    give_role(db, person_id, Role.FACILITATOR, actor=actor, now=now)
    _lead(db, person_id, workshop_id, session_id, now)
    facts = {"name": name, "person": person_id}
    of = _of(workshop_id, session_id)
    record(db, actor=actor, kind="facilitator_added", of=of, now=now, facts=facts)


def remove(
    db: Session, workshop_id: int, facilitator_id: int, *, actor: Actor, now: datetime
) -> None:
    """Let somebody lead no more; with nothing left to lead, their access ends too.

    Raises:
        NoSuchObject: nobody leads it under that number.
    """
    row = db.scalar(
        select(Facilitator)
        .where(Facilitator.id == facilitator_id, Facilitator.workshop_id == workshop_id)
        .with_for_update()
    )
    if row is None:
        raise NoSuchObject
    person_id, session_id = row.person_id, row.session_id
    db.delete(row)
    db.flush()
    leads = select(Facilitator.id).where(Facilitator.person_id == person_id).limit(1)
    if db.scalar(leads) is None:
        end_role(db, person_id, Role.FACILITATOR, actor=actor, now=now)
    of, facts = _of(workshop_id, session_id), {"person": person_id}
    record(db, actor=actor, kind="facilitator_removed", of=of, now=now, facts=facts)


def copy(db: Session, old_id: int, new_id: int, *, actor: Actor, now: datetime) -> None:
    """Let those who lead one whole workshop lead another.

    Raises:
        Nothing of its own.
    """
    whole = Facilitator.workshop_id == old_id, Facilitator.session_id.is_(None)
    for person_id in db.scalars(select(Facilitator.person_id).where(*whole)).all():
        give_role(db, person_id, Role.FACILITATOR, actor=actor, now=now)
        _lead(db, person_id, new_id, None, now)


def _lead(
    db: Session, person_id: int, workshop_id: int, session_id: int | None, now: datetime
) -> None:
    key = session_id or 0
    known = select(Facilitator.id).where(
        Facilitator.workshop_id == workshop_id,
        Facilitator.person_id == person_id,
        Facilitator.session_key == key,
    )
    if db.scalar(known) is not None:
        return
    db.add(
        Facilitator(
            workshop_id=workshop_id,
            session_id=session_id,
            session_key=key,
            person_id=person_id,
            since=now,
        )
    )
    db.flush()


def _of(workshop_id: int, session_id: int | None) -> tuple[str, int]:
    return ("workshop", workshop_id) if session_id is None else ("workshop_session", session_id)
