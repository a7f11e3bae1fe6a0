"""Who waits for vouchers they are owed, since when and why, in the order they will be served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.entitlements.models import Allowance
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.periods import Period
from repit.domain.programmes.models import Programme

PAGE = 50


@dataclass(frozen=True)
class WaitingParent:
    """One parent who is owed `vouchers` more for a period; `reason` as the plan names it."""

    parent_public_id: str
    number: str
    name: str
    town: str
    isolated: bool
    programme_public_id: str
    programme_name: str
    period: Period
    vouchers: int
    already: int
    since: datetime | None
    reason: str


@dataclass(frozen=True)
class WaitingGroup:
    """Everybody who waits for the same period of the same programme."""

    programme_public_id: str
    programme_name: str
    period: Period
    parents: int
    vouchers: int


def waiting(
    db: Session, *, programme: str = "", words: str = "", number: int | None = None
) -> Page[WaitingParent]:
    """Return who waits: isolated parents first, then who had nothing, then by date of request.

    Args:
        programme: the public id of one programme; empty for all.
        words: parts of the parent's name, number or town.
    """
    query = _waiting().order_by(
        Allowance.isolated.desc(), Allowance.issued > 0, Parent.requested_on, Parent.id
    )
    if programme:
        query = query.where(Programme.public_id == programme)
    query = query.where(*(Parent.search_key.contains(word) for word in fold(words).split()))
    return cut(db, query, _view, number=number, length=PAGE)


def groups(db: Session) -> list[WaitingGroup]:
    """Return how many wait for what, in one statement."""
    rows = db.execute(
        select(
            Programme.public_id,
            Programme.name,
            Allowance.period_first_day,
            Allowance.period_last_day,
            func.count(),
            func.sum(Allowance.granted - Allowance.issued),
        )
        .join(Programme, Programme.id == Allowance.programme_id)
        .where(Allowance.waits_for.is_not(None), Programme.closed_at.is_(None))
        .group_by(Programme.id, Allowance.period_first_day, Allowance.period_last_day)
        .order_by(Allowance.period_first_day.desc(), Programme.name)
    )
    return [_group(row) for row in rows]


def _group(row: Sequence[Any]) -> WaitingGroup:
    public_id, name, first_day, last_day, parents, vouchers = row
    return WaitingGroup(public_id, name, Period(first_day, last_day), parents, int(vouchers))


def _waiting() -> Select[*tuple[Any, ...]]:
    return (
        select(Allowance, Parent, Programme.public_id, Programme.name)
        .join(Parent, Parent.id == Allowance.parent_id)
        .join(Programme, Programme.id == Allowance.programme_id)
        .where(Allowance.waits_for.is_not(None), Programme.closed_at.is_(None))
    )


def _view(row: Row[*tuple[Any, ...]]) -> WaitingParent:
    allowance, parent, programme, programme_name = row
    return WaitingParent(
        parent_public_id=parent.public_id,
        number=parent.number,
        name=f"{parent.first_name} {parent.last_name}",
        town=parent.town,
        isolated=allowance.isolated,
        programme_public_id=programme,
        programme_name=programme_name,
        period=Period(allowance.period_first_day, allowance.period_last_day),
        vouchers=allowance.granted - allowance.issued,
        already=allowance.issued,
        since=allowance.waits_since,
        reason=str(allowance.waits_for),
    )
