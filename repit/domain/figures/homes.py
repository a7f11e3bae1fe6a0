"""Where parents lived when a day was closed, so that what is over stays where it was."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from repit.domain.figures import rules
from repit.domain.figures.models import FOR_GOOD, KeptParent
from repit.domain.households.models import Parent
from repit.domain.ledger.models import Transfer
from repit.domain.vouchers.models import Voucher

DAY = Date()
_COLUMNS = (
    "programme_id",
    "parent_id",
    "first_day",
    "last_day",
    "household_id",
    "town",
    "priority_area",
    "declared",
)


def keep(
    db: Session, programme_id: int, day: date, starts_at: datetime, ends_at: datetime, *, new: bool
) -> None:
    """Write down where those lived about whom something was recorded that day."""
    active = (
        select(Voucher.parent_id)
        .join(Transfer, Transfer.voucher_id == Voucher.id)
        .where(
            Voucher.programme_id == programme_id,
            Transfer.at >= starts_at,
            Transfer.at < ends_at,
        )
    )
    if new:
        _end_what_changed(db, programme_id, day, active)
    else:
        _begin_earlier(db, programme_id, day, active)
    db.execute(
        insert(KeptParent).from_select(
            _COLUMNS,
            select(
                literal(programme_id),
                Parent.id,
                literal(day, DAY),
                literal(FOR_GOOD, DAY),
                Parent.household_id,
                Parent.town,
                Parent.priority_area,
                Parent.declared,
            ).where(
                Parent.id.in_(active),
                ~exists().where(
                    KeptParent.programme_id == programme_id,
                    KeptParent.parent_id == Parent.id,
                    KeptParent.last_day >= day,
                ),
            ),
        )
    )


def _end_what_changed(db: Session, programme_id: int, day: date, active: Select[int]) -> None:
    changed = exists().where(
        Parent.id == KeptParent.parent_id,
        or_(
            Parent.household_id != KeptParent.household_id,
            Parent.town != KeptParent.town,
            Parent.priority_area.is_distinct_from(KeptParent.priority_area),
            Parent.declared.is_distinct_from(KeptParent.declared),
        ),
    )
    db.execute(
        update(KeptParent)
        .where(
            KeptParent.programme_id == programme_id,
            KeptParent.parent_id.in_(active),
            KeptParent.last_day == FOR_GOOD,
            KeptParent.first_day < day,
            changed,
        )
        .values(last_day=day - rules.A_DAY)
        .execution_options(synchronize_session=False)
    )


def _begin_earlier(db: Session, programme_id: int, day: date, active: Select[int]) -> None:
    """Let what is first known of a parent stand for an earlier day that nobody had counted."""
    other = aliased(KeptParent)
    first_known = (
        select(func.min(other.first_day))
        .where(other.programme_id == programme_id, other.parent_id == KeptParent.parent_id)
        .correlate(KeptParent)
        .scalar_subquery()
    )
    db.execute(
        update(KeptParent)
        .where(
            KeptParent.programme_id == programme_id,
            KeptParent.parent_id.in_(active),
            KeptParent.first_day > day,
            KeptParent.first_day == first_known,
        )
        .values(first_day=day)
        .execution_options(synchronize_session=False)
    )


def lived_in(db: Session, programme_id: int, town: str) -> bool:
    """Tell whether a parent lives in a town, or one of this programme was kept there."""
    kept = exists().where(KeptParent.programme_id == programme_id, KeptParent.town == town)
    return bool(db.scalar(select(or_(exists().where(Parent.town == town), kept))))


def towns(db: Session, programme_id: int) -> list[str]:
    """Return where parents with vouchers of a programme live or lived, in order of letters."""
    kept = select(KeptParent.town).where(KeptParent.programme_id == programme_id)
    given = select(Voucher.parent_id).where(Voucher.programme_id == programme_id)
    return sorted(db.scalars(kept.union(select(Parent.town).where(Parent.id.in_(given)))))


def lived(programme_id: int, parent_id: Any, day: object) -> ColumnElement[bool]:
    """Return the condition that joins what was kept of a parent for a closed day."""
    return and_(
        KeptParent.programme_id == programme_id,
        KeptParent.parent_id == parent_id,
        KeptParent.first_day <= day,
        KeptParent.last_day >= day,
    )
