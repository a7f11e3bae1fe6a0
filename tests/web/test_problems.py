import logging
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repit.domain.money import Cents
from repit.web import errors
from repit.web.wording import word
from tests.web.trials import TooDear


def test_an_unknown_page_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/nulle-part")
    assert answer.status_code == 404
    assert "Cette page n’existe pas." in answer.text
    assert "404" not in answer.text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.post("/aide")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("sent_to", "opens"),
    [
        ("/porteur/ateliers/seances/abc/deplacer", "/porteur/ateliers/seances/abc"),
        ("/porteur/ateliers/abc/animateurs", "/porteur/ateliers/abc"),
        ("/porteur/parents/abc/rendez-vous/def/repondre", "/porteur/parents/abc/rendez-vous/"),
        ("/mes-rendez-vous/agenda/arreter", "/mes-rendez-vous"),
    ],
)
def test_the_address_of_a_form_opened_again_leads_to_its_page(
    client: FlaskClient, sent_to: str, opens: str
) -> None:
    again = client.get(sent_to)
    assert again.status_code == 303
    assert again.location == opens


def test_what_no_page_holds_is_not_opened(client: FlaskClient) -> None:
    assert client.get("/langue").status_code == 405


def test_a_file_too_big_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/langue", data={"language": "x" * 6_000_000})
    assert answer.status_code == 413
    assert "5 Mo" in answer.text


def test_a_bug_gives_a_reference_and_tells_nothing(
    trials: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = trials.test_client().get("/trials/bug")
    reference = re.search(r'<bdi class="code-inline" dir="ltr">([0-9A-F]{8})</bdi>', answer.text)
    assert answer.status_code == 500
    assert reference
    assert reference[1] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Amina" not in answer.text
    assert "500" not in answer.text.split("<main")[1]


def test_an_uncaught_refusal_becomes_a_page_with_its_facts(trials: Flask) -> None:
    answer = trials.test_client().get("/trials/dear")
    assert answer.status_code == 409
    assert "Refusé à 30,00 €." in answer.text.replace("\xa0", " ")
    assert "Avant 15 mars 2027." in answer.text


def test_each_kind_of_refusal_has_its_status(trials: Flask) -> None:
    client = trials.test_client()
    assert client.get("/trials/elsewhere").status_code == 404
    crowded = client.get("/trials/crowded")
    assert (crowded.status_code, crowded.headers["Retry-After"]) == (503, "5")


def test_one_part_of_the_site_may_answer_problems_in_its_own_form(trials: Flask) -> None:
    errors.answer_under(
        trials, "/trials/", lambda problem: ({"code": problem.code}, problem.status)
    )
    client = trials.test_client()
    assert client.get("/trials/dear").json == {"code": "too_dear"}
    assert client.post("/trials/dear").json == {"code": "wrong_method"}
    assert client.get("/trials/bug").json == {"code": "internal"}
    assert client.get("/nulle-part").mimetype == "text/html"


def test_words_follow_the_reader(trials: Flask) -> None:
    with trials.test_request_context(headers={"Accept-Language": "en"}):
        assert "€30.00" in word(TooDear(Cents(3_000), date(2027, 3, 15))).happened
