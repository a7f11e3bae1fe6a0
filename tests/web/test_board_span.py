from datetime import date

import pytest

from repit.domain.periods import Period
from repit.web.operators.board_span import Said, span_of

TODAY = date(2026, 11, 21)


def months(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("first", "last", "shown", "said"),
    [
        ("", "", months("2025-12-01", "2026-11-30"), ()),
        ("2026-01", "2026-03", months("2026-01-01", "2026-03-31"), ()),
        ("2026-01-01", "2026-03-31", months("2026-01-01", "2026-03-31"), ()),
        ("2026-05", "", months("2026-05-01", "2026-11-30"), ()),
        ("", "2026-02", months("2025-03-01", "2026-02-28"), ()),
        ("2026-01-15", "2026-03-31", months("2026-01-01", "2026-03-31"), (Said.MOVED,)),
        ("2026-01", "2026-03-10", months("2026-01-01", "2026-03-31"), (Said.MOVED,)),
        ("2026-03", "2026-01", months("2026-01-01", "2026-03-31"), (Said.TURNED,)),
        (
            "2026-03-10",
            "2026-01-01",
            months("2026-01-01", "2026-03-31"),
            (Said.TURNED, Said.MOVED),
        ),
        ("2026-10", "2027-02", months("2026-10-01", "2026-11-30"), (Said.CUT,)),
        ("2027-01", "2027-02", months("2027-01-01", "2027-02-28"), (Said.FUTURE,)),
        ("2027-01", "", months("2027-01-01", "2027-01-31"), (Said.FUTURE,)),
        ("2010-01", "2026-10", months("2021-11-01", "2026-10-31"), (Said.LONG,)),
        ("soon", "2026-13", months("2025-12-01", "2026-11-30"), (Said.UNREADABLE,)),
        ("2026-02-30", "2026-06", months("2025-07-01", "2026-06-30"), (Said.UNREADABLE,)),
        ("0001-01", "9999-12", months("2025-12-01", "2026-11-30"), (Said.UNREADABLE,)),
        ("2026-W12-1", "", months("2025-12-01", "2026-11-30"), (Said.UNREADABLE,)),
    ],
)
def test_whatever_is_asked_becomes_whole_months_and_is_said(
    first: str, last: str, shown: Period, said: tuple[Said, ...]
) -> None:
    span = span_of(first, last, today=TODAY)

    assert (span.months, span.said) == (shown, said)


def test_a_month_that_runs_is_compared_up_to_the_same_day() -> None:
    span = span_of("2026-09", "2026-11", today=TODAY)

    assert span.running
    assert span.before == months("2025-09-01", "2025-11-21")


def test_months_that_are_over_are_compared_whole() -> None:
    span = span_of("2027-12", "2028-02", today=date(2028, 3, 5))

    assert not span.running
    assert span.before == months("2026-12-01", "2027-02-28")


def test_on_the_last_day_of_a_month_it_is_compared_whole() -> None:
    span = span_of("2027-02", "2027-02", today=date(2027, 2, 28))

    assert span.before == months("2026-02-01", "2026-02-28")
    leap = span_of("2029-02", "2029-02", today=date(2029, 2, 28))
    assert leap.before == months("2028-02-01", "2028-02-29")
