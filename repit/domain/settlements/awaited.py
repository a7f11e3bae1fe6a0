"""What a provider waits for, and what of it its coming payouts will bring. Amounts in cents."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.money import Cents
from repit.domain.redemptions.models import Redemption, worth
from repit.domain.redemptions.takings import Expected
from repit.domain.settlements.composing import debts, due_parts, unpaid
from repit.domain.settlements.queries import OwnAccount
from repit.domain.settlements.rules import Debt, recovering


@dataclass(frozen=True)
class Awaited:
    """What a provider is owed, before what it owes back; part of it is being prepared."""

    owed: Cents
    preparing: Cents
    """What a batch that nobody approved yet would pay."""
    days: tuple[Expected, ...]
    """The rest by promised day, once what it owes back is taken from it; soonest first."""


def awaited(db: Session, provider_id: int, own: OwnAccount) -> Awaited:
    """Return what a provider waits for, with what will really be paid of it."""
    rows = db.execute(
        unpaid(
            select(
                Redemption.id,
                Redemption.programme_id,
                Redemption.paid_by_on,
                Redemption.undo_until,
                worth().label("cents"),
            )
        )
        .where(Redemption.provider_id == provider_id)
        .order_by(Redemption.paid_by_on, Redemption.id)
    ).all()
    owing = debts(db, provider_ids=[provider_id]) if own.owed_back else []
    return Awaited(
        owed=Cents(sum(row.cents for row in rows) + own.in_draft),
        preparing=own.preparing,
        days=_days(db, provider_id, rows, owing),
    )


def _days(db: Session, provider_id: int, rows: Any, owing: list[Debt]) -> tuple[Expected, ...]:
    amounts: dict[date, int] = defaultdict(int)
    counts: dict[date, int] = defaultdict(int)
    for programme_id in sorted({row.programme_id for row in rows}):
        own = [row for row in rows if row.programme_id == programme_id]
        left_out, back = _taken(
            db,
            provider_id,
            programme_id,
            own,
            [debt for debt in owing if debt.programme_id == programme_id],
        )
        for row in own:
            if row.id in left_out:
                continue
            taken = min(back, row.cents)
            back -= taken
            if row.cents > taken:
                amounts[row.paid_by_on] += row.cents - taken
                counts[row.paid_by_on] += 1
    return tuple(Expected(day, Cents(amounts[day]), counts[day]) for day in sorted(amounts))


def _taken(
    db: Session, provider_id: int, programme_id: int, rows: Any, owing: list[Debt]
) -> tuple[frozenset[Any], int]:
    """Return what no payout pays yet, and what is recovered from the rest."""
    if not owing:
        return frozenset(), 0
    # Everything due, even what may still be undone: it will be paid, and recovered from, later.
    last = max(row.undo_until for row in rows)
    parts = due_parts(db, provider_id, programme_id, cut_off=last, holdback_days=0)
    taking = recovering(parts, owing)
    return taking.left_out, sum(debt.amount for debt in taking.recovered)
