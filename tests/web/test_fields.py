from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange

from repit.web.fields import (
    CentsField,
    CodeField,
    DayField,
    EmailField,
    LineField,
    TextField,
    listed,
)
from repit.web.forms import RepitForm, SearchForm, csrf_token, refuse


class Everything(SearchForm):
    name = LineField("Nom", max_length=20)
    email = EmailField("E-mail", required=False)
    code = CodeField("Code", required=False)
    amount = CentsField("Montant", required=False, at_least=100, at_most=2_000)
    day = DayField("Jour", required=False)
    motive = TextField("Motif", required=False)
    count = IntegerField("Nombre", [InputRequired(), NumberRange(1, 9)])
    kind = RadioField("Type", choices=listed([("a", "A"), ("b", "B")]), default="a")


class Named(RepitForm):
    name = StringField()


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def typed(**values: str) -> Everything:
    form = Everything(MultiDict({"name": "Amina", "count": "2", "kind": "a", **values}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12.5", 1250),
        (" 12 € ", 1200),
        ("1,00", 100),
        ("€ 3,05", 305),
        ("7 EUR", 700),
    ],
)
def test_euros_are_read_however_they_are_typed(text: str, cents: int) -> None:
    form = typed(amount=text)
    assert form.amount.data == cents
    assert not form.errors


@pytest.mark.parametrize("text", ["1 234,50", "1.234,50", "1,234.50", "1 234,50 €"])
def test_thousands_are_read_with_any_mark(text: str) -> None:
    assert typed(amount=text).amount.data == 123_450


@pytest.mark.parametrize("text", ["douze", "12,505", "1.234", "--2", "12,50,1"])
def test_what_is_not_an_amount_is_refused_and_kept(text: str) -> None:
    form = typed(amount=text)
    assert form.amount.errors == ["Écrivez un montant en euros, par exemple 12,50."]
    assert text in str(form.amount())


@pytest.mark.parametrize("text", ["9" * 30, "1 000 000 000 000", "1000000000,50"])
def test_an_amount_of_too_many_digits_is_too_large(text: str) -> None:
    form = typed(amount=text)
    assert form.amount.errors == ["Ce montant est trop grand : écrivez au plus 20,00\xa0€."]
    assert f'value="{text}"' in str(form.amount())


def test_limits_are_said_in_euros() -> None:
    (words,) = typed(amount="20,01").amount.errors
    assert words.replace("\xa0", " ") == "Écrivez au plus 20,00 €."
    (words,) = typed(amount="-3").amount.errors
    assert words.replace("\xa0", " ") == "Écrivez au moins 1,00 €."


def test_an_amount_already_known_is_shown_in_the_readers_way() -> None:
    assert 'value="12,50"' in str(Everything(data={"amount": 1250}).amount())


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-15",
        "15/03/2027",
        "15.3.2027",
        "15-03-2027",
        "\u0661\u0665/\u0660\u0663/\u0662\u0660\u0662\u0667",
    ],
)
def test_a_day_is_read_from_the_calendar_or_typed(text: str) -> None:
    assert typed(day=text).day.data == date(2027, 3, 15)


@pytest.mark.parametrize(
    "text", ["31/02/2027", "demain", "2027-13-01", "15/03/27", "9999-12-31", "01/01/0206"]
)
def test_a_day_that_does_not_exist_is_refused_and_kept(text: str) -> None:
    form = typed(day=text)
    assert form.day.errors == ["Écrivez une date, par exemple 15/03/2027."]
    assert f'value="{text}"' in str(form.day())


def test_a_browser_that_could_not_show_the_day_gets_a_line_of_text() -> None:
    assert 'type="text"' in str(typed(day="31/02/2027").day())
    assert 'type="date"' in str(Everything().day())


@pytest.mark.parametrize(
    "text",
    [
        "7f3k-9qwm-2xtr",
        " 7F3K 9QWM 2XTR ",
        "HTTPS://REPIT.EXAMPLE/V/7F3K9QWM2XTR",
        "https://repit.example/v/7f3k9qwm2xtr?utm=1",
        "\u0667f\u0663k-\u0669qwm-\u0662xtr",
    ],
)
def test_a_code_is_the_same_typed_or_pasted(text: str) -> None:
    form = typed(code=text)
    assert form.code.data == "7F3K9QWM2XTR"


def test_a_typed_code_is_shown_again_as_it_was_typed() -> None:
    assert 'value="7f3k 9q"' in str(typed(code="7f3k 9q").code())


def test_text_loses_stray_spaces_and_control_characters() -> None:
    form = typed(name="  Am\x00ina ", motive=" perdu \x07", email=" AMINA@Exemple.FR ")
    assert (form.name.data, form.motive.data) == ("Amina", "perdu")
    assert form.email.data == "amina@exemple.fr"


def test_one_line_stays_one_line() -> None:
    form = typed(name="Un\r\nATTENDEE:x\u2028y", motive="deux\nlignes")
    assert (form.name.data, form.motive.data) == ("Un ATTENDEE:x y", "deux\nlignes")


def test_text_loses_what_turns_it_around_and_keeps_its_joiners() -> None:
    family = "Zo\u00e9 \U0001f469\u200d\U0001f467"
    assert typed(name="\u202eAmina\u2069\u200b").name.data == "Amina"
    assert typed(name=family).name.data == family


def test_a_name_nobody_can_see_is_missing() -> None:
    assert typed(name="\u200b\u202e").name.data is None


def test_spaces_alone_are_nothing() -> None:
    assert typed(name="   ").name.errors == ["Remplissez ce champ."]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "x" * 21, "Écrivez au plus 20 caractères."),
        ("email", "amina", "Écrivez une adresse e-mail, par exemple nom@exemple.fr."),
        ("count", "dix", "Écrivez un nombre entier, par exemple 3."),
        ("count", "12", "Écrivez un nombre de 1 à 9."),
        ("kind", "c", "Choisissez une réponse de la liste."),
    ],
)
def test_built_in_checks_speak_our_words(field: str, text: str, words: str) -> None:
    form = typed(**{field: text})
    assert form[field].errors[0] == words
    assert text in str(form[field]()) or field == "kind"


def test_a_form_without_its_token_is_refused_in_words() -> None:
    form = Named(MultiDict({"name": "Amina"}))
    assert not form.validate()
    assert "Envoyez encore une fois" in form["csrf_token"].errors[0]


def test_a_form_with_its_token_is_taken() -> None:
    form = Named(MultiDict({"name": "Amina", "csrf_token": csrf_token()}))
    assert form.validate()


def test_a_refusal_of_the_domain_stands_beside_its_field() -> None:
    form = typed()
    refuse(form, "code", "Ce code n’existe pas.")
    assert form.code.errors == ["Ce code n’existe pas."]
