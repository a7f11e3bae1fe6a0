"""Keep what was refused, and lock a device that tries too many wrong codes."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from repit.domain import actors
from repit.domain.audit.service import record
from repit.domain.errors import DomainError
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import tell_operators
from repit.domain.providers.models import Device, Provider
from repit.domain.redemptions.models import Refusal

WRONG_AN_HOUR = 10
WRONG_A_DAY = 50


def note(
    db: Session, refusal: DomainError, *, provider_id: int, device_id: int, now: datetime
) -> bool:
    """Write a refusal down; return whether the device is locked now.

    Only codes that nobody has count towards the lock: 10 in an hour or 50 in a day, on all devices
    of the provider, because whoever signs in anew has a new one. A code that exists, or one the
    check symbol shows to be mistyped, never counts; a device that tries none is never locked.

    Raises:
        Nothing of its own.
    """
    wrong = bool(getattr(refusal, "wrong_code", False))
    db.add(
        Refusal(
            at=now,
            provider_id=provider_id,
            device_id=device_id,
            reason=refusal.code,
            wrong_code=wrong,
        )
    )
    db.flush()
    return wrong and _lock_if_too_many(db, provider_id, device_id, now)


def _lock_if_too_many(db: Session, provider_id: int, device_id: int, now: datetime) -> bool:
    mine = Device.provider_id == provider_id
    unlocked_at = db.scalar(select(func.max(Device.unlocked_at)).where(mine))
    if not (
        _wrong_since(db, provider_id, now - timedelta(hours=1), unlocked_at) >= WRONG_AN_HOUR
        or _wrong_since(db, provider_id, now - timedelta(days=1), unlocked_at) >= WRONG_A_DAY
    ):
        return False
    locked = db.execute(
        update(Device)
        .where(Device.id == device_id, Device.locked_at.is_(None))
        .values(locked_at=now)
        .execution_options(synchronize_session=False)
    )
    if not locked.rowcount:  # type: ignore[attr-defined]
        return True  # by another process, just now: ours must learn it too
    record(
        db,
        actor=actors.device(device_id),
        kind="locked",
        of=("device", device_id),
        now=now,
        facts={"wrong_an_hour": WRONG_AN_HOUR, "wrong_a_day": WRONG_A_DAY},
    )
    _tell_operators(db, device_id, now)
    return True


def _tell_operators(db: Session, device_id: int, now: datetime) -> None:
    device, provider = db.execute(
        select(Device.name, Provider.name)
        .join(Provider, Provider.id == Device.provider_id)
        .where(Device.id == device_id)
    ).one()
    tell_operators(
        db,
        Kind.DEVICE_LOCKED,
        facts={"device": device, "provider": provider},
        dedupe=f"device_locked:{device_id}:{now.isoformat()}",
        now=now,
    )


def _wrong_since(
    db: Session, provider_id: int, since: datetime, unlocked_at: datetime | None
) -> int:
    start = since if unlocked_at is None else max(since, unlocked_at)
    counted = db.scalar(
        select(func.count()).where(
            Refusal.provider_id == provider_id, Refusal.wrong_code, Refusal.at > start
        )
    )
    return counted or 0
