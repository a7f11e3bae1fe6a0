from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.audit.queries import history
from repit.domain.categories import ALL_CATEGORIES, Category
from repit.domain.errors import DayToCome, DayTooEarly, Refused
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contributions, funds, queries, service
from repit.domain.programmes.contribution_queries import arrivals
from repit.domain.programmes.errors import (
    DaysOutOfOrder,
    FundClosed,
    FunderNameTaken,
    FundOpen,
    FundPaysForNothing,
    FundTitleTaken,
    NothingLeft,
    NotYetReceived,
    ProgrammeClosed,
    ProgrammeNameTaken,
    ReferenceAlreadyEntered,
    ValidityTooShort,
)
from repit.domain.programmes.queries import FundFilter
from repit.domain.programmes.rules import Reason, Received, Restrictions, Settings, TakenBack
from tests.cast import NOON, TODAY, a_fund, a_funder, a_parent, a_programme, an_operator
from tests.cast import vouchers_for as issue_vouchers

SETTINGS = Settings(
    name="Chèques répit 2026",
    zone="Europe/Paris",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    face_cents=Cents(1_000),
    categories=ALL_CATEGORIES,
    isolated_kinds=("partner_absent", "alone"),
)
GIFT = Received(Cents(50_000), TODAY, "VIR 12A")


@pytest.fixture
def odile(db: Session) -> actors.Actor:
    return actors.person(an_operator(db))


@pytest.fixture
def fund_id(db: Session) -> int:
    return a_fund(db, a_programme(db), cents=0, funder_id=a_funder(db))


def created(db: Session, odile: actors.Actor, settings: Settings = SETTINGS) -> int:
    with unit_of_work(db):
        public_id = service.create(db, settings, actor=odile, now=NOON)
    return queries.programme(db, public_id).id


def numbers(db: Session, fund_id: int) -> FundNumbers:
    return fund_numbers(db, [fund_id])[fund_id]


def test_a_programme_keeps_its_settings(db: Session, odile: actors.Actor) -> None:
    created(db, odile)
    [found] = queries.programmes(db).items
    assert found.settings == replace(SETTINGS, isolated_kinds=("alone", "partner_absent"))


def test_a_change_is_in_the_history_with_both_values(db: Session, odile: actors.Actor) -> None:
    programme_id = created(db, odile)
    wanted = replace(SETTINGS, grace_days=30, last_day=date(2027, 6, 30))
    with unit_of_work(db):
        changed = service.change(db, programme_id, wanted, actor=odile, now=NOON)
    assert set(changed) == {"grace_days", "last_day"}
    latest = history(db, [("programme", programme_id)])[0]
    assert latest.who == "Odile Porteur"
    assert latest.facts == {"grace_days": [60, 30], "last_day": ["2026-12-31", "2027-06-30"]}


def test_saving_the_same_settings_writes_no_history(db: Session, odile: actors.Actor) -> None:
    programme_id = created(db, odile)
    with unit_of_work(db):
        assert service.change(db, programme_id, SETTINGS, actor=odile, now=NOON) == []
    assert [one.kind for one in history(db, [("programme", programme_id)])] == ["created"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"last_day": date(2025, 12, 31)}, DaysOutOfOrder),
        ({"validity_months": 11}, ValidityTooShort),
        ({}, ProgrammeNameTaken),
    ],
)
def test_settings_that_cannot_be(
    db: Session, odile: actors.Actor, changes: dict[str, object], refusal: type[Exception]
) -> None:
    created(db, odile)
    wanted = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    with pytest.raises(refusal), unit_of_work(db):
        service.create(db, wanted, actor=odile, now=NOON)


def test_a_short_validity_is_possible_when_it_is_meant(db: Session, odile: actors.Actor) -> None:
    short = replace(SETTINGS, validity_months=6)
    with unit_of_work(db):
        service.create(db, short, actor=odile, now=NOON, short_is_meant=True)
    assert queries.programmes(db).items[0].settings.validity_months == 6


