"""Look before taking: what some codes are worth to one provider on this day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from repit.domain.categories import ALL_CATEGORIES, Category, from_bits
from repit.domain.clock import day_in
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing, TariffFacts
from repit.domain.redemptions import reading
from repit.domain.redemptions.errors import (
    CategoryNotCovered,
    DifferentParents,
    NotAccredited,
    OwnHousehold,
)
from repit.domain.redemptions.held_first import held_beside
from repit.domain.redemptions.rules import VoucherFacts, check_state
from repit.domain.vouchers.holds import CATEGORY


@dataclass(frozen=True)
class Seen:
    """What the provider sees: never more of the parent than a first name.

    `categories`: what the vouchers and the accreditation both cover today, with the agreed
    price; None where no price was agreed. `last_day`: of the voucher that ends first.
    """

    first_name: str
    vouchers: int
    face: Cents
    amount: Cents
    last_day: date
    today: date
    categories: dict[Category, TariffFacts | None]
    held_beside: int = 0
    """Other vouchers of this parent that wait for this provider's childcare today."""
    booked: bool = False
    """Some of them wait for an appointment."""


def look(
    connection: Connection, hashes: Sequence[bytes], *, standing: Standing, now: datetime
) -> Seen:
    """Read what the codes stand for and whether this provider may take them today.

    Raises:
        UnknownCode, PresentationExpired: nothing to see.
        Refused: the state of a voucher, the household, or the categories forbid it.
    """
    claim = reading.claim(connection, hashes, take=None, now=now)
    today = day_in(claim.zone, now)
    for voucher in claim.vouchers:
        check_state(voucher, provider_id=standing.provider_id, today=today)
        if voucher.parent_id in standing.own_parent_ids:
            raise OwnHousehold
    if len({(voucher.parent_id, voucher.programme_id) for voucher in claim.vouchers}) > 1:
        raise DifferentParents
    first = claim.vouchers[0]
    usable = _usable(claim.vouchers, standing, today)
    beside = 0
    if CATEGORY in usable:
        beside = held_beside(connection, claim.vouchers, standing.provider_id, today)
    return Seen(
        first_name=connection.scalars(
            select(Parent.first_name).where(Parent.id == first.parent_id)
        ).one(),
        vouchers=len(claim.vouchers),
        face=max(voucher.face for voucher in claim.vouchers),
        amount=Cents(sum(voucher.face for voucher in claim.vouchers)),
        last_day=min(voucher.last_day for voucher in claim.vouchers),
        today=today,
        categories=usable,
        held_beside=beside,
        booked=any(voucher.booked_on is not None for voucher in claim.vouchers),
    )


def _usable(
    vouchers: Sequence[VoucherFacts], standing: Standing, today: date
) -> dict[Category, TariffFacts | None]:
    covered = ALL_CATEGORIES
    for voucher in vouchers:
        covered &= voucher.categories
    # A service before today may still be claimed under an accreditation that has ended.
    rights = [category for category in Category if standing.accredited_ever(category)]
    if not rights:
        raise NotAccredited(category="")
    usable = [category for category in rights if covered & category.bit]
    if not usable:
        raise CategoryNotCovered(category=rights[0], covered=tuple(from_bits(covered)))
    return {category: standing.tariff_on(category, today) for category in usable}
