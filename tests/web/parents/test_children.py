"""« Mes enfants »: written once by a home, and invisible from the child's other home."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.care.models import ChildSheet
from repit.domain.care.sheet_queries import our_child, our_children
from repit.domain.households.models import Child, ChildHome, Parent
from tests import cast
from tests.visits import visit_as
from tests.web.parents.stage import statements
from tests.web.providers.stage import in_days, today, token_in
from tests.web.test_weight import STATIC, fetch

TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*')


@dataclass
class Homes:
    """Amina and Bruno each have a phone; Chloé is somebody else; Odile runs the scheme."""

    db: Session
    amina: int
    bruno: int
    phone: FlaskClient
    of_bruno: FlaskClient
    of_chloe: FlaskClient
    odile: FlaskClient

    def send(self, address: str, by: FlaskClient | None = None, **answers: str) -> TestResponse:
        """Fill in a page on Amina's phone, unless another is given."""
        browser = by or self.phone
        token = token_in(browser.get(address))
        return browser.post(address, data={"csrf_token": token} | answers)

    def child(self, name: str = "Léa", days_old: int = 900) -> str:
        """Add a child on Amina's phone; return its address."""
        born = in_days(-days_old).isoformat()
        answer = self.send("/mes-enfants/nouveau", first_name=name, born_on=born)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def share(self, address: str) -> None:
        """Let the child also live with Bruno."""
        child = our_child(self.db, self.amina, address.rsplit("/", 1)[1])
        home = self.db.get_one(Parent, self.bruno).household_id
        with unit_of_work(self.db):
            self.db.add(ChildHome(child_id=child.id, household_id=home))


@pytest.fixture
def homes(app: Flask, db: Session) -> Homes:
    people = {name: cast.a_person(db, f"{name} Dupont") for name in ("Amina", "Bruno", "Chloe")}
    parents = {name: cast.a_parent(db, name, person_id=key) for name, key in people.items()}
    return Homes(
        db=db,
        amina=parents["Amina"],
        bruno=parents["Bruno"],
        phone=visit_as(app, people["Amina"]),
        of_bruno=visit_as(app, people["Bruno"]),
        of_chloe=visit_as(app, people["Chloe"]),
        odile=visit_as(app, cast.an_operator(db)),
    )


def test_a_child_is_added_once_and_its_sheet_follows(homes: Homes) -> None:
    address = homes.child()
    assert "à remplir" in homes.phone.get("/mes-enfants").text
    answer = homes.send(
        address, walking_since=in_days(-300).isoformat(), helps="Son lapin", first_aid="y"
    )
    assert answer.status_code == 303
    page = homes.phone.get(address).text
    assert "Son lapin" in page
    assert "Donné le" in page
    assert "à jour" in homes.phone.get("/mes-enfants").text


def test_a_child_of_the_future_or_grown_up_is_refused_with_what_was_typed(homes: Homes) -> None:
    for days in (-1, 365 * 40):
        born = in_days(-days).isoformat()
        answer = homes.send("/mes-enfants/nouveau", first_name="Léa", born_on=born)
        assert answer.status_code == 422
        assert f'value="{born}"' in answer.text
    assert our_children(homes.db, homes.amina) == []


def test_the_same_child_added_twice_is_one_child(homes: Homes) -> None:
    homes.child()
    born = in_days(-900).isoformat()
    answer = homes.send("/mes-enfants/nouveau", first_name="lea", born_on=born)
    assert answer.status_code == 422
    assert "est déjà dans votre liste" in answer.text


def test_people_are_named_and_taken_away(homes: Homes) -> None:
    address = homes.child()
    people = f"{address}/personnes"
    homes.send(people, standing="may", name="Fatou  Dupont", phone="06 12 34 56 78")
    refused = homes.send(people, standing="never", name="fatou dupont")
    assert refused.status_code == 422
    assert "dans l’autre liste" in refused.text

    page = homes.phone.get(people).text
    assert "Fatou Dupont" in page
    assert 'href="tel:0612345678"' in page
    [remove] = re.findall(rf'action="({people}/[^"]+/retirer)"', page)
    token = token_in(homes.phone.get(people))
    assert homes.phone.post(remove, data={"csrf_token": token}).status_code == 303
    assert our_children(homes.db, homes.amina)[0].sheet.people == ()


