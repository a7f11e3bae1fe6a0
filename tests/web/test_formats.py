from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from repit.domain import clock
from repit.web import formats
from repit.web.telephones import telephone

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ").replace("\u200f", "")


def test_money_is_written_as_the_reader_writes_it() -> None:
    assert plain(formats.money(123_450)) == "1 234,50 €"
    with force_locale("en"):
        assert formats.money(3_000) == "€30.00"
    with force_locale("nl"):
        assert plain(formats.money(3_000)) == "€ 30,00"
    with force_locale("ar"):
        assert "30.00" in formats.money(3_000)
        assert formats.money(-3_000).startswith("\u200f\u200e-30.00")  # not « 30.00- »


def test_a_big_figure_drops_round_cents_only() -> None:
    assert plain(formats.euros(3_000)) == "30 €"
    assert plain(formats.euros(3_050)) == "30,50 €"


def test_a_moment_near_midnight_belongs_to_the_readers_day() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert formats.short_day(late) == "21/11/2026"
    assert formats.moment(late) == "samedi 21 novembre, 0 h 30"


def test_a_moment_on_the_hour_says_no_minutes() -> None:
    assert formats.moment(datetime(2026, 7, 15, 16, tzinfo=UTC)) == "mercredi 15 juillet, 18 h"


def test_the_year_is_said_when_it_is_another() -> None:
    assert formats.weekday(date(2027, 3, 31)) == "mercredi 31 mars 2027"
    assert formats.weekday(date(2026, 3, 15)) == "dimanche 15 mars"


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "hier"), (0, "aujourd’hui"), (1, "demain"), (3, "dans 3 jours"), (-3, "il y a 3 jours")],
)
def test_near_days_are_said_from_today(days: int, words: str) -> None:
    assert plain(formats.relative_day(date(2026, 3, 14) + timedelta(days=days))) == words


def test_far_days_are_said_by_their_date() -> None:
    assert formats.relative_day(date(2026, 6, 11)) == "11 juin 2026"


def test_the_first_of_a_month_is_ordinal_to_a_french_reader_only() -> None:
    first = date(2026, 6, 1)
    assert formats.day(first) == "1er juin 2026"
    assert formats.weekday(first) == "lundi 1er juin"
    with force_locale("nl"):
        assert formats.day(first) == "1 juni 2026"


@pytest.mark.parametrize(("value", "words"), [(90, "1 h 30 min"), (60, "1 h"), (0, "0 min")])
def test_time_bought_is_hours_and_minutes(value: int, words: str) -> None:
    assert plain(formats.minutes(value)) == words


def test_a_code_is_shown_in_three_groups() -> None:
    assert formats.code("7F3K9QWM2XTR") == "7F3K-9QWM-2XTR"


def test_shares_and_numbers() -> None:
    assert plain(formats.percentage(0.82)) == "82 %"
    assert plain(formats.number(12_345)) == "12 345"
    assert formats.month(date(2027, 3, 1)) == "mars 2027"
    assert formats.iso(date(2027, 3, 1)) == "2027-03-01"


def test_a_constant_in_a_template_follows_each_reader() -> None:
    page = "{{ 3000 | money }}"
    french = render_template_string(page)
    with force_locale("en"):
        assert render_template_string(page) == "€30.00"
    assert plain(french) == "30,00 €"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+33320900019", "+33 3 20 90 00 19"),
        ("0612345678", "06 12 34 56 78"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("+33 (0)6 12 34 56 78", "+33 6 12 34 56 78"),
        ("+32470123456", "+32 470 12 34 56"),
        ("+3225551234", "+32 2 555 12 34"),
        ("+3210456789", "+32 10 45 67 89"),
        ("025551234", "02 555 12 34"),
        ("081224466", "081 22 44 66"),
        ("+4930123456", "+4930123456"),
        ("18", "18"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_read_in_groups(stored: str, shown: str) -> None:
    assert telephone(stored) == shown


def test_a_link_dials_what_was_stored() -> None:
    page = render_template_string(
        "{%- from 'components/panels.html' import phone -%}{{ phone('+33320900019') }}"
    )
    assert 'href="tel:+33320900019"' in page
    assert ">+33 3 20 90 00 19<" in page


def test_who_reads_english_reads_the_day_before_the_month() -> None:
    with force_locale("en"):
        assert formats.day(date(2027, 3, 15)) == "15 March 2027"
        assert formats.short_day(date(2027, 3, 5)) == "05/03/2027"
        assert formats.weekday(date(2027, 3, 31)) == "Wednesday, 31 March 2027"
        assert formats.month(date(2027, 3, 1)) == "March 2027"
        assert formats.money(123_450) == "€1,234.50"
