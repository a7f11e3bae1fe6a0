"""Legal frames a programme may stand in: days that the law settles instead of the operator.

`FR-CAP` is the French *chèque d'accompagnement personnalisé* (CGCT L1611-6, R1611-2 to R1611-15):
a voucher serves until 31 December of its year (R1611-6), a provider claims it by 28 February after,
leap year or not, and the year's account is given by 31 May (R1611-10).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from repit.domain.periods import add_months


@dataclass(frozen=True)
class MonthDay:
    """A day of every year; never 29 February, which most years have not."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """Return that day of one year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class Profile:
    """The days of a frame. The first is of the voucher's own year, the others of the next."""

    code: str
    used_by: MonthDay
    claimed_by: MonthDay
    account_by: MonthDay

    def last_use(self, year: int) -> date:
        """Return the last day of service that a voucher of a year may pay for."""
        return self.used_by.in_year(year)

    def last_claim(self, year: int) -> date:
        """Return the last day on which a provider may claim a voucher of a year."""
        return self.claimed_by.in_year(year + 1)

    def account_due(self, year: int) -> date:
        """Return the day by which the account of a year is given."""
        return self.account_by.in_year(year + 1)


FR_CAP = Profile(
    "FR-CAP",
    used_by=MonthDay(12, 31),
    claimed_by=MonthDay(2, 28),
    account_by=MonthDay(5, 31),
)
PROFILES = {FR_CAP.code: FR_CAP}


@dataclass(frozen=True)
class Validity:
    """How long the vouchers of a programme serve: by its own settings, or by its frame."""

    profile: str | None
    months: int
    grace_days: int

    @property
    def frame(self) -> Profile | None:
        """The legal frame that decides instead of the settings, or None."""
        return PROFILES[self.profile] if self.profile else None

    def last_day(self, first_day: date) -> date:
        """Return the last day of service of a voucher that serves from a day on."""
        if self.frame:
            return self.frame.last_use(first_day.year)
        return add_months(first_day, self.months) - timedelta(days=1)

    def grace_until(self, last_day: date) -> date:
        """Return the last day on which a voucher that ends on a day may still be claimed."""
        if self.frame:
            return max(last_day, self.frame.last_claim(last_day.year))
        return last_day + timedelta(days=self.grace_days)

    def latest(self, first_day: date) -> date | None:
        """Return the day beyond which a voucher can never be extended; None: no such day."""
        return self.frame.last_use(first_day.year) if self.frame else None

    def may_serve(self, first_day: date, day: date) -> bool:
        """Tell whether a voucher that serves from a day on could be made good for another day."""
        latest = self.latest(first_day)
        return latest is None or (first_day.year == day.year and day <= latest)
