"""TARGET's closing days, year by year, against the calendar that the ECB publishes."""

from datetime import date, timedelta

import pytest
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban

from repit.domain.settlements.errors import PayeeRefused
from repit.domain.settlements.paydays import easter_of, is_pay_day, next_pay_day
from repit.domain.settlements.payees import checked_iban

EASTERS = {
    2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2029: (4, 1),
    2030: (4, 21), 2031: (4, 13), 2032: (3, 28),
}  # fmt: skip


@pytest.mark.parametrize("year", EASTERS)
def test_six_days_and_every_weekend_are_closed(year: int) -> None:
    easter = date(year, *EASTERS[year])
    assert easter_of(year) == easter
    closed = {
        date(year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        date(year, 5, 1),
        date(year, 12, 25),
        date(year, 12, 26),
    }
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    days = [day for day in days if day.year == year]

    assert {day for day in days if day.weekday() < 5 and not is_pay_day(day)} == {
        day for day in closed if day.weekday() < 5
    }
    assert not any(is_pay_day(day) for day in days if day.weekday() >= 5)


@pytest.mark.parametrize(
    ("asked", "paid"),
    [
        (date(2024, 2, 29), date(2024, 2, 29)),
        (date(2026, 4, 3), date(2026, 4, 7)),
        (date(2027, 12, 24), date(2027, 12, 24)),
        (date(2027, 12, 25), date(2027, 12, 27)),
        (date(2031, 12, 31), date(2031, 12, 31)),
        (date(2032, 1, 1), date(2032, 1, 2)),
    ],
)
def test_the_next_day_on_which_banks_pay(asked: date, paid: date) -> None:
    assert next_pay_day(asked) == paid


def test_every_single_error_in_an_iban_is_caught() -> None:
    right = "FR7630006000011234567890189"
    for place in range(4, len(right)):
        for digit in "0123456789":
            if digit == right[place]:
                continue
            with pytest.raises(PayeeRefused):
                checked_iban(right[:place] + digit + right[place + 1 :])


IBANS = (
    "FR1420041010050500013M02606", "BE68539007547034", "DE89370400440532013000",
    "ES9121000418450200051332", "IT60X0542811101000000123456", "NL91ABNA0417164300",
    "LU280019400644750000", "PT50000201231234567890154", "GB29NWBK60161331926819",
    "CH9300762011623852957", "MC5811222000010123456789030", "AT611904300234573201",
)  # fmt: skip


def test_three_libraries_agree_on_every_iban_and_every_slip() -> None:
    for right in IBANS:
        slips = [right[:place] + "0" + right[place + 1 :] for place in range(4, len(right))]
        for typed in (right, *slips, right[:-1], right + "0"):
            assert ours(typed) == schwifty_says(typed) == stdnum_says(typed), typed


def ours(typed: str) -> bool:
    try:
        return checked_iban(typed) == typed
    except PayeeRefused:
        return False


def schwifty_says(typed: str) -> bool:
    try:
        IBAN(typed, validate_bban=True)
    except SchwiftyException:
        return False
    return True


def stdnum_says(typed: str) -> bool:
    return bool(iban.is_valid(typed, check_country=False))
