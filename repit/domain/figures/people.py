"""Who could have been reached, and the children of those who were: rows that people correct.

Counted once, when their period is closed, and frozen by `freezing`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from repit.domain.entitlements.models import Entitlement
from repit.domain.figures.activity import Days, Fact, Facts, isolated_households
from repit.domain.figures.homes import lived
from repit.domain.figures.models import KeptParent, KeptReached
from repit.domain.figures.rules import months_of
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Voucher, VoucherState

AGES = {"0-2": range(3), "3-5": range(3, 6), "6-11": range(6, 12), "12-17": range(12, 18)}
"""Whole years on the period's last day."""
USED, RECEIVED, NOT_REACHED = "used", "received", "not_reached"


def take_up(db: Session, days: Days) -> Facts:
    """Return the entitled households by how far their right took them, and if they are isolated.

    A household is entitled when one of its parents was on one of these days. `used`: it was
    reached; else `received`: it had a voucher that it could have used; else `not_reached`.

    Raises:
        Nothing of its own.
    """
    entitled = set(
        db.scalars(
            select(Parent.household_id)
            .join(Entitlement, Entitlement.parent_id == Parent.id)
            .where(
                Entitlement.programme_id == days.programme_id,
                Entitlement.state.in_(("granted", "ended")),
                Entitlement.first_day <= days.last_day,
                or_(Entitlement.last_day.is_(None), Entitlement.last_day >= days.first_day),
            )
        )
    )
    used = entitled & _households_reached(db, days)
    received = (entitled & _households_with_vouchers(db, days)) - used
    stages = {USED: used, RECEIVED: received, NOT_REACHED: entitled - used - received}
    isolated = isolated_households(db, days)
    facts: Facts = {("take_up", ""): _homes(entitled)}
    for part, homes in (("yes", entitled & isolated), ("no", entitled - isolated)):
        facts["take_up", f"*{part}"] = _homes(homes)
        for stage, some in stages.items():
            facts["take_up", f"{stage}*{part}"] = _homes(some & homes)
    for stage, some in stages.items():
        facts["take_up", f"{stage}*"] = _homes(some)
    return facts


def _homes(homes: Iterable[int]) -> Fact:
    number = len(set(homes))
    return Fact(number, number)


def _reached(days: Days, fund_id: int | None) -> Any:
    months = months_of(days.first_day, days.last_day)
    query = (
        select(KeptParent.household_id)
        .join(
            KeptReached,
            lived(days.programme_id, KeptReached.parent_id, KeptReached.month_last_day),
        )
        .where(
            KeptReached.programme_id == days.programme_id,
            KeptReached.month_last_day.between(months[0].month.last_day, months[-1].month.last_day),
            KeptReached.vouchers > 0,
        )
        .distinct()
    )
    return query if fund_id is None else query.where(KeptReached.fund_id == fund_id)


def _households_reached(db: Session, days: Days) -> set[int]:
    """Return where those who were reached live now: that is what rights are asked for."""
    reached = _reached(days, None).with_only_columns(KeptReached.parent_id)
    return set(db.scalars(select(Parent.household_id).where(Parent.id.in_(reached))))


def _households_with_vouchers(db: Session, days: Days) -> set[int]:
    used_before = exists().where(
        Redemption.id == Voucher.redemption_id, Redemption.received_at < days.starts_at
    )
    return set(
        db.scalars(
            select(Parent.household_id)
            .join(Voucher, Voucher.parent_id == Parent.id)
            .where(
                Voucher.programme_id == days.programme_id,
                Voucher.state != VoucherState.CANCELLED,
                Voucher.issued_at < days.ends_at,
                Voucher.last_day >= days.first_day,
                ~used_before,
            )
            .distinct()
        )
    )


def children_reached(db: Session, days: Days, fund_id: int) -> Facts:
    """Return the children of a fund's reached households by age; one of two homes counts once.

    Raises:
        Nothing of its own.
    """
    rows = db.execute(
        select(Child.id, Child.born_on, ChildHome.household_id)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .where(ChildHome.household_id.in_(_reached(days, fund_id)))
    ).all()
    facts: Facts = {}
    aged = [(row.id, row.household_id, _years(row.born_on, days.last_day)) for row in rows]
    for part, years in (("", range(18)), *AGES.items()):
        some = [(child, home) for child, home, age in aged if age in years]
        facts["children_reached", part] = Fact(
            len({child for child, _ in some}), len({home for _, home in some})
        )
    return facts


def _years(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
