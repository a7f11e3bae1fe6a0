"""What releases are made of: exact, with who stands behind each figure, and never changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.categories import Category
from repit.domain.entitlements.models import Entitlement
from repit.domain.figures import task, truth
from repit.domain.figures.errors import NotClosedYet
from repit.domain.figures.truth import ALL, Cell, OfFund, OfProgramme
from repit.domain.households.models import Child, ChildHome, Household, Parent
from repit.domain.programmes.models import Fund
from tests import cast
from tests.cast import NOON
from tests.domain.figures.stage import Stage, a_stage, noon

MARCH, APRIL, MAY, JULY = (date(2026, month, 20) for month in (3, 4, 5, 7))
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
"""The second quarter."""


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    here = a_stage(db, engine)
    sureau = cast.a_provider(db, "Le Sureau")
    amina = here.parent("Amina", town="Lens", isolated=True, declared="woman")
    chloe = here.parent("Chloé", town="Arras", priority_area="QN06201M")
    here.parent("Bruno", town="Lens")
    here.use(amina[:3], APRIL, minutes=100)
    here.use(chloe[:1], MAY, by=sureau, category=Category.HOME_HELP)
    here.use(chloe[1:2], MAY, by=sureau, category=Category.HOME_HELP)
    for name in ("Amina", "Chloé", "Bruno"):
        _entitle(here, name)
    _give_child(here, "Amina", date(2023, 7, 1))
    _give_child(here, "Amina", date(2016, 6, 30))
    return here


def _parent(stage: Stage, name: str) -> Parent:
    return stage.db.scalars(select(Parent).where(Parent.first_name == name)).one()


def _entitle(stage: Stage, name: str) -> None:
    parent_id = _parent(stage, name).id
    with unit_of_work(stage.db):
        stage.db.add(
            Entitlement(
                parent_id=parent_id, programme_id=stage.programme_id, state="granted",
                requested_on=MARCH, first_day=MARCH,
            )
        )  # fmt: skip


def _give_child(stage: Stage, name: str, born_on: date) -> None:
    household_id = _parent(stage, name).household_id
    with unit_of_work(stage.db):
        child = Child(
            public_id=f"child{born_on:%Y%m%d}", first_name="Lina", born_on=born_on, created_at=NOON
        )
        stage.db.add(child)
        stage.db.flush()
        stage.db.add(ChildHome(child_id=child.id, household_id=household_id))


def close(stage: Stage, until: date) -> None:
    task.keep(stage.db, stage.programme_id, now=noon(until + timedelta(days=1)))


def of_fund(stage: Stage, first: date = FIRST, last: date = LAST) -> OfFund:
    return truth.of_fund(stage.db, stage.fund_id, first, last)


def of_programme(stage: Stage, first: date = FIRST, last: date = LAST) -> OfProgramme:
    return truth.of_programme(stage.db, stage.programme_id, first, last)


def test_a_period_that_is_not_closed_has_no_truth_yet(stage: Stage) -> None:
    close(stage, LAST - timedelta(days=1))
    with pytest.raises(NotClosedYet):
        of_fund(stage)
    with pytest.raises(NotClosedYet):
        of_programme(stage)


def test_a_fund_s_tables_say_who_stands_behind_each_cell(stage: Stage) -> None:
    close(stage, LAST)
    found = of_fund(stage)
    assert found.tables["households_reached"] == {
        (ALL, ALL): Cell(2, 2),
        ("yes", ALL): Cell(1, 1),
        ("no", ALL): Cell(1, 1),
        (ALL, "yes"): Cell(1, 1),
        (ALL, "no"): Cell(1, 1),
        ("yes", "no"): Cell(1, 1),
        ("no", "yes"): Cell(1, 1),
    }
    assert found.tables["households_by_town"][("Arras",)] == Cell(1, 1)
    assert found.tables["parents_reached"] == {
        (ALL,): Cell(2, 2),
        ("woman",): Cell(1, 1),
        ("unsaid",): Cell(1, 1),
    }
    assert found.tables["children_reached"][("0-2",)] == Cell(1, 1)
    assert found.tables["children_reached"][("6-11",)] == Cell(1, 1)
    assert found.tables["children_reached"][(ALL,)] == Cell(2, 1)


def test_vouchers_by_category_and_month_say_who_took_the_money(stage: Stage) -> None:
    close(stage, LAST)
    cells = of_fund(stage).tables["vouchers_used"]
    assert cells["babysitting", "2026-04"] == Cell(3, 1, 1, 1.0, 0.0)
    assert cells["home_help", ALL] == Cell(2, 1, 1, 1.0, 0.0)
    assert cells[ALL, ALL] == Cell(5, 2, 2, 0.6, 0.4)
    assert of_fund(stage).tables["respite_minutes"][(ALL,)] == Cell(160, 2, 2, 0.6, 0.4)


def test_take_up_says_who_had_a_right_and_what_came_of_it(stage: Stage) -> None:
    close(stage, LAST)
    cells = of_programme(stage).tables["take_up"]
    assert cells[ALL, ALL] == Cell(3, 3)
    assert cells["used", "yes"] == Cell(1, 1)
    assert cells["used", ALL] == Cell(2, 2)
    assert cells["received", ALL] == Cell(1, 1)  # Bruno has vouchers
    assert cells["not_reached", ALL] == Cell(0, 0)


def test_statistics_are_medians_with_those_behind_them(stage: Stage) -> None:
    close(stage, LAST)
    found = of_fund(stage).statistics
    days = found["days_issue_to_use"]
    assert (days.value, days.behind) == ((APRIL - NOON.date()).days, 2)
    assert found["providers_used"].value == 2
    assert found["days_to_payment"].value is None


def test_money_is_exact_and_stops_at_the_period_s_end(stage: Stage) -> None:
    stage.use(stage.parent("Dina", vouchers=1), JULY)
    close(stage, JULY)
    money = of_fund(stage).money
    assert money["used"] == 5_000
    assert money["due"] == 5_000
    assert money["contributed"] == 0  # it came in March
    assert money["available"] == 10_000_000 - 37 * 1_000


def everything_said(stage: Stage) -> tuple[OfFund, OfProgramme]:
    return of_fund(stage), of_programme(stage)


def _change_everything(stage: Stage) -> None:
    """All that may come too late: moves, corrections, a separation, a merger, a reversal."""
    with unit_of_work(stage.db):
        amina, chloe = _parent(stage, "Amina"), _parent(stage, "Chloé")
        amina.town, amina.declared, amina.priority_area = "Béthune", "man", "QN06202M"
        chloe.household_id = amina.household_id
        stage.db.execute(update(Child).values(born_on=date(2010, 1, 1)))
        stage.db.execute(update(Entitlement).values(state="refused"))
        stage.db.execute(update(Fund).values(title="Autre nom"))


def test_what_is_over_never_changes(stage: Stage) -> None:
    late = stage.parent("Dina", vouchers=2)
    undone = stage.use(late[:1], MAY)
    close(stage, LAST)
    before = everything_said(stage)

    stage.use(late[1:], JULY, service_on=MAY)  # a phone had no network for two months
    stage.undo(undone, JULY)
    _change_everything(stage)
    close(stage, date(2026, 9, 30))

    assert everything_said(stage) == before
    third = of_fund(stage, date(2026, 7, 1), date(2026, 9, 30))
    assert third.tables["vouchers_used"][ALL, ALL].value == 0  # one used, one taken back
    assert third.tables["households_reached"][ALL, ALL] == Cell(1, 1)
    year = of_fund(stage).money["used"] + third.money["used"]
    assert year == 6_000


def test_a_rebuild_says_the_same_as_the_first_time(stage: Stage) -> None:
    close(stage, LAST)
    before = everything_said(stage)
    _change_everything(stage)
    task.rebuild(stage.db, stage.programme_id, now=noon(LAST + timedelta(days=1)))
    assert everything_said(stage) == before


def test_a_parent_who_separates_is_counted_in_the_new_household_from_then_on(stage: Stage) -> None:
    codes = stage.parent("Dina", household_id=_parent(stage, "Amina").household_id)
    stage.use(codes[:1], APRIL)
    close(stage, LAST)
    assert of_fund(stage).tables["households_reached"][ALL, ALL] == Cell(2, 2)
    with unit_of_work(stage.db):
        home = Household(public_id="dina-home", created_at=NOON)
        stage.db.add(home)
        stage.db.flush()
        _parent(stage, "Dina").household_id = home.id
    stage.use(codes[1:2], JULY)
    close(stage, date(2026, 12, 31))

    assert of_fund(stage).tables["households_reached"][ALL, ALL] == Cell(2, 2)
    semester = of_fund(stage, date(2026, 7, 1), date(2026, 12, 31))
    assert semester.tables["households_reached"][ALL, ALL] == Cell(1, 1)
