"""Bring vouchers to the desk, in the words of the tests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.redeem import Receipt
from repit.domain.redemptions.rules import Service
from tests.cast import NOON, TODAY, VAULT, AProvider, redemption_id


def a_service(**changes: Any) -> Service:
    values: dict[str, Any] = {
        "category": Category.BABYSITTING,
        "service_on": TODAY,
        "minutes": 60,
        "sessions": None,
        "family_share": Cents(0),
    }
    return Service(**values | changes)


def brought(codes: list[str], number: int = 1, take: int | None = None, **changes: Any) -> Brought:
    return Brought(redemption_id(number), codes, a_service(**changes), take)


def take(
    engine: Engine,
    provider: AProvider,
    codes: list[str],
    number: int = 1,
    *,
    now: datetime = NOON,
    vouchers: int | None = None,
    **service: Any,
) -> Receipt:
    """Redeem at a fresh desk; `service` names what differs from an hour of babysitting."""
    return Desk(engine, VAULT).redeem(
        provider.device_id, brought(codes, number, vouchers, **service), now=now
    )
