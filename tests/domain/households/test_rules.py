import pytest

from repit.domain.households import rules


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Amina@Exemple.FR ", "amina@exemple.fr"),
        ("a.b+c@sous.exemple.test", "a.b+c@sous.exemple.test"),
        ("zoé@exemple.fr", "zoé@exemple.fr"),
        ("amina@exemple", None),
        ("amina@@exemple.fr", None),
        ("amina@exemple..fr", None),
        ("amina @exemple.fr", None),
        ("x" * 65 + "@exemple.fr", None),
        ("a@" + "e" * 60 + "." + "x" * 300 + ".fr", None),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str | None) -> None:
    assert rules.email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("06 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "0612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0032 470 12 34 56", "+32470123456"),
        ("06-12-34-56-78", "0612345678"),
        ("12", None),
        ("6,12E+08", None),
        ("zéro six", None),
    ],
)
def test_a_telephone_number_is_digits(typed: str, stored: str | None) -> None:
    assert rules.phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("59 000", "59000"), ("F-59000", "59000"), ("B 1000", "1000"), ("590", None), ("2A004", None)],
)
def test_postcodes_are_french_or_belgian(typed: str, stored: str | None) -> None:
    assert rules.postcode(typed) == stored


def test_a_priority_area_is_a_code_or_the_bare_word() -> None:
    assert rules.priority_area(" qn 05901m ") == "QN05901M"
    assert rules.priority_area("QPV") == "QPV"
    assert rules.priority_area("le centre") is None


def test_a_file_number_is_compared_without_case_or_stray_spaces() -> None:
    assert rules.number("  p-12   b ") == "P-12 B"
