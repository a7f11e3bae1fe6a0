"""Children, second homes, moves and situations, as the operator notes them."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from tests.cast import Town
from tests.web.operators.desk import Desk, words
from tests.web.operators.paper import printed

LIST = "/porteur/parents/"
LEA = {"first_name": "Léa", "born_on": "02/04/2019"}
TYPED = {"kind": "alone", "first_day": "01/09/2025"}


def address(db: Session, parent_id: int) -> str:
    return LIST + db.get_one(Parent, parent_id).public_id


@pytest.fixture
def amina(db: Session, town: Town) -> str:
    return address(db, town.amina)


@pytest.fixture
def lea(desk: Desk, db: Session, amina: str) -> str:
    """The address of Amina's daughter, whom Bruno is the father of."""
    desk.send(amina + "/enfants/nouveau", **LEA)
    return f"{amina}/enfants/{db.scalars(select(Child.public_id)).one()}"


def homes(db: Session) -> set[int]:
    db.expire_all()
    return set(db.scalars(select(ChildHome.household_id)))


def household(db: Session, parent_id: int) -> int:
    db.expire_all()
    return db.get_one(Parent, parent_id).household_id


def test_a_child_is_added_and_corrected(desk: Desk, amina: str, lea: str) -> None:
    page = desk.send(lea, first_name="Léa-Rose", born_on="03/04/2019", more_support="y")

    said = words(page)
    assert "L’enfant est à jour" in said
    assert re.search(r"Léa-Rose ?, \d+ ans né·e le 03/04/2019 plus de soutien", said)
    assert "Léa, devenu Léa-Rose" in words(desk.open(amina))


def test_a_child_of_tomorrow_is_refused_beside_the_date(desk: Desk, amina: str) -> None:
    page = desk.send(amina + "/enfants/nouveau", **LEA | {"born_on": "01/01/2200"})

    assert page.status_code == 422
    assert "La date de naissance est dans le futur" in words(page)
    assert 'value="Léa"' in page.text


def test_a_grown_up_is_nobody_s_child(desk: Desk, amina: str) -> None:
    page = desk.send(amina + "/enfants/nouveau", **LEA | {"born_on": "01/01/1900"})

    assert page.status_code == 422
    assert "ce n’est plus un enfant" in words(page)


def test_a_child_who_grew_up_on_our_list_is_still_corrected(
    desk: Desk, db: Session, lea: str
) -> None:
    with unit_of_work(db):
        db.scalars(select(Child)).one().born_on = date(2000, 1, 1)

    page = desk.send(lea, first_name="Léa-Rose", born_on="01/01/2000")

    assert "L’enfant est à jour" in words(page)


def test_a_situation_begins_in_living_memory(desk: Desk, amina: str) -> None:
    page = desk.send(amina + "/situations/nouvelle", kind="alone", first_day="01/01/1912")

    assert page.status_code == 422
    assert "Aucune situation ne peut avoir commencé avant le 1er janvier 1930" in words(page)


def test_a_child_may_live_in_two_homes_and_no_more(
    desk: Desk, db: Session, town: Town, lea: str
) -> None:
    bruno, chloe = (db.get_one(Parent, who).number for who in (town.bruno, town.chloe))

    page = desk.send(lea + "/aussi-chez", household=bruno)
    assert "Aussi chez Bruno Dupont" in words(page)
    assert homes(db) == {household(db, town.amina), household(db, town.bruno)}
    assert "Aussi chez Amina Dupont" in words(desk.open(address(db, town.bruno)))

    again = desk.send(lea + "/aussi-chez", household=bruno)
    assert "Cet enfant vit déjà dans ce foyer" in words(again)
    third = desk.send(lea + "/aussi-chez", household=chloe)
    assert "Un enfant vit dans deux foyers au plus" in words(third)


def test_what_links_two_homes_is_not_printed(desk: Desk, db: Session, town: Town, lea: str) -> None:
    desk.send(lea + "/aussi-chez", household=db.get_one(Parent, town.bruno).number)

    page = desk.open(address(db, town.amina)).text
    assert "Bruno" in page
    on_paper = printed(page)
    assert "Léa" in on_paper
    for secret in ("Bruno", "Aussi chez", "l’autre est inscrit", "second foyer"):
        assert secret not in on_paper


def test_a_second_home_is_asked_for_by_name_or_number(desk: Desk, lea: str) -> None:
    assert "Écrivez le numéro ou le nom" in words(desk.send(lea + "/aussi-chez", household=""))
    assert "Aucune fiche" in words(desk.send(lea + "/aussi-chez", household="Zorro"))


def test_a_child_removed_by_mistake_leaves_the_other_home_alone(
    desk: Desk, db: Session, town: Town, lea: str
) -> None:
    desk.send(lea + "/aussi-chez", household=db.get_one(Parent, town.bruno).number)

    page = desk.send(lea + "/retirer")

    assert "Léa ne vit plus dans ce foyer" in words(page)
    assert homes(db) == {household(db, town.bruno)}
    assert "Léa" in words(desk.open(address(db, town.bruno)))
    assert "Léa" not in words(desk.open(address(db, town.amina))).split("Historique")[0]


