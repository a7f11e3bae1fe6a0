"""Agree prices: a new one ends the one before it the day before it starts. Amounts in cents."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.providers.errors import TariffNotLater
from repit.domain.providers.models import Tariff
from repit.domain.providers.rules import Price, check_price
from repit.domain.providers.service import locked, touch


def agree(db: Session, provider_id: int, price: Price, *, actor: Actor, now: datetime) -> str:
    """Agree a price from a day on, and return its public id.

    Raises:
        NoSuchObject: there is no such provider.
        ShareAbovePrice: the family would pay more than the service costs.
        TariffNotLater: a price for the category starts on that day or after it.
    """
    locked(db, provider_id)
    check_price(price)
    _end_the_one_before(db, provider_id, price)
    agreed = Tariff(
        public_id=ids.public_id(),
        provider_id=provider_id,
        category=price.category,
        unit=price.unit,
        unit_cents=price.unit_price,
        family_share_cents=price.family_share,
        first_day=price.first_day,
        created_at=now,
    )
    db.add(agreed)
    db.flush()
    touch(db, provider_id)
    facts = {
        "category": str(price.category),
        "unit": str(price.unit),
        "unit_cents": price.unit_price,
        "family_share_cents": price.family_share,
        "first_day": price.first_day.isoformat(),
    }
    record(
        db, actor=actor, kind="tariff_agreed", of=("provider", provider_id), now=now, facts=facts
    )
    return agreed.public_id


def _end_the_one_before(db: Session, provider_id: int, price: Price) -> None:
    latest = db.scalar(
        select(Tariff)
        .where(Tariff.provider_id == provider_id, Tariff.category == price.category)
        .order_by(Tariff.first_day.desc())
        .limit(1)
    )
    if latest is None:
        return
    if price.first_day <= latest.first_day:
        raise TariffNotLater(first_day=latest.first_day)
    latest.last_day = price.first_day - timedelta(days=1)
