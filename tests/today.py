"""What day it is in the tests: always the same one, in the year of the cast.

The cast's vouchers and rights run from January to December 2026 (`tests.cast`), and the pages
read the clock themselves: without this, a test that passes today would fail in January, and one
that passes at noon around midnight. Every run begins at noon of that day, and its seconds go on
as on the machine. `tests.conftest` puts it in the place of the domain's one clock; the tests of
`tests.crash` and `tests.browser` put the machine's back: other processes read it there too.
"""

from datetime import UTC, date, datetime, time, timedelta

from repit.domain import clock

THE_DAY = date(2026, 11, 21)
"""Every voucher of the cast still runs, and its March is long over."""

machine_now = clock.now
_away: timedelta = datetime.combine(THE_DAY, time(12), UTC) - machine_now()


def now() -> datetime:
    """Return this very moment, on the day of the tests."""
    return machine_now() + _away
