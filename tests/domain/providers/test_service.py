from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.audit.queries import history
from repit.domain.categories import Category
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.providers import accreditations, devices, queries, service, tariffs
from repit.domain.providers.browsers import find_or_make_browser_device
from repit.domain.providers.errors import (
    AccreditationEndsBeforeItBegins,
    AlreadyAccredited,
    AlreadyWithdrawn,
    IdentifierTaken,
    ProviderAlreadySuspended,
    ProviderNotSuspended,
    ShareAbovePrice,
    TariffNotLater,
    WithdrawnOutsideItsDays,
    WrongIdentifier,
)
from repit.domain.providers.models import Device, Provider
from repit.domain.providers.queries import ProviderFilter, ProviderView
from repit.domain.providers.rights import RightState
from repit.domain.providers.rules import IdentifierKind, Price, Right, TariffUnit
from repit.domain.providers.standing import Standing, standing_by_token, standing_of_device
from tests.domain.providers.conftest import NOON, ROSEN, TODAY, view

Change = Callable[..., Any]
SITTING = Right(
    category=Category.BABYSITTING,
    number="AG-2026-17",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    authority="Département de la Somme",
)
HOURLY = Price(
    category=Category.BABYSITTING,
    unit=TariffUnit.HOUR,
    unit_price=Cents(2000),
    family_share=Cents(100),
    first_day=date(2026, 1, 1),
)


def revision(db: Session, provider_id: int) -> int:
    db.rollback()
    return db.scalars(select(Provider.revision).where(Provider.id == provider_id)).one()


def device_standing(db: Session, token: str) -> Standing:
    db.rollback()
    found = standing_by_token(db, ids.fingerprint(token))
    assert found
    return found


def test_a_provider_is_kept_with_a_bare_number_and_a_plain_address(
    roseraie: ProviderView,
) -> None:
    assert roseraie.identifier == "73282932000074"
    assert roseraie.email == "contact@roseraie.example"
    assert roseraie.state == "active"


def test_the_same_number_cannot_be_entered_twice(roseraie: ProviderView, change: Change) -> None:
    with pytest.raises(IdentifierTaken) as refusal:
        change(service.open_provider, replace(ROSEN, name="Autre", identifier="73282932000074"))

    assert refusal.value.public_id == roseraie.public_id


