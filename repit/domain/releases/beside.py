"""What an attacker may lay beside a new release: every other one of the programme, and the truth.

The truth of what was published is as it was then; that of periods nobody published is counted
now, and never changes either once they are closed.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.figures.keeping import first_kept, kept_until
from repit.domain.programmes.models import Fund
from repit.domain.releases.disclosure.outcome import Earlier
from repit.domain.releases.models import Release, ReleaseFact, ReleaseState
from repit.domain.releases.rules import ReleasePeriod, number_text, periods_of_years
from repit.domain.releases.truth import facts_of
from repit.domain.releases.writing import read_content, read_facts

Beside = dict[tuple[int, date, date], Earlier]
"""By fund and period."""


def published_beside(db: Session, programme_id: int) -> Beside:
    """Return every approved release of a programme, with the truth of then.

    Raises:
        ReleaseChanged: one of them is not what was approved.
    """
    rows = db.execute(
        select(Release, ReleaseFact.facts)
        .join(ReleaseFact, ReleaseFact.release_id == Release.id)
        .where(
            Release.programme_id == programme_id,
            Release.state == ReleaseState.APPROVED,
        )
        .order_by(Release.id)
    )
    return {
        (row.fund_id, row.first_day, row.last_day): _earlier(row, stored) for row, stored in rows
    }


def unpublished_beside(
    db: Session, programme_id: int, period: ReleasePeriod, published: Beside, *, fund_id: int
) -> list[Earlier]:
    """Return the truth of the other funds and periods of the same years that are closed.

    Args:
        published: what needs not be counted again.
        period: with `fund_id`, the new release: it is not beside itself.

    Raises:
        Nothing of its own.
    """
    known = {*published, (fund_id, period.first_day, period.last_day)}
    missing = (
        (fund, one)
        for fund in _funds(db, programme_id)
        for one in _closed_periods(db, programme_id, period)
        if (fund, one.first_day, one.last_day) not in known
    )
    return [Earlier(facts_of(db, fund, one).tables) for fund, one in missing]


def _earlier(row: Release, stored: bytes) -> Earlier:
    number = number_text(row.year or 0, row.serial or 0)
    content = read_content(row.content, row.sha256, number=number)
    return Earlier(read_facts(stored).tables, content.tables)


def _funds(db: Session, programme_id: int) -> list[int]:
    """Return those that have a funder: what families paid is no fund of vouchers."""
    query = select(Fund.id).where(Fund.programme_id == programme_id, Fund.funder_id.is_not(None))
    return list(db.scalars(query.order_by(Fund.id)))


def _closed_periods(
    db: Session, programme_id: int, period: ReleasePeriod
) -> Iterator[ReleasePeriod]:
    since, until = first_kept(db, programme_id), kept_until(db, programme_id)
    if since is None or until is None:
        return
    for one in periods_of_years(period.first_day, period.last_day):
        if since <= one.last_day <= until:  # what was over before is known to nobody
            yield one
