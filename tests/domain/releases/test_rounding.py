"""Rounding is bounded, unbiased, lasting and secret."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from repit.domain.releases.disclosure.rounding import identity_of, rounded

KEY, OTHER_KEY = b"one key of sixteen bytes", b"and quite another one"
names = st.lists(st.text(max_size=8), min_size=1, max_size=4)
values = st.integers(-10_000, 1_000_000)


@given(value=values, step=st.sampled_from([5, 300, 10_000]), name=names)
def test_a_rounded_value_is_the_multiple_below_or_above(
    value: int, step: int, name: list[str]
) -> None:
    found = rounded(value, step, KEY, name)
    assert found % step == 0
    assert abs(found - value) < step


@given(value=values, name=names)
def test_more_is_never_shown_as_less(value: int, name: list[str]) -> None:
    assert rounded(value, 5, KEY, name) <= rounded(value + 1, 5, KEY, name)


def test_the_mean_error_of_twenty_thousand_cells_is_nearly_nothing() -> None:
    errors = [rounded(11 + at % 97, 5, KEY, [str(at)]) - (11 + at % 97) for at in range(20_000)]
    assert abs(sum(errors) / len(errors)) < 0.05
    assert max(map(abs, errors)) == 4


def test_it_goes_up_as_often_as_it_is_near() -> None:
    for over in range(5):
        up = sum(rounded(20 + over, 5, KEY, [str(at)]) > 20 for at in range(5_000))
        assert abs(up / 5_000 - over / 5) < 0.03


def test_the_same_figure_is_always_rounded_alike_and_another_key_rounds_otherwise() -> None:
    cells = [
        identity_of("reached", "fund:7", date(2026, 1, 1), date(2026, 3, 31), (str(at),))
        for at in range(200)
    ]
    here = [rounded(13, 5, KEY, one) for one in cells]
    assert here == [rounded(13, 5, KEY, one) for one in cells]
    assert here != [rounded(13, 5, OTHER_KEY, one) for one in cells]


def test_figures_whose_names_run_together_are_not_the_same_figure() -> None:
    pairs = [(["a", "bc", str(at)], ["ab", "c", str(at)]) for at in range(200)]
    assert any(rounded(13, 5, KEY, one) != rounded(13, 5, KEY, other) for one, other in pairs)
