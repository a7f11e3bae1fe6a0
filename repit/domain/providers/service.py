"""Open a provider's file, change it, suspend it, say who works there.

Accreditations, tariffs and devices have their own modules. Whatever changes what a provider
may do calls `touch`, so that no standing read a moment ago is used after it.
"""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.people import service as people
from repit.domain.people.rules import Role, plain_address
from repit.domain.providers.errors import (
    IdentifierTaken,
    ProviderAlreadySuspended,
    ProviderNotSuspended,
)
from repit.domain.providers.models import Provider
from repit.domain.providers.rules import Identity, checked_identifier


def open_provider(db: Session, identity: Identity, *, actor: Actor, now: datetime) -> str:
    """Open a provider's file and return its public id.

    Raises:
        WrongIdentifier: the number is not one of its register.
        IdentifierTaken: another provider has this number.
    """
    checked = _checked(db, identity, but=None)
    provider = Provider(
        public_id=ids.public_id(), state="active", created_at=now, **asdict(checked)
    )
    db.add(provider)
    db.flush()
    record(db, actor=actor, kind="opened", of=("provider", provider.id), now=now)
    return provider.public_id


def change_identity(
    db: Session, provider_id: int, identity: Identity, *, actor: Actor, now: datetime
) -> None:
    """Change who a provider is and how to reach them; changing nothing leaves no trace.

    Raises:
        NoSuchObject: there is no such provider.
        WrongIdentifier: the number is not one of its register.
        IdentifierTaken: another provider has this number.
    """
    provider = locked(db, provider_id)
    changes: dict[str, list[str | None]] = {}
    for name, value in asdict(_checked(db, identity, but=provider_id)).items():
        before = getattr(provider, name)
        if before != value:
            setattr(provider, name, value)
            changes[name] = [before, value]
    if not changes:
        return
    touch(db, provider_id)
    of = ("provider", provider_id)
    record(db, actor=actor, kind="changed", of=of, now=now, facts=dict(changes))


def suspend(db: Session, provider_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Stop a provider from redeeming; what it is owed stays owed.

    Raises:
        NoSuchObject: there is no such provider.
        ProviderAlreadySuspended: it is suspended.
    """
    provider = locked(db, provider_id)
    if provider.state == "suspended":
        raise ProviderAlreadySuspended
    provider.state = "suspended"
    touch(db, provider_id)
    of = ("provider", provider_id)
    record(db, actor=actor, kind="suspended", of=of, now=now, motive=motive)


def reactivate(db: Session, provider_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Let a suspended provider redeem again.

    Raises:
        NoSuchObject: there is no such provider.
        ProviderNotSuspended: it is not suspended.
    """
    provider = locked(db, provider_id)
    if provider.state != "suspended":
        raise ProviderNotSuspended
    provider.state = "active"
    touch(db, provider_id)
    of = ("provider", provider_id)
    record(db, actor=actor, kind="reactivated", of=of, now=now, motive=motive)


def link_household(
    db: Session, provider_id: int, household_id: int | None, *, actor: Actor, now: datetime
) -> None:
    """Say in which household a provider who is a person lives: never paid by their own family.

    Raises:
        NoSuchObject: there is no such provider.
    """
    provider = locked(db, provider_id)
    if provider.household_id == household_id:
        return
    facts = {"household": [provider.household_id, household_id]}
    provider.household_id = household_id
    touch(db, provider_id)
    record(
        db, actor=actor, kind="household_linked", of=("provider", provider_id), now=now, facts=facts
    )


def add_staff(
    db: Session, provider_id: int, *, name: str, email: str, actor: Actor, now: datetime
) -> int:
    """Let a person sign in for a provider, and return their id; safe to repeat.

    Raises:
        NoSuchObject: there is no such provider.
        EmailTaken: somebody made an account with this address in the same instant.
    """
    locked(db, provider_id)
    person_id = people.known_or_new(db, name=name, email=email, actor=actor, now=now)
    people.give_role(db, person_id, Role.PROVIDER, actor=actor, now=now, provider_id=provider_id)
    touch(db, provider_id)
    facts = {"person": person_id, "name": name}
    record(db, actor=actor, kind="staff_added", of=("provider", provider_id), now=now, facts=facts)
    return person_id


def end_staff(
    db: Session, provider_id: int, person_id: int, *, actor: Actor, now: datetime
) -> None:
    """Take a person's access to a provider away; their visit ends at once.

    Raises:
        NoSuchObject: nobody of that id works there.
    """
    people.end_role(db, person_id, Role.PROVIDER, actor=actor, now=now, provider_id=provider_id)
    touch(db, provider_id)
    facts = {"person": person_id}
    record(db, actor=actor, kind="staff_ended", of=("provider", provider_id), now=now, facts=facts)


def touch(db: Session, provider_id: int) -> None:
    """Make every standing of this provider that was read before out of date.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(Provider)
        .where(Provider.id == provider_id)
        .values(revision=Provider.revision + 1)
        .execution_options(synchronize_session=False)
    )


def locked(db: Session, provider_id: int) -> Provider:
    """Return the row, kept from other changes until this one is over.

    Raises:
        NoSuchObject: there is no such provider.
    """
    provider = db.scalar(select(Provider).where(Provider.id == provider_id).with_for_update())
    if provider is None:
        raise NoSuchObject
    return provider


def _checked(db: Session, identity: Identity, *, but: int | None) -> Identity:
    identifier = checked_identifier(identity.identifier_kind, identity.identifier)
    other = db.execute(
        select(Provider.name, Provider.public_id).where(
            Provider.identifier_kind == identity.identifier_kind,
            Provider.identifier == identifier,
            Provider.id != (but or 0),
        )
    ).one_or_none()
    if other is not None:
        raise IdentifierTaken(name=other.name, public_id=other.public_id)
    return replace(identity, identifier=identifier, email=plain_address(identity.email))