def test_a_change_keeps_what_was_before(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(service.change_identity, roseraie.id, replace(ROSEN, town="Amiens"))
    change(service.change_identity, roseraie.id, replace(ROSEN, town="Amiens"))

    assert view(db, roseraie.public_id).town == "Amiens"
    lines = history(db, [("provider", roseraie.id)])
    assert [line.kind for line in lines] == ["changed", "opened"]
    assert lines[0].facts == {"town": ["Rivéry", "Amiens"]}


def test_a_wrong_number_changes_nothing(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    wrong = replace(ROSEN, town="Amiens", identifier="73282932000075")
    with pytest.raises(WrongIdentifier):
        change(service.change_identity, roseraie.id, wrong)

    assert view(db, roseraie.public_id).town == "Rivéry"


def test_a_provider_is_suspended_once_and_comes_back_once(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(service.suspend, roseraie.id, motive="Plainte d’une famille")
    with pytest.raises(ProviderAlreadySuspended):
        change(service.suspend, roseraie.id, motive="Encore")
    change(service.reactivate, roseraie.id, motive="Vérifié sur place")
    with pytest.raises(ProviderNotSuspended):
        change(service.reactivate, roseraie.id, motive="Encore")

    lines = history(db, [("provider", roseraie.id)])
    assert [line.motive for line in lines[:2]] == ["Vérifié sur place", "Plainte d’une famille"]


def test_every_change_of_rights_makes_older_standings_out_of_date(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    issued = change(devices.issue_api_token, roseraie.id, name="Logiciel")
    seen = [revision(db, roseraie.id)]

    def after(verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        result = change(verb, roseraie.id, *given, **named)
        seen.append(revision(db, roseraie.id))
        return result

    right = after(accreditations.accredit, SITTING)
    after(accreditations.withdraw, right, withdrawn_on=TODAY, motive="Non renouvelé")
    after(tariffs.agree, HOURLY)
    person = after(service.add_staff, name="Dora", email="dora@roseraie.example")
    after(service.end_staff, person)
    after(service.suspend, motive="Plainte")
    after(service.reactivate, motive="Réglé")
    after(devices.revoke, issued.public_id)

    assert seen == sorted(set(seen))


def test_two_accreditations_for_a_category_do_not_overlap(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(accreditations.accredit, roseraie.id, SITTING)
    later = replace(SITTING, first_day=date(2026, 12, 31), last_day=date(2027, 12, 31))

    with pytest.raises(AlreadyAccredited) as refusal:
        change(accreditations.accredit, roseraie.id, later)
    change(accreditations.accredit, roseraie.id, replace(later, category=Category.HOME_HELP))
    change(accreditations.accredit, roseraie.id, replace(later, first_day=date(2027, 1, 1)))

    assert refusal.value.last_day == date(2026, 12, 31)
    assert len(view(db, roseraie.public_id).rights) == 3


def test_days_in_the_wrong_order_are_refused(roseraie: ProviderView, change: Change) -> None:
    with pytest.raises(AccreditationEndsBeforeItBegins):
        change(accreditations.accredit, roseraie.id, replace(SITTING, last_day=date(2025, 12, 31)))


def test_a_withdrawn_accreditation_stops_counting_on_that_day_and_frees_what_follows(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    public_id = change(accreditations.accredit, roseraie.id, SITTING)
    withdraw = {"withdrawn_on": TODAY, "motive": "Contrôle"}
    change(accreditations.withdraw, roseraie.id, public_id, **withdraw)
    with pytest.raises(AlreadyWithdrawn):
        change(accreditations.withdraw, roseraie.id, public_id, **withdraw)
    issued = change(devices.issue_api_token, roseraie.id, name="Logiciel")

    standing = device_standing(db, issued.token)
    assert standing.accredited_on(Category.BABYSITTING, date(2026, 3, 13))
    assert not standing.accredited_on(Category.BABYSITTING, TODAY)
    change(accreditations.accredit, roseraie.id, replace(SITTING, first_day=TODAY))


def test_an_accreditation_is_withdrawn_within_its_days_by_its_own_provider(
    roseraie: ProviderView, change: Change
) -> None:
    public_id = change(accreditations.accredit, roseraie.id, SITTING)
    with pytest.raises(WithdrawnOutsideItsDays):
        change(
            accreditations.withdraw,
            roseraie.id,
            public_id,
            withdrawn_on=date(2027, 1, 1),
            motive="Trop tard",
        )
    with pytest.raises(NoSuchObject):
        change(
            accreditations.withdraw,
            roseraie.id + 1,
            public_id,
            withdrawn_on=TODAY,
            motive="Pas à elle",
        )


def test_a_new_price_ends_the_one_before_it_the_day_before(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(tariffs.agree, roseraie.id, HOURLY)
    change(
        tariffs.agree,
        roseraie.id,
        replace(HOURLY, unit_price=Cents(2100), first_day=date(2026, 4, 1)),
    )

    newer, older = view(db, roseraie.public_id).tariffs
    assert (older.last_day, older.current) == (date(2026, 3, 31), True)
    assert (newer.unit_price, newer.last_day, newer.current) == (2100, None, False)


@pytest.mark.parametrize("first_day", [date(2026, 1, 1), date(2025, 6, 1)])
def test_a_price_cannot_be_slipped_under_the_present_one(
    roseraie: ProviderView, change: Change, first_day: date
) -> None:
    change(tariffs.agree, roseraie.id, HOURLY)

    with pytest.raises(TariffNotLater):
        change(tariffs.agree, roseraie.id, replace(HOURLY, first_day=first_day))


def test_a_family_is_never_asked_more_than_the_price(
    roseraie: ProviderView, change: Change
) -> None:
    with pytest.raises(ShareAbovePrice):
        change(tariffs.agree, roseraie.id, replace(HOURLY, family_share=Cents(2001)))


def test_a_token_opens_one_device_until_it_is_revoked(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    issued = change(devices.issue_api_token, roseraie.id, name="Logiciel")

    assert device_standing(db, issued.token).device_id == issued.device_id
    change(devices.revoke, roseraie.id, issued.public_id)
    change(devices.revoke, roseraie.id, issued.public_id)

    assert device_standing(db, issued.token).revoked_at == NOON
    lines = [line.kind for line in history(db, [("provider", roseraie.id)])]
    assert lines.count("device_revoked") == 1


def test_the_token_itself_is_nowhere_in_the_database(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    issued = change(devices.issue_api_token, roseraie.id, name="Logiciel")

    stored = db.scalars(select(Device)).one()
    assert stored.token_hash == ids.fingerprint(issued.token)
    assert issued.token not in repr(vars(stored))
    facts = [line.facts for line in history(db, [("provider", roseraie.id)])]
    assert issued.token not in repr(facts)


def test_a_locked_device_is_unlocked_by_the_operator(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    device_id = change(
        find_or_make_browser_device, roseraie.id, token="browser", name="Téléphone"
    ).id
    change(lock, device_id)
    assert queries.locked_device_count(db) == 1
    assert queries.locked_devices(db) == [(roseraie.public_id, "La Roseraie")]
    public_id = view(db, roseraie.public_id).devices[0].public_id

    change(devices.unlock, roseraie.id, public_id)

    standing = standing_of_device(db, device_id)
    assert standing
    assert standing.locked_at is None
    assert queries.locked_device_count(db) == 0


def lock(db: Session, device_id: int, **_who_and_when: Any) -> None:
    db.get_one(Device, device_id).locked_at = NOON


def test_somebody_elses_device_cannot_be_revoked(roseraie: ProviderView, change: Change) -> None:
    issued = change(devices.issue_api_token, roseraie.id, name="Logiciel")

    with pytest.raises(NoSuchObject):
        change(devices.revoke, roseraie.id + 1, issued.public_id)


def test_staff_come_and_go(db: Session, roseraie: ProviderView, change: Change) -> None:
    person = change(service.add_staff, roseraie.id, name="Dora", email="Dora@roseraie.example")
    again = change(service.add_staff, roseraie.id, name="Dora B.", email="dora@roseraie.example")

    assert person == again
    assert [one.email for one in view(db, roseraie.public_id).staff] == ["dora@roseraie.example"]
    change(service.end_staff, roseraie.id, person)
    assert view(db, roseraie.public_id).staff == ()


def test_the_list_finds_by_name_number_and_town_without_accents(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    sureau = replace(
        ROSEN,
        name="Sureau Élan",
        town="Amiens",
        identifier_kind=IdentifierKind.BCE,
        identifier="0403.019.261",
    )
    change(service.open_provider, sureau)

    def found(words: str) -> list[str]:
        return [row.name for row in queries.providers(db, ProviderFilter(words), today=TODAY)]

    assert found("") == ["La Roseraie", "Sureau Élan"]
    assert found("RIVERY rose") == ["La Roseraie"]
    assert found("elan") == ["Sureau Élan"]
    assert found("732 829") == ["La Roseraie"]
    assert found("0403.019") == ["Sureau Élan"]
    assert found("personne") == []


@pytest.mark.parametrize(
    ("last_day", "state"),
    [
        (date(2026, 3, 13), RightState.LAPSED),
        (date(2026, 3, 14), RightState.LAPSING),
        (date(2026, 5, 13), RightState.LAPSING),
        (date(2026, 5, 14), RightState.VALID),
    ],
)
def test_an_accreditation_is_told_sixty_days_before_it_lapses(
    db: Session, roseraie: ProviderView, change: Change, last_day: date, state: RightState
) -> None:
    change(accreditations.accredit, roseraie.id, replace(SITTING, last_day=last_day))

    assert [right.state for right in view(db, roseraie.public_id).rights] == [state]
    lapsing = int(state is RightState.LAPSING)
    assert queries.lapsing_count(db, today=TODAY) == lapsing
    kept = queries.providers(db, ProviderFilter(right="lapsing"), today=TODAY)
    assert len(kept) == lapsing
    accredited = queries.providers(db, ProviderFilter(right="accredited"), today=TODAY)
    assert len(accredited) == int(state is not RightState.LAPSED)


def test_a_right_that_is_renewed_is_not_about_to_lapse(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(accreditations.accredit, roseraie.id, replace(SITTING, last_day=TODAY))
    change(
        accreditations.accredit,
        roseraie.id,
        replace(SITTING, first_day=date(2026, 3, 15), last_day=date(2027, 3, 14)),
    )

    assert queries.lapsing_count(db, today=TODAY) == 0
    states = [right.state for right in view(db, roseraie.public_id).rights]
    assert states == [RightState.TO_COME, RightState.VALID]


def test_the_list_keeps_a_category_and_a_state(
    db: Session, roseraie: ProviderView, change: Change
) -> None:
    change(accreditations.accredit, roseraie.id, SITTING)

    def count(**wanted: Any) -> int:
        return len(queries.providers(db, ProviderFilter(**wanted), today=TODAY))

    assert count(category=Category.BABYSITTING) == 1
    assert count(category=Category.HOME_HELP) == 0
    assert count(category=Category.BABYSITTING, right="lapsed") == 0
    assert (count(state="active"), count(state="suspended")) == (1, 0)
