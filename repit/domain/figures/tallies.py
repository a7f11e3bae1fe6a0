"""Hours of each provider, and days from issue to use: kept by day, added up to months."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, cast, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

from repit.domain.figures.models import KeptTally, Span
from repit.domain.figures.moves import MonthStarts, moves
from repit.domain.figures.pieces import Calendar, covering
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.vouchers.models import Voucher

PROVIDER, DAYS = "provider", "days"
_DAY = Date()


def keep(
    db: Session,
    programme_id: int,
    day: date,
    starts_at: datetime,
    ends_at: datetime,
    months: MonthStarts,
) -> None:
    """Write down those of a day that is closed.

    Raises:
        Nothing of its own.
    """
    for rows in _of(db, programme_id, starts_at, ends_at, months):
        found = rows.subquery()
        db.execute(
            insert(KeptTally).from_select(
                ["programme_id", "span", "first_day", "fund_id", "about", "key", "number"],
                select(
                    literal(programme_id),
                    literal(Span.DAY.value),
                    literal(day, _DAY),
                    *found.c,
                ),
            )
        )


def read(
    db: Session,
    calendar: Calendar,
    about: str,
    fund_id: int | None,
    first_day: date,
    last_day: date,
) -> Counter[int]:
    """Return the numbers of some days by key, closed or not, in one statement.

    Raises:
        Nothing of its own.
    """
    kept = KeptTally.__table__.c
    parts: list[Select[*tuple[Any, ...]]] = [
        select(kept.fund_id, kept.key, kept.number).where(
            kept.programme_id == calendar.programme_id,
            kept.about == about,
            covering(kept, first_day, last_day, calendar.kept_until),
        )
    ]
    live = calendar.live(first_day, last_day)
    if live is not None:
        tallies = _of(db, calendar.programme_id, live.starts_at, live.ends_at, live.months)
        rows = dict(zip((PROVIDER, DAYS), tallies, strict=True))[about].subquery()
        parts.append(select(rows.c.fund_id, rows.c.key, rows.c.number))
    every = union_all(*parts).subquery()
    query = select(every.c.key, func.sum(every.c.number)).group_by(every.c.key)
    if fund_id is not None:
        query = query.where(every.c.fund_id == fund_id)
    return Counter({int(key): int(number) for key, number in db.execute(query)})


def _of(
    db: Session,
    programme_id: int,
    starts_at: datetime,
    ends_at: datetime | None,
    months: MonthStarts,
) -> Sequence[Select[*tuple[Any, ...]]]:
    """Return the tallies of some moments: of providers, then of days."""
    rows = moves(programme_id, starts_at, ends_at, months)
    by_provider = (
        select(
            rows.c.fund_id,
            literal(PROVIDER).label("about"),
            rows.c.provider_id.label("key"),
            cast(func.sum(rows.c.respite_minutes), Transfer.id.type).label("number"),
        )
        .where(rows.c.provider_id.is_not(None))
        .group_by(rows.c.fund_id, rows.c.provider_id)
    )
    between = [Transfer.at >= starts_at]
    if ends_at is not None:
        between.append(Transfer.at < ends_at)
    used = (
        select(
            Voucher.fund_id.label("fund_id"),
            days_between(db, Transfer.at, Voucher.issued_at).label("days"),
        )
        .join(Voucher, Voucher.id == Transfer.voucher_id)
        .where(Transfer.kind == TransferKind.REDEEM, Voucher.programme_id == programme_id, *between)
        .subquery()
    )
    by_days = select(
        used.c.fund_id,
        literal(DAYS).label("about"),
        used.c.days.label("key"),
        func.count().label("number"),
    ).group_by(used.c.fund_id, used.c.days)
    return by_provider, by_days


def days_between(db: Session, later: Any, earlier: Any) -> Any:
    """Return the days between two days, or the UTC days of moments, as the database says it."""
    if db.get_bind().dialect.name == "sqlite":
        return cast(func.julianday(func.date(later)) - func.julianday(func.date(earlier)), Integer)
    return _utc_day(later) - _utc_day(earlier)


def _utc_day(moment: Any) -> Any:
    if isinstance(moment.type, Date):
        return moment
    return func.date(func.timezone("UTC", moment))


def median(lengths: Counter[int]) -> float | None:
    """Return the middle of so many of each length; the lower of two."""
    seen = 0
    for days in sorted(lengths):
        seen += lengths[days]
        if 2 * seen >= lengths.total():
            return float(days)
    return None
