import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.entitlements.models import Entitlement
from repit.domain.households import situations
from repit.domain.households.models import Parent
from repit.domain.households.rules import NewSituation, SituationKind
from repit.domain.people.models import Person
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import NOON, TODAY, Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/parents/"
INES = {
    "first_name": "Inès",
    "last_name": "d’Aguiar",
    "postcode": "62 300",
    "town": "Lens",
    "locale": "ar",
    "requested_on": "15/01/2026",
    "email": "Ines@Exemple.test",
    "phone": "06 12 34 56 78",
    "child1_name": "Léa",
    "child1_born": "02/04/2019",
    "child1_support": "y",
    "situation": "alone",
    "situation_since": "2025-09-01",
    "evidence_seen": "y",
    "evidence": "attestation CAF du 3 mars",
}


def public_id(db: Session, first_name: str) -> str:
    return db.scalars(select(Parent.public_id).where(Parent.first_name == first_name)).one()


@pytest.fixture
def amina(db: Session, town: Town) -> str:
    return LIST + db.get_one(Parent, town.amina).public_id


def names(page_words: str) -> set[str]:
    return {name for name in ("Amina", "Bruno", "Chloé") if f"{name} Dupont" in page_words}


def test_the_list_finds_people_without_accents_or_capitals(desk: Desk, town: Town) -> None:
    del town
    assert names(words(desk.open(LIST))) == {"Amina", "Bruno", "Chloé"}
    assert names(words(desk.open(LIST + "?q=CHLOE+dupont"))) == {"Chloé"}
    assert names(words(desk.open(LIST + "?q=bruno.martin%40exemple"))) == {"Bruno"}
    assert "Aucun parent ne correspond" in words(desk.open(LIST + "?q=%25"))


def test_the_list_finds_a_number_and_part_of_a_telephone(desk: Desk) -> None:
    desk.send(LIST + "nouveau", **INES | {"number": "d-2026/7"})

    for wanted in ("D-2026%2F7", "061234", "aguiar", "d%27aguiar+ines"):
        assert "Inès d’Aguiar" in words(desk.open(f"{LIST}?q={wanted}"))


def test_filters_are_in_the_address_and_nonsense_filters_nothing(
    desk: Desk, db: Session, town: Town
) -> None:
    alone = NewSituation(SituationKind.ALONE, TODAY)
    with unit_of_work(db):
        situations.add(db, actors.COMMAND, public_id(db, "Bruno"), alone, NOON)
    with unit_of_work(db):
        db.get_one(Parent, town.chloe).state = "suspended"
        db.get_one(Parent, town.chloe).town = "Arras"

    assert names(words(desk.open(LIST + "?isolated=y"))) == {"Bruno"}
    assert names(words(desk.open(LIST + "?left=y"))) == {"Amina"}
    assert names(words(desk.open(LIST + "?suspended=y"))) == {"Chloé"}
    assert names(words(desk.open(LIST + "?town=Arras"))) == {"Chloé"}
    assert names(words(desk.open(LIST + "?waiting=y"))) == set()
    everybody = words(desk.open(LIST + "?town=Atlantis&sort=-nonsense&page=999"))
    assert names(everybody) == {"Amina", "Bruno", "Chloé"}


def test_words_too_long_to_look_for_do_not_list_everybody(desk: Desk, town: Town) -> None:
    del town
    page = words(desk.open(LIST + "?q=" + "a" * 121))

    assert "Écrivez au plus 120 caractères" in page
    assert "Aucun parent ne correspond" in page
    assert names(page) == set()


def test_the_export_holds_exactly_what_is_shown(desk: Desk, town: Town) -> None:
    del town
    desk.send(LIST + "nouveau", **INES | {"last_name": "=CMD()"})

    download = desk.open(LIST + "?q=lens&sort=-name&format=csv")

    rows = list(csv.DictReader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["Prénom"] for row in rows] == ["Chloé", "Bruno", "Amina", "Inès"]
    assert rows[-1]["Nom"] == "'=CMD()"
    assert (rows[2]["Chèques à dépenser"], rows[-1]["Isolé·e aujourd’hui"]) == ("10", "oui")


def test_the_list_costs_few_statements_however_long_it_is(
    desk: Desk, town: Town, db: Session, engine: Engine
) -> None:
    del town
    for number in range(60):
        cast.a_parent(db, f"Parent {number}")
    with counted(engine) as sent:
        page = desk.open(LIST + "?page=2")

    assert "63 parents" in words(page)
    assert len(sent) <= 6, sent


