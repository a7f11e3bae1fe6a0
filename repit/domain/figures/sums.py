"""The sums of a day, and those of a month made of its days: written once, never changed."""

from datetime import date, datetime

from sqlalchemy import Date, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from repit.db.inserts import inserting
from repit.domain.figures.homes import lived
from repit.domain.figures.models import KeptMoney, KeptParent, KeptReached, KeptSum, KeptTally, Span
from repit.domain.figures.moves import SUMS, moves, totals
from repit.domain.ledger.models import Account, Transfer
from repit.domain.programmes.models import Fund

DAY = Date()
_DIVISIONS = ("fund_id", "category", "town", "isolated", "priority_area")
_JOINED = ("fund_id", "kind", "debit_kind", "credit_kind")
_TALLIED = ("fund_id", "about", "key")
_REACHED = (
    "programme_id",
    "month_last_day",
    "fund_id",
    "category",
    "isolated",
    "parent_id",
    "vouchers",
)


def keep(
    db: Session,
    programme_id: int,
    day: date,
    starts_at: datetime,
    ends_at: datetime,
    months: list[tuple[datetime, date]],
) -> None:
    """Write down vouchers, euros and minutes of a day that is closed, in every division."""
    rows = moves(programme_id, starts_at, ends_at, months)
    in_area = KeptParent.priority_area.is_not(None)
    divided = [rows.c.fund_id, rows.c.category, KeptParent.town, rows.c.isolated, in_area]
    db.execute(
        insert(KeptSum).from_select(
            ["programme_id", "span", "first_day", *_DIVISIONS, *SUMS],
            select(
                literal(programme_id),
                literal(Span.DAY.value),
                literal(day, DAY),
                *divided,
                *totals(rows),
            )
            .join(KeptParent, lived(programme_id, rows.c.parent_id, day))
            .group_by(*divided),
        )
    )


def keep_reached(
    db: Session,
    programme_id: int,
    starts_at: datetime,
    ends_at: datetime,
    months: list[tuple[datetime, date]],
) -> None:
    """Write down who was reached by what is recorded between two moments, by month."""
    rows = moves(programme_id, starts_at, ends_at, months)
    who = [rows.c.month_last_day, rows.c.fund_id, rows.c.category, rows.c.isolated]
    net = func.sum(rows.c.reached)
    used = (
        select(literal(programme_id), *who, rows.c.parent_id, net)
        .where(rows.c.reached != 0)
        .group_by(*who, rows.c.parent_id)
    )
    made = inserting(db, KeptReached).from_select(
        _REACHED,
        used,
    )
    key = _REACHED[:-1]
    db.execute(
        made.on_conflict_do_update(
            index_elements=key,
            set_={"vouchers": KeptReached.vouchers + made.excluded.vouchers},
        )
    )


def keep_money(
    db: Session, programme_id: int, day: date, starts_at: datetime, ends_at: datetime
) -> None:
    """Write down every transfer of a day that is closed, by kind and accounts."""
    debited, credited = aliased(Account), aliased(Account)
    divided = [debited.fund_id, Transfer.kind, debited.kind, credited.kind]
    db.execute(
        insert(KeptMoney).from_select(
            ["programme_id", "span", "first_day", *_JOINED, "transfers", "cents"],
            select(
                literal(programme_id),
                literal(Span.DAY.value),
                literal(day, DAY),
                *divided,
                func.count(),
                func.sum(Transfer.amount_cents),
            )
            .select_from(Transfer)
            .join(debited, debited.id == Transfer.debit_id)
            .join(credited, credited.id == Transfer.credit_id)
            .join(Fund, Fund.id == debited.fund_id)
            .where(
                Fund.programme_id == programme_id,
                Transfer.at >= starts_at,
                Transfer.at < ends_at,
            )
            .group_by(*divided),
        )
    )


def fold(db: Session, programme_id: int, first_day: date, last_day: date) -> None:
    """Add the days of a month that is over up to the month, once."""
    for table, divisions, sums in (
        (KeptSum.__table__, _DIVISIONS, SUMS),
        (KeptMoney.__table__, _JOINED, ("transfers", "cents")),
        (KeptTally.__table__, _TALLIED, ("number",)),
    ):
        kept = [table.c[name] for name in divisions]
        db.execute(
            insert(table).from_select(  # type: ignore[arg-type]
                ["programme_id", "span", "first_day", *divisions, *sums],
                select(
                    literal(programme_id),
                    literal(Span.MONTH.value),
                    literal(first_day, DAY),
                    *kept,
                    *(func.sum(table.c[name]) for name in sums),
                )
                .where(
                    table.c.programme_id == programme_id,
                    table.c.span == Span.DAY.value,
                    table.c.first_day.between(first_day, last_day),
                )
                .group_by(*kept),
            )
        )
