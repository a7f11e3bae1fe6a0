"""The fields of a summary: what may fill them, and what is refused."""

import pytest

from repit.domain.figures import definitions
from repit.domain.summaries.errors import (
    SummaryEmpty,
    SummaryFieldTwice,
    SummaryOtherUnit,
    SummarySourceUnknown,
    SummaryTooLong,
)
from repit.domain.summaries.rules import (
    DEFAULT,
    MOST_FIELDS,
    SOURCES,
    Field,
    check,
    fresh_key,
)
from tests.web.release_files.strategies import DIVIDED


def test_the_default_fields_can_be_filled_and_told_apart() -> None:
    check([Field(key, key, source) for key, source in DEFAULT])


def test_a_field_takes_a_total_or_a_part_of_a_release() -> None:
    check([Field("", "Foyers", "households_reached")])
    check([Field("", "Foyers isolés", "households_reached:isolated=yes")])


def test_every_source_is_a_figure_that_releases_have() -> None:
    for source in SOURCES.values():
        assert source.indicator in definitions.INDICATORS
        if source.dimension:
            assert source.dimension in DIVIDED[source.indicator]


@pytest.mark.parametrize(
    "source", ["vouchers_issued", "households_reached:town=Lille", "households", "paid:x=y"]
)
def test_a_figure_that_no_release_has_is_refused(source: str) -> None:
    with pytest.raises(SummarySourceUnknown):
        check([Field("", "Foyers", source)])


def test_two_fields_of_one_name_are_refused_whatever_their_capitals() -> None:
    with pytest.raises(SummaryFieldTwice):
        check([Field("", "Nombre de séances"), Field("", "nombre  de SÉANCES")])


def test_no_field_and_too_many_are_refused() -> None:
    with pytest.raises(SummaryEmpty):
        check([])
    with pytest.raises(SummaryTooLong):
        check([Field("", str(number)) for number in range(MOST_FIELDS + 1)])


def test_a_new_field_gets_a_key_that_none_had() -> None:
    assert fresh_key([]) == "n1"
    assert fresh_key(["actions", "n1", "n7"]) == "n8"


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("actions", "contributed"),
        ("actions", "respite_minutes"),
        ("actions", "satisfaction_good"),
        ("costs", "sessions_held"),
        ("staff_time", "staff_costs_cents"),
        ("satisfaction", "participants"),
    ],
)
def test_a_field_takes_no_figure_of_another_unit(key: str, source: str) -> None:
    with pytest.raises(SummaryOtherUnit):
        check([Field(key, "Un autre nom", source)])


def test_a_field_of_ones_own_and_one_of_the_same_unit_take_any_figure() -> None:
    check([Field("n1", "Argent", "contributed"), Field("actions", "Actions", "sessions_held")])
