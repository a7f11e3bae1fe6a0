"""The browsers that people of a provider sign in with: found again, or added."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.providers.models import Device

NAME_LENGTH = 80


@dataclass(frozen=True)
class BrowserDevice:
    """A browser of one provider; a revoked one is found again, never made anew."""

    id: int
    revoked: bool


def find_or_make_browser_device(
    db: Session, provider_id: int, *, token: str, name: str, actor: Actor, now: datetime
) -> BrowserDevice:
    """Return this browser's device at this provider, added the first time.

    Args:
        token: the secret the browser keeps. Somebody may work for two providers in one
            browser, so the device is known by this secret and the provider together.
    """
    token_hash = ids.fingerprint(f"{token}/{provider_id}")
    known = select(Device.id, Device.revoked_at).where(Device.token_hash == token_hash)
    found = db.execute(known).one_or_none()
    if found is None:
        _add(db, provider_id, token_hash, name=name, actor=actor, now=now)
        found = db.execute(known).one()
    device_id, revoked_at = found
    return BrowserDevice(id=device_id, revoked=revoked_at is not None)


def _add(
    db: Session, provider_id: int, token_hash: bytes, *, name: str, actor: Actor, now: datetime
) -> None:
    added = db.scalar(
        inserting(db, Device)
        .values(
            public_id=ids.public_id(),
            provider_id=provider_id,
            kind="browser",
            name=name[:NAME_LENGTH],
            token_hash=token_hash,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["token_hash"])
        .returning(Device.id)
    )
    if added is not None:
        record(db, actor=actor, kind="added", of=("device", added), now=now)
