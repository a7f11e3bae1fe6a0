"""Every way a provider is refused when bringing vouchers, with the facts of the refusal."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from repit.db.unit_of_work import unit_of_work
from repit.domain.categories import Category
from repit.domain.codes import ALPHABET
from repit.domain.errors import DomainError
from repit.domain.money import Cents
from repit.domain.people.models import Membership
from repit.domain.providers import devices, service
from repit.domain.providers.models import Device
from repit.domain.redemptions import errors
from repit.domain.redemptions.desk import Desk
from repit.domain.vouchers import expire
from repit.domain.vouchers import service as vouchers
from tests.cast import (
    NOON,
    OPERATOR,
    TODAY,
    VAULT,
    a_fund,
    a_parent,
    a_provider,
    a_voucher,
)
from tests.domain.bookings.workshop import DAY, an_evening, asked, books
from tests.domain.redemptions.scene import (
    NOBODYS,
    TOMORROW,
    YESTERDAY,
    Scene,
    Try,
    count_sessions,
    end_tariffs,
    household_of,
    person_of,
    shown,
)
from tests.domain.redemptions.taking import brought, take

Case = tuple[Callable[[Scene], Try], DomainError]
CASES: dict[str, Case] = {}


def case(refusal: DomainError) -> Callable[[Callable[[Scene], Try]], Callable[[Scene], Try]]:
    def keep(prepare: Callable[[Scene], Try]) -> Callable[[Scene], Try]:
        CASES[prepare.__name__] = (prepare, refusal)
        return prepare

    return keep


@case(errors.NoCode())
def no_code(scene: Scene) -> Try:
    return Try(scene.town.roseraie, [])


@case(errors.TooManyCodes(most=50))
def too_many_codes(scene: Scene) -> Try:
    return scene.by_roseraie(*[NOBODYS] * 51)


@case(errors.NotACode())
def not_a_code(scene: Scene) -> Try:
    return scene.by_roseraie("bonjour")


@case(errors.MistypedCode())
def mistyped_code(scene: Scene) -> Try:
    [code] = scene.town.codes[:1]
    other = ALPHABET[(ALPHABET.index(code[3]) + 1) % len(ALPHABET)]
    return scene.by_roseraie(code[:3] + other + code[4:])


@case(errors.UnknownCode())
def unknown_code(scene: Scene) -> Try:
    return scene.by_roseraie(NOBODYS)


@case(errors.UnknownCode())
def cancelled_voucher(scene: Scene) -> Try:
    scene.operator(vouchers.cancel, scene.voucher(scene.town.codes[0]))
    return scene.by_roseraie()


@case(errors.UnknownCode())
def one_unknown_among_several(scene: Scene) -> Try:
    return scene.by_roseraie(scene.town.codes[0], NOBODYS)


@case(errors.VoucherSpentHere(at=NOON))
def already_used_by_me(scene: Scene) -> Try:
    take(scene.engine, scene.town.roseraie, scene.town.codes[:1])
    return scene.by_roseraie()


@case(errors.VoucherSpent())
def already_used_elsewhere(scene: Scene) -> Try:
    take(scene.engine, a_provider(scene.db, "Le Tilleul"), scene.town.codes[:1])
    return scene.by_roseraie()


@case(errors.VoucherNotYetValid(first_day=TOMORROW))
def not_yet_valid(scene: Scene) -> Try:
    return scene.by_roseraie(
        a_voucher(scene.db, scene.town.amina, scene.town.fund_id, first_day=TOMORROW)
    )


@case(errors.VoucherNotYetValid(first_day=date(2026, 1, 1)))
def service_before_the_first_day(scene: Scene) -> Try:
    return scene.by_roseraie(service_on=date(2025, 12, 31))


@case(errors.ServiceInFuture(today=TODAY))
def service_tomorrow(scene: Scene) -> Try:
    return scene.by_roseraie(service_on=TOMORROW)


@case(errors.ServiceAfterLastDay(last_day=YESTERDAY, grace_until=TODAY + timedelta(days=9)))
def service_after_the_last_day_in_the_grace_period(scene: Scene) -> Try:
    code = a_voucher(
        scene.db, scene.town.amina, scene.town.fund_id, last_day=YESTERDAY, grace_days=10
    )
    return scene.by_roseraie(code)


@case(errors.VoucherExpired(last_day=date(2026, 2, 28), grace_until=YESTERDAY))
def claimed_after_the_grace_period(scene: Scene) -> Try:
    code = a_voucher(
        scene.db, scene.town.amina, scene.town.fund_id, last_day=date(2026, 2, 28), grace_days=13
    )
    return scene.by_roseraie(code, service_on=date(2026, 2, 28))


@case(errors.VoucherExpired(last_day=date(2026, 2, 28), grace_until=YESTERDAY))
def expired_and_given_back(scene: Scene) -> Try:
    code = a_voucher(
        scene.db, scene.town.amina, scene.town.fund_id, last_day=date(2026, 2, 28), grace_days=13
    )
    with unit_of_work(scene.db):
        expire.expire_some(scene.db, actor=OPERATOR, now=NOON)
    return scene.by_roseraie(code, service_on=date(2026, 2, 28))


@case(errors.VoucherBlocked())
def blocked(scene: Scene) -> Try:
    scene.operator(vouchers.block, scene.voucher(scene.town.codes[0]))
    return scene.by_roseraie()


@case(errors.HeldForAppointment(service_on=DAY))
def held_for_an_appointment(scene: Scene) -> Try:
    evening = an_evening(scene.db, town=scene.town)
    books(scene.db, asked(evening, scene.town.amina, evening.mia))
    return scene.by_roseraie(scene.town.codes[0])


@case(errors.HeldWaits(vouchers=1, service_on=DAY))
def held_ones_wait(scene: Scene) -> Try:
    evening = an_evening(scene.db, town=scene.town)
    books(scene.db, asked(evening, scene.town.amina, evening.mia))
    return scene.by_roseraie(
        scene.town.codes[1], service_on=DAY, category=Category.WORKSHOP_CHILDCARE
    )


@case(errors.HeldForAnother())
def held_for_another(scene: Scene) -> Try:
    other = a_provider(scene.db, "Le Tilleul")
    scene.operator(vouchers.hold, scene.voucher(scene.town.codes[0]), provider_id=other.id)
    return scene.by_roseraie()


@case(
    errors.CategoryNotCovered(category=Category.BABYSITTING, covered=(Category.WELL_BEING,)),
)
def category_not_covered_by_the_voucher(scene: Scene) -> Try:
    fund_id = a_fund(
        scene.db,
        scene.town.programme_id,
        funder_id=scene.town.funder_id,
        categories=Category.WELL_BEING.bit,
    )
    return scene.by_roseraie(a_voucher(scene.db, scene.town.amina, fund_id))


@case(errors.NotAccredited(category=Category.BABYSITTING))
def category_not_in_the_accreditation(scene: Scene) -> Try:
    other = a_provider(scene.db, "Le Tilleul", categories=(Category.WELL_BEING,))
    return Try(other, scene.town.codes[:1])


@case(errors.AccreditationNotValid(category=Category.BABYSITTING, service_on=TODAY))
def accreditation_over_on_the_day_of_service(scene: Scene) -> Try:
    return Try(scene.town.sureau, scene.town.codes[:1])


@case(errors.NoTariff(category=Category.BABYSITTING, service_on=TODAY))
def no_tariff_that_day(scene: Scene) -> Try:
    tariffless = a_provider(scene.db, "Le Tilleul")
    end_tariffs(scene.db, tariffless, last_day=YESTERDAY)
    return Try(tariffless, scene.town.codes[:1])


@case(errors.CountsHours(category=Category.BABYSITTING))
def sessions_where_hours_were_agreed(scene: Scene) -> Try:
    return scene.by_roseraie(minutes=None, sessions=2)


@case(errors.CountsSessions(category=Category.WELL_BEING))
def hours_where_sessions_were_agreed(scene: Scene) -> Try:
    other = a_provider(scene.db, "Le Tilleul")
    count_sessions(scene.db, other)
    return Try(other, scene.town.codes[:1], {"category": Category.WELL_BEING})


@case(errors.MoreThanItCosts(cost=Cents(2_000), asked=Cents(3_000), most=2))
def more_vouchers_than_the_service_costs(scene: Scene) -> Try:
    return scene.by_roseraie(*scene.town.codes[:3])


@case(errors.FamilyShareTooHigh(asked=Cents(101), most=Cents(100)))
def family_share_above_the_tariff(scene: Scene) -> Try:
    return scene.by_roseraie(family_share=Cents(101))


@case(errors.FamilyShareTooHigh(asked=Cents(1), most=Cents(0)))
def family_share_above_what_the_vouchers_leave(scene: Scene) -> Try:
    return scene.by_roseraie(*scene.town.codes[:2], family_share=Cents(1))


@case(errors.DifferentParents())
def codes_of_different_parents(scene: Scene) -> Try:
    chloes = a_voucher(scene.db, scene.town.chloe, scene.town.fund_id)
    return scene.by_roseraie(scene.town.codes[0], chloes)


@case(errors.PairLimitReached(limit=2))
def limit_of_the_pair(scene: Scene) -> Try:
    scene.limit(pair_month_vouchers=2)
    take(scene.engine, scene.town.roseraie, scene.town.codes[:2])
    return scene.by_roseraie(scene.town.codes[2])


@case(errors.ProviderLimitReached(limit=2))
def limit_of_the_provider(scene: Scene) -> Try:
    scene.limit(provider_month_vouchers=2)
    chloes = a_voucher(scene.db, scene.town.chloe, scene.town.fund_id)
    take(scene.engine, scene.town.roseraie, [chloes])
    return scene.by_roseraie(*scene.town.codes[:2])


@case(errors.OwnHousehold())
def own_person(scene: Scene) -> Try:
    with unit_of_work(scene.db):
        amina = person_of(scene, scene.town.amina)
        scene.db.add(
            Membership(
                person_id=amina, role="provider", provider_id=scene.town.roseraie.id, since=NOON
            )
        )
    return scene.by_roseraie()


@case(errors.OwnHousehold())
def own_household(scene: Scene) -> Try:
    home = household_of(scene, scene.town.amina)
    with unit_of_work(scene.db):
        service.link_household(scene.db, scene.town.roseraie.id, home, actor=OPERATOR, now=NOON)
    return scene.by_roseraie()


@case(errors.OwnHousehold())
def household_of_somebody_who_works_there(scene: Scene) -> Try:
    home = household_of(scene, scene.town.amina)
    with unit_of_work(scene.db):
        person_id = service.add_staff(
            scene.db,
            scene.town.roseraie.id,
            name="Paul",
            email="paul@exemple.test",
            actor=OPERATOR,
            now=NOON,
        )
    a_parent(scene.db, "Paul", household_id=home, person_id=person_id)
    return scene.by_roseraie()


@case(errors.PresentationExpired(at=NOON + timedelta(minutes=15)))
def presentation_expired(scene: Scene) -> Try:
    code = shown(scene)
    return Try(scene.town.roseraie, [code], now=NOON + timedelta(minutes=16))


@case(errors.PresentationExpired(at=NOON + timedelta(minutes=15)))
def presentation_replaced_by_a_newer_one(scene: Scene) -> Try:
    code = shown(scene)
    shown(scene)
    return scene.by_roseraie(code)


@case(errors.ReplayMismatch())
def same_id_with_other_content(scene: Scene) -> Try:
    take(scene.engine, scene.town.roseraie, scene.town.codes[:1], 100)
    return scene.by_roseraie(scene.town.codes[1])


@case(errors.DeviceRevoked())
def device_revoked(scene: Scene) -> Try:
    device = scene.db.get_one(Device, scene.town.roseraie.device_id)
    with unit_of_work(scene.db):
        devices.revoke(scene.db, scene.town.roseraie.id, device.public_id, actor=OPERATOR, now=NOON)
    return scene.by_roseraie()


@case(errors.DeviceLocked())
def device_locked_after_ten_wrong_codes(scene: Scene) -> Try:
    desk = Desk(scene.engine, VAULT)
    for number in range(10):
        with pytest.raises(errors.UnknownCode):
            desk.redeem(scene.town.roseraie.device_id, brought([NOBODYS], number), now=NOON)
    return scene.by_roseraie()


@case(errors.ProviderSuspended())
def provider_suspended(scene: Scene) -> Try:
    scene.operator(service.suspend, scene.town.roseraie.id)
    return scene.by_roseraie()
