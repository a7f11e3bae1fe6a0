"""Referrals on the operator's pages: noted, followed, found, sent away as a file, annulled."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.programmes.models import Programme
from repit.domain.referrals import queries
from tests.cast import Town
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/orientations/"
NONCE = re.compile(r'name="nonce"[^>]*value="([^"]+)"')


@pytest.fixture
def typed(desk: Desk, db: Session, town: Town) -> dict[str, str]:
    """What Odile types on a fresh page."""
    found = NONCE.search(desk.open(LIST + "noter").text)
    assert found
    return {
        "nonce": found.group(1),
        "programme": db.get_one(Programme, town.programme_id).public_id,
        "kind": "psychologist",
        "organisation": "Point écoute parents",
        "on_day": "20/11/2026",
        "for_household": "y",
        "outcome": "not_known",
    }


def the_one(db: Session) -> str:
    [one] = queries.referrals(db).items
    return LIST + one.public_id


def test_it_is_noted_then_followed(desk: Desk, db: Session, typed: dict[str, str]) -> None:
    page = words(desk.send(LIST + "noter", **typed))
    assert "L’orientation est notée" in page
    assert "Point écoute parents" in page

    page = words(desk.send(the_one(db) + "/suite", outcome="worked"))

    assert "A abouti" in page
    assert "Suite de l’orientation notée" in page
    assert "Odile Porteur" in page
    assert queries.counts(db).worked == 1


def test_noted_with_its_outcome_nothing_more_is_asked(desk: Desk, typed: dict[str, str]) -> None:
    page = words(desk.send(LIST + "noter", **typed | {"outcome": "worked"}))

    assert "L’orientation est notée, avec sa suite : « A abouti »." in page
    assert "plus tard" not in page


def test_sent_twice_it_is_noted_once(desk: Desk, db: Session, typed: dict[str, str]) -> None:
    desk.send(LIST + "noter", **typed)
    desk.send(LIST + "noter", **typed)
    assert queries.counts(db).noted == 1

    page = desk.send(LIST + "noter", **typed | {"organisation": "Autre"})

    assert page.status_code == 422
    assert "Cette page a déjà été envoyée" in words(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on_day": "22/11/2026"}, "est encore à venir"),
        ({"on_day": "01/01/2020"}, "plus d’un an"),
        ({"organisation": ""}, "Vers qui"),
        ({"kind": "spaceship"}, "Vers quoi"),
        ({"nonce": "0"}, "Envoyez encore une fois"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_lost(
    desk: Desk, db: Session, typed: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    kept = desk.send(LIST + "noter", **typed | {"organisation": "Maison de santé"} | wrong)

    assert kept.status_code == 422
    assert said in words(kept)
    assert ("Maison de santé" in kept.text) or "organisation" in wrong
    assert queries.counts(db).noted == 0


def test_a_mistake_is_annulled_with_a_motive(
    desk: Desk, db: Session, typed: dict[str, str]
) -> None:
    desk.send(LIST + "noter", **typed)
    one = the_one(db)
    assert desk.send(one + "/annuler", motive="").status_code == 422

    page = words(desk.send(one + "/annuler", motive="Saisie deux fois"))

    assert "Annulée" in page
    assert "Saisie deux fois" in page
    assert queries.counts(db).noted == 0
    assert "elle n’est plus comptée" in words(desk.send(one + "/suite", outcome="worked"))


def test_the_list_is_filtered_and_exported(desk: Desk, typed: dict[str, str]) -> None:
    desk.send(LIST + "noter", **typed)
    assert "Point écoute parents" in words(desk.open(LIST + "?outcome=not_known"))
    assert "Aucune orientation ne correspond" in words(desk.open(LIST + "?outcome=worked"))
    bad = words(desk.open(LIST + "?outcome=zzz&first_day=2026-13-45"))
    assert "Point écoute parents" in bad
    assert "« zzz » n’est pas une réponse pour « Suite »" in bad
    assert "« 2026-13-45 » n’est pas une réponse pour « Depuis le »" in bad

    answer = desk.open(LIST + "?q=écoute&format=csv")
    header, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    found = dict(zip(header, row, strict=True))
    assert found["Vers qui"] == "Point écoute parents"
    assert found["Suite"] == "On ne sait pas encore"
    assert found["Notée par"] == "Odile Porteur"


def test_the_list_costs_few_statements(desk: Desk, engine: Engine, typed: dict[str, str]) -> None:
    desk.send(LIST + "noter", **typed)
    with counted(engine) as sent:
        desk.open(LIST)
    assert len(sent) <= 7, sent


def test_a_stranger_finds_nothing(chloe: FlaskClient) -> None:
    assert chloe.get(LIST).status_code == 404
