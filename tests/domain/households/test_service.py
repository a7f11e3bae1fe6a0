"""Files opened and changed through the services, on a real database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.audit.queries import history
from repit.domain.errors import NoSuchObject
from repit.domain.households import children, moves, queries, service
from repit.domain.households.errors import (
    AlreadyInThatHousehold,
    ChildHasTwoHomes,
    EmailTaken,
    LooksLikeAnother,
    NumberTaken,
)
from repit.domain.households.models import Household, Parent
from repit.domain.households.moves import Children
from repit.domain.households.rules import Details, NewChild, NewParent
from repit.domain.people.models import BrowserStay, Person, SignIn
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY

LATER = NOON + timedelta(hours=1)
LEA = NewChild("Léa", TODAY.replace(year=2019))


AMINA = Details(
    first_name="Amina",
    last_name="Benali",
    town="Lens",
    postcode="62300",
    requested_on=TODAY,
    email="amina@exemple.test",
)


def details(**changes: Any) -> Details:
    return replace(AMINA, **changes)


def opened(db: Session, *kids: NewChild, **changes: Any) -> service.Opened:
    with unit_of_work(db):
        return service.open_file(db, OPERATOR, NewParent(details(**changes), kids), NOON)


def test_a_file_is_numbered_by_itself_and_never_like_another(db: Session) -> None:
    first = opened(db)
    following = f"P-{first.parent_id + 2:06d}"
    opened(db, first_name="Inès", email=None, number=following)

    third = opened(db, first_name="Karim", email=None)

    assert first.number == f"P-{first.parent_id:06d}"
    assert third.number == f"{following}-BIS"


def test_a_lookalike_is_refused_unless_it_was_looked_at(db: Session) -> None:
    known = opened(db)
    twin = NewParent(details(first_name="AMINA", last_name="bénali", town="LENS", email=None))

    with pytest.raises(LooksLikeAnother) as refused, unit_of_work(db):
        service.open_file(db, OPERATOR, twin, NOON)
    assert refused.value.numbers == (known.number,)

    with unit_of_work(db):
        service.open_file(db, OPERATOR, twin, NOON, despite_lookalikes=True)
    assert db.scalar(select(func.count()).select_from(Parent)) == 2


@pytest.mark.parametrize("typed", ["0612345678", "+33612345678"])
def test_the_same_telephone_looks_like_the_same_person(db: Session, typed: str) -> None:
    known = opened(db, phone="0612345678")
    partner = details(first_name="Karim", last_name="Roux", email=None, phone=typed)

    with pytest.raises(LooksLikeAnother) as refused, unit_of_work(db):
        service.open_file(db, OPERATOR, NewParent(partner), NOON)
    assert refused.value.numbers == (known.number,)


def test_who_lives_together_may_share_a_telephone(db: Session) -> None:
    known = opened(db, phone="0612345678")
    home = db.get_one(Parent, known.parent_id).household_id
    partner = details(first_name="Karim", last_name="Roux", email=None, phone="0612345678")

    with unit_of_work(db):
        service.open_file(db, OPERATOR, NewParent(partner, household_id=home), NOON)

    assert db.scalar(select(func.count()).select_from(Parent)) == 2


def test_two_parents_never_share_a_number_or_an_address(db: Session) -> None:
    known = opened(db)

    same_number = NewParent(details(first_name="X", email=None, number=known.number))
    same_address = NewParent(details(first_name="X"))

    with pytest.raises(NumberTaken), unit_of_work(db):
        service.open_files(db, OPERATOR, [same_number], NOON)
    with pytest.raises(EmailTaken) as refused, unit_of_work(db):
        service.open_files(db, OPERATOR, [same_address], NOON)

    assert refused.value.number == known.number
    assert db.scalar(select(func.count()).select_from(Household)) == 1


def test_a_person_who_is_already_here_as_something_else_gets_one_account(db: Session) -> None:
    sitter = cast.a_person(db, "Amina Benali", email="amina@exemple.test")

    file = queries.parent_file(db, opened(db).public_id)

    assert file.person_id == sitter


def test_a_correction_keeps_before_and_after_and_is_found_by_its_new_words(db: Session) -> None:
    known = opened(db)
    wanted = details(last_name="d’Aguiar", town="Liévin", number=known.number, phone="0612345678")

    with unit_of_work(db):
        changed = service.update(db, OPERATOR, known.public_id, wanted, LATER)
    with unit_of_work(db):
        again = service.update(db, OPERATOR, known.public_id, wanted, LATER)

    assert (sorted(changed), again) == (["last_name", "phone", "town"], [])
    [latest, *_earlier] = history(db, [("parent", known.parent_id)])
    assert latest.facts["town"] == ["Lens", "Liévin"]
    assert [one.number for one in queries.look_up(db, "AGUIAR lievin")] == [known.number]
    assert queries.look_up(db, "benali") == []


def test_a_new_address_ends_what_the_old_one_opened(db: Session) -> None:
    known = opened(db)
    person_id = queries.parent_file(db, known.public_id).person_id
    assert person_id is not None
    with unit_of_work(db):
        db.add(
            BrowserStay(
                key_hash=bytes(32), person_id=person_id, role="parent", parent_id=known.parent_id,
                started_at=NOON, expires_at=NOON + timedelta(days=1),
            )
        )  # fmt: skip
        db.add(
            SignIn(
                person_id=person_id, token_hash=bytes(32), code_hash=bytes(32), created_at=NOON,
                expires_at=NOON + timedelta(days=1),
            )
        )  # fmt: skip

    with unit_of_work(db):
        service.update(db, OPERATOR, known.public_id, details(email="neuf@exemple.test"), LATER)

    db.expire_all()
    assert db.scalars(select(BrowserStay.ended_at)).one() == LATER
    assert db.scalars(select(SignIn.used_at)).one() == LATER
    assert db.get_one(Person, person_id).email == "neuf@exemple.test"


def test_an_address_of_somebody_with_another_role_links_their_account(db: Session) -> None:
    known = opened(db)
    sitter = cast.a_person(db, "La gardienne", email="garde@exemple.test")

    with unit_of_work(db):
        wanted = details(email="garde@exemple.test")
        service.update(db, OPERATOR, known.public_id, wanted, LATER)

    assert queries.parent_file(db, known.public_id).person_id == sitter
    assert db.get_one(Person, sitter).name == "La gardienne"


def test_a_move_never_gives_a_child_a_third_home(db: Session) -> None:
    amina = opened(db, LEA)
    bruno, chloe = (db.get_one(Parent, cast.a_parent(db, name)) for name in ("Bruno", "Chloé"))
    second, third = bruno.household_id, chloe.household_id
    [lea] = queries.home(db, db.get_one(Parent, amina.parent_id).household_id, but=0).children
    with unit_of_work(db):
        ours = amina.public_id, lea.public_id
        children.live_also_with(db, OPERATOR, ours, second, NOON)

    with pytest.raises(ChildHasTwoHomes), unit_of_work(db):
        moves.move(db, OPERATOR, amina.public_id, third, Children.BOTH, NOON)
    with unit_of_work(db):
        moves.move(db, OPERATOR, amina.public_id, third, Children.FOLLOW, NOON)
    with pytest.raises(AlreadyInThatHousehold), unit_of_work(db):
        moves.move(db, OPERATOR, amina.public_id, third, Children.STAY, NOON)

    [lea] = queries.home(db, third, but=amina.parent_id).children
    assert lea.homes == 2
    assert [one.first_name for one in lea.also_with] == ["Bruno"]


def test_nobody_is_not_found(db: Session) -> None:
    actor = actors.COMMAND
    with pytest.raises(NoSuchObject):
        queries.parent_file(db, "nobody")
    for change in (
        lambda: service.update(db, actor, "nobody", details(), NOON),
        lambda: service.suspend(db, actor, "nobody", "motif", NOON),
        lambda: children.add(db, actor, "nobody", LEA, NOON),
        lambda: moves.move(db, actor, "nobody", None, Children.STAY, NOON),
    ):
        with pytest.raises(NoSuchObject), unit_of_work(db):
            change()
