"""What a place in a care slot costs, in vouchers: never more than the agreed tariff covers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from repit.domain.care.errors import NoAgreedPrice, PriceAboveTariff, ShareAboveTariff
from repit.domain.categories import Category
from repit.domain.money import Cents, Minutes
from repit.domain.providers.models import Tariff
from repit.domain.providers.rules import TariffUnit

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Price:
    """What one child costs by the tariff, in cents, and the whole vouchers in it.

    `most_share`: the most a family may be asked beside them, by the tariff alone.
    """

    cost: Cents
    most: int
    most_share: Cents
    face: Cents

    def share_beside(self, vouchers: int) -> Cents:
        """Return the most a family may be asked beside so many vouchers."""
        return Cents(max(0, min(self.most_share, self.cost - vouchers * self.face)))


def price(db: Session, provider_id: int, day: date, minutes: Minutes, face: Cents) -> Price | None:
    """Return the price of one child for so many minutes; None when no tariff was agreed.

    The cost is rounded up to the cent, as when vouchers are redeemed; vouchers give no change.
    """
    tariff = db.scalar(
        select(Tariff)
        .where(*agreed_on(provider_id, day))
        .order_by(Tariff.first_day.desc())
        .limit(1)
    )
    if tariff is None:
        return None
    by_hour = tariff.unit == TariffUnit.HOUR

    def for_time(unit_cents: int) -> Cents:
        return Cents(-(-unit_cents * minutes // MINUTES_AN_HOUR) if by_hour else unit_cents)

    cost = for_time(tariff.unit_cents)
    return Price(cost, cost // face, for_time(tariff.family_share_cents), face)


def agreed_on(provider_id: Any, day: Any) -> list[ColumnElement[bool]]:
    """Return which tariffs pay a provider for childcare on a day; values, or columns of a slot."""
    return [
        Tariff.provider_id == provider_id,
        Tariff.category == Category.WORKSHOP_CHILDCARE,
        Tariff.first_day <= day,
        or_(Tariff.last_day.is_(None), Tariff.last_day >= day),
    ]


def check_price(found: Price | None, asked: int, share: Cents, day: date) -> None:
    """Refuse more vouchers, or more of the family, than the tariff covers.

    Care that costs nothing needs no tariff.

    Raises:
        NoAgreedPrice: nothing was agreed for that day.
        PriceAboveTariff: it is more.
        ShareAboveTariff: the family would pay more than was agreed, or without any voucher.
    """
    if not asked and not share:
        return
    if found is None:
        raise NoAgreedPrice(day)
    if asked > found.most:
        raise PriceAboveTariff(asked=asked, most=found.most, cost=found.cost)
    # What a family paid is written down with the vouchers that were taken: not without any.
    most_share = found.share_beside(asked) if asked else Cents(0)
    if share > most_share:
        raise ShareAboveTariff(asked=share, most=most_share)
