import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.people.queries import readers_of_funder
from repit.domain.programmes import queries
from repit.domain.programmes.models import Funder
from tests.cast import Town
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/financeurs/"


@pytest.fixture
def funder(db: Session, town: Town) -> str:
    return LIST + db.get_one(Funder, town.funder_id).public_id


def test_a_funder_is_written_down_and_changed(desk: Desk) -> None:
    page = words(desk.send(LIST + "nouveau", name="CAF 59", contact_email="caf@exemple.test"))
    assert "Le financeur est enregistré" in page
    assert "Aucune enveloppe pour l’instant" in page
    again = desk.send(LIST + "nouveau", name="CAF 59")
    assert (again.status_code, "s’appelle déjà « CAF 59 »" in words(again)) == (422, True)


def test_a_change_is_in_the_history(desk: Desk, funder: str) -> None:
    page = words(desk.send(funder + "/modifier", name="DRDFE", long_name="Direction régionale"))
    assert "nom complet : rien, devenu Direction régionale" in page


def test_somebody_reads_for_a_funder_until_it_ends(
    desk: Desk, db: Session, town: Town, funder: str
) -> None:
    page = words(desk.send(funder + "/lecteurs", name="Fanny Fonds", email="Fanny@Exemple.test"))
    assert "Fanny Fonds" in page
    [reader] = readers_of_funder(db, town.funder_id)
    assert reader.email == "fanny@exemple.test"
    ended = words(desk.send(f"{funder}/lecteurs/{reader.id}/fin"))
    assert "Personne ne lit encore" in ended
    assert desk.send(f"{funder}/lecteurs/{reader.id}/fin").status_code == 404


def test_a_reader_needs_an_address(desk: Desk, funder: str) -> None:
    page = desk.send(funder + "/lecteurs", name="Fanny", email="fanny")
    assert page.status_code == 422
    assert "Écrivez une adresse e-mail" in words(page)
    assert 'value="Fanny"' in page.text


def test_the_list_is_searched_exported_and_cheap(desk: Desk, town: Town, engine: Engine) -> None:
    del town
    assert "1 financeur" in words(desk.open(LIST))
    assert "Aucun financeur ne correspond" in words(desk.open(LIST + "?q=inconnu"))
    assert b"DRDFE" in desk.open(LIST + "?format=csv").data
    with counted(engine) as sent:
        desk.open(LIST)
    assert len(sent) <= 3


@pytest.mark.parametrize("path", ["", "/modifier"])
def test_a_stranger_learns_nothing(chloe: FlaskClient, funder: str, path: str) -> None:
    assert chloe.get(funder + path).status_code == 404
    assert chloe.get(LIST).status_code == 404


def test_another_site_changes_nothing(desk: Desk, db: Session, town: Town, funder: str) -> None:
    desk.send(funder + "/lecteurs", name="Fanny", email="fanny@exemple.test")
    [reader] = readers_of_funder(db, town.funder_id)
    given = {"name": "Volé", "email": "vol@exemple.test"}
    assert desk.send_without_token(funder + "/modifier", **given).status_code == 422
    assert desk.send_without_token(funder + "/lecteurs", **given).status_code == 422
    assert desk.send_without_token(LIST + "nouveau", **given).status_code == 422
    desk.send_without_token(f"{funder}/lecteurs/{reader.id}/fin")
    db.expire_all()
    assert readers_of_funder(db, town.funder_id) == [reader]
    assert [one.name for one in queries.funders(db).items] == ["DRDFE"]