def test_after_a_year_the_sheet_is_read_again(homes: Homes) -> None:
    address = homes.child()
    homes.send(address, helps="Chanter")
    with unit_of_work(homes.db):
        sheet = homes.db.query(ChildSheet).one()
        sheet.confirmed_on = today() - timedelta(days=400)
    assert "à relire" in homes.phone.get("/mes-enfants").text
    page = homes.phone.get(address)
    assert "Est-ce toujours juste ?" in page.text
    answer = homes.phone.post(f"{address}/confirmer", data={"csrf_token": token_in(page)})
    assert answer.status_code == 303
    assert "Est-ce toujours juste ?" not in homes.phone.get(address).text


def seen_by_bruno(homes: Homes, address: str) -> list[str]:
    """Return every page that Bruno can open about the child, without its tokens."""
    pages = ("/mes-cheques", "/mes-enfants", address, f"{address}/personnes")
    return [TOKEN.sub(r"\1", homes.of_bruno.get(page).text) for page in pages]


def test_every_page_of_one_home_is_the_same_whatever_the_other_writes(homes: Homes) -> None:
    address = homes.child()
    homes.share(address)
    before = seen_by_bruno(homes, address)
    homes.send(address, helps="Son lapin", first_aid="y", walking_since=in_days(-9).isoformat())
    homes.send(f"{address}/personnes", standing="never", name="Bruno Dupont")
    homes.send(f"{address}/personnes", standing="may", name="Fatou Dupont")
    assert seen_by_bruno(homes, address) == before
    assert before[2].count("Léa") > 0

    note_decision(homes)
    assert seen_by_bruno(homes, address) == before


def test_a_refusal_does_not_tell_what_the_other_home_wrote(homes: Homes) -> None:
    address = homes.child()
    homes.share(address)
    homes.send(f"{address}/personnes", standing="never", name="Fatou Dupont")
    note_decision(homes)
    people = f"{address}/personnes"
    answer = homes.send(people, homes.of_bruno, standing="may", name="Fatou Dupont")
    assert answer.status_code == 303


def test_a_stranger_finds_nothing(homes: Homes) -> None:
    address = homes.child()
    homes.send(f"{address}/personnes", standing="may", name="Fatou Dupont")
    [remove] = re.findall(
        rf'action="({address}/personnes/[^"]+)"', homes.phone.get(f"{address}/personnes").text
    )
    for stranger in (homes.of_bruno, homes.of_chloe):
        token = token_in(stranger.get("/mes-enfants/nouveau"))
        for page in (address, f"{address}/personnes"):
            assert stranger.get(page).status_code == 404
            assert stranger.post(page, data={"csrf_token": token}).status_code == 404
        for act in (f"{address}/confirmer", remove):
            assert stranger.post(act, data={"csrf_token": token}).status_code == 404
    assert len(our_children(homes.db, homes.amina)[0].sheet.may) == 1


def note_decision(homes: Homes) -> None:
    """Let the operator note the court's decision that Amina's page shows a link for."""
    amina = homes.db.get_one(Parent, homes.amina).public_id
    page = homes.odile.get(f"/porteur/parents/{amina}").text
    [address] = re.findall(r'href="(/porteur/parents/[^"]+/decision)"', page)
    answer = homes.send(address, homes.odile, seen_on=today().isoformat())
    assert answer.status_code == 303, answer.text


def test_the_operator_notes_a_decision_and_the_parent_cannot_take_it_away(homes: Homes) -> None:
    address = homes.child()
    people = f"{address}/personnes"
    homes.send(people, standing="never", name="Karim Petit")
    [remove] = re.findall(rf'action="({people}/[^"]+/retirer)"', homes.phone.get(people).text)
    note_decision(homes)
    assert "décision vue" in homes.phone.get(people).text
    token = token_in(homes.phone.get(people))
    homes.phone.post(remove, data={"csrf_token": token})
    assert "Une décision de justice est notée pour Karim Petit." in homes.phone.get(people).text

    amina = homes.db.get_one(Parent, homes.amina).public_id
    page = homes.odile.get(f"/porteur/parents/{amina}").text
    assert "Décision de justice vue" in page
    [lift] = re.findall(r'href="(/porteur/parents/[^"]+/decision/lever)"', page)
    assert homes.send(lift, homes.odile, motive="Jugement du 3 mars").status_code == 303
    assert "Jugement du 3 mars" in homes.odile.get(f"/porteur/parents/{amina}").text


