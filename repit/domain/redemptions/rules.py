"""When vouchers may be taken, and for how much. Pure functions: no database, no clock.

`statements.SPENDABLE` is the twin of `check_vouchers` in SQL; a property test holds them
together. This one explains, that one decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from repit.domain.categories import Category, from_bits
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing, TariffFacts
from repit.domain.redemptions.errors import (
    AccreditationNotValid,
    CategoryNotCovered,
    CountsHours,
    CountsSessions,
    DeviceLocked,
    DeviceRevoked,
    DifferentParents,
    FamilyShareTooHigh,
    HeldForAnother,
    HeldForAppointment,
    MoreThanItCosts,
    NotAccredited,
    NoTariff,
    OwnHousehold,
    ProviderSuspended,
    ServiceAfterLastDay,
    ServiceInFuture,
    UnknownCode,
    VoucherBlocked,
    VoucherExpired,
    VoucherNotYetValid,
    VoucherSpent,
    VoucherSpentHere,
)
from repit.domain.vouchers.models import VoucherState

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Service:
    """What was delivered. Exactly one of `minutes` and `sessions` is given."""

    category: Category
    service_on: date
    minutes: int | None
    sessions: int | None
    family_share: Cents


@dataclass(frozen=True)
class VoucherFacts:
    """A voucher as the rules see it. `categories` is a set as bits."""

    id: int
    parent_id: int
    programme_id: int
    face: Cents
    categories: int
    first_day: date
    last_day: date
    grace_until: date
    state: VoucherState
    blocked: bool
    held_for_id: int | None
    booked_on: date | None
    """The day of the childcare it is held for by a booking."""
    framed: bool
    """A legal frame says until when it may be claimed; no hold makes that longer."""
    spent_by_id: int | None
    spent_at: datetime | None


def check_device(standing: Standing | None) -> Standing:
    """Return the standing of a device that may redeem.

    Raises:
        DeviceRevoked, DeviceLocked, ProviderSuspended: it may not.
    """
    if standing is None or standing.revoked_at is not None:
        raise DeviceRevoked
    if standing.locked_at is not None:
        raise DeviceLocked
    if standing.suspended:
        raise ProviderSuspended
    return standing


def cost_of(standing: Standing, service: Service) -> Cents:
    """Return what the service costs by the agreed tariff, rounded up to the cent.

    Raises:
        NotAccredited: never accredited for the category.
        AccreditationNotValid: not on the day of service.
        NoTariff: no price was agreed for that day.
        CountsHours, CountsSessions: the other unit was agreed.
        FamilyShareTooHigh: the family is asked more than the tariff lets.
    """
    category, day = service.category, service.service_on
    if not standing.accredited_ever(category):
        raise NotAccredited(category=category)
    if not standing.accredited_on(category, day):
        raise AccreditationNotValid(category=category, service_on=day)
    tariff = standing.tariff_on(category, day)
    if tariff is None:
        raise NoTariff(category=category, service_on=day)
    _check_unit(tariff, service)
    most = _for_time(tariff.family_share, tariff, service)
    if service.family_share > most:
        raise FamilyShareTooHigh(asked=service.family_share, most=most)
    return _for_time(tariff.unit_price, tariff, service)


def _check_unit(tariff: TariffFacts, service: Service) -> None:
    if tariff.per_hour and service.minutes is None:
        raise CountsHours(category=service.category)
    if not tariff.per_hour and service.sessions is None:
        raise CountsSessions(category=service.category)


def _for_time(per_unit: Cents, tariff: TariffFacts, service: Service) -> Cents:
    if tariff.per_hour:
        return Cents(-(-per_unit * (service.minutes or 0) // MINUTES_AN_HOUR))
    return Cents(per_unit * (service.sessions or 0))


def check_vouchers(
    vouchers: Sequence[VoucherFacts],
    service: Service,
    *,
    standing: Standing,
    cost: Cents,
    today: date,
) -> None:
    """Refuse vouchers that may not be taken together for this service.

    What is wrong with a voucher comes before what is wrong with the sum.

    Args:
        cost: what the service costs, in cents, from `cost_of`.
        today: the day of the claim in the programme's zone.

    Raises:
        Refused or NotFound: the first reason, in the order a provider can act on it.
    """
    for voucher in vouchers:
        check_state(voucher, provider_id=standing.provider_id, today=today)
        _check_service_day(voucher, service.service_on, today)
        _check_appointment(voucher, service)
        if not voucher.categories & service.category.bit:
            covered = tuple(from_bits(voucher.categories))
            raise CategoryNotCovered(category=service.category, covered=covered)
    if len({(voucher.parent_id, voucher.programme_id) for voucher in vouchers}) > 1:
        raise DifferentParents
    if any(voucher.parent_id in standing.own_parent_ids for voucher in vouchers):
        raise OwnHousehold
    _check_sum(vouchers, service, cost)


def check_state(voucher: VoucherFacts, *, provider_id: int, today: date) -> None:
    """Refuse a voucher that no service of today could be paid with by this provider.

    Raises:
        UnknownCode, VoucherSpent, VoucherSpentHere, VoucherExpired, VoucherNotYetValid,
        VoucherBlocked, HeldForAnother: see their names.
    """
    if voucher.state is VoucherState.CANCELLED:
        raise UnknownCode
    if voucher.state is VoucherState.REDEEMED:
        if voucher.spent_by_id == provider_id and voucher.spent_at is not None:
            raise VoucherSpentHere(at=voucher.spent_at)
        raise VoucherSpent
    if voucher.state is VoucherState.EXPIRED or _claimed_too_late(voucher, today):
        raise VoucherExpired(last_day=voucher.last_day, grace_until=voucher.grace_until)
    if today < voucher.first_day:
        raise VoucherNotYetValid(first_day=voucher.first_day)
    if voucher.blocked:
        raise VoucherBlocked
    if voucher.held_for_id not in {None, provider_id}:
        raise HeldForAnother


def _claimed_too_late(voucher: VoucherFacts, today: date) -> bool:
    """Tell whether its days are over: not while it is held for a booking, but by law."""
    waits = voucher.booked_on is not None and not voucher.framed
    return voucher.grace_until < today and not waits


def _check_service_day(voucher: VoucherFacts, service_on: date, today: date) -> None:
    if service_on > today:
        raise ServiceInFuture(today=today)
    if service_on < voucher.first_day:
        raise VoucherNotYetValid(first_day=voucher.first_day)
    if service_on > voucher.last_day:
        raise ServiceAfterLastDay(last_day=voucher.last_day, grace_until=voucher.grace_until)


def _check_appointment(voucher: VoucherFacts, service: Service) -> None:
    if voucher.booked_on is None:
        return
    is_care = service.category is Category.WORKSHOP_CHILDCARE
    if not is_care or service.service_on != voucher.booked_on:
        raise HeldForAppointment(service_on=voucher.booked_on)


def _check_sum(vouchers: Sequence[VoucherFacts], service: Service, cost: Cents) -> None:
    """A voucher gives no change: together with the family's share it never exceeds the cost."""
    asked = sum(voucher.face for voucher in vouchers)
    if asked + service.family_share <= cost:
        return
    if asked > cost:
        face = max(voucher.face for voucher in vouchers)
        raise MoreThanItCosts(cost=cost, asked=Cents(asked), most=cost // face)
    raise FamilyShareTooHigh(asked=service.family_share, most=Cents(cost - asked))
