import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from repit.domain.programmes.references import (
    checks,
    foreign_in,
    found_in,
    misspelt_in,
    reference_of,
    spaced,
    with_part,
)

ROWS = st.integers(min_value=1, max_value=10**12)
# What a bank writes around a reference: words, which may not look like one themselves.
WORDS = st.text(alphabet="ABDEGHIJKLMNOPQSTUVWXYZ éè-/.,:", max_size=20)


@given(ROWS)
def test_a_reference_is_one_of_iso_11649(row: int) -> None:
    reference = reference_of(row)
    assert iso11649.is_valid(reference)
    assert iso11649.format(reference) == spaced(reference)
    assert checks(reference)


@given(ROWS, st.integers(min_value=4), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_never_the_same_contribution(row: int, place: int, digit: str) -> None:
    right = reference_of(row)
    place = 6 + place % (len(right) - 6)
    wrong = right[:place] + digit + right[place + 1 :]
    assert wrong == right or (not checks(wrong) and row not in found_in(wrong))


@given(ROWS)
def test_two_neighbours_swapped_are_caught(row: int) -> None:
    right = reference_of(row)
    for place in range(6, len(right) - 1):
        wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert wrong == right or not checks(wrong)


@given(
    row=st.integers(min_value=1, max_value=99_999),
    before=WORDS,
    after=WORDS,
    in_groups=st.booleans(),
    small=st.booleans(),
)
def test_a_reference_is_found_in_any_words(
    *,
    row: int,
    before: str,
    after: str,
    in_groups: bool,
    small: bool,
) -> None:
    reference = reference_of(row)
    written = spaced(reference) if in_groups else reference
    text = before + written + after
    assert found_in(text.lower() if small else text) == [row]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VIR SEPA RF85CR000042 2026 TRANCHE 1", [42]),
        ("RF85CR0000422026", [42]),
        ("rf85 cr00 0042 / rf85 cr00 0042", [42]),
        ("RF85-CR00-0042", [42]),
        ("RF85 CR00 0043", []),
        ("RF18539007547034", []),
        ("", []),
        (None, []),
    ],
)
def test_what_is_read_out_of_a_line(text: str | None, found: list[int]) -> None:
    assert found_in(text) == found


def test_two_references_in_one_line_are_both_found() -> None:
    assert found_in(f"{reference_of(7)} et {reference_of(9)}") == [7, 9]


def test_a_reference_cut_by_two_lines_of_text_is_found_when_put_together() -> None:
    assert found_in("SUBVENTION RF85CR0 00042") == [42]


def test_a_slip_is_told_from_another_creditors_reference() -> None:
    assert misspelt_in("VIR RF85CR000043") == ["RF85CR000043"]
    assert misspelt_in("VIR RF85CR000042") == []
    assert foreign_in("VIR RF18539007547034") == ["RF18539007547034"]
    assert foreign_in("VIR RF85CR000042") == []


@given(ROWS, st.integers(min_value=0, max_value=9), st.integers(min_value=3, max_value=12))
def test_a_part_that_is_typed_finds_its_contribution(row: int, start: int, length: int) -> None:
    part = spaced(reference_of(row)[start : start + length]).lower()
    assert with_part(part, [row]) == [row] or len(part) < 3
    assert with_part(part + "z", [row]) == []


def test_a_word_finds_no_reference() -> None:
    assert with_part("ré", [1, 2]) == []
    assert with_part("", [1]) == []
