import pytest

from repit.domain.households.folding import fold, name_key, search_key


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoé D’AGUIAR", "zoe d aguiar"),
        ("Œuvre Ærø Straße", "oeuvre aero strasse"),
        ("P-000 123", "p 000 123"),
        ("  Jean--Luc  ", "jean luc"),
        ("Łukasz Đặng", "lukasz dang"),
        ("فَاطِمَة", "فاطمة"),
        ("…", ""),
    ],
)
def test_words_lose_accents_capitals_and_punctuation(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_two_writings_of_a_name_have_one_key_and_first_and_last_do_not_mix() -> None:
    assert name_key("Éléonore", "LE ROUX") == name_key("eleonore", "Le-Roux")
    assert name_key("Marie", "Anne Roux") != name_key("Marie Anne", "Roux")


def test_keys_fit_their_columns_whatever_unfolds() -> None:
    ligature = "\ufdfa" * 80  # one symbol that unfolds into eighteen

    assert len(name_key(ligature, ligature)) <= 360
    assert len(search_key(ligature, ligature, "P-1", ligature, "59000")) <= 720
