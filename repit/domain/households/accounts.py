"""The account behind a parent's file: their own address, telephone and language.

Everybody has one, with or without an address: a paper booklet is written in a language too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.households.errors import EmailTaken
from repit.domain.households.models import Parent
from repit.domain.households.rules import Details
from repit.domain.people.models import Person
from repit.domain.people.rules import plain_address
from repit.domain.people.service import end_visits

LONGEST_NAME = 120


@dataclass(frozen=True)
class Account:
    person: Person
    is_new: bool


def find_or_open(db: Session, wanted: Sequence[Details], now: datetime) -> list[Account]:
    """Return an account for each, not yet flushed when it is new.

    Raises:
        EmailTaken: the address is another parent's.
    """
    known = _by_email(db, [details.email for details in wanted if details.email])
    accounts = []
    for details in wanted:
        person = known.get(details.email) if details.email else None
        if person is None:
            accounts.append(Account(_new_person(details, now), is_new=True))
        else:
            person.phone = person.phone or details.phone
            accounts.append(Account(person, is_new=False))
    db.add_all(account.person for account in accounts)
    return accounts


def change_contact(db: Session, parent: Parent, details: Details, now: datetime) -> Person:
    """Write the address, telephone and language; a new address closes what the old one opened.

    Raises:
        EmailTaken: the address is another parent's.
    """
    person = db.get_one(Person, parent.person_id) if parent.person_id else None
    owner = _by_email(db, [details.email], but=parent.id).get(details.email)
    if owner is not None and owner is not person:
        if person is not None:
            end_visits(db, person.id, now)
        person = owner  # somebody who already has an account here, as a provider for instance
    elif person is None:
        person = _new_person(details, now)
    elif person.email != details.email:
        end_visits(db, person.id, now)
    person.email = details.email
    person.phone = details.phone
    person.locale = details.locale
    if owner is not person:
        person.name = full_name(details)
    db.add(person)
    db.flush()
    parent.person_id = person.id
    return person


def is_a_parents_address(db: Session, email: str) -> bool:
    """Tell whether a parent comes in with this address."""
    query = (
        select(Parent.id)
        .join(Person, Person.id == Parent.person_id)
        .where(Person.email == plain_address(email))
        .limit(1)
    )
    return db.scalar(query) is not None


def full_name(details: Details) -> str:
    """Return the name an account goes by."""
    return f"{details.first_name} {details.last_name}"[:LONGEST_NAME]


def _by_email(
    db: Session, emails: Sequence[str | None], *, but: int | None = None
) -> dict[str | None, Person]:
    wanted = [email for email in emails if email]
    if not wanted:
        return {}
    rows = db.execute(
        select(Person, Parent.number)
        .outerjoin(Parent, (Parent.person_id == Person.id) & (Parent.id != (but or 0)))
        .where(Person.email.in_(wanted))
    ).all()
    for _, number in rows:
        if number is not None:
            raise EmailTaken(number)
    return {person.email: person for person, _ in rows}


def _new_person(details: Details, now: datetime) -> Person:
    return Person(
        public_id=ids.public_id(),
        name=full_name(details),
        email=details.email,
        phone=details.phone,
        locale=details.locale,
        created_at=now,
    )