def test_a_child_with_a_sheet_can_leave_its_home(homes: Homes) -> None:
    address = homes.child()
    homes.send(address, helps="Son lapin")
    homes.send(f"{address}/personnes", standing="never", name="Karim Petit")
    amina = homes.db.get_one(Parent, homes.amina).public_id
    gone = f"/porteur/parents/{amina}/enfants/{address.rsplit('/', 1)[1]}/retirer"
    token = token_in(homes.odile.get(f"/porteur/parents/{amina}"))
    assert homes.odile.post(gone, data={"csrf_token": token}).status_code == 303
    assert our_children(homes.db, homes.amina) == []


def test_the_list_asks_the_same_few_statements_for_many_children(
    homes: Homes, engine: Engine
) -> None:
    counts = []
    for number in (1, 6):
        for index in range(number):
            homes.child(f"Enfant {number} {index}", days_old=500 + index)
        with statements(engine) as sent:
            homes.phone.get("/mes-enfants")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


def test_the_pages_about_children_are_light(homes: Homes) -> None:
    address = homes.child()
    for page in ("/mes-enfants", address, f"{address}/personnes"):
        size, _ = fetch(homes.phone, page)
        text = homes.phone.get(page, headers={}).text
        files = set(STATIC.findall(text)) | {"/static/img/icons.svg"}
        whole = size + sum(fetch(homes.phone, one)[0] for one in files)
        assert size < 15_000
        assert whole < 60_000


def test_a_child_added_by_mistake_is_corrected_and_removed(homes: Homes) -> None:
    address = homes.child("Lea")
    assert f"{address}/corriger" in homes.phone.get(address).text

    other = homes.child("Tom")
    refused = homes.send(f"{other}/corriger", first_name="Lea", born_on=in_days(-900).isoformat())
    assert refused.status_code == 422
    assert "est déjà dans votre liste" in refused.text
    too_long = homes.send(
        f"{other}/corriger", first_name="T" * 81, born_on=in_days(-900).isoformat()
    )
    assert (too_long.status_code, "T" * 81 in too_long.text) == (422, True)

    born = in_days(-800)
    done = homes.send(f"{address}/corriger", first_name="Léa", born_on=born.isoformat())
    assert (done.status_code, done.location) == (303, address)
    child = our_child(homes.db, homes.amina, address.rsplit("/", 1)[1])
    assert (child.first_name, child.born_on) == ("Léa", born)

    homes.send(address, helps="Doudou")
    homes.db.rollback()
    assert removes(homes, address).location == "/mes-enfants"
    homes.db.rollback()
    assert homes.phone.get(address).status_code == 404
    assert homes.db.get(Child, child.id) is None
    assert removes(homes, other, by=homes.of_chloe).status_code == 404


def removes(homes: Homes, address: str, by: FlaskClient | None = None) -> TestResponse:
    browser = by or homes.phone
    token = token_in(browser.get("/mes-enfants/nouveau"))
    return browser.post(f"{address}/retirer", data={"csrf_token": token})


@pytest.mark.parametrize("known", ["confirmed", "shared"])
def test_a_child_that_the_staff_knows_is_the_operators_to_correct(homes: Homes, known: str) -> None:
    address = homes.child()
    child = our_child(homes.db, homes.amina, address.rsplit("/", 1)[1])
    if known == "shared":
        homes.share(address)
    else:
        with unit_of_work(homes.db):
            homes.db.get_one(Child, child.id).confirmed = True

    assert "/corriger" not in homes.phone.get(address).text
    assert homes.phone.get(f"{address}/corriger").status_code == 303
    token = token_in(homes.phone.get("/mes-enfants/nouveau"))
    answers = {"csrf_token": token, "first_name": "Zoé", "born_on": in_days(-9).isoformat()}
    homes.phone.post(f"{address}/corriger", data=answers)
    assert removes(homes, address).location == address
    assert "Appelez-nous" in homes.phone.get(address).text
    homes.db.rollback()
    assert our_child(homes.db, homes.amina, child.public_id).first_name == "Léa"
