"""The programs that redeem for a provider, and the end of any device. Secrets are shown once.

The browsers that staff sign in with come by themselves, see `browsers`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.people.models import BrowserStay
from repit.domain.providers.models import Device
from repit.domain.providers.service import locked, touch


@dataclass(frozen=True)
class IssuedToken:
    """A new device; `token` is nowhere else, and cannot be shown again."""

    device_id: int
    public_id: str
    token: str


def issue_api_token(
    db: Session, provider_id: int, *, name: str, actor: Actor, now: datetime
) -> IssuedToken:
    """Let a provider's own software redeem.

    Raises:
        NoSuchObject: there is no such provider.
    """
    locked(db, provider_id)
    token = ids.secret_token()
    device = Device(
        public_id=ids.public_id(),
        provider_id=provider_id,
        kind="api",
        name=name,
        token_hash=ids.fingerprint(token),
        created_at=now,
    )
    db.add(device)
    db.flush()
    _note(db, device, "device_added", actor, now)
    return IssuedToken(device.id, device.public_id, token)


def revoke(
    db: Session, provider_id: int, device_public_id: str, *, actor: Actor, now: datetime
) -> None:
    """End a device for good: its token answers nothing, its visits end. Twice is once.

    Raises:
        NoSuchObject: the provider has no such device.
    """
    device = _device(db, provider_id, device_public_id)
    if device.revoked_at is not None:
        return
    device.revoked_at = now
    db.execute(
        update(BrowserStay)
        .where(BrowserStay.device_id == device.id, BrowserStay.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    _note(db, device, "device_revoked", actor, now)


def unlock(
    db: Session, provider_id: int, device_public_id: str, *, actor: Actor, now: datetime
) -> None:
    """Let a device that sent too many wrong codes redeem again; the count starts anew.

    Raises:
        NoSuchObject: the provider has no such device.
    """
    device = _device(db, provider_id, device_public_id)
    if device.locked_at is None:
        return
    device.locked_at = None
    device.unlocked_at = now
    _note(db, device, "device_unlocked", actor, now)


def _device(db: Session, provider_id: int, public_id: str) -> Device:
    device = db.scalar(
        select(Device)
        .where(Device.public_id == public_id, Device.provider_id == provider_id)
        .with_for_update()
    )
    if device is None:
        raise NoSuchObject
    return device


def _note(db: Session, device: Device, kind: str, actor: Actor, now: datetime) -> None:
    touch(db, device.provider_id)
    of = ("provider", device.provider_id)
    record(db, actor=actor, kind=kind, of=of, now=now, facts={"name": device.name})
