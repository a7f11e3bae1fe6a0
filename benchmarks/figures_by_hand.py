"""The board's figures as somebody would write them in SQL: over the rows, and over the kept sums."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from benchmarks.world import World

_SUMS = """
 sum(CASE WHEN t.kind = 'issue' THEN 1 ELSE 0 END) AS vouchers_issued,
 sum(CASE t.kind WHEN 'redeem' THEN 1 WHEN 'reverse' THEN -1 ELSE 0 END) AS vouchers_used,
 sum(CASE t.kind WHEN 'redeem' THEN t.amount_cents WHEN 'reverse' THEN -t.amount_cents
     ELSE 0 END) AS used,
 sum(CASE t.kind WHEN 'redeem' THEN r.minutes WHEN 'reverse' THEN -r.minutes
     ELSE 0 END) AS respite_minutes
"""
_FROM = """
  FROM transfer t JOIN voucher v ON v.id = t.voucher_id JOIN allowance a ON a.id = v.allowance_id
  JOIN parent p ON p.id = v.parent_id LEFT JOIN redemption r ON r.id = t.redemption_id
 WHERE v.programme_id = :programme AND t.at >= :since AND t.at < :until
"""
_HOMES = """
 SELECT count(DISTINCT household_id) AS households_reached,
        count(DISTINCT parent_id) AS parents_reached
   FROM (SELECT p.household_id, v.parent_id, {month} AS month
           FROM transfer t JOIN voucher v ON v.id = t.voucher_id
           JOIN parent p ON p.id = v.parent_id JOIN redemption r ON r.id = t.redemption_id
          WHERE v.programme_id = :programme AND t.at >= :since AND t.at < :until
            AND (t.kind = 'redeem' OR t.kind = 'reverse' AND {used} = {month})
          GROUP BY p.household_id, v.parent_id, v.fund_id, r.category, {month}
         HAVING sum(CASE t.kind WHEN 'redeem' THEN 1 ELSE -1 END) > 0) used
"""


def _month(column: str, *, postgresql: bool) -> str:
    if postgresql:
        return f"date_trunc('month', {column} AT TIME ZONE 'Europe/Paris')"
    # The zone's offset by hand: summer time of 2024 to 2026.
    return (
        f"strftime('%Y-%m', {column}, CASE WHEN {column} BETWEEN '2024-03-31 01' AND"
        f" '2024-10-27 01' OR {column} BETWEEN '2025-03-30 01' AND '2025-10-26 01' OR {column}"
        f" BETWEEN '2026-03-29 01' AND '2026-10-25 01' THEN '+2 hours' ELSE '+1 hour' END)"
    )


@dataclass(frozen=True)
class Raw:
    """Everything from the rows: one statement of sums in all divisions, one of households."""

    def statements(self, here: World) -> list[str]:
        """Return them as this database writes them."""
        postgresql = here.engine.dialect.name == "postgresql"
        month = _month("t.at", postgresql=postgresql)
        used = _month("r.received_at", postgresql=postgresql)
        divided = f"{month}, r.category, p.town, a.isolated, p.priority_area, v.fund_id"
        return [
            f"SELECT {divided}, {_SUMS} {_FROM} GROUP BY {divided}",
            _HOMES.format(month=month, used=used),
        ]

    def read(self, here: World, first_day: date, last_day: date) -> dict[str, int]:
        """Return the totals of a period."""
        about = _about(here, first_day, last_day)
        divided, homes = self.statements(here)
        names = ("vouchers_issued", "vouchers_used", "used", "respite_minutes")
        with here.engine.connect() as connection:
            _patient(connection)
            rows = connection.execute(text(divided), about).mappings().all()
            found = {name: sum(int(row[name]) for row in rows) for name in names}
            found |= dict(connection.execute(text(homes), about).mappings().one())
        return found


RAW = Raw()
_DIVISIONS = {
    "''": "whole",
    "first_day": "month",
    "category": "category",
    "town": "town",
    "isolated": "isolated",
    "priority_area": "area",
    "fund_id": "fund",
}
KEPT = [
    f"SELECT {column} AS part, sum(vouchers_issued), sum(issued_cents), sum(vouchers_used),"
    " sum(used_cents), sum(vouchers_lapsed), sum(lapsed_cents), sum(vouchers_cancelled),"
    " sum(cancelled_cents), sum(respite_minutes), sum(respite_sessions) FROM kept_sum"
    " WHERE programme_id = :programme AND span = 'month' AND first_day BETWEEN :first AND :last"
    f" GROUP BY {column}"
    if column != "''"
    else "SELECT sum(vouchers_issued), sum(issued_cents), sum(vouchers_used), sum(used_cents),"
    " sum(vouchers_lapsed), sum(lapsed_cents), sum(vouchers_cancelled), sum(cancelled_cents),"
    " sum(respite_minutes), sum(respite_sessions) FROM kept_sum WHERE programme_id = :programme"
    " AND span = 'month' AND first_day BETWEEN :first AND :last"
    for column in _DIVISIONS
] + [
    "SELECT dimension, part, fund_id, households, parents FROM kept_count"
    " WHERE programme_id = :programme AND period = 'year' AND first_day = :first",
    "SELECT first_day, households, parents FROM kept_count WHERE programme_id = :programme"
    " AND period = 'month' AND first_day BETWEEN :first AND :last AND fund_id = 0"
    " AND dimension = ''",
    "SELECT kind, debit_kind, credit_kind, sum(cents),"
    " sum(CASE WHEN first_day >= :first THEN cents ELSE 0 END) FROM kept_money"
    " WHERE programme_id = :programme AND span = 'month' AND first_day <= :last"
    " GROUP BY kind, debit_kind, credit_kind",
]
"""One statement for each division, each distinct count and the money."""


def kept_seconds(here: World, first_day: date, last_day: date) -> float:
    """Return how long the figures of a year take when they are read from the kept sums by hand."""
    about = {"programme": here.town.programme_id, "first": first_day, "last": last_day}
    if here.engine.dialect.name == "sqlite":
        about |= {"first": str(first_day), "last": str(last_day)}
    with here.engine.connect() as connection:
        started = time.perf_counter()
        for statement in KEPT:
            connection.execute(text(statement), about).all()
        return time.perf_counter() - started


def raw_seconds(here: World, first_day: date, last_day: date) -> float:
    """Return how long they take from the rows."""
    about = _about(here, first_day, last_day)
    with here.engine.connect() as connection:
        _patient(connection)
        started = time.perf_counter()
        for statement in RAW.statements(here):
            connection.execute(text(statement), about).all()
        return time.perf_counter() - started


def _about(here: World, first_day: date, last_day: date) -> dict[str, Any]:
    paris = ZoneInfo("Europe/Paris")
    since, until = (
        datetime.combine(day, datetime.min.time(), paris).astimezone(UTC)
        for day in (first_day, last_day + timedelta(days=1))
    )
    about: dict[str, Any] = {
        "programme": here.town.programme_id, "since": since, "until": until
    }  # fmt: skip
    if here.engine.dialect.name == "sqlite":
        about |= {"since": str(since)[:19], "until": str(until)[:19]}
    return about


def _patient(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET statement_timeout = 0"))
