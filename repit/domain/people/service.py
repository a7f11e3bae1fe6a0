"""Make accounts, give and end roles, close accounts. Ending anything ends the visits at once."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.people.errors import EmailTaken, LastOperator
from repit.domain.people.models import BrowserStay, Membership, Person, SignIn
from repit.domain.people.rules import Role, plain_address


def register(
    db: Session,
    *,
    name: str,
    email: str | None,
    actor: Actor,
    now: datetime,
    locale: str = "fr",
    phone: str | None = None,
) -> int:
    """Make an account and return its id.

    Raises:
        EmailTaken: another account has this address.
    """
    made = db.scalar(
        inserting(db, Person)
        .values(
            public_id=ids.public_id(),
            name=name,
            email=plain_address(email) if email else None,
            phone=phone,
            locale=locale,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Person.id)
    )
    if made is None:
        raise EmailTaken(email=str(email))
    person_id = int(made)
    record(db, actor=actor, kind="registered", of=("person", person_id), now=now)
    return person_id


def known_or_new(
    db: Session, *, name: str, email: str, actor: Actor, now: datetime, locale: str = "fr"
) -> int:
    """Return the account with this address, made if there is none.

    Raises:
        EmailTaken: somebody made it in the same instant; try again.
    """
    known = db.scalar(select(Person.id).where(Person.email == plain_address(email)))
    if known is not None:
        return known
    return register(db, name=name, email=email, actor=actor, now=now, locale=locale)


def change_email(
    db: Session, person_id: int, email: str | None, *, actor: Actor, now: datetime
) -> None:
    """Give an account another address, to which the next sign-in messages go.

    Raises:
        EmailTaken: another account has this address.
        NoSuchObject: there is no such account.
    """
    person = _person(db, person_id)
    address = plain_address(email) if email else None
    if address == person.email:
        return
    others = select(Person.id).where(Person.email == address, Person.id != person_id)
    if address and db.scalar(others) is not None:
        raise EmailTaken(email=address)
    person.email = address
    end_visits(db, person_id, now)
    record(db, actor=actor, kind="email_changed", of=("person", person_id), now=now)


def speak(db: Session, person_id: int, locale: str) -> None:
    """Remember the language a person chose.

    Raises:
        NoSuchObject: there is no such account.
    """
    _person(db, person_id).locale = locale


def give_role(
    db: Session,
    person_id: int,
    role: Role,
    *,
    actor: Actor,
    now: datetime,
    provider_id: int | None = None,
    funder_id: int | None = None,
) -> None:
    """Let a person run the scheme, work for a provider or read for a funder; safe to repeat.

    Raises:
        NoSuchObject: there is no such account.
    """
    person = _person_locked(db, person_id)
    place = {"provider_id": provider_id, "funder_id": funder_id}
    if db.scalar(_memberships(person_id, role, **place)) is not None:
        return
    db.add(Membership(person_id=person.id, role=role, since=now, **place))
    db.flush()
    facts = {"role": str(role), **place}
    record(db, actor=actor, kind="role_given", of=("person", person_id), now=now, facts=facts)


def end_role(
    db: Session,
    person_id: int,
    role: Role,
    *,
    actor: Actor,
    now: datetime,
    provider_id: int | None = None,
    funder_id: int | None = None,
) -> None:
    """Take a role back; visits in that role end at the next request.

    Raises:
        LastOperator: nobody would be left to run the scheme.
        NoSuchObject: the person has no such role.
    """
    runs_it = _operators_locked(db)
    place = {"provider_id": provider_id, "funder_id": funder_id}
    membership = db.scalar(_memberships(person_id, role, **place))
    if membership is None:
        raise NoSuchObject
    if role == Role.OPERATOR and runs_it <= {person_id}:
        raise LastOperator
    membership.ended_at = now
    facts = {"role": str(role), **place}
    record(db, actor=actor, kind="role_ended", of=("person", person_id), now=now, facts=facts)


def disable(db: Session, person_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Close an account: no more sign-in, and the visits under way end.

    Raises:
        LastOperator: nobody would be left to run the scheme.
        NoSuchObject: there is no such account.
    """
    runs_it = _operators_locked(db)
    person = _person_locked(db, person_id)
    if person.disabled_at is not None:
        return
    if runs_it == {person_id}:
        raise LastOperator
    person.disabled_at = now
    end_visits(db, person_id, now)
    record(db, actor=actor, kind="disabled", of=("person", person_id), now=now, motive=motive)


def enable(db: Session, person_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Open a closed account again.

    Raises:
        NoSuchObject: there is no such account.
    """
    person = _person_locked(db, person_id)
    if person.disabled_at is None:
        return
    person.disabled_at = None
    record(db, actor=actor, kind="enabled", of=("person", person_id), now=now, motive=motive)


def end_visits(db: Session, person_id: int, now: datetime) -> None:
    """End the visits under way, and what messages already sent would open.

    Raises:
        Nothing of its own.
    """
    stays = BrowserStay.person_id == person_id, BrowserStay.ended_at.is_(None)
    messages = SignIn.person_id == person_id, SignIn.used_at.is_(None)
    for ending in (
        update(BrowserStay).where(*stays).values(ended_at=now),
        update(SignIn).where(*messages).values(used_at=now),
    ):
        db.execute(ending.execution_options(synchronize_session=False))


def _memberships(person_id: int, role: Role, **place: int | None) -> Select[Membership]:
    return (
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.role == role,
            Membership.provider_id.is_not_distinct_from(place.get("provider_id")),
            Membership.funder_id.is_not_distinct_from(place.get("funder_id")),
            Membership.ended_at.is_(None),
        )
        .limit(1)
    )


def _person(db: Session, person_id: int) -> Person:
    person = db.get(Person, person_id)
    if person is None:
        raise NoSuchObject
    return person


def _person_locked(db: Session, person_id: int) -> Person:
    """Two operators who change the same account wait for one another."""
    person = db.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NoSuchObject
    return person


def _operators_locked(db: Session) -> set[int]:
    """Return who runs the scheme; two who leave at once cannot each count on the other."""
    found = db.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.role == Role.OPERATOR,
            Membership.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
        .with_for_update()
    )
    return set(found)
