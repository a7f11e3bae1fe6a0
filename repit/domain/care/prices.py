"""What a place in a care slot costs, in vouchers: never more than the agreed tariff covers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from repit.domain.care.errors import NoAgreedPrice, PriceAboveTariff
from repit.domain.categories import Category
from repit.domain.money import Cents, Minutes
from repit.domain.providers.models import Tariff
from repit.domain.providers.rules import TariffUnit

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Price:
    """What one child costs by the tariff, in cents, and the whole vouchers in it."""

    cost: Cents
    most: int


def price(db: Session, provider_id: int, day: date, minutes: Minutes, face: Cents) -> Price | None:
    """Return the price of one child for so many minutes; None when no tariff was agreed.

    The cost is rounded up to the cent, as when vouchers are redeemed; vouchers give no change.
    """
    tariff = db.scalar(
        select(Tariff)
        .where(
            Tariff.provider_id == provider_id,
            Tariff.category == Category.WORKSHOP_CHILDCARE,
            Tariff.first_day <= day,
            or_(Tariff.last_day.is_(None), Tariff.last_day >= day),
        )
        .order_by(Tariff.first_day.desc())
        .limit(1)
    )
    if tariff is None:
        return None
    by_hour = tariff.unit == TariffUnit.HOUR
    cost = -(-tariff.unit_cents * minutes // MINUTES_AN_HOUR) if by_hour else tariff.unit_cents
    return Price(Cents(cost), cost // face)


def check_price(found: Price | None, asked: int, day: date) -> None:
    """Refuse more vouchers than the tariff covers. Care that costs nothing needs no tariff.

    Raises:
        NoAgreedPrice: nothing was agreed for that day.
        PriceAboveTariff: it is more.
    """
    if not asked:
        return
    if found is None:
        raise NoAgreedPrice(day)
    if asked > found.most:
        raise PriceAboveTariff(asked=asked, most=found.most, cost=found.cost)
