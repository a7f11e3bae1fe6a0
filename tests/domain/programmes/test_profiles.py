"""The calendar of the legal frames, 2024 to 2032, in Paris and in Brussels."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from repit.domain.clock import day_in
from repit.domain.programmes.profiles import FR_CAP, Validity

CAP = Validity("FR-CAP", months=12, grace_days=60)
OWN = Validity(None, months=12, grace_days=60)
YEARS = range(2024, 2033)
ZONES = ("Europe/Paris", "Europe/Brussels")


@pytest.mark.parametrize("year", YEARS)
def test_whatever_the_day_of_issue_a_voucher_of_the_frame_ends_with_its_year(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        last_day = CAP.last_day(day)
        assert last_day == date(year, 12, 31)
        assert CAP.grace_until(last_day) == date(year + 1, 2, 28)
        assert CAP.latest(day) == last_day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", YEARS)
def test_the_account_of_a_year_is_due_on_the_31st_of_may_after(year: int) -> None:
    assert FR_CAP.account_due(year) == date(year + 1, 5, 31)
    assert FR_CAP.last_use(year) < FR_CAP.last_claim(year) < FR_CAP.account_due(year)


@pytest.mark.parametrize("year", [2027, 2031])
def test_in_a_leap_year_the_claim_still_ends_on_the_28th(year: int) -> None:
    assert date(year + 1, 2, 29) - CAP.grace_until(date(year, 12, 31)) == timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", YEARS)
def test_the_day_changes_at_midnight_where_the_programme_is(zone: str, year: int) -> None:
    for last in (FR_CAP.last_use(year), FR_CAP.last_claim(year), FR_CAP.account_due(year)):
        midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
        just_before = (midnight - timedelta(microseconds=1)).astimezone(UTC)
        assert day_in(zone, just_before) == last
        assert day_in(zone, midnight.astimezone(UTC)) == last + timedelta(days=1)


@pytest.mark.parametrize("year", YEARS)
def test_without_a_frame_the_settings_decide(year: int) -> None:
    first = date(year, 3, 15)

    assert OWN.last_day(first) == date(year + 1, 3, 14)
    assert OWN.grace_until(date(year, 12, 31)) == date(year, 12, 31) + timedelta(days=60)
    assert OWN.latest(first) is None


def test_a_voucher_moved_past_its_year_is_claimed_by_the_february_after() -> None:
    assert CAP.grace_until(date(2027, 1, 10)) == date(2028, 2, 28)
