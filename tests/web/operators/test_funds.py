import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes import queries
from repit.domain.programmes.contribution_queries import arrivals
from repit.domain.programmes.models import Fund, Programme
from tests.cast import Town, a_fund
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/enveloppes/"
GIFT = {
    "amount": "1 234,56",
    "received_on": "14/03/2026",
    "reference": "vir  2026-77",
    "note": "Première tranche",
}


@pytest.fixture
def fund(db: Session, town: Town) -> str:
    return LIST + db.get_one(Fund, town.fund_id).public_id


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_a_fund_is_opened_for_a_funder_and_a_programme(desk: Desk, db: Session, town: Town) -> None:
    programme = db.get_one(Programme, town.programme_id).public_id
    funder = queries.funders(db).items[0].public_id
    form = desk.open(f"{LIST}nouvelle?programme={programme}&funder={funder}")
    assert f'selected value="{programme}"' in form.text
    page = words(
        desk.send(
            LIST + "nouvelle",
            programme=programme,
            funder=funder,
            title="Quartiers",
            categories=["babysitting"],
            only_isolated="y",
        )
    )
    assert "L’enveloppe est ouverte" in page
    assert "les parents isolés seulement" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Remplissez ce champ"),
        ({"categories": []}, "Cochez au moins une réponse"),
        ({"programme": "inconnu"}, "Choisissez une réponse de la liste"),
    ],
)
def test_a_fund_is_refused_with_words(
    desk: Desk, db: Session, town: Town, changes: dict[str, object], said: str
) -> None:
    typed: dict[str, object] = {
        "programme": db.get_one(Programme, town.programme_id).public_id,
        "funder": queries.funders(db).items[0].public_id,
        "title": "Quartiers",
        "categories": ["babysitting"],
    }
    page = desk.send(LIST + "nouvelle", **(typed | changes))
    assert (page.status_code, said in words(page)) == (422, True)
    assert queries.funds(db).total == 1


def test_money_that_arrived_gives_a_receipt_and_is_available(
    desk: Desk, db: Session, town: Town, fund: str
) -> None:
    page = words(desk.send(fund + "/versement", **GIFT))
    assert "Reçu d’un versement" in page
    assert "1 234,56 €" in page
    assert "VIR 2026-77" in page
    assert fund_numbers(db, [town.fund_id])[town.fund_id].funded == 223_456


def test_the_same_reference_twice_is_refused_with_words(
    desk: Desk, db: Session, town: Town, fund: str
) -> None:
    desk.send(fund + "/versement", **GIFT)
    page = desk.send(fund + "/versement", **GIFT | {"reference": "VIR 2026-77"})
    assert page.status_code == 422
    assert "est déjà entrée : 1 234,56 € reçus le 14 mars 2026" in words(page)
    assert 'value="1 234,56"' in page.text
    assert fund_numbers(db, [town.fund_id])[town.fund_id].funded == 223_456


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0"}, "Écrivez au moins 0,01 €"),
        ({"amount": "-5"}, "Écrivez au moins 0,01 €"),
        ({"amount": "999999999,99"}, "Écrivez au plus"),
        ({"received_on": "2999-01-01"}, "n’est pas encore arrivé"),
        ({"reference": " "}, "Remplissez ce champ"),
    ],
)
def test_a_contribution_is_refused_with_words(
    desk: Desk, fund: str, changes: dict[str, str], said: str
) -> None:
    page = desk.send(fund + "/versement", **GIFT | changes)
    assert (page.status_code, said in words(page)) == (422, True)


def test_the_fund_page_shows_that_the_numbers_add_up(desk: Desk, fund: str) -> None:
    page = words(desk.open(fund))
    assert "versé 1 000,00 € = disponible 900,00 € + engagé 100,00 € + dû 0,00 €" in page
    assert "10 chèques" not in page  # nothing about vouchers of one person here


