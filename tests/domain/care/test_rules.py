"""The presets at their limits, on both sides; the numbers are those of the sources they name."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repit.domain.care.presets import PRESETS, SCHOOL, Band, Confidence, Mixing
from repit.domain.care.rules import (
    CarerFacts,
    ChildFacts,
    Fit,
    SlotFacts,
    adults_needed,
    age_in_months,
    age_in_years,
    fits,
    is_of_age,
    places_left,
)

DAY = date(2023, 3, 15)
SMALL_ROOM, LARGE_ROOM = 12, 13

BABY = ChildFacts(date(2022, 9, 1))
TODDLER = ChildFacts(date(2021, 9, 1), walking_since=date(2022, 9, 1))
FOUR = ChildFacts(date(2019, 1, 1), walking_since=date(2020, 1, 1))
SEVEN = ChildFacts(date(2016, 1, 1), walking_since=date(2017, 1, 1))
CARER, VOLUNTEER = CarerFacts(None), CarerFacts(None, volunteer=True)

PER_BAND, SUM, YOUNGEST = Mixing.PER_BAND, Mixing.SUM, Mixing.YOUNGEST


def slot(preset: str = "prudent", mixing: Mixing = PER_BAND, room_places: int = 60) -> SlotFacts:
    return SlotFacts(DAY, room_places, 0, 17, PRESETS[preset], mixing)


def adults(
    children: list[ChildFacts], preset: str, mixing: Mixing = PER_BAND, room: int = SMALL_ROOM
) -> int:
    return adults_needed(children, preset=PRESETS[preset], mixing=mixing, day=DAY, room_places=room)


# Preset, what its source says, a child, how many of them, how many adults.
LIMITS: list[tuple[str, str, ChildFacts, int, int]] = [
    ("prudent", "ours: under 3 or not walking, 4", TODDLER, 3, 1),
    ("prudent", "ours: two carers from four children on", TODDLER, 4, 2),
    ("prudent", "ours: under 3 or not walking, 4", TODDLER, 8, 2),
    ("prudent", "ours: under 3 or not walking, 4", TODDLER, 9, 3),
    ("prudent", "ours: 3 to 5, 6", FOUR, 12, 2),
    ("prudent", "ours: 3 to 5, 6", FOUR, 13, 3),
    ("prudent", "ours: from 6 on, 10", SEVEN, 3, 1),
    ("prudent", "ours: from 6 on, 10", SEVEN, 20, 2),
    ("prudent", "ours: from 6 on, 10", SEVEN, 21, 3),
    ("fr_eaje_5_8", "R2324-43-1: two from four children on", BABY, 3, 1),
    ("fr_eaje_5_8", "R2324-43-1: two from four children on", BABY, 4, 2),
    ("fr_eaje_5_8", "décret 2021-1131: 5 who do not walk", BABY, 10, 2),
    ("fr_eaje_5_8", "décret 2021-1131: 5 who do not walk", BABY, 11, 3),
    ("fr_eaje_5_8", "décret 2021-1131: 8 who walk", TODDLER, 16, 2),
    ("fr_eaje_5_8", "décret 2021-1131: 8 who walk", TODDLER, 17, 3),
    ("fr_eaje_6", "décret 2021-1131: or 6 of any age", BABY, 12, 2),
    ("fr_eaje_6", "décret 2021-1131: or 6 of any age", BABY, 13, 3),
    ("fr_eaje_6", "R2324-43-1: two from four children on", BABY, 3, 1),
    ("fr_micro_seul", "décret 2025-304: alone up to 3", BABY, 3, 1),
    ("fr_micro_seul", "décret 2025-304: alone up to 3", BABY, 4, 2),
    ("fr_jardin_enfants", "R2324-47-4: two present", FOUR, 1, 2),
    ("fr_jardin_enfants", "R2324-47-4: 6 under 3", TODDLER, 12, 2),
    ("fr_jardin_enfants", "R2324-47-4: 6 under 3", TODDLER, 13, 3),
    ("fr_jardin_enfants", "R2324-47-4: 15 from 3 on", FOUR, 30, 2),
    ("fr_jardin_enfants", "R2324-47-4: 15 from 3 on", FOUR, 31, 3),
    ("fr_acm_extra", "R227-15: 8 under 6", FOUR, 8, 1),
    ("fr_acm_extra", "R227-15: 8 under 6", FOUR, 9, 2),
    ("fr_acm_extra", "R227-15: 12 from 6 on", SEVEN, 12, 1),
    ("fr_acm_extra", "R227-15: 12 from 6 on", SEVEN, 13, 2),
    ("fr_acm_peri_court", "R227-16 I: 10 under 6", FOUR, 10, 1),
    ("fr_acm_peri_court", "R227-16 I: 10 under 6", FOUR, 11, 2),
    ("fr_acm_peri_court", "R227-16 I: 14 from 6 on", SEVEN, 14, 1),
    ("fr_acm_peri_court", "R227-16 I: 14 from 6 on", SEVEN, 15, 2),
    ("fr_acm_peri_long", "R227-16 I: 8 under 6", FOUR, 8, 1),
    ("fr_acm_peri_long", "R227-16 I: 8 under 6", FOUR, 9, 2),
    ("fr_acm_peri_long", "R227-16 I: 12 from 6 on", SEVEN, 12, 1),
    ("fr_acm_peri_long", "R227-16 I: 12 from 6 on", SEVEN, 13, 2),
    ("fr_acm_peri_pedt_court", "R227-16 II: 14 under 6", FOUR, 14, 1),
    ("fr_acm_peri_pedt_court", "R227-16 II: 14 under 6", FOUR, 15, 2),
    ("fr_acm_peri_pedt_court", "R227-16 II: 18 from 6 on", SEVEN, 18, 1),
    ("fr_acm_peri_pedt_court", "R227-16 II: 18 from 6 on", SEVEN, 19, 2),
    ("fr_acm_peri_pedt_long", "R227-16 II: 10 under 6", FOUR, 10, 1),
    ("fr_acm_peri_pedt_long", "R227-16 II: 10 under 6", FOUR, 11, 2),
    ("fr_acm_peri_pedt_long", "R227-16 II: 14 from 6 on", SEVEN, 14, 1),
    ("fr_acm_peri_pedt_long", "R227-16 II: 14 from 6 on", SEVEN, 15, 2),
    ("fr_assmat", "L421-4: 4 each", BABY, 4, 1),
    ("fr_assmat", "L421-4: 4 each", SEVEN, 5, 2),
    ("be_one_0_3", "Eurydice: 7 each", BABY, 7, 1),
    ("be_one_0_3", "Eurydice: 7 each", BABY, 8, 2),
    ("be_cdv", "décret du 17 mai 1999: 8 under 6", FOUR, 8, 1),
    ("be_cdv", "décret du 17 mai 1999: 8 under 6", FOUR, 9, 2),
    ("be_cdv", "décret du 17 mai 1999: 12 from 6 on", SEVEN, 12, 1),
    ("be_cdv", "décret du 17 mai 1999: 12 from 6 on", SEVEN, 13, 2),
    ("be_atl_18", "remembered: 18", SEVEN, 18, 1),
    ("be_atl_18", "remembered: 18", SEVEN, 19, 2),
]


@pytest.mark.parametrize(("preset", "source", "child", "count", "needed"), LIMITS)
def test_a_preset_is_its_source(
    preset: str, source: str, child: ChildFacts, count: int, needed: int
) -> None:
    assert adults([child] * count, preset) == needed, source


def test_every_preset_is_tried_says_its_source_and_takes_every_child() -> None:
    assert {limit[0] for limit in LIMITS} == set(PRESETS)
    assert [key for key, preset in PRESETS.items() if not preset.source] == []
    assert [key for key, preset in PRESETS.items() if preset.bands[-1].under_months] == []


def test_what_is_only_remembered_is_not_offered() -> None:
    closed = {key for key, preset in PRESETS.items() if not preset.enabled}
    remembered = {key for key, preset in PRESETS.items() if preset.confidence is Confidence.LOW}
    assert closed == remembered == {"be_atl_18"}


@pytest.mark.parametrize("preset", ["fr_eaje_5_8", "fr_eaje_6"])
def test_a_unit_of_more_than_twelve_places_has_two_adults_from_the_first_child(
    preset: str,
) -> None:
    assert adults([BABY], preset, room=SMALL_ROOM) == 1
    assert adults([BABY], preset, room=LARGE_ROOM) == 2
    assert adults_needed([BABY], preset=PRESETS[preset], mixing=PER_BAND, day=DAY) == 2
    assert fits([BABY], [CARER], slot(preset, room_places=SMALL_ROOM)) is Fit.FITS
    assert fits([BABY], [CARER], slot(preset, room_places=LARGE_ROOM)) is Fit.CARERS


@pytest.mark.parametrize("mixing", list(Mixing))
@pytest.mark.parametrize("preset", list(PRESETS))
def test_nobody_needs_nobody(preset: str, mixing: Mixing) -> None:
    assert adults([], preset, mixing, LARGE_ROOM) == 0
    assert fits([], [], slot(preset, mixing)) is Fit.FITS


@pytest.mark.parametrize(
    ("preset", "under_six", "from_six", "needed"),
    [  # needed: per band, sum of fractions, youngest decides
        ("fr_acm_extra", 1, 1, (2, 1, 1)),
        ("fr_acm_extra", 1, 7, (2, 1, 1)),
        ("fr_acm_extra", 1, 8, (2, 1, 2)),
        ("fr_acm_extra", 4, 6, (2, 1, 2)),  # 4/8 + 6/12 is exactly one adult
        ("fr_acm_extra", 4, 7, (2, 2, 2)),
        ("fr_acm_extra", 5, 6, (2, 2, 2)),
        ("fr_acm_extra", 8, 12, (2, 2, 3)),
        ("fr_acm_extra", 0, 12, (1, 1, 1)),
        ("be_cdv", 1, 10, (2, 1, 2)),  # one child under six: eight per adult for all eleven
        ("be_cdv", 0, 11, (1, 1, 1)),
        ("be_cdv", 6, 12, (2, 2, 3)),
        ("fr_jardin_enfants", 0, 30, (2, 2, 2)),
    ],
)
def test_three_ways_of_counting_mixed_ages(
    preset: str, under_six: int, from_six: int, needed: tuple[int, int, int]
) -> None:
    children = [FOUR] * under_six + [SEVEN] * from_six
    assert tuple(adults(children, preset, mixing) for mixing in Mixing) == needed


def test_three_bands_are_mixed_in_three_ways() -> None:
    children = [BABY] * 2 + [FOUR] * 3 + [SEVEN] * 10
    # 1 + 1 + 1; 2/4 + 3/6 + 10/10 = 2; 15 children at 4 each
    assert [adults(children, "prudent", mixing) for mixing in Mixing] == [3, 2, 4]


def test_belgian_holiday_centres_count_by_their_youngest() -> None:
    assert PRESETS["be_cdv"].mixing is YOUNGEST
    assert {p.mixing for key, p in PRESETS.items() if key != "be_cdv"} == {PER_BAND}


@pytest.mark.parametrize(
    ("born_on", "day", "months", "years"),
    [
        (date(2020, 3, 15), date(2023, 3, 14), 35, 2),
        (date(2020, 3, 15), date(2023, 3, 15), 36, 3),
        (date(2020, 2, 29), date(2021, 2, 28), 11, 0),
        (date(2020, 2, 29), date(2021, 3, 1), 12, 1),
        (date(2020, 2, 29), date(2024, 2, 28), 47, 3),
        (date(2020, 2, 29), date(2024, 2, 29), 48, 4),
        (date(2023, 1, 31), date(2023, 2, 28), 0, 0),
        (date(2023, 1, 31), date(2023, 3, 1), 1, 0),
        (date(2022, 12, 31), date(2023, 1, 1), 0, 0),
        (date(2023, 3, 15), date(2023, 3, 15), 0, 0),
        (date(2023, 3, 16), date(2023, 3, 15), -1, -1),
    ],
)
def test_an_age_is_that_of_the_day(born_on: date, day: date, months: int, years: int) -> None:
    assert age_in_months(born_on, day) == months
    assert age_in_years(born_on, day) == years


def test_a_third_birthday_changes_the_band_on_the_day() -> None:
    turns_three = ChildFacts(date(2020, 3, 15), walking_since=date(2021, 5, 1))
    day_before = replace(slot(), day=date(2023, 3, 14))
    assert fits([turns_three] * 10, [CARER] * 2, day_before) is Fit.CARERS
    assert fits([turns_three] * 10, [CARER] * 2, slot()) is Fit.FITS


def test_who_walks_since_that_day_walks() -> None:
    walks = replace(BABY, walking_since=DAY)
    tomorrow = replace(BABY, walking_since=date(2023, 3, 16))
    assert adults([walks] * 16, "fr_eaje_5_8") == 2
    assert adults([tomorrow] * 16, "fr_eaje_5_8") == 4


def test_walking_is_asked_of_an_older_child_too() -> None:
    assert adults([replace(FOUR, walking_since=None)] * 9, "prudent") == 3
    assert adults([FOUR] * 9, "prudent") == 2


def test_a_child_who_weighs_two_counts_twice_but_takes_one_place() -> None:
    heavy = replace(FOUR, weight=2)
    assert adults([heavy] * 4, "fr_acm_extra") == 1
    assert adults([heavy] * 4 + [FOUR], "fr_acm_extra") == 2
    assert adults([heavy] * 2, "prudent") == 2  # as four children
    assert fits([heavy] * 4, [CARER], slot("fr_acm_extra", room_places=4)) is Fit.FITS


def test_a_dedicated_carer_comes_on_top_of_the_others() -> None:
    alone = replace(FOUR, dedicated_carer=True)
    assert adults([alone], "fr_acm_extra") == 1
    assert adults([FOUR] * 8 + [alone], "fr_acm_extra") == 2
    assert adults([FOUR] * 8 + [alone] * 2, "fr_acm_extra") == 3
    assert adults([FOUR] * 3 + [alone], "prudent") == 2  # also the two there must be


@pytest.mark.parametrize("wrong", [0, -1])
def test_nobody_counts_as_less_than_one(wrong: int) -> None:
    with pytest.raises(ValueError, match=str(wrong)):
        replace(FOUR, weight=wrong)
    with pytest.raises(ValueError, match=str(wrong)):
        CarerFacts(wrong)


def test_volunteers_count_only_where_the_preset_says_so() -> None:
    assert fits([SEVEN], [VOLUNTEER], slot()) is Fit.CARERS
    assert fits([SEVEN] * 4, [CARER, VOLUNTEER], slot()) is Fit.CARERS
    assert fits([SEVEN] * 12, [VOLUNTEER], slot("fr_acm_extra")) is Fit.FITS
    assert fits([SEVEN] * 13, [VOLUNTEER], slot("fr_acm_extra")) is Fit.CARERS


def test_the_first_thing_in_the_way_is_told() -> None:
    small = replace(slot("fr_acm_extra", room_places=8), youngest_months=36, oldest_years=11)
    assert fits([FOUR] * 8, [CARER], small) is Fit.FITS
    assert fits([FOUR] * 9, [], small) is Fit.ROOM
    assert fits([FOUR], [], small) is Fit.CARERS
    assert fits([FOUR] * 8 + [BABY], [], small) is Fit.AGE
    assert fits([FOUR] * 5, [CarerFacts(4)], small) is Fit.CAP


@pytest.mark.parametrize(
    ("born_on", "of_age"),
    [
        (date(2020, 3, 16), False),  # three tomorrow
        (date(2020, 3, 15), True),  # three today
        (date(2017, 3, 16), True),  # six tomorrow
        (date(2017, 3, 15), False),  # six today
        (date(2023, 3, 16), False),  # not born
    ],
)
def test_the_ages_of_a_slot_are_inclusive(born_on: date, *, of_age: bool) -> None:
    three_to_five = replace(slot(), youngest_months=36, oldest_years=5)
    child = ChildFacts(born_on, walking_since=born_on)
    assert is_of_age(child, three_to_five) is of_age
    assert fits([child], [CARER], three_to_five) is (Fit.FITS if of_age else Fit.AGE)


def test_a_child_born_after_the_day_is_not_of_age_whatever_the_slot() -> None:
    assert fits([ChildFacts(date(2023, 3, 16))], [CARER], slot()) is Fit.AGE
    assert fits([ChildFacts(date(2023, 3, 16))], [CARER], replace(slot(), youngest_months=-1)) is (
        Fit.AGE
    )
    assert fits([ChildFacts(DAY)], [CARER], slot()) is Fit.FITS


@pytest.mark.parametrize(
    ("mixing", "children", "caps", "fit"),
    [
        # L421-4 beside R227-15: a childminder keeps her 4 in a room where others have 12.
        (PER_BAND, [SEVEN] * 16, [4, None], Fit.FITS),
        (PER_BAND, [SEVEN] * 17, [4, None], Fit.CAP),
        (PER_BAND, [SEVEN] * 4, [4], Fit.FITS),
        (PER_BAND, [SEVEN] * 5, [4], Fit.CAP),
        (PER_BAND, [FOUR] * 8 + [SEVEN] * 4, [4, None], Fit.FITS),  # she takes the older ones
        (PER_BAND, [FOUR] * 4 + [SEVEN] * 12, [4, None], Fit.FITS),  # or the younger
        (PER_BAND, [FOUR] * 5 + [SEVEN] * 5, [4, None], Fit.CAP),  # neither of which are few
        (PER_BAND, [FOUR] * 5 + [SEVEN] * 5, [4, 2, None], Fit.FITS),
        (PER_BAND, [FOUR] * 5 + [SEVEN] * 3, [3, 5], Fit.FITS),
        (PER_BAND, [FOUR] * 3 + [SEVEN] * 5, [3, 5], Fit.FITS),
        (SUM, [FOUR] * 4 + [SEVEN] * 12, [4, None], Fit.FITS),
        (SUM, [FOUR] * 5 + [SEVEN] * 10, [4, None], Fit.FITS),  # 1/8 + 10/12 of the other
        (SUM, [FOUR] * 5 + [SEVEN] * 11, [4, None], Fit.CAP),  # 1/8 + 11/12
        (SUM, [FOUR] * 2 + [SEVEN] * 2, [4], Fit.FITS),
        (SUM, [FOUR] * 2 + [SEVEN] * 3, [4], Fit.CAP),
        (YOUNGEST, [FOUR] + [SEVEN] * 11, [4, None], Fit.FITS),  # 4 and 8
        (YOUNGEST, [FOUR] + [SEVEN] * 12, [4, None], Fit.CAP),
        (YOUNGEST, [SEVEN] * 16, [4, None], Fit.FITS),
    ],
)
def test_a_personal_cap_comes_before_the_group(
    mixing: Mixing, children: list[ChildFacts], caps: list[int | None], fit: Fit
) -> None:
    carers = [CarerFacts(cap) for cap in caps]
    assert fits(children, carers, slot("fr_acm_extra", mixing)) is fit


def test_the_smallest_cap_takes_the_strictest_band_wherever_it_is_written() -> None:
    older_stricter = replace(PRESETS["fr_acm_extra"], bands=(Band(12, SCHOOL), Band(8)))
    allowed = replace(slot(mixing=SUM), preset=older_stricter)
    carers = [CarerFacts(4), CARER]
    assert fits([SEVEN] * 5 + [FOUR] * 10, carers, allowed) is Fit.FITS
    assert fits([SEVEN] * 5 + [FOUR] * 11, carers, allowed) is Fit.CAP


def test_the_smallest_cap_takes_the_child_who_needs_an_adult_alone() -> None:
    alone = replace(SEVEN, dedicated_carer=True)
    assert fits([SEVEN] * 12 + [alone], [CARER, CarerFacts(1)], slot("fr_acm_extra")) is Fit.FITS
    assert fits([SEVEN] * 2 + [alone], [CarerFacts(1)] * 2, slot("fr_acm_extra")) is Fit.CAP


def test_a_weight_counts_against_a_personal_cap() -> None:
    heavy = replace(SEVEN, weight=2)
    assert fits([heavy] * 2, [CarerFacts(4)], slot("fr_acm_extra")) is Fit.FITS
    assert fits([heavy] * 2 + [SEVEN], [CarerFacts(4)], slot("fr_acm_extra")) is Fit.CAP


@pytest.mark.parametrize(
    ("there", "carers", "room_places", "like", "left"),
    [
        ([], [CARER], 60, FOUR, 8),
        ([], [CARER], 5, FOUR, 5),
        ([FOUR] * 5, [CARER], 60, FOUR, 3),
        ([FOUR] * 5, [CARER], 60, SEVEN, 0),  # another band, another adult
        ([FOUR] * 5, [CARER, CARER], 60, SEVEN, 12),
        ([FOUR] * 5, [CARER, CARER], 60, FOUR, 11),
        ([], [CarerFacts(4)], 60, SEVEN, 4),
        ([FOUR] * 9, [CARER], 60, FOUR, 0),  # a carer has withdrawn: over, and nobody leaves
        ([], [], 60, FOUR, 0),
        ([], [CARER] * 3, 60, replace(FOUR, dedicated_carer=True), 3),
        ([], [CARER], 60, replace(FOUR, weight=3), 2),
    ],
)
def test_places_left_are_for_a_child_like_this_one(
    there: list[ChildFacts],
    carers: list[CarerFacts],
    room_places: int,
    like: ChildFacts,
    left: int,
) -> None:
    allowed = slot("fr_acm_extra", room_places=room_places)
    assert places_left(there, carers, allowed, like=like) == left


CHILDREN = st.builds(
    ChildFacts,
    st.dates(date(2010, 1, 1), date(2023, 3, 20)),
    st.none() | st.dates(date(2020, 1, 1), date(2023, 3, 20)),
    st.integers(1, 3),
    st.sampled_from([False, False, False, True]),
)
GROUPS = st.lists(CHILDREN, max_size=14)
CARERS = st.lists(st.builds(CarerFacts, st.none() | st.integers(1, 12), st.booleans()), max_size=6)
SLOTS = st.builds(
    SlotFacts,
    st.just(DAY),
    st.integers(0, 20),
    st.sampled_from([0, 0, 3, 36]),
    st.sampled_from([3, 11, 17, 17]),
    st.sampled_from(list(PRESETS.values())),
    st.sampled_from(Mixing),
)


@given(GROUPS, CHILDREN, SLOTS, st.none() | st.integers(1, 30))
def test_one_more_child_never_needs_fewer_adults(
    there: list[ChildFacts], another: ChildFacts, allowed: SlotFacts, room: int | None
) -> None:
    def needed(children: list[ChildFacts]) -> int:
        return adults_needed(
            children,
            preset=allowed.preset,
            mixing=allowed.mixing,
            day=DAY,
            room_places=room,
        )

    assert 1 <= needed([another]) <= needed([*there, another]) >= needed(there)


@given(GROUPS, CARERS, SLOTS, st.data())
def test_who_leaves_makes_room(
    there: list[ChildFacts], carers: list[CarerFacts], allowed: SlotFacts, data: st.DataObject
) -> None:
    counting = [CarerFacts()] * 4 + carers  # often enough of them for the rest to matter
    children = there[: data.draw(st.integers(0, len(there)))]
    before = fits(there, counting, allowed)
    after = fits(children, counting, allowed)
    assert after is Fit.FITS or before is not Fit.FITS


@given(GROUPS, CARERS, SLOTS)
def test_one_more_carer_is_never_in_the_way(
    there: list[ChildFacts], carers: list[CarerFacts], allowed: SlotFacts
) -> None:
    if fits(there, carers, allowed) is Fit.FITS:
        assert fits(there, [*carers, CarerFacts(1)], allowed) is Fit.FITS


@given(GROUPS, st.integers(0, 8), SLOTS)
def test_a_cap_beyond_everything_changes_nothing(
    there: list[ChildFacts], count: int, allowed: SlotFacts
) -> None:
    capped = fits(there, [CarerFacts(1000)] * count, allowed)
    assert capped is fits(there, [CarerFacts()] * count, allowed)


@given(GROUPS, CARERS, SLOTS)
def test_the_order_of_people_does_not_matter(
    there: list[ChildFacts], carers: list[CarerFacts], allowed: SlotFacts
) -> None:
    assert fits(there, carers, allowed) is fits(there[::-1], carers[::-1], allowed)


@given(GROUPS, CARERS, CHILDREN, SLOTS)
def test_the_places_left_are_there_and_no_more(
    there: list[ChildFacts], carers: list[CarerFacts], like: ChildFacts, allowed: SlotFacts
) -> None:
    left = places_left(there, carers, allowed, like=like)
    assert fits([*there, *[like] * (left + 1)], carers, allowed) is not Fit.FITS
    assert left == 0 or fits([*there, *[like] * left], carers, allowed) is Fit.FITS
