import pytest

from repit.domain.reports.rounding import in_whole


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], []),
        ([33.4, 33.3, 33.3], [34, 33, 33]),
        ([12.5, 12.5, 75.0], [12, 13, 75]),
        ([0.4, 0.4, 0.4, 0.4, 0.4], [0, 0, 0, 1, 1]),
        ([0.2, 0.1], [0, 0]),
        ([2.0, 98.0], [2, 98]),
    ],
)
def test_parts_in_whole_add_up_to_their_sum(parts: list[float], whole: list[int]) -> None:
    assert in_whole(parts) == whole
    assert sum(whole) == round(sum(parts))