def test_a_parent_is_opened_with_everything_on_one_page(desk: Desk, db: Session) -> None:
    page = desk.send(LIST + "nouveau", **INES)

    said = words(page)
    ines = db.scalars(select(Parent)).one()
    assert f"La fiche P-{ines.id:06d} est ouverte" in said
    assert (ines.postcode, ines.first_name) == ("62300", "Inès")
    person = db.scalars(select(Person).where(Person.id == ines.person_id)).one()
    assert (person.email, person.phone, person.locale) == (
        "ines@exemple.test", "0612345678", "ar",
    )  # fmt: skip
    for told in ("Léa", "plus de soutien", "Seul·e avec les enfants", "attestation CAF du 3 mars"):
        assert told in said
    assert "par Odile Porteur" in said


def test_only_a_name_and_a_home_are_needed(desk: Desk, db: Session) -> None:
    needed = ("first_name", "last_name", "postcode", "town", "requested_on", "locale")

    page = desk.send(LIST + "nouveau", **{name: INES[name] for name in needed})

    assert "aucune : entre au guichet" in words(page)
    assert db.scalars(select(Parent)).one().person_id is not None


def test_a_right_may_be_asked_for_with_the_file(desk: Desk, db: Session) -> None:
    programme = db.get_one(Programme, cast.a_programme(db, name="Répit à Lens"))

    page = desk.send(LIST + "nouveau", **INES | {"programme": programme.public_id})

    assert re.search(r"Répit à Lens .*demandé", words(page))
    assert db.scalars(select(Entitlement.state)).one() == "requested"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"first_name": ""}, "Prénom : Remplissez ce champ"),
        ({"postcode": "Lens"}, "Écrivez un code postal"),
        ({"email": "ines at exemple"}, "Écrivez une adresse e-mail"),
        ({"phone": "12"}, "Écrivez un numéro"),
        ({"child1_born": ""}, "Écrivez le prénom et la date de naissance"),
        ({"child1_born": "01/01/2200"}, "La date de naissance est dans le futur"),
        ({"child1_born": "01/01/2200"}, "Naissance : La date de naissance est dans le futur"),
        ({"child1_born": "01/01/1900"}, "Naissance : Cette date donne 21 ans ou plus"),
        ({"situation_since": "01/01/1912"}, "Depuis le : Aucune situation ne peut avoir commencé"),
        ({"requested_on": "01/01/2199"}, "Cette date est dans le futur."),
        ({"situation_since": ""}, "Depuis quand"),
        ({"situation": ""}, "Choisissez la situation que la preuve montre"),
        ({"household": "personne de ce nom"}, "Aucune fiche ne correspond"),
        ({"priority_area": "le centre"}, "Écrivez le code du quartier"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    desk: Desk, db: Session, wrong: dict[str, str], told: str
) -> None:
    page = desk.send(LIST + "nouveau", **INES | wrong)

    assert page.status_code == 422
    assert told in words(page)
    assert 'value="d’Aguiar"' in page.text
    assert db.scalar(select(func.count()).select_from(Parent)) == 0


def test_a_number_or_an_address_of_another_file_is_refused_beside_its_field(
    desk: Desk, db: Session, town: Town
) -> None:
    bruno = db.get_one(Parent, town.bruno)
    taken = desk.send(LIST + "nouveau", **INES | {"number": bruno.number})
    mail = {"email": "bruno.martin@exemple.test", "create_anyway": "y"}
    shared = desk.send(LIST + "nouveau", **INES | mail)

    assert f"Le numéro {bruno.number} est déjà celui d’une autre fiche" in words(taken)
    assert f"Cette adresse est déjà celle de la fiche {bruno.number}" in words(shared)


def test_a_lookalike_is_shown_and_only_an_explicit_tick_passes(desk: Desk, db: Session) -> None:
    desk.send(LIST + "nouveau", **INES)
    twin = INES | {"first_name": "INES", "email": "autre@exemple.test", "town": "lens"}

    warned = desk.send(LIST + "nouveau", **twin)
    assert warned.status_code == 422
    assert "Une fiche ressemble à celle-ci" in words(warned)
    assert f'href="{LIST}{public_id(db, "Inès")}"' in warned.text

    desk.send(LIST + "nouveau", **twin | {"create_anyway": "y"})
    assert db.scalar(select(func.count()).select_from(Parent)) == 2


