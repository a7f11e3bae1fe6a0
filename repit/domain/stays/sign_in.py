"""Prove who one is: ask for a message, then follow its link or type its code, once."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.people.models import BrowserStay, Person, SignIn, SignInCount
from repit.domain.people.rules import plain_address
from repit.domain.stays.errors import SignInSpent, TooManySignIns
from repit.domain.stays.keys import SignInKeys

LIVES = timedelta(minutes=15)
MOST_WRONG_TRIES = 5
MESSAGES_PER_ADDRESS = 6
MESSAGES_PER_SOURCE = 60
TRIES_PER_SOURCE = 60
"""Per hour. A source may be a whole town behind one telephone operator's address."""
HOUR = timedelta(hours=1)
STAYS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Minted:
    """The two faces of one proof; never stored, only sent."""

    token: str
    code: str


def ask(db: Session, *, email: str, source: str, keys: SignInKeys, now: datetime) -> None:
    """Have a message sent, if the address is known; do the same work if it is not.

    Args:
        source: where the request comes from, roughly: a network address or its prefix.

    Raises:
        TooManySignIns: the address or the source asked too often, known or not.
    """
    address = plain_address(email)
    _count(db, keys.count_key("message to", address), MESSAGES_PER_ADDRESS, now)
    _count(db, keys.count_key("message from", source), MESSAGES_PER_SOURCE, now)
    message = {
        "kind": literal(Kind.SIGN_IN.value),
        "person_id": Person.id,
        "to_address": Person.email,
        "locale": Person.locale,
        "facts": literal({}, Notice.facts.type),
        "dedupe": literal(f"sign_in:{ids.public_id()}"),
        "created_at": literal(now, Notice.created_at.type),
        "send_at": literal(now, Notice.send_at.type),
    }
    known = select(*message.values()).where(Person.email == address, Person.disabled_at.is_(None))
    db.execute(insert(Notice).from_select(list(message), known))


def mint(db: Session, person_id: int, *, keys: SignInKeys, now: datetime) -> Minted:
    """Make the link and the code of a message that leaves now.

    Raises:
        Nothing of its own.
    """
    minted = Minted(token=ids.secret_token(), code=ids.six_digits())
    token_hash = ids.fingerprint(minted.token)
    db.add(
        SignIn(
            person_id=person_id,
            token_hash=token_hash,
            code_hash=keys.code_hash(token_hash, minted.code),
            created_at=now,
            expires_at=now + LIVES,
        )
    )
    db.flush()
    return minted


def mint_for_letter(
    db: Session, person_id: int, address: str, *, keys: SignInKeys, now: datetime
) -> Minted | None:
    """Make the link and the code, unless the letter box is no longer this person's.

    Raises:
        Nothing of its own.
    """
    theirs = select(Person.id).where(
        Person.id == person_id, Person.email == address, Person.disabled_at.is_(None)
    )
    if db.scalar(theirs) is None:
        return None
    return mint(db, person_id, keys=keys, now=now)


def use_link(db: Session, token: str, *, now: datetime) -> int:
    """Spend the link and return whose it is.

    Raises:
        SignInSpent: the link is unknown, too old, already used, or the account is closed.
    """
    person_id = db.scalar(
        update(SignIn)
        .where(SignIn.token_hash == ids.fingerprint(token), _live(now), _account_is_open())
        .values(used_at=now)
        .returning(SignIn.person_id)
        .execution_options(synchronize_session=False)
    )
    if person_id is None:
        raise SignInSpent
    _set_others_aside(db, person_id, now)
    return person_id


def use_code(
    db: Session, *, email: str, code: str, source: str, keys: SignInKeys, now: datetime
) -> int | None:
    """Spend the code and return whose it is; None when it is wrong, which is counted.

    After five wrong tries the code is dead; the link in the same message still works, so
    that nobody can shut somebody else out.

    Raises:
        TooManySignIns: the source tried too often.
    """
    _count(db, keys.count_key("code from", source), TRIES_PER_SOURCE, now)
    theirs = select(Person.id).where(
        Person.email == plain_address(email), Person.disabled_at.is_(None)
    )
    tried = (
        SignIn.person_id.in_(theirs.scalar_subquery()),
        _live(now),
        SignIn.wrong_tries < MOST_WRONG_TRIES,
    )
    for sign_in in db.scalars(select(SignIn).where(*tried).with_for_update()):
        if hmac.compare_digest(sign_in.code_hash, keys.code_hash(sign_in.token_hash, code)):
            _set_others_aside(db, sign_in.person_id, now)
            return sign_in.person_id
    db.execute(
        update(SignIn)
        .where(*tried)
        .values(wrong_tries=SignIn.wrong_tries + 1)
        .execution_options(synchronize_session=False)
    )
    return None


def forget_old(db: Session, *, now: datetime) -> None:
    """Delete yesterday's counters and proofs, and visits over for a month.

    Nobody needs to know who knocked when.

    Raises:
        Nothing of its own.
    """
    yesterday = now - timedelta(days=1)
    for old in (
        delete(SignInCount).where(SignInCount.hour_at < yesterday),
        delete(SignIn).where(SignIn.expires_at < yesterday),
        delete(BrowserStay).where(BrowserStay.expires_at < now - STAYS_KEPT),
    ):
        db.execute(old.execution_options(synchronize_session=False))


def _count(db: Session, key: bytes, ceiling: int, now: datetime) -> None:
    """Count one more in this hour; the database refuses one too many."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    counted = db.scalar(
        inserting(db, SignInCount)
        .values(key_hash=key, hour_at=hour, used=1)
        .on_conflict_do_update(
            index_elements=["key_hash", "hour_at"],
            set_={"used": SignInCount.used + 1},
            where=SignInCount.used < ceiling,
        )
        .returning(SignInCount.used)
    )
    if counted is None:
        raise TooManySignIns(until=hour + HOUR)


def _live(now: datetime) -> ColumnElement[bool]:
    return SignIn.used_at.is_(None) & (SignIn.expires_at > now)


def _account_is_open() -> ColumnElement[bool]:
    return SignIn.person_id.in_(select(Person.id).where(Person.disabled_at.is_(None)))


def _set_others_aside(db: Session, person_id: int, now: datetime) -> None:
    """Spend every message of the person: the ones they asked for twice open nothing later."""
    db.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
