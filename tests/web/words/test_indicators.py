"""Every indicator has its words, in every language; figures are written as they are read."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from repit.domain.figures import definitions
from repit.web.locale import LANGUAGES
from repit.web.words import indicators
from repit.web.words.indicator_parts import NAMED, PARTS, part, period

CATALOGUE = {
    *("contributed", "issued", "used", "lapsed", "cancelled", "due", "paid", "returned"),
    *("available", "households_reached", "households_by_town", "parents_reached"),
    *("children_reached", "vouchers_used", "respite_minutes", "take_up", "participants"),
    *("attendances", "children_cared", "care_minutes", "refused_for_lack_of_care"),
    *("waiting_parties", "no_shows", "sessions_held", "sessions_cancelled"),
    *("days_issue_to_use", "satisfaction_good", "satisfaction_answers", "response_rate"),
    *("providers_used", "days_to_payment", "referrals", "assisted_bookings", "no_show_rate"),
    *("staff_minutes", "staff_costs_cents"),
}


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_every_indicator_of_the_catalogue_is_named_and_defined() -> None:
    assert set(indicators.INDICATORS) >= CATALOGUE
    assert set(indicators.INDICATORS) == set(definitions.INDICATORS)
    for key in indicators.INDICATORS:
        definition = indicators.definition(key)
        assert indicators.label(key)
        assert all(word in definition for word in ("Unité", "Période", "Source"))


def test_a_definition_says_what_is_counted_in_which_unit_when_and_from_where() -> None:
    assert plain(indicators.definition("households_reached")) == (
        "Les foyers qui ont utilisé au moins un chèque. Unité : foyer, sans double compte. Période"
        " : compté le jour où c’est enregistré. Source : les encaissements."
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("households_reached", 1_235, "1 235"),
        ("used", 123_450, "1 234,50 €"),
        ("respite_minutes", 74_100, "1 235 h"),
        ("satisfaction_good", 0.85, "85 %"),
        ("days_issue_to_use", 12.0, "12 jours"),
        ("referrals", 0.4, "40 %"),
        ("referrals.housing", 0.4, "40 %"),
        ("referrals_worked", 16, "16"),
        ("participants", None, "secret"),
    ],
)
def test_a_figure_is_written_in_its_unit(key: str, value: float | None, words: str) -> None:
    assert plain(indicators.shown(key, value)) == words


@pytest.mark.parametrize(
    ("dimension", "codes", "words"),
    [
        ("isolated", ["yes"], "isolés"),
        ("category", ["home_help"], "Aide à domicile"),
        ("category", ["home_help", "well_being"], "Aide à domicile, Bien-être"),
        ("town", ["Sainte-Zoé"], "Sainte-Zoé"),
        ("town", [""], "non dit"),
        ("town", ["Arras", "Lens", "Liévin"], "autres communes (3)"),
        ("age", ["0-2"], "0 à 2 ans"),
        ("age", ["3-5", "6-11"], "3 à 11 ans"),
        ("age", ["12-17", ""], "12 à 17 ans, non dit"),
        ("age", [""], "non dit"),
        ("month", ["2026-03"], "mars 2026"),
        ("month", ["2026-04", "2026-05", "2026-06"], "2e trimestre 2026"),
        ("month", ["2026-02", "2026-03", "2026-04"], "de février 2026 à avril 2026"),
        ("quarter", ["2026-Q3"], "3e trimestre 2026"),
        ("month", ["2026-Q1", "2026-Q2"], "de janvier 2026 à juin 2026"),
        ("stage", ["not_reached"], "n’ont rien reçu"),
    ],
)
def test_a_part_is_named_as_it_is_read(dimension: str, codes: list[str], words: str) -> None:
    assert part(dimension, codes) == words


@pytest.mark.parametrize(
    ("kind", "first_day", "words"),
    [
        ("quarter", date(2026, 1, 1), "1er trimestre 2026"),
        ("semester", date(2026, 7, 1), "2e semestre 2026"),
        ("year", date(2026, 1, 1), "2026"),
    ],
)
def test_a_period_is_named_as_it_is_read(kind: str, first_day: date, words: str) -> None:
    assert period(kind, first_day) == words


def test_what_was_put_together_is_said() -> None:
    assert "« Commune »" in plain(indicators.coarsened("town"))
    crossed = plain(indicators.coarsened("isolated*priority_area"))
    assert "« Parent isolé »" in crossed
    assert "« Quartier prioritaire »" in crossed


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_left_without_words(language: str) -> None:
    with force_locale(language):
        for key in indicators.INDICATORS:
            assert "%(" not in indicators.label(key) + indicators.definition(key)
        for name in NAMED:
            assert "%(" not in indicators.coarsened(name)
        for name, parts in PARTS.items():
            assert all(part(name, [code]) for code in parts)
