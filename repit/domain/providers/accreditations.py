"""Give a provider the right to be paid for a category between two days, and take it back."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.providers.errors import (
    AccreditationEndsBeforeItBegins,
    AlreadyAccredited,
    AlreadyWithdrawn,
    WithdrawnOutsideItsDays,
)
from repit.domain.providers.models import Accreditation
from repit.domain.providers.rules import Right, days_overlap
from repit.domain.providers.service import locked, touch


def accredit(db: Session, provider_id: int, right: Right, *, actor: Actor, now: datetime) -> str:
    """Give a right, from its first day to its last, and return its public id.

    Raises:
        NoSuchObject: there is no such provider.
        AccreditationEndsBeforeItBegins: its days are in the wrong order.
        AlreadyAccredited: another one for the category counts on some of these days.
    """
    locked(db, provider_id)  # two at once would not see one another
    if right.last_day < right.first_day:
        raise AccreditationEndsBeforeItBegins
    _check_free(db, provider_id, right)
    given = Accreditation(
        public_id=ids.public_id(),
        provider_id=provider_id,
        category=right.category,
        number=right.number,
        authority=right.authority,
        first_day=right.first_day,
        last_day=right.last_day,
        created_at=now,
    )
    db.add(given)
    db.flush()
    touch(db, provider_id)
    facts = {
        "category": str(right.category),
        "number": right.number,
        "first_day": right.first_day.isoformat(),
        "last_day": right.last_day.isoformat(),
    }
    record(db, actor=actor, kind="accredited", of=("provider", provider_id), now=now, facts=facts)
    return given.public_id


def withdraw(
    db: Session,
    provider_id: int,
    accreditation_public_id: str,
    *,
    withdrawn_on: date,
    motive: str,
    actor: Actor,
    now: datetime,
) -> None:
    """End a right before its last day: from that day on it no longer counts.

    Raises:
        NoSuchObject: the provider has no such accreditation.
        AlreadyWithdrawn: it was withdrawn before.
        WithdrawnOutsideItsDays: it does not count on that day anyway.
    """
    given = db.scalar(
        select(Accreditation)
        .where(
            Accreditation.public_id == accreditation_public_id,
            Accreditation.provider_id == provider_id,
        )
        .with_for_update()
    )
    if given is None:
        raise NoSuchObject
    if given.withdrawn_on is not None:
        raise AlreadyWithdrawn(withdrawn_on=given.withdrawn_on)
    if not given.first_day <= withdrawn_on <= given.last_day:
        raise WithdrawnOutsideItsDays(first_day=given.first_day, last_day=given.last_day)
    given.withdrawn_on = withdrawn_on
    touch(db, provider_id)
    facts = {
        "category": given.category,
        "number": given.number,
        "withdrawn_on": withdrawn_on.isoformat(),
    }
    record(
        db,
        actor=actor,
        kind="accreditation_withdrawn",
        of=("provider", provider_id),
        now=now,
        motive=motive,
        facts=facts,
    )


def _check_free(db: Session, provider_id: int, right: Right) -> None:
    wanted = (right.first_day, right.last_day)
    for other in db.scalars(
        select(Accreditation).where(
            Accreditation.provider_id == provider_id, Accreditation.category == right.category
        )
    ):
        last = _last_day_that_counts(other)
        if other.first_day <= last and days_overlap(wanted, (other.first_day, last)):
            raise AlreadyAccredited(
                category=right.category, first_day=other.first_day, last_day=last
            )


def _last_day_that_counts(given: Accreditation) -> date:
    if given.withdrawn_on is None:
        return given.last_day
    return given.withdrawn_on - timedelta(days=1)