def test_a_closed_programme_takes_no_change_and_no_fund_until_reopened(
    db: Session, odile: actors.Actor
) -> None:
    programme_id, funder_id = created(db, odile), a_funder(db)
    with unit_of_work(db):
        service.close(db, programme_id, motive="Fin du projet", actor=odile, now=NOON)
    with pytest.raises(ProgrammeClosed), unit_of_work(db):
        service.change(db, programme_id, SETTINGS, actor=odile, now=NOON)
    restrictions = Restrictions("Enveloppe", ALL_CATEGORIES)
    with pytest.raises(ProgrammeClosed), unit_of_work(db):
        funds.open_fund(db, programme_id, funder_id, restrictions, actor=odile, now=NOON)
    with unit_of_work(db):
        service.reopen(db, programme_id, motive="Prolongé", actor=odile, now=NOON)
        funds.open_fund(db, programme_id, funder_id, restrictions, actor=odile, now=NOON)
    assert queries.funds(db).items[0].title == "Enveloppe"
    motives = [one.motive for one in history(db, [("programme", programme_id)])]
    assert motives == ["Prolongé", "Fin du projet", None]


def test_two_funders_never_share_a_name(db: Session, odile: actors.Actor) -> None:
    a_funder(db, "CAF 59")
    with pytest.raises(FunderNameTaken), unit_of_work(db):
        service.add_funder(
            db, name="CAF 59", long_name=None, contact_email=None, actor=odile, now=NOON
        )


def test_a_fund_pays_for_something_of_its_programme(db: Session, odile: actors.Actor) -> None:
    programme_id = a_programme(db, categories=Category.BABYSITTING.bit)
    funder_id = a_funder(db)
    useless = Restrictions("Bien-être", Category.WELL_BEING.bit)
    with pytest.raises(FundPaysForNothing), unit_of_work(db):
        funds.open_fund(db, programme_id, funder_id, useless, actor=odile, now=NOON)


def test_two_funds_of_a_programme_never_share_a_title(db: Session, odile: actors.Actor) -> None:
    programme_id, funder_id = a_programme(db), a_funder(db)
    restrictions = Restrictions("Enveloppe", ALL_CATEGORIES)
    with unit_of_work(db):
        funds.open_fund(db, programme_id, funder_id, restrictions, actor=odile, now=NOON)
    with pytest.raises(FundTitleTaken), unit_of_work(db):
        funds.open_fund(db, programme_id, funder_id, restrictions, actor=odile, now=NOON)


def test_money_that_arrived_is_available(db: Session, odile: actors.Actor, fund_id: int) -> None:
    with unit_of_work(db):
        contributions.receive(db, fund_id, GIFT, actor=odile, now=NOON)
    assert (numbers(db, fund_id).funded, numbers(db, fund_id).available) == (50_000, 50_000)
    [kept] = arrivals(db, fund_id).items
    assert (kept.amount, kept.received_on, kept.reference) == (50_000, TODAY, "VIR 12A")


@pytest.mark.parametrize("typed", ["VIR 12A", " vir   12a "])
def test_one_bank_line_is_never_entered_twice(
    db: Session, odile: actors.Actor, fund_id: int, typed: str
) -> None:
    with unit_of_work(db):
        contributions.receive(db, fund_id, GIFT, actor=odile, now=NOON)
    again = Received(Cents(99), TODAY, typed)
    with pytest.raises(ReferenceAlreadyEntered) as refusal, unit_of_work(db):
        contributions.receive(db, fund_id, again, actor=odile, now=NOON)
    assert refusal.value.amount_cents == 50_000
    assert numbers(db, fund_id).funded == 50_000


def test_money_is_not_entered_before_it_is_there(
    db: Session, odile: actors.Actor, fund_id: int
) -> None:
    tomorrow = replace(GIFT, received_on=TODAY + timedelta(days=1))
    with pytest.raises(NotYetReceived), unit_of_work(db):
        contributions.receive(db, fund_id, tomorrow, actor=odile, now=NOON)


