"""What day it is in the tests: always the same one, in the year of the cast.

The cast's vouchers and rights run from January to December 2026 (`tests.cast`), and the pages
read the clock themselves: without this, a test that passes today would fail in January. Hours
and seconds go on as on the machine; only whole days are added or taken away. `tests.conftest`
puts it in the place of the domain's one clock, `tests.crash` puts the machine's back: there
other processes read it too.
"""

from datetime import date, datetime, timedelta

from repit.domain import clock

THE_DAY = date(2026, 11, 21)
"""Every voucher of the cast still runs, and its March is long over."""

machine_now = clock.now
_away: timedelta = THE_DAY - machine_now().date()


def now() -> datetime:
    """Return this very moment, on the day of the tests."""
    return machine_now() + _away
