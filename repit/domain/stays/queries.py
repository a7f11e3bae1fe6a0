"""Who is behind a signed-in browser, and why a stay is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.households.models import Parent
from repit.domain.ids import fingerprint
from repit.domain.people.models import BrowserStay, Membership, Person
from repit.domain.programmes.models import Funder
from repit.domain.providers.models import Device, Provider

CHOOSING = "choosing"


@dataclass(frozen=True)
class Choice:
    """A role somebody may take; `name` tells it from their others in a form."""

    name: str
    role: str
    place: str | None = None
    parent_id: int | None = None
    provider_id: int | None = None
    funder_id: int | None = None


@dataclass(frozen=True)
class Visitor:
    """A signed-in person in the role they chose; `place` names the provider or the funder."""

    stay_id: int
    person_id: int
    name: str
    locale: str
    role: str
    parent_id: int | None = None
    provider_id: int | None = None
    funder_id: int | None = None
    device_id: int | None = None
    place: str | None = None
    other_roles: bool = False
    """Whether they could go on in another role."""


class StayEnd(StrEnum):
    OPEN = "open"
    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"
    DEVICE_REVOKED = "device_revoked"
    CLOSED = "closed"
    """The person or their role was taken away."""


def visitor(db: Session, key: str, now: datetime) -> Visitor | None:
    """Return who holds this key, if their stay, their device and their role still stand."""
    row = db.execute(_MINE, {"key_hash": fingerprint(key), "now": now}).mappings().one_or_none()
    return None if row is None else Visitor(**{**row, "other_roles": bool(row["other_roles"])})


def choices(db: Session, person_id: int) -> list[Choice]:
    """Return the roles a person may take now, the most private first."""
    parent_id = db.scalar(select(Parent.id).where(Parent.person_id == person_id))
    place_name = func.coalesce(Provider.name, Funder.name)
    rows = db.execute(
        select(
            Membership.role,
            Membership.provider_id,
            Membership.funder_id,
            place_name,
            func.coalesce(Provider.public_id, Funder.public_id),
        )
        .outerjoin(Provider, Provider.id == Membership.provider_id)
        .outerjoin(Funder, Funder.id == Membership.funder_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Membership.role, place_name)
        .distinct()
    )
    found = [Choice(name="parent", role="parent", parent_id=parent_id)] if parent_id else []
    for role, provider_id, funder_id, place, public_id in rows:
        name = f"{role}:{public_id}" if public_id else role
        found.append(Choice(name, role, place, provider_id=provider_id, funder_id=funder_id))
    return found


def how_it_ended(db: Session, key: str, now: datetime) -> StayEnd | None:
    """Return why this key opens nothing any more; None when it never opened anything."""
    row = db.execute(
        select(BrowserStay.ended_at, BrowserStay.expires_at, Device.revoked_at)
        .outerjoin(Device, Device.id == BrowserStay.device_id)
        .where(BrowserStay.key_hash == fingerprint(key))
    ).one_or_none()
    if row is None:
        return None
    ended_at, expires_at, revoked_at = row
    if revoked_at is not None:
        return StayEnd.DEVICE_REVOKED
    if ended_at is not None:
        return StayEnd.SIGNED_OUT
    if expires_at <= now:
        return StayEnd.EXPIRED
    return StayEnd.OPEN if visitor(db, key, now) else StayEnd.CLOSED


def _open_stays() -> Select[*tuple[Any, ...]]:
    return (
        select(
            BrowserStay.id.label("stay_id"),
            Person.id.label("person_id"),
            Person.name,
            Person.locale,
            BrowserStay.role,
            BrowserStay.parent_id,
            BrowserStay.provider_id,
            BrowserStay.funder_id,
            BrowserStay.device_id,
            func.coalesce(Provider.name, Funder.name).label("place"),
            (_roles_held() > 1).label("other_roles"),
        )
        .select_from(BrowserStay)
        .join(Person, Person.id == BrowserStay.person_id)
        .outerjoin(Device, Device.id == BrowserStay.device_id)
        .outerjoin(Parent, Parent.id == BrowserStay.parent_id)
        .outerjoin(Provider, Provider.id == BrowserStay.provider_id)
        .outerjoin(Funder, Funder.id == BrowserStay.funder_id)
        .where(
            BrowserStay.ended_at.is_(None),
            BrowserStay.expires_at > bindparam("now"),
            Person.disabled_at.is_(None),
            Device.revoked_at.is_(None),
            or_(
                BrowserStay.role == CHOOSING,
                Parent.person_id == Person.id,
                _still_a_member(),
            ),
        )
    )


def _roles_held() -> ColumnElement[int]:
    own = select(func.count()).where(Parent.person_id == Person.id)
    given = select(func.count()).where(
        Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    return own.correlate(Person).scalar_subquery() + given.correlate(Person).scalar_subquery()


def _still_a_member() -> ColumnElement[bool]:
    return exists().where(
        Membership.person_id == BrowserStay.person_id,
        Membership.role == BrowserStay.role,
        Membership.ended_at.is_(None),
        Membership.provider_id.is_not_distinct_from(BrowserStay.provider_id),
        Membership.funder_id.is_not_distinct_from(BrowserStay.funder_id),
    )


# Asked on every page: put together once.
_MINE = _open_stays().where(BrowserStay.key_hash == bindparam("key_hash"))
