"""Messages to those who make it happen: who leads a session, and who keeps the children beside.

Each is told once of each change, never of the parents or the children.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from repit.domain.audit.models import Event
from repit.domain.bookings.stage import Stage
from repit.domain.bookings.telling import facts_of
from repit.domain.care.models import CareSlot
from repit.domain.notices.rules import Kind, outside_quiet_hours
from repit.domain.notices.service import tell
from repit.domain.people.models import Person
from repit.domain.providers.models import Provider
from repit.domain.providers.telling import tell_provider
from repit.domain.workshops.models import Facilitator, WorkshopSession


def moved(db: Session, stage: Stage, *, now: datetime) -> None:
    """Tell the team of another day, hour or place.

    Raises:
        Nothing of its own.
    """
    if stage.session is None:
        return
    _tell_leaders(db, Kind.TEAM_MOVED, stage.session, now)
    _tell_keepers(db, Kind.CARE_MOVED, stage, _standing(stage), now)


def asked(db: Session, slots: Iterable[CareSlot], *, now: datetime) -> None:
    """Tell a provider that some of its carers are asked, once while the answers are awaited.

    Several slots are one message, about the first: the others stand beside it in its list.

    Raises:
        Nothing of its own.
    """
    to_come = [slot for slot in slots if slot.state != "cancelled" and slot.starts_at > now]
    for slot in _first_of_each(to_come):
        session = None if slot.session_id is None else db.get(WorkshopSession, slot.session_id)
        name = f"{Kind.CARE_ASKED}:slot:{slot.id}.{slot.version}.{_answers(db, slot)}"
        _tell_keeper(db, Kind.CARE_ASKED, session, slot, name, now)


def postponed(db: Session, stage: Stage, session: WorkshopSession, *, now: datetime) -> None:
    """Tell the team that it is not on that day; the new day follows by `moved`.

    Raises:
        Nothing of its own.
    """
    _tell_leaders(db, Kind.TEAM_POSTPONED, session, now)
    _tell_keepers(db, Kind.TEAM_POSTPONED, stage, _standing(stage), now)


def called_off(db: Session, stage: Stage, slots: Iterable[CareSlot], *, now: datetime) -> None:
    """Tell who leads the session, and who keeps the children in these slots, that it is off.

    Raises:
        Nothing of its own.
    """
    if stage.session is not None:
        _tell_leaders(db, Kind.TEAM_CALLED_OFF, stage.session, now)
    care_called_off(db, stage, slots, now=now)


def care_called_off(db: Session, stage: Stage, slots: Iterable[CareSlot], *, now: datetime) -> None:
    """Tell who keeps the children in these slots that nobody is to be kept.

    Raises:
        Nothing of its own.
    """
    _tell_keepers(db, Kind.TEAM_CALLED_OFF, stage, slots, now)


def _standing(stage: Stage) -> list[CareSlot]:
    return [slot for slot in stage.slots.values() if slot.state != "cancelled"]


def _tell_leaders(db: Session, kind: Kind, session: WorkshopSession, now: datetime) -> None:
    leads = Facilitator.workshop_id == session.workshop_id
    here = or_(Facilitator.session_id.is_(None), Facilitator.session_id == session.id)
    people = select(Facilitator.person_id).where(leads, here)
    query = select(Person).where(Person.id.in_(people), Person.disabled_at.is_(None))
    for person in db.scalars(query.order_by(Person.id)).all():
        tell(
            db,
            kind,
            person.id,
            facts=facts_of(db, session, person.locale) | {"session": session.public_id},
            dedupe=f"{kind}:{session.id}.{session.version}:{person.id}",
            now=now,
            send_at=outside_quiet_hours(now, session.zone),
        )


def _tell_keepers(
    db: Session, kind: Kind, stage: Stage, slots: Iterable[CareSlot], now: datetime
) -> None:
    """One message for each provider, about the first of its slots."""
    for slot in _first_of_each(slots):
        name = f"{kind}:slot:{slot.id}.{slot.version}"
        _tell_keeper(db, kind, stage.session, slot, name, now)


def _answers(db: Session, slot: CareSlot) -> int:
    """Return how often somebody said yes or no; a question after that is a new one."""
    about = Event.object_kind == "care_slot", Event.object_id == slot.id
    said = Event.kind.in_(("carer_confirmed", "carer_withdrawn"))
    return db.scalars(select(func.count()).select_from(Event).where(*about, said)).one()


def _first_of_each(slots: Iterable[CareSlot]) -> list[CareSlot]:
    first: dict[int, CareSlot] = {}
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.id)):
        first.setdefault(slot.provider_id, slot)
    return [slot for _, slot in sorted(first.items())]


def _tell_keeper(
    db: Session,
    kind: Kind,
    session: WorkshopSession | None,
    slot: CareSlot,
    dedupe: str,
    now: datetime,
) -> None:
    facts = facts_of(db, slot, "fr") | {"slot": slot.public_id}
    if session is not None:
        facts["title"] = facts_of(db, session, "fr")["title"]
    tell_provider(
        db,
        kind,
        db.get_one(Provider, slot.provider_id),
        facts=facts,
        dedupe=dedupe,
        now=now,
        send_at=outside_quiet_hours(now, slot.zone),
    )
