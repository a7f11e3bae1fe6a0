"""Keep how many were reached in each month, quarter, semester and year, also the unfinished ones.

Counted outside any change, because a year is long to count, then written in a short one.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from repit.domain.figures import keeping, rules
from repit.domain.figures.models import ALL_FUNDS, KeptCount
from repit.domain.figures.reach import Scope, counted
from repit.domain.periods import Period, PeriodKind
from repit.domain.programmes.models import Fund

Row = dict[str, Any]


def uncounted(db: Session, programme_id: int, until: date) -> list[tuple[PeriodKind, Period]]:
    """Return the periods whose counts stop before the last closed day, or are missing."""
    known = {
        (period, first_day): until_day
        for period, first_day, until_day in db.execute(
            select(KeptCount.period, KeptCount.first_day, KeptCount.until_day).where(
                KeptCount.programme_id == programme_id,
                KeptCount.fund_id == ALL_FUNDS,
                KeptCount.dimension == "",
            )
        )
    }
    first = keeping.first_kept(db, programme_id)
    return [
        (kind, period)
        for kind, period in rules.periods_between(first or until, until)
        if known.get((kind, period.first_day)) != min(period.last_day, until)
    ]


def count(
    db: Session, programme_id: int, period: Period, kind: PeriodKind, until: date
) -> list[Row]:
    """Return the rows of one period, of every fund and of all together."""
    funds = db.scalars(
        select(Fund.id).where(Fund.programme_id == programme_id, Fund.funder_id.is_not(None))
    )
    months = rules.months_of(period.first_day, period.last_day)
    kept = (months[0].month.last_day, months[-1].month.last_day)
    return [
        {
            "programme_id": programme_id,
            "period": kind.value,
            "first_day": period.first_day,
            "fund_id": fund_id or ALL_FUNDS,
            "dimension": dimension,
            "part": part,
            "households": found.households,
            "parents": found.parents,
            "until_day": min(period.last_day, until),
        }
        for fund_id in (None, *funds)
        for (dimension, part), found in counted(
            db, Scope(programme_id, kept, fund_id=fund_id, also=frozenset({"area"}))
        ).items()
    ]


def write(db: Session, programme_id: int, rows: list[Row], until: date) -> bool:
    """Replace the counts of the rows' periods; False when another day was closed meanwhile.

    Raises:
        Nothing of its own.
    """
    if keeping.kept_until(db, programme_id) != until:
        return False
    periods = {(row["period"], row["first_day"]) for row in rows}
    db.execute(
        delete(KeptCount)
        .where(
            KeptCount.programme_id == programme_id,
            tuple_(KeptCount.period, KeptCount.first_day).in_(list(periods)),
        )
        .execution_options(synchronize_session=False)
    )
    db.execute(insert(KeptCount), rows)
    return True


def batches(
    db: Session, programme_id: int, periods: Iterable[tuple[PeriodKind, Period]], until: date
) -> Iterator[list[Row]]:
    """Yield the rows of one period after the other, counted as they are asked for."""
    for kind, period in periods:
        yield count(db, programme_id, period, kind, until)
