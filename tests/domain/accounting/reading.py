"""What the books say of a programme, in the words of the tests."""

from datetime import date

from sqlalchemy.orm import Session

from repit.domain.accounting import journal, queries
from repit.domain.accounting.journal import Entry
from repit.domain.accounting.queries import AccountBalance
from repit.domain.periods import Period

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
ZONE = "Europe/Paris"


def entries(db: Session, programme_id: int, period: Period = YEAR) -> list[Entry]:
    chart = queries.books(db).chart
    return list(journal.entries(db, programme_id, ZONE, period, chart))


def balance(db: Session, programme_id: int, period: Period = YEAR) -> dict[str, AccountBalance]:
    """Return the trial balance by kind of account."""
    chart = queries.books(db).chart
    found = queries.trial_balance(db, programme_id, ZONE, period, chart)
    return {one.kind.value: one for one in found}
