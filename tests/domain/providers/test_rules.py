import pytest

from repit.domain.providers.errors import WrongIdentifier
from repit.domain.providers.rules import IdentifierKind, checked_identifier, shown_identifier


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (IdentifierKind.SIRET, "732 829 320 00074", "73282932000074"),
        (IdentifierKind.SIREN, "732829320", "732829320"),
        (IdentifierKind.BCE, "BE 0403.019.261", "0403019261"),
        (IdentifierKind.BCE, "403019261", "0403019261"),
        # La Poste: its head office follows Luhn, its offices sum to a multiple of five.
        (IdentifierKind.SIRET, "356 000 000 00048", "35600000000048"),
        (IdentifierKind.SIRET, "356 000 000 49837", "35600000049837"),
    ],
)
def test_a_true_number_is_kept_without_its_spaces(
    kind: IdentifierKind, typed: str, kept: str
) -> None:
    assert checked_identifier(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (IdentifierKind.SIRET, "73282932000075"),
        (IdentifierKind.SIRET, "732829320"),
        (IdentifierKind.SIRET, "35600000049838"),
        (IdentifierKind.SIREN, "732829321"),
        (IdentifierKind.BCE, "0403019262"),
        (IdentifierKind.BCE, "vingt"),
        (IdentifierKind.SIRET, ""),
    ],
)
def test_a_number_with_a_slip_is_refused(kind: IdentifierKind, typed: str) -> None:
    with pytest.raises(WrongIdentifier) as refusal:
        checked_identifier(kind, typed)

    assert refusal.value.kind == kind


def test_numbers_are_shown_in_the_groups_people_read() -> None:
    assert shown_identifier("73282932000074", "siret") == "732 829 320 00074"
    assert shown_identifier("732829320", "siren") == "732 829 320"
    assert shown_identifier("0403019261", "bce") == "0403.019.261"