def test_money_typed_with_another_century_is_refused(
    db: Session, odile: actors.Actor, fund_id: int
) -> None:
    long_ago = replace(GIFT, received_on=date(1999, 1, 1))
    with pytest.raises(DayTooEarly) as refusal, unit_of_work(db):
        contributions.receive(db, fund_id, long_ago, actor=odile, now=NOON)
    a_year_ahead = replace(GIFT, received_on=refusal.value.first_day)
    with unit_of_work(db):
        contributions.receive(db, fund_id, a_year_ahead, actor=odile, now=NOON)


@pytest.mark.parametrize(
    ("days", "refused"), [(1, DayToCome), (-1, DayTooEarly), (-2_000, DayTooEarly)]
)
def test_money_leaves_after_it_came_and_before_tomorrow(
    db: Session, odile: actors.Actor, fund_id: int, days: int, refused: type[Refused]
) -> None:
    with unit_of_work(db):
        arrival_id = contributions.receive(db, fund_id, GIFT, actor=odile, now=NOON)
    back = TakenBack(Reason.RECALLED, returned_on=TODAY + timedelta(days=days))

    with pytest.raises(refused), unit_of_work(db):
        contributions.take_back(db, arrival_id, back, actor=odile, now=NOON)

    assert numbers(db, fund_id).funded == 50_000


def test_a_closed_fund_takes_no_money_and_gives_back_what_is_left(
    db: Session, odile: actors.Actor, fund_id: int
) -> None:
    with unit_of_work(db):
        contributions.receive(db, fund_id, GIFT, actor=odile, now=NOON)
    issue_vouchers(db, a_parent(db, "Amina"), fund_id, vouchers=2)
    with pytest.raises(FundOpen), unit_of_work(db):
        funds.give_back_rest(db, fund_id, motive="Trop tôt", actor=odile, now=NOON)
    with unit_of_work(db):
        funds.close_fund(db, fund_id, motive="Fin", actor=odile, now=NOON)
        assert funds.give_back_rest(db, fund_id, motive="Fin", actor=odile, now=NOON) == 48_000
    with pytest.raises(FundClosed), unit_of_work(db):
        contributions.receive(db, fund_id, replace(GIFT, reference="B"), actor=odile, now=NOON)
    with pytest.raises(NothingLeft), unit_of_work(db):
        funds.give_back_rest(db, fund_id, motive="Encore", actor=odile, now=NOON)
    left = numbers(db, fund_id)
    assert (left.available, left.committed, left.returned) == (0, 2_000, 48_000)


def test_funds_are_found_by_words_programme_funder_and_state(
    db: Session, odile: actors.Actor
) -> None:
    caf, town = a_funder(db, "CAF 59"), a_funder(db, "Lens")
    first, second = a_programme(db), a_programme(db)
    for programme_id, funder_id, title in [
        (first, caf, "100 %"),
        (first, town, "Quartiers"),
        (second, caf, "Répit"),
    ]:
        a_fund(db, programme_id, cents=0, funder_id=funder_id, title=title)
    shown = {one.title: one for one in queries.funds(db).items}
    with unit_of_work(db):
        funds.close_fund(db, shown["Répit"].id, motive="Fin", actor=odile, now=NOON)

    def found(**wanted: object) -> set[str]:
        return {one.title for one in queries.funds(db, FundFilter(**wanted)).items}  # type: ignore[arg-type]

    assert found(text="100 %") == {"100 %"}
    assert found(text="caf") == {"100 %", "Répit"}
    assert found(programme=shown["100 %"].programme_public_id) == {"100 %", "Quartiers"}
    assert found(funder=shown["Quartiers"].funder_public_id) == {"Quartiers"}
    assert found(closed=True) == {"Répit"}
