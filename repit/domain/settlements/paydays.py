"""The days on which banks pay in euros: the TARGET calendar, by rule. Pure functions."""

from datetime import date, timedelta

_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}
_SATURDAY = 5
MOST_DAYS_AHEAD = 31
"""How many calendar days ahead a batch may be paid. Banks keep a SEPA order about a month, and an
approved batch holds its money until it is over: a slip in the year would hold it for years."""


def is_pay_day(day: date) -> bool:
    """Tell whether TARGET is open: not at the weekend, nor on one of its six closing days."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    easter = easter_of(day.year)
    return day not in {easter - timedelta(days=2), easter + timedelta(days=1)}


def next_pay_day(day: date) -> date:
    """Return this day if banks pay on it, else the first one on which they do."""
    while not is_pay_day(day):
        day += timedelta(days=1)
    return day


def last_pay_day(today: date) -> date:
    """Return the last day on which a batch approved today may be paid."""
    day = today + timedelta(days=MOST_DAYS_AHEAD)
    while not is_pay_day(day):
        day -= timedelta(days=1)
    return day


def easter_of(year: int) -> date:
    """Return Easter Sunday of a Gregorian year (Meeus, Jones, Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leaps, rest = divmod(century, 4)
    moon = (8 * century + 13) // 25
    epact = (19 * golden + century - leaps - moon + 15) % 30
    years, odd = divmod(of_century, 4)
    sunday = (32 + 2 * rest + 2 * years - epact - odd) % 7
    late = (golden + 11 * epact + 22 * sunday) // 451
    month, before = divmod(epact + sunday - 7 * late + 114, 31)
    return date(year, month, before + 1)
