"""What day it is in the tests: always the same one, in the year of the cast.

The cast's vouchers and rights run from January to December 2026 (`tests.cast`), and the pages
read the clock themselves: without this, a test that passes today would fail in January. Hours
and seconds go on as on the machine; whole days are added or taken away, and a few hours where
the day would change in Paris during the run. `tests.conftest` puts it in the place of the
domain's one clock, `tests.crash` puts the machine's back: there other processes read it too.
"""

from datetime import UTC, date, datetime, timedelta

from repit.domain import clock

THE_DAY = date(2026, 11, 21)
"""Every voucher of the cast still runs, and its March is long over."""

LATEST_HOUR = 21
"""In UTC, for a run to begin at: two hours before midnight in Paris in winter."""

machine_now = clock.now


def _distance(moment: datetime) -> timedelta:
    hours = max(0, moment.hour - LATEST_HOUR)
    return THE_DAY - moment.date() - timedelta(hours=hours)


_away = _distance(machine_now().astimezone(UTC))


def now() -> datetime:
    """Return this very moment, on the day of the tests."""
    return machine_now() + _away