def test_each_number_opens_its_transfers(desk: Desk, fund: str) -> None:
    page = words(desk.open(fund + "/mouvements/engage"))
    assert "Engagé : 100,00 €" in page
    assert "10 mouvements" in page
    assert "+10,00 €" in page
    rows = csv_rows(desk.open(fund + "/mouvements/engage?format=csv").data)
    assert len(rows) == 11
    assert sum(float(row[2].replace(",", ".")) for row in rows[1:]) == 100
    assert "Aucun mouvement derrière ce chiffre" in words(desk.open(fund + "/mouvements/paye"))
    assert desk.open(fund + "/mouvements/secret").status_code == 404


def test_transfers_cost_six_statements_however_many(desk: Desk, fund: str, engine: Engine) -> None:
    with counted(engine) as sent:
        desk.open(fund + "/mouvements/engage")
    assert len(sent) <= 6


def test_contributions_are_listed_exported_and_each_has_its_receipt(desk: Desk, fund: str) -> None:
    desk.send(fund + "/versement", **GIFT | {"reference": "=1+1"})
    page = words(desk.open(fund + "/versements"))
    assert "2 sommes reçues" in page
    rows = csv_rows(desk.open(fund + "/versements?format=csv").data)
    assert rows[1][1:5] == ["1234,56", "0,00", "'=1+1", "Première tranche"]
    assert desk.open(fund + "/versements/99999").status_code == 404


def test_a_fund_is_closed_and_what_is_left_given_back(
    desk: Desk, db: Session, town: Town, fund: str
) -> None:
    early = desk.send(fund + "/rendre", rest_motive="Trop tôt")
    assert (early.status_code, "encore ouverte" in words(early)) == (422, True)
    assert "Enveloppe fermée" in words(desk.send(fund + "/fermer", motive="Fin"))
    refused = desk.send(fund + "/versement", **GIFT)
    assert (refused.status_code, "Cette enveloppe est fermée" in words(refused)) == (422, True)
    page = words(desk.send(fund + "/rendre", rest_motive="Virement 88"))
    assert "+ rendu 900,00 €" in page
    assert fund_numbers(db, [town.fund_id])[town.fund_id].available == 0
    assert "rouverte" in words(desk.send(fund + "/rouvrir", motive="Erreur"))


def test_the_rules_of_a_fund_change_and_are_in_its_history(desk: Desk, fund: str) -> None:
    page = words(
        desk.send(
            fund + "/regles", title="Nouveau titre", categories=["well_being"], only_isolated="y"
        )
    )
    assert "Nouveau titre" in page
    assert "parents isolés seulement : non, devenu oui" in page


def test_the_list_is_filtered_exported_and_cheap(
    desk: Desk, db: Session, town: Town, engine: Engine
) -> None:
    a_fund(db, town.programme_id, funder_id=town.funder_id, title="Quartiers")
    assert "2 enveloppes" in words(desk.open(LIST))
    assert "1 enveloppe" in words(desk.open(LIST + "?q=quartiers"))
    assert "Aucune enveloppe ne correspond" in words(desk.open(LIST + "?state=closed"))
    rows = csv_rows(desk.open(LIST + "?q=quartiers&format=csv").data)
    assert [row[0] for row in rows] == ["Titre", "Quartiers"]
    assert rows[1][7:9] == ["1000,00", "1000,00"]
    with counted(engine) as sent:
        desk.open(LIST)
    assert len(sent) <= 6


@pytest.mark.parametrize("path", ["", "/regles", "/versement", "/versements", "/mouvements/verse"])
def test_a_stranger_learns_nothing(chloe: FlaskClient, fund: str, path: str) -> None:
    assert chloe.get(fund + path).status_code == 404
    assert chloe.get(LIST).status_code == 404


def test_another_site_changes_nothing(desk: Desk, db: Session, town: Town, fund: str) -> None:
    before = queries.funds(db).items, arrivals(db, town.fund_id).items
    for path in ("/regles", "/versement", "/fermer", "/rouvrir", "/rendre"):
        refused = desk.send_without_token(
            fund + path, **GIFT, motive="Oui", rest_motive="Oui", title="Volé"
        )
        assert refused.status_code == 422
    db.expire_all()
    assert (queries.funds(db).items, arrivals(db, town.fund_id).items) == before