def test_a_second_parent_joins_a_household_by_number_or_by_name(desk: Desk, db: Session) -> None:
    desk.send(LIST + "nouveau", **INES)
    partner = {"first_name": "Karim", "last_name": "Roux", "email": "", "household": "aguiar"}

    page = desk.send(LIST + "nouveau", **INES | partner | {"child1_name": "", "child1_born": ""})

    assert "Léa" in words(page)
    assert len(set(db.scalars(select(Parent.household_id)))) == 1


def test_a_name_that_several_bear_is_asked_again(desk: Desk, db: Session, town: Town) -> None:
    joining = INES | {"household": "dupont"}

    asked = desk.send(LIST + "nouveau", **joining)
    assert "Plusieurs fiches correspondent" in words(asked)
    chosen = public_id(db, "Bruno")
    desk.send(LIST + "nouveau", **joining | {"household_pick": chosen})

    ines = db.scalars(select(Parent).where(Parent.first_name == "Inès")).one()
    assert ines.household_id == db.get_one(Parent, town.bruno).household_id


def test_a_file_is_corrected_and_its_history_says_what_changed(
    desk: Desk, db: Session, amina: str
) -> None:
    form = desk.open(amina + "/modifier")
    number = db.scalars(select(Parent.number).where(Parent.first_name == "Amina")).one()
    assert f'value="{number}"' in form.text
    typed = {name: INES[name] for name in ("last_name", "postcode", "locale", "requested_on")}

    page = desk.send(amina + "/modifier", **typed, first_name="Amina", number=number, town="Arras")

    said = words(page)
    assert "La fiche est à jour" in said
    assert "Lens, devenu Arras" in said
    assert "Amina d’Aguiar" in words(desk.open(LIST + "?q=aguiar+arras+AMINA"))


def test_a_suspension_blocks_the_vouchers_and_lifting_it_frees_those(
    desk: Desk, db: Session, amina: str
) -> None:
    blocked = select(func.count()).where(Voucher.blocked_at.is_not(None))
    with unit_of_work(db):  # lost on its own, long before
        db.scalars(select(Voucher).limit(1)).one().blocked_at = NOON

    assert desk.send(amina + "/suspendre", motive="").status_code == 422
    page = desk.send(amina + "/suspendre", motive="adresse à vérifier")
    assert "Parent suspendu" in words(page)
    assert "adresse à vérifier" in words(page)
    assert db.scalar(blocked) == 10
    again = desk.send(amina + "/suspendre", motive="encore")
    assert "Ce parent est déjà suspendu" in words(again)

    db.rollback()
    desk.send(amina + "/reactiver", motive="adresse vue")
    assert db.scalar(blocked) == 1


def test_the_page_tells_rights_vouchers_and_uses(
    desk: Desk, engine: Engine, amina: str, town: Town
) -> None:
    take(engine, town.roseraie, town.codes[:1])

    said = words(desk.open(amina))

    assert "La Roseraie" in said
    assert re.search(r"9 à dépenser", said)
    assert re.search(r"1 utilisé", said)


@pytest.mark.parametrize(
    "path",
    ["", "nouveau", "{amina}", "{amina}/modifier", "{amina}/foyer", "{amina}/enfants/nouveau"],
)
def test_a_stranger_finds_nothing(chloe: FlaskClient, db: Session, path: str) -> None:
    shown = path.format(amina=public_id(db, "Amina"))

    assert chloe.get(LIST + shown).status_code == 404


def test_an_unknown_parent_is_not_found(desk: Desk) -> None:
    for path in ("x", "x/modifier", "x/foyer", "x/enfants/nouveau", "x/situations/nouvelle"):
        assert desk.open(LIST + path).status_code == 404


def test_a_form_from_elsewhere_changes_nothing(desk: Desk, db: Session, amina: str) -> None:
    before = db.scalar(select(func.count()).select_from(Parent))

    assert desk.send_without_token(LIST + "nouveau", **INES).status_code == 422
    desk.send_without_token(amina + "/suspendre", motive="volé")
    desk.send_without_token(amina + "/modifier", **INES)

    db.expire_all()
    assert db.scalar(select(func.count()).select_from(Parent)) == before
    found = db.scalars(select(Parent).where(Parent.first_name == "Amina")).one()
    assert (found.state, found.town) == ("active", "Lens")
