"""The calendars of the sources: irregular lists that cross the change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repit.domain.workshops.errors import EndsBeforeStart, MissingHour, RepeatedHour, TooManyDates
from repit.domain.workshops.times import (
    MOST_DATES,
    Monthly,
    Rule,
    Weekly,
    days_before,
    fold_of,
    hours_before_local,
    is_repeated,
    moment,
    moved_to_year,
    propose,
    times,
)

PARIS = "Europe/Paris"
SIX, EIGHT, TWO = time(18), time(20), time(14)
HALF_PAST_TWO = time(2, 30)
SPRING, AUTUMN = date(2023, 3, 26), date(2023, 10, 29)

# Blagnac, « Entreparent’aise »: « une fois tous les 2 mois, le mercredi de 18h à 20h »
BLAGNAC = [
    date(2023, 3, 15),
    date(2023, 5, 24),
    date(2023, 6, 28),
    date(2023, 9, 20),
    date(2023, 11, 22),
]
# Rivéry, « Bulle de rêverie »: « les samedis […] à 14h »
RIVERY = [
    date(2023, 3, 11),
    date(2023, 3, 25),
    date(2023, 4, 1),
    date(2023, 5, 6),
    date(2023, 6, 3),
]


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def gaps(days: list[date]) -> list[int]:
    return [(after - before).days for before, after in pairwise(days)]


def test_blagnac_is_at_six_on_the_wall_all_year() -> None:
    found = [times(day, SIX, EIGHT, PARIS) for day in BLAGNAC]
    assert [one.starts_at for one in found] == [
        utc(day, hour) for day, hour in zip(BLAGNAC, [17, 16, 16, 16, 17], strict=True)
    ]
    assert {one.starts_at.tzinfo for one in found} == {UTC}
    assert [one.minutes for one in found] == [120] * 5


def test_the_saturdays_of_rivery_cross_the_change_of_the_clocks() -> None:
    found = [moment(day, TWO, PARIS) for day in RIVERY]
    assert found == [utc(day, hour) for day, hour in zip(RIVERY, [13, 13, 12, 12, 12], strict=True)]
    assert found[2] - found[1] == timedelta(days=7, hours=-1)


def test_brussels_and_an_island_have_their_own_clocks() -> None:
    assert moment(BLAGNAC[1], SIX, "Europe/Brussels") == utc(BLAGNAC[1], 16)
    assert moment(BLAGNAC[1], SIX, "Indian/Reunion") == utc(BLAGNAC[1], 14)


@pytest.mark.parametrize("wall", [time(2), HALF_PAST_TWO, time(2, 59, 59)])
def test_a_missing_hour_is_refused(wall: time) -> None:
    with pytest.raises(MissingHour) as refusal:
        moment(SPRING, wall, PARIS)
    assert (refusal.value.day, refusal.value.wall) == (SPRING, wall)
    assert not is_repeated(SPRING, wall, PARIS)


def test_the_minutes_around_the_missing_hour_exist() -> None:
    assert moment(SPRING, time(1, 59), PARIS) == utc(SPRING, 0, 59)
    assert moment(SPRING, time(3), PARIS) == utc(SPRING, 1)


@pytest.mark.parametrize("fold", [0, 1])
def test_of_a_repeated_hour_it_is_the_one_that_was_said(fold: int) -> None:
    assert moment(AUTUMN, HALF_PAST_TWO, PARIS, fold=fold) == utc(AUTUMN, fold, 30)
    assert is_repeated(AUTUMN, HALF_PAST_TWO.replace(fold=fold), PARIS)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(HALF_PAST_TWO, time(4)), (time(1), HALF_PAST_TWO), (HALF_PAST_TWO, time(2, 45))],
)
def test_a_repeated_hour_is_never_chosen_silently(starts: time, ends: time) -> None:
    with pytest.raises(RepeatedHour) as refusal:
        times(AUTUMN, starts, ends, PARIS)
    assert (refusal.value.day, refusal.value.wall) == (AUTUMN, HALF_PAST_TWO)

    first, second = (times(AUTUMN, starts, ends, PARIS, fold=fold) for fold in (0, 1))
    assert first != second
    found = [fold_of(one, AUTUMN, starts, ends, PARIS) for one in (first, second)]
    assert found == [0, 1]


def test_where_no_hour_comes_twice_the_answer_changes_nothing() -> None:
    plain = times(BLAGNAC[0], SIX, EIGHT, PARIS)
    assert times(BLAGNAC[0], SIX, EIGHT, PARIS, fold=1) == plain
    assert fold_of(plain, BLAGNAC[0], SIX, EIGHT, PARIS) is None


@pytest.mark.parametrize(
    ("wall", "repeated"),
    [(time(1, 59), False), (time(2), True), (time(2, 59), True), (time(3), False)],
)
def test_one_hour_of_the_year_comes_twice(wall: time, *, repeated: bool) -> None:
    assert is_repeated(AUTUMN, wall, PARIS) is repeated
    assert not is_repeated(BLAGNAC[0], wall, PARIS)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "minutes"),
    [
        (SPRING, time(1), time(5), 180),
        (AUTUMN, time(1), time(5), 300),
        (SPRING, time(9), time(12), 180),
        (AUTUMN, HALF_PAST_TWO, time(2, 45), 15),
        (BLAGNAC[0], time(23, 58), time(23, 59), 1),
    ],
)
def test_it_lasts_as_long_as_it_really_lasts(
    day: date, starts: time, ends: time, minutes: int
) -> None:
    assert times(day, starts, ends, PARIS, fold=0).minutes == minutes


@pytest.mark.parametrize("ends", [SIX, time(17, 59), time(0)])
def test_it_ends_later_on_the_same_day(ends: time) -> None:
    with pytest.raises(EndsBeforeStart) as refusal:
        times(BLAGNAC[0], SIX, ends, PARIS)
    assert (refusal.value.starts, refusal.value.ends) == (SIX, ends)


def test_an_end_in_the_missing_hour_is_refused_too() -> None:
    with pytest.raises(MissingHour):
        times(SPRING, time(1), HALF_PAST_TWO, PARIS)


@pytest.mark.parametrize(
    ("day", "wall", "hours", "deadline"),
    [
        (BLAGNAC[0], SIX, 48, utc(date(2023, 3, 13), 17)),
        (SPRING, TWO, 48, utc(date(2023, 3, 24), 13)),  # 14 h both days; 47 hours elapse
        (AUTUMN, TWO, 48, utc(date(2023, 10, 27), 12)),  # 49 hours elapse
        (BLAGNAC[0], SIX, 12, utc(BLAGNAC[0], 5)),
        (BLAGNAC[0], time(1), 2, utc(date(2023, 3, 14), 22)),
        (BLAGNAC[0], SIX, 0, utc(BLAGNAC[0], 17)),
        (date(2023, 3, 28), HALF_PAST_TWO, 48, utc(SPRING, 1, 30)),  # shown as 3 h 30
        (date(2023, 10, 31), HALF_PAST_TWO, 48, utc(AUTUMN, 0, 30)),  # the first of the two
    ],
)
def test_two_days_before_is_the_same_time_on_the_wall(
    day: date, wall: time, hours: int, deadline: datetime
) -> None:
    assert hours_before_local(day, wall, PARIS, hours) == deadline


@pytest.mark.parametrize(
    ("day", "days", "at", "due"),
    [
        (BLAGNAC[0], 7, time(9), utc(date(2023, 3, 8), 8)),
        (date(2023, 3, 28), 7, time(9), utc(date(2023, 3, 21), 8)),
        (date(2023, 4, 2), 7, time(9), utc(SPRING, 7)),
        (BLAGNAC[0], 0, time(8), utc(BLAGNAC[0], 7)),
        (date(2023, 3, 1), 1, time(9), utc(date(2023, 2, 28), 8)),
    ],
)
def test_a_reminder_comes_at_its_time_on_the_wall(
    day: date, days: int, at: time, due: datetime
) -> None:
    assert days_before(day, PARIS, days, at) == due


@pytest.mark.parametrize(
    ("rule", "first_day", "proposed"),
    [
        (Weekly(), date(2023, 3, 15), ["2023-03-15", "2023-03-22", "2023-03-29"]),
        (Weekly(2), date(2023, 12, 20), ["2023-12-20", "2024-01-03", "2024-01-17"]),
        (Monthly(), date(2023, 3, 15), ["2023-03-15", "2023-04-19", "2023-05-17"]),
        (Monthly(2), date(2023, 11, 1), ["2023-11-01", "2024-01-03", "2024-03-06"]),
        (Monthly(), date(2023, 3, 29), ["2023-03-29", "2023-05-31", "2023-08-30"]),  # the fifth
        (Monthly(), date(2024, 2, 29), ["2024-02-29", "2024-05-30", "2024-08-29"]),
        (Monthly(last=True), date(2023, 3, 29), ["2023-03-29", "2023-04-26", "2023-05-31"]),
        (Monthly(last=True), date(2023, 3, 22), ["2023-03-29", "2023-04-26", "2023-05-31"]),
        (Monthly(3, last=True), date(2023, 2, 22), ["2023-02-22", "2023-05-31", "2023-08-30"]),
        (Monthly(), date(2023, 1, 1), ["2023-01-01", "2023-02-05", "2023-03-05"]),
    ],
)
def test_a_rule_proposes_dates(rule: Rule, first_day: date, proposed: list[str]) -> None:
    assert [day.isoformat() for day in propose(rule, first_day, count=3)] == proposed


def test_no_rule_gives_the_real_lists() -> None:
    assert gaps(BLAGNAC) == [70, 35, 84, 63]
    rules: list[Rule] = [Weekly(every) for every in range(1, 13)]
    rules += [Monthly(every, last=last) for every in range(1, 4) for last in (False, True)]
    for rule in rules:
        assert propose(rule, BLAGNAC[0], count=5) != BLAGNAC
        assert propose(rule, RIVERY[0], count=5) != RIVERY


def test_the_last_day_belongs_to_the_proposal() -> None:
    assert len(propose(Weekly(), BLAGNAC[0], until=date(2023, 3, 29))) == 3
    assert len(propose(Weekly(), BLAGNAC[0], until=date(2023, 3, 28))) == 2
    assert propose(Weekly(), BLAGNAC[0], until=date(2023, 3, 14)) == []


def test_count_and_last_day_end_it_whichever_comes_first() -> None:
    assert len(propose(Weekly(), BLAGNAC[0], count=2, until=date(2023, 12, 31))) == 2
    assert len(propose(Weekly(), BLAGNAC[0], count=9, until=date(2023, 3, 29))) == 3
    assert propose(Weekly(), BLAGNAC[0], count=0) == []


def test_sixty_dates_are_proposed_and_not_one_more() -> None:
    sixtieth = BLAGNAC[0] + timedelta(weeks=59)
    assert len(propose(Weekly(), BLAGNAC[0], count=60)) == MOST_DATES
    assert len(propose(Weekly(), BLAGNAC[0], until=sixtieth)) == MOST_DATES
    for more in (61, 10_000):
        with pytest.raises(TooManyDates):
            propose(Weekly(), BLAGNAC[0], count=more)
    with pytest.raises(TooManyDates):
        propose(Weekly(), BLAGNAC[0], until=sixtieth + timedelta(weeks=1))
    with pytest.raises(TooManyDates):
        propose(Weekly(), BLAGNAC[0])


@pytest.mark.parametrize(
    ("dates", "year", "first"),
    [
        (BLAGNAC, 2024, date(2024, 3, 13)),
        (BLAGNAC, 2025, date(2025, 3, 12)),
        (BLAGNAC, 2028, date(2028, 3, 15)),
        (RIVERY, 2024, date(2024, 3, 9)),
        ([date(2024, 2, 29)], 2025, date(2025, 2, 27)),  # a Thursday, near the 28th
    ],
)
def test_last_years_list_moves_as_it_is(dates: list[date], year: int, first: date) -> None:
    moved = moved_to_year(dates, year)
    assert moved[0] == first
    assert gaps(moved) == gaps(dates)


def test_an_empty_list_stays_empty() -> None:
    assert moved_to_year([], 2024) == []


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=1, max_size=8),
    st.integers(2020, 2040),
)
def test_a_moved_list_keeps_weekdays_order_and_gaps(dates: list[date], year: int) -> None:
    moved = moved_to_year(dates, year)
    assert [day.weekday() for day in moved] == [day.weekday() for day in dates]
    assert gaps(moved) == gaps(dates)
    first = min(dates)
    same_day = first.replace(year=year, day=min(first.day, 28))
    assert -3 <= (min(moved) - same_day).days <= 3 + (first.day - same_day.day)


@given(
    st.builds(Weekly, st.integers(1, 8))
    | st.builds(Monthly, st.integers(1, 6), last=st.booleans()),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_a_proposal_rises_and_keeps_its_weekday(rule: Rule, first_day: date) -> None:
    proposed = propose(rule, first_day, count=12)
    assert len(proposed) == 12
    assert proposed == sorted(set(proposed))
    assert proposed[0] >= first_day
    assert {day.weekday() for day in proposed} == {first_day.weekday()}
