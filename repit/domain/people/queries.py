"""Read accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from repit.domain.people.models import Membership, Person
from repit.domain.people.rules import Role, plain_address


@dataclass(frozen=True)
class PersonView:
    """An account as the operator sees it."""

    id: int
    public_id: str
    name: str
    email: str | None
    phone: str | None
    locale: str
    created_at: datetime
    disabled_at: datetime | None


def person(db: Session, person_id: int) -> PersonView | None:
    """Return one account."""
    return _one(db, select(Person).where(Person.id == person_id))


def person_by_public_id(db: Session, public_id: str) -> PersonView | None:
    """Return the account that an address of the site names."""
    return _one(db, select(Person).where(Person.public_id == public_id))


def person_by_email(db: Session, email: str) -> PersonView | None:
    """Return the account with this address."""
    return _one(db, select(Person).where(Person.email == plain_address(email)))


def staff_of_provider(db: Session, provider_id: int) -> list[PersonView]:
    """Return who works for a provider now."""
    return _members(db, Role.PROVIDER, provider_id=provider_id)


def readers_of_funder(db: Session, funder_id: int) -> list[PersonView]:
    """Return who reads for a funder now."""
    return _members(db, Role.FUNDER, funder_id=funder_id)


def operators(db: Session) -> list[PersonView]:
    """Return who runs the scheme now."""
    return _members(db, Role.OPERATOR)


def _members(
    db: Session, role: Role, *, provider_id: int | None = None, funder_id: int | None = None
) -> list[PersonView]:
    now_in_role = (
        select(Membership.person_id)
        .where(
            Membership.role == role,
            Membership.provider_id.is_not_distinct_from(provider_id),
            Membership.funder_id.is_not_distinct_from(funder_id),
            Membership.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    query = select(Person).where(Person.id.in_(now_in_role), Person.disabled_at.is_(None))
    return [_view(row) for row in db.scalars(query.order_by(Person.name, Person.id))]


def _one(db: Session, query: Select[Person]) -> PersonView | None:
    found = db.scalars(query).one_or_none()
    return _view(found) if found else None


def _view(row: Person) -> PersonView:
    return PersonView(**{name: getattr(row, name) for name in PersonView.__dataclass_fields__})
