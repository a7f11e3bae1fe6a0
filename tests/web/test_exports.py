from datetime import UTC, date, datetime

import pytest
from flask import Flask

from repit.web.exports import Value, csv_file, euros


def exported(app: Flask, *cells: Value) -> bytes:
    with app.test_request_context("/"):
        written: bytes = csv_file("liste", ["Nom"], [cells]).data
    return written.removeprefix(b"\xef\xbb\xbfNom\r\n")


def test_a_list_opens_in_a_french_spreadsheet(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = csv_file("parents", ["Nom", "Ville"], [["Zoé", "Arras; Lens"]])
    assert answer.data == b'\xef\xbb\xbfNom;Ville\r\nZo\xc3\xa9;"Arras; Lens"\r\n'
    assert answer.headers["Content-Disposition"] == 'attachment; filename="parents.csv"'
    assert answer.mimetype == "text/csv"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_never_becomes_a_formula(app: Flask, start: str) -> None:
    written = exported(app, f"{start}1+1", "suite").decode().strip('"')
    assert written.startswith(f"'{start}1+1")


def test_amounts_stay_numbers_even_below_zero(app: Flask) -> None:
    assert exported(app, euros(-1_250), euros(5), -3) == b"-12,50;0,05;-3\r\n"


def test_days_moments_and_answers_are_plain(app: Flask) -> None:
    noon = datetime(2026, 3, 14, 12, tzinfo=UTC)
    written = exported(app, date(2026, 3, 14), noon, *(True, False), None)
    assert written == b"2026-03-14;2026-03-14 13:00;oui;non;\r\n"
