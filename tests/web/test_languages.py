import re
from pathlib import Path

import pytest
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import ngettext
from werkzeug.test import TestResponse

from repit.web import locale


def language(response: TestResponse) -> str:
    found = re.search(r'<html lang="(\w+)" dir="(\w+)"', response.text)
    assert found
    return f"{found[1]} {found[2]}"


def test_the_browsers_language_decides_at_first(client: FlaskClient) -> None:
    assert language(client.get("/", headers={"Accept-Language": "nl-BE,fr;q=0.5"})) == "nl ltr"
    assert language(client.get("/", headers={"Accept-Language": "ar-MA"})) == "ar rtl"
    assert language(client.get("/", headers={"Accept-Language": "pt"})) == "fr ltr"
    assert language(client.get("/")) == "fr ltr"


def test_a_chosen_language_is_remembered(client: FlaskClient) -> None:
    answer = client.post("/langue", data={"language": "ar", "next": "/aide?page=2"})
    assert (answer.status_code, answer.location) == (303, "/aide?page=2")
    assert language(client.get("/", headers={"Accept-Language": "nl"})) == "ar rtl"


def test_a_plain_link_chooses_too(client: FlaskClient) -> None:
    assert client.get("/langue/en?next=/aide").location == "/aide"
    assert language(client.get("/")) == "en ltr"


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/\\evil.example", ""]
)
def test_a_choice_never_leads_to_another_site(client: FlaskClient, onward: str) -> None:
    assert client.post("/langue", data={"language": "nl", "next": onward}).location == "/"


def test_an_unknown_language_is_no_page(client: FlaskClient) -> None:
    assert client.get("/langue/xx").status_code == 404
    assert client.post("/langue", data={}).status_code == 404


def test_the_persons_language_counts_and_learns(app: Flask, client: FlaskClient) -> None:
    kept = {"language": "nl"}
    locale.follow_person(
        app,
        locale.PersonLanguage(
            read=lambda: kept["language"], remember=lambda chosen: kept.update(language=chosen)
        ),
    )
    assert language(client.get("/", headers={"Accept-Language": "en"})) == "nl ltr"
    client.post("/langue", data={"language": "ar"})
    assert kept == {"language": "ar"}
    client.get("/langue/en")
    assert kept == {"language": "ar"}  # a link someone sent changes this browser only


def test_french_counts_zero_as_one(app: Flask) -> None:
    one, several = "Écrivez au moins %(num)d caractère.", "Écrivez au moins %(num)d caractères."
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert ngettext(one, several, 0) == "Écrivez au moins 0 caractère."
        assert ngettext(one, several, 2) == "Écrivez au moins 2 caractères."


def test_french_quotation_marks_stay_with_what_they_quote(tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Touchez « Montrer »."\nmsgstr ""\n\n'
        'msgid "« %(num)d chèque »"\nmsgid_plural "« %(num)d chèques »"\n'
        'msgstr[0] ""\nmsgstr[1] ""\n',
        encoding="utf-8",
    )
    locale.compile_catalogues(tmp_path)
    french = Translations.load(str(tmp_path), ["fr"])
    assert french.ugettext("Touchez « Montrer ».") == "Touchez «\u00a0Montrer\u00a0»."
    many = french.ungettext("« %(num)d chèque »", "« %(num)d chèques »", 2)
    assert many == "«\u00a0%(num)d chèques\u00a0»"
