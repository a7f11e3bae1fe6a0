"""Staff time and costs on the operator's pages: typed, summed, taken back, as a file."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.costs import queries
from repit.domain.programmes.models import Programme
from tests.cast import Town
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/temps-et-couts/"
NONCE = re.compile(r'name="nonce"[^>]*value="([^"]+)"')


@pytest.fixture
def programme(db: Session, town: Town) -> str:
    return db.get_one(Programme, town.programme_id).public_id


def types(desk: Desk, programme: str, **fields: str) -> tuple[int, str]:
    """Type a line on a fresh page; return the answer and its words."""
    found = NONCE.search(desk.open(LIST + "noter").text)
    assert found
    usual = {
        "nonce": found.group(1),
        "programme": programme,
        "kind": "team",
        "on_day": "17/10/2026",
        "worked": "",
        "amount": "",
        "note": "",
    }
    page = desk.send(LIST + "noter", **usual | fields)
    return page.status_code, words(page)


def test_time_and_money_are_summed(desk: Desk, programme: str) -> None:
    types(desk, programme, worked="12 h 30", whole_month="y")
    types(desk, programme, worked="6:00", amount="180")
    types(desk, programme, worked="90 min")
    status, page = types(desk, programme, kind="purchases", amount="45,50", note="Goûter")

    assert status == 200
    assert "20 h" in page
    assert "225,50 €" in page
    assert "octobre 2026" in page
    assert "Goûter" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "10", "on_day": "22/11/2026"}, "est encore à venir"),
        ({"amount": "10", "on_day": "01/01/2019"}, "longtemps avant le dispositif"),
        ({}, "ni temps ni montant"),
        ({"amount": "-10"}, "Pour corriger une ligne, annulez-la, puis notez la bonne."),
        ({"amount": "0"}, "ni temps ni montant"),
        ({"amount": "1000000000000"}, "trop grand : écrivez au plus 1 000 000,00 €"),
        ({"amount": "1000000,01"}, "Écrivez au plus 1 000 000,00 €"),
        ({"worked": "-3"}, "Écrivez des heures"),
        ({"worked": "beaucoup"}, "Écrivez des heures"),
        ({"worked": "1608"}, "une année de travail à temps plein"),
        ({"kind": "room", "worked": "3"}, "Seul le temps de l’équipe"),
        ({"kind": "spaceship", "amount": "3"}, "Nature"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(
    desk: Desk, db: Session, programme: str, wrong: dict[str, str], said: str
) -> None:
    status, page = types(desk, programme, **{"note": "À garder"} | wrong)

    assert status == 422
    assert said in page
    assert queries.lines(db).total == 0


def test_a_line_is_taken_back_by_another(desk: Desk, db: Session, programme: str) -> None:
    types(desk, programme, kind="purchases", amount="9410")
    [line] = queries.lines(db).items
    page = words(desk.open(f"{LIST}{line.public_id}/annuler"))
    assert "9 410,00 €" in page
    assert desk.send(f"{LIST}{line.public_id}/annuler", motive="").status_code == 422

    page = words(desk.send(f"{LIST}{line.public_id}/annuler", motive="Un zéro de trop"))

    assert "Annule une ligne" in page
    assert "Un zéro de trop" in page
    assert "-9 410,00 €" in page
    again = desk.send(f"{LIST}{line.public_id}/annuler", motive="Encore")
    assert again.status_code == 422
    assert "déjà annulée" in words(again)


def test_the_list_is_exported_as_shown(desk: Desk, programme: str) -> None:
    types(desk, programme, worked="12 h 30", note="=1+1")
    types(desk, programme, kind="room", amount="40")

    answer = desk.open(LIST + "?kind=team&format=csv")

    header, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    found = dict(zip(header, row, strict=True))
    assert (found["Heures"], found["Montant"], found["Note"]) == ("12,50", "0,00", "'=1+1")
    assert found["Notée par"] == "Odile Porteur"


def test_a_filter_that_cannot_be_read_is_said_and_the_others_stay(
    desk: Desk, programme: str
) -> None:
    types(desk, programme, worked="1", note="Bilan")
    types(desk, programme, worked="1", note="Goûter")

    answer = desk.open(LIST + "?kind=zzz&first_day=abc&q=Bilan&format=csv")

    page = words(answer)
    assert "« zzz » n’est pas une réponse pour « Nature »" in page
    assert "« abc » n’est pas une réponse pour « Depuis le »" in page
    assert "1 ligne " in page
    assert 'value="abc"' in answer.text


def test_days_the_wrong_way_round_are_exchanged_and_said(desk: Desk, programme: str) -> None:
    types(desk, programme, worked="1")

    page = words(desk.open(LIST + "?first_day=2026-12-31&last_day=2026-01-01"))

    assert "Le dernier jour était avant le premier" in page
    assert "1 ligne " in page


def test_the_list_costs_few_statements(desk: Desk, engine: Engine, programme: str) -> None:
    types(desk, programme, worked="1")
    with counted(engine) as sent:
        desk.open(LIST)
    assert len(sent) <= 7, sent


def test_a_stranger_finds_nothing(chloe: FlaskClient) -> None:
    assert chloe.get(LIST).status_code == 404
