"""What a home writes about its children, and what the other home never sees of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.models import Event
from repit.domain.care import decisions, sheets
from repit.domain.care.sheet_errors import (
    ChildAlreadyThere,
    ChildTooOld,
    DecisionAlreadyNoted,
    DecisionNotThere,
    DecisionStands,
    NamesNobody,
    NotForbidden,
    PersonAlreadyThere,
    PersonIsBoth,
    SeenLater,
    TooManyPeople,
    WalksBeforeBirth,
    WalksLater,
)
from repit.domain.care.sheet_queries import SheetView, for_care, our_child, our_children
from repit.domain.care.sheets import NewPerson, Sheet
from repit.domain.errors import DomainError, NoSuchObject
from repit.domain.households.errors import ChildBornLater
from repit.domain.households.models import ChildHome, Parent
from repit.domain.households.rules import NewChild
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY, Town

LEA = NewChild("Léa", date(2024, 2, 1))


@pytest.fixture
def town(db: Session) -> Town:
    return cast.a_town(db)


def a_child(db: Session, parent_id: int, new: NewChild = LEA) -> str:
    with unit_of_work(db):
        return sheets.add_child(db, parent_id, new, actor=OPERATOR, now=NOON)


def shared(db: Session, one: int, other: int) -> str:
    """Return a child of one parent that also lives with the other."""
    child = a_child(db, one)
    with unit_of_work(db):
        home = db.get_one(Parent, other).household_id
        db.add(ChildHome(child_id=our_child(db, one, child).id, household_id=home))
    return child


def write(db: Session, parent_id: int, child: str, sheet: Sheet, later: int = 0) -> None:
    with unit_of_work(db):
        now = NOON + timedelta(days=later)
        sheets.write(db, parent_id, child, sheet, actor=OPERATOR, now=now)


def name(db: Session, parent_id: int, child: str, person: str, standing: str = "may") -> str:
    with unit_of_work(db):
        new = NewPerson(person, standing)
        return sheets.add_person(db, parent_id, child, new, actor=OPERATOR, now=NOON)


def see_decision(db: Session, parent_id: int, person: str, seen_on: date = TODAY) -> None:
    with unit_of_work(db):
        parent = db.get_one(Parent, parent_id).public_id
        decisions.note_decision(db, parent, person, seen_on, actor=OPERATOR, now=NOON)


def lift_decision(db: Session, parent_id: int, person: str) -> None:
    with unit_of_work(db):
        parent = db.get_one(Parent, parent_id).public_id
        decisions.lift_decision(db, parent, person, motive="levée", actor=OPERATOR, now=NOON)


def test_a_sheet_is_written_once_and_confirmed_again_after_a_year(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    first = Sheet(date(2025, 3, 1), "Son doudou lapin", frozenset({"first_aid"}))
    write(db, town.amina, child, first)

    found = our_child(db, town.amina, child).sheet
    assert (found.walking_since, found.helps) == (first.walking_since, first.helps)
    assert found.consents == (("first_aid", TODAY),)
    assert found.is_current(TODAY + timedelta(days=364))
    assert not found.is_current(date(2027, 3, 14))

    with unit_of_work(db):
        now = NOON + timedelta(days=365)
        sheets.confirm(db, town.amina, child, actor=OPERATOR, now=now)
    assert our_child(db, town.amina, child).sheet.is_current(date(2027, 3, 14))


def test_a_consent_keeps_its_day_and_a_withdrawn_one_is_gone(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    write(db, town.amina, child, Sheet(consents=frozenset({"first_aid"})))
    write(db, town.amina, child, Sheet(consents=frozenset({"first_aid", "photos"})), later=10)
    found = our_child(db, town.amina, child).sheet
    assert found.consented_on("first_aid") == TODAY
    assert found.consented_on("photos") == TODAY + timedelta(days=10)

    write(db, town.amina, child, Sheet(consents=frozenset({"photos"})), later=20)
    assert our_child(db, town.amina, child).sheet.consented_on("first_aid") is None


def test_the_history_says_what_changed_and_never_what_was_written(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    write(db, town.amina, child, Sheet(helps="Il a peur du noir"))
    written = db.scalars(select(Event).where(Event.kind == "sheet_written")).one()
    assert written.facts["answers"] == ["helps"]
    assert "noir" not in str(written.facts)


def test_the_other_home_reads_nothing_and_changes_nothing(db: Session, town: Town) -> None:
    child = shared(db, town.amina, town.bruno)
    before = our_children(db, town.bruno)
    write(db, town.amina, child, Sheet(date(2025, 3, 1), "Son doudou", frozenset({"photos"})))
    person = name(db, town.amina, child, "Fatou Dupont")
    name(db, town.amina, child, "Bruno Martin", "never")

    assert our_children(db, town.bruno) == before
    with pytest.raises(NoSuchObject), unit_of_work(db):
        decisions.remove_person(db, town.bruno, child, person, actor=OPERATOR, now=NOON)
    write(db, town.bruno, child, Sheet(helps="Chanter"))
    assert our_child(db, town.amina, child).sheet.helps == "Son doudou"


@pytest.mark.parametrize("who", ["bruno", "chloe"])
def test_a_child_of_another_home_does_not_exist(db: Session, town: Town, who: str) -> None:
    child, stranger = a_child(db, town.amina), getattr(town, who)
    with pytest.raises(NoSuchObject):
        our_child(db, stranger, child)
    with pytest.raises(NoSuchObject):
        write(db, stranger, child, Sheet())
    with pytest.raises(NoSuchObject):
        name(db, stranger, child, "Quelqu’un")


def test_one_person_is_in_one_list_however_the_name_is_written(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    name(db, town.amina, child, "Zoé D’Aguiar")
    with pytest.raises(PersonAlreadyThere):
        name(db, town.amina, child, "zoe d'aguiar")
    with pytest.raises(PersonIsBoth):
        name(db, town.amina, child, "ZOÉ  D AGUIAR", "never")


def test_the_same_name_may_stand_differently_in_the_other_home(db: Session, town: Town) -> None:
    child = shared(db, town.amina, town.bruno)
    name(db, town.amina, child, "Fatou Dupont", "never")
    name(db, town.bruno, child, "Fatou Dupont", "may")
    assert len(our_child(db, town.bruno, child).sheet.may) == 1


def test_a_name_taken_away_is_gone_and_may_come_back(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    person = name(db, town.amina, child, "Fatou Dupont")
    for _ in range(2):
        with unit_of_work(db):
            decisions.remove_person(db, town.amina, child, person, actor=OPERATOR, now=NOON)
    assert our_child(db, town.amina, child).sheet.people == ()
    name(db, town.amina, child, "Fatou Dupont", "never")


def test_a_decision_binds_the_hand_overs_of_both_homes(db: Session, town: Town) -> None:
    child = shared(db, town.amina, town.bruno)
    forbidden = name(db, town.amina, child, "Karim Petit", "never")
    name(db, town.bruno, child, "karim petit", "may")
    of_bruno = our_child(db, town.bruno, child)
    key = of_bruno.id, of_bruno.household_id
    assert [one.standing for one in for_care(db, [key])[key].people] == ["may"]

    see_decision(db, town.amina, forbidden)

    told = for_care(db, [key])[key]
    assert [one.name for one in told.never] == ["Karim Petit"]
    assert told.may == ()
    assert our_child(db, town.bruno, child) == of_bruno  # and his own page says what it said


def test_what_a_court_decided_is_not_taken_away_by_a_parent(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    person = name(db, town.amina, child, "Karim Petit", "never")
    see_decision(db, town.amina, person)
    with pytest.raises(DecisionStands), unit_of_work(db):
        decisions.remove_person(db, town.amina, child, person, actor=OPERATOR, now=NOON)

    lift_decision(db, town.amina, person)
    with unit_of_work(db):
        decisions.remove_person(db, town.amina, child, person, actor=OPERATOR, now=NOON)
    kinds = db.scalars(select(Event.kind).where(Event.kind.like("decision%")).order_by(Event.id))
    assert list(kinds) == ["decision_seen", "decision_lifted"]


def test_decisions_are_about_forbidden_people_once_and_not_from_tomorrow(
    db: Session, town: Town
) -> None:
    child = a_child(db, town.amina)
    allowed = name(db, town.amina, child, "Fatou Dupont")
    forbidden = name(db, town.amina, child, "Karim Petit", "never")
    with pytest.raises(NotForbidden):
        see_decision(db, town.amina, allowed)
    with pytest.raises(SeenLater):
        see_decision(db, town.amina, forbidden, TODAY + timedelta(days=1))
    with pytest.raises(NoSuchObject):
        see_decision(db, town.chloe, forbidden)
    with pytest.raises(DecisionNotThere):
        lift_decision(db, town.amina, forbidden)
    see_decision(db, town.amina, forbidden)
    with pytest.raises(DecisionAlreadyNoted):
        see_decision(db, town.amina, forbidden)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (NewChild("Léa", TODAY + timedelta(days=1)), ChildBornLater),
        (NewChild("Léa", date(1986, 1, 1)), ChildTooOld),
        (NewChild("LEA", LEA.born_on), ChildAlreadyThere),
    ],
)
def test_a_child_is_added_once_and_is_a_child(
    db: Session, town: Town, new: NewChild, refusal: type[DomainError]
) -> None:
    a_child(db, town.amina)
    with pytest.raises(refusal):
        a_child(db, town.amina, new)
    assert len(our_children(db, town.amina)) == 1


def test_twins_are_two_children(db: Session, town: Town) -> None:
    a_child(db, town.amina)
    a_child(db, town.amina, NewChild("Lou", LEA.born_on))
    assert [one.first_name for one in our_children(db, town.amina)] == ["Léa", "Lou"]


@pytest.mark.parametrize(
    ("since", "refusal"),
    [(date(2024, 1, 31), WalksBeforeBirth), (TODAY + timedelta(days=1), WalksLater)],
)
def test_nobody_walks_before_birth_nor_from_tomorrow(
    db: Session, town: Town, since: date, refusal: type[DomainError]
) -> None:
    child = a_child(db, town.amina)
    with pytest.raises(refusal):
        write(db, town.amina, child, Sheet(walking_since=since))
    assert our_child(db, town.amina, child).sheet == SheetView()


def test_a_list_has_names_and_an_end(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    with pytest.raises(NamesNobody):
        name(db, town.amina, child, "…")
    for number in range(sheets.MOST_PEOPLE):
        name(db, town.amina, child, f"Personne {number}")
    with pytest.raises(TooManyPeople):
        name(db, town.amina, child, "Une de plus")


def test_nothing_unwritten_can_be_confirmed(db: Session, town: Town) -> None:
    child = a_child(db, town.amina)
    with pytest.raises(NoSuchObject), unit_of_work(db):
        sheets.confirm(db, town.amina, child, actor=OPERATOR, now=NOON)


def test_what_a_home_wrote_is_forgotten_when_the_child_leaves_it(db: Session, town: Town) -> None:
    child = shared(db, town.amina, town.bruno)
    write(db, town.amina, child, Sheet(helps="Son doudou"))
    write(db, town.bruno, child, Sheet(helps="Chanter"))
    name(db, town.amina, child, "Fatou Dupont")
    ours = our_child(db, town.amina, child)
    with unit_of_work(db):
        sheets.forget(db, ours.id, ours.household_id, now=NOON)
    assert our_child(db, town.amina, child).sheet == SheetView()
    assert our_child(db, town.bruno, child).sheet.helps == "Chanter"
