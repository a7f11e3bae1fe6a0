"""Open, change and end the visit of one browser. The key it holds is stored as a hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain import actors, ids
from repit.domain.errors import NoSuchObject
from repit.domain.people.models import BrowserStay
from repit.domain.people.rules import Role
from repit.domain.providers.browsers import find_or_make_browser_device
from repit.domain.stays.errors import BrowserRevoked, StayTooOld
from repit.domain.stays.queries import CHOOSING, Choice, choices

USUAL = timedelta(hours=12)
OWN_DEVICE = timedelta(days=90)
TO_CHOOSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in: the secret it keeps for long, « Firefox sur Android ».

    `own` when a parent said that nobody else uses it.
    """

    token: str
    name: str
    own: bool = False


def start(db: Session, person_id: int, *, browser: Browser, now: datetime) -> str:
    """Open a visit for somebody who has just proved who they are; return its key.

    Somebody with one role is in it; with several or none, they choose next.

    Raises:
        BrowserRevoked: the only role is a provider's, and this browser may not work for them.
    """
    found = choices(db, person_id)
    choice = found[0] if len(found) == 1 else None
    return _open(db, person_id, choice, browser=browser, started_at=now, now=now)


def take_role(
    db: Session, stay_id: int, choice_name: str, *, browser: Browser, now: datetime
) -> str:
    """Go on in another of the person's roles; the old key opens nothing any more.

    Raises:
        NoSuchObject: the person has no such role, or the visit is over.
        StayTooOld: they proved who they are too long ago for this role.
        BrowserRevoked: this browser may not work for that provider.
    """
    stay = db.scalar(
        select(BrowserStay)
        .where(BrowserStay.id == stay_id, BrowserStay.ended_at.is_(None))
        .with_for_update()
    )
    if stay is None:
        raise NoSuchObject
    choice = next((one for one in choices(db, stay.person_id) if one.name == choice_name), None)
    if choice is None:
        raise NoSuchObject
    stay.ended_at = now
    return _open(db, stay.person_id, choice, browser=browser, started_at=stay.started_at, now=now)


def end(db: Session, stay_id: int, *, now: datetime) -> None:
    """End a visit; ending it twice changes nothing.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(BrowserStay)
        .where(BrowserStay.id == stay_id, BrowserStay.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _open(
    db: Session,
    person_id: int,
    choice: Choice | None,
    *,
    browser: Browser,
    started_at: datetime,
    now: datetime,
) -> str:
    role = choice.role if choice else CHOOSING
    expires_at = started_at + _lasts(role, own=browser.own)
    if expires_at <= now:
        raise StayTooOld
    key = ids.secret_token()
    db.add(
        BrowserStay(
            key_hash=ids.fingerprint(key),
            person_id=person_id,
            role=role,
            parent_id=choice.parent_id if choice else None,
            provider_id=choice.provider_id if choice else None,
            funder_id=choice.funder_id if choice else None,
            device_id=_device(db, person_id, choice, browser, now),
            started_at=started_at,
            expires_at=expires_at,
        )
    )
    db.flush()
    return key


def _lasts(role: str, *, own: bool) -> timedelta:
    if role == CHOOSING:
        return TO_CHOOSE
    return OWN_DEVICE if own and role == Role.PARENT else USUAL


def _device(
    db: Session, person_id: int, choice: Choice | None, browser: Browser, now: datetime
) -> int | None:
    if choice is None or choice.provider_id is None:
        return None
    device = find_or_make_browser_device(
        db,
        choice.provider_id,
        token=browser.token,
        name=browser.name,
        actor=actors.person(person_id),
        now=now,
    )
    if device.revoked:
        raise BrowserRevoked(place=choice.place or "")
    return device.id