@pytest.mark.parametrize(
    ("children", "expected"),
    [("both", {"left", "joined"}), ("follow", {"joined"}), ("stay", {"left"})],
)
def test_a_parent_moves_and_the_children_do_as_told(
    desk: Desk, db: Session, town: Town, children: str, expected: set[str]
) -> None:
    desk.send(address(db, town.amina) + "/enfants/nouveau", **LEA)
    places = {"left": household(db, town.amina), "joined": household(db, town.bruno)}
    bruno = db.get_one(Parent, town.bruno).number

    page = desk.send(address(db, town.amina) + "/foyer", household=bruno, children=children)

    assert "Le changement de foyer est noté" in words(page)
    assert household(db, town.amina) == places["joined"]
    assert homes(db) == {places[name] for name in expected}


def test_a_parent_may_leave_for_a_home_of_their_own(
    desk: Desk, db: Session, town: Town, amina: str
) -> None:
    before = household(db, town.amina)
    own = desk.send(amina + "/foyer", household="", children="stay")

    assert "Le changement de foyer est noté" in words(own)
    assert household(db, town.amina) != before


def test_a_situation_is_noted_with_who_saw_the_proof(desk: Desk, amina: str) -> None:
    proof = {"evidence_seen": "y", "evidence": "attestation CAF"}

    said = words(desk.send(amina + "/situations/nouvelle", **TYPED | proof))

    assert "depuis le 01/09/2025" in said
    assert re.search(r"Preuve vue le \d\d/\d\d/\d{4} par Odile Porteur : attestation CAF", said)


def test_a_new_situation_may_end_the_one_that_runs(desk: Desk, db: Session, amina: str) -> None:
    desk.send(amina + "/situations/nouvelle", **TYPED | {"kind": "couple"})

    refused = desk.send(amina + "/situations/nouvelle", **TYPED | {"first_day": "01/02/2026"})
    assert refused.status_code == 422
    assert "Une situation contraire est notée" in words(refused)
    later = TYPED | {"first_day": "01/02/2026", "ends_current": "y"}
    desk.send(amina + "/situations/nouvelle", **later)

    rows = db.execute(select(Situation.kind, Situation.last_day).order_by(Situation.id))
    assert list(map(tuple, rows)) == [("couple", date(2026, 1, 31)), ("alone", None)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"first_day": ""}, "Depuis le : Remplissez ce champ"),
        ({"last_day": "01/01/2020"}, "Le dernier jour est avant le premier"),
        ({"kind": "unknown"}, "Choisissez une réponse de la liste"),
    ],
)
def test_a_situation_that_cannot_be_is_refused_with_words(
    desk: Desk, db: Session, amina: str, typed: dict[str, str], told: str
) -> None:
    page = desk.send(amina + "/situations/nouvelle", **TYPED | typed)

    assert page.status_code == 422
    assert told in words(page)
    assert not db.scalars(select(Situation)).all()


def test_a_situation_is_given_its_last_day(desk: Desk, db: Session, amina: str) -> None:
    desk.send(amina + "/situations/nouvelle", **TYPED)
    path = f"{amina}/situations/{db.scalars(select(Situation.id)).one()}"
    assert 'value="2025-09-01"' in desk.open(path).text

    said = words(desk.send(path, **TYPED | {"last_day": "31/12/2025"}))

    assert "du 01/09/2025 au 31/12/2025" in said
    assert "en cours" not in said.split("Situations")[1].split("Suspendre")[0]


def test_a_child_or_situation_of_somebody_else_is_not_found(
    desk: Desk, db: Session, town: Town, lea: str
) -> None:
    child = lea.rsplit("/", 1)[1]
    desk.send(address(db, town.amina) + "/situations/nouvelle", **TYPED)
    situation = db.scalars(select(Situation.id)).one()
    chloe = address(db, town.chloe)

    for path in (f"/enfants/{child}", f"/enfants/{child}/aussi-chez", f"/situations/{situation}"):
        assert desk.open(chloe + path).status_code == 404
    assert desk.send(f"{chloe}/enfants/{child}/retirer").status_code == 404


def test_a_stranger_and_a_foreign_form_change_nothing(
    desk: Desk, chloe: FlaskClient, db: Session, amina: str, lea: str
) -> None:
    assert chloe.get(lea).status_code == 404
    assert chloe.post(lea + "/retirer").status_code == 404
    assert desk.send_without_token(lea + "/retirer").status_code == 422
    assert desk.send_without_token(amina + "/situations/nouvelle", **TYPED).status_code == 422

    assert len(homes(db)) == 1
    assert not db.scalars(select(Situation)).all()
