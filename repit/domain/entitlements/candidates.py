"""Who may have vouchers for a period: every granted parent, with what the scale gives them.

The preview and the issue job both start here, so that one announces what the other does.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.entitlements.facts import Parents, facts_of
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.entitlements.planning import Candidate, Money
from repit.domain.entitlements.queries import ScaleView
from repit.domain.entitlements.rules import Computed, FamilyFacts, compute
from repit.domain.households.models import Parent
from repit.domain.ledger.queries import fund_numbers
from repit.domain.periods import Period
from repit.domain.programmes.models import Fund, Programme


@dataclass(frozen=True)
class Entitled:
    """A granted parent, what the scale gives for the period, and what they already had of it."""

    parent_id: int
    requested_on: date
    facts: FamilyFacts
    computed: Computed
    allowance_id: int | None
    """Of this period, when an earlier run made one."""
    granted: int
    issued: int
    had_something: bool
    """In this programme, in any period."""

    @property
    def owed(self) -> int:
        """Vouchers still to issue; a situation that got worse takes nothing back."""
        return max(self.computed.vouchers, self.granted) - self.issued

    @property
    def candidate(self) -> Candidate:
        """The parent as the plan sees them."""
        return Candidate(
            parent_id=self.parent_id,
            vouchers=self.owed,
            isolated=self.facts.isolated,
            priority_area=self.facts.priority_area,
            had_something=self.had_something,
            requested_on=self.requested_on,
        )


def facts_day(zone: str, period: Period, now: datetime) -> date:
    """Return the day on which situations are read: today, kept inside the period.

    Before the period it is its first day; during it today, so that a situation that changes
    gives the difference at the next run.
    """
    return min(max(day_in(zone, now), period.first_day), period.last_day)


def candidates_for(db: Session, scale: ScaleView, period: Period, now: datetime) -> list[Entitled]:
    """Return every active parent whose right runs on the facts' day, in four statements.

    Args:
        scale: published or draft; see `queries.scale_in_force`.
        period: one of the scale's periods.
    """
    programme = db.get_one(Programme, scale.programme_id)
    on_day = facts_day(programme.zone, period, now)
    entitled = _entitled(programme.id, on_day)
    facts = facts_of(
        db,
        programme.isolated_kinds,
        entitled.with_only_columns(Entitlement.parent_id),
        on_day,
    )
    computed = {one: compute(scale.rules, scale.cap, one) for one in set(facts.values())}
    return [
        Entitled(
            parent_id=parent_id,
            requested_on=requested_on,
            facts=facts[parent_id],
            computed=computed[facts[parent_id]],
            allowance_id=allowance_id,
            granted=granted or 0,
            issued=issued or 0,
            had_something=had_something,
        )
        for parent_id, requested_on, allowance_id, granted, issued, had_something in db.execute(
            _with_allowances(entitled, programme.id, period)
        )
    ]


def money_for(db: Session, programme_id: int) -> list[Money]:
    """Return the programme's open funds as the plan sees them, in two statements."""
    funds = db.execute(
        select(Fund.id, Fund.only_isolated, Fund.only_priority_area)
        .where(
            Fund.programme_id == programme_id,
            Fund.closed_at.is_(None),
            Fund.funder_id.is_not(None),  # what families paid is no voucher's value
        )
        .order_by(Fund.id)
    ).all()
    numbers = fund_numbers(db, [fund_id for fund_id, _, _ in funds])
    return [
        Money(fund_id, numbers[fund_id].available, only_isolated, only_priority_area)
        for fund_id, only_isolated, only_priority_area in funds
    ]


def _entitled(programme_id: int, on_day: date) -> Parents:
    return (
        select(Entitlement.parent_id)
        .join(Parent, Parent.id == Entitlement.parent_id)
        .where(
            Entitlement.programme_id == programme_id,
            # An end that was decided is a day like another until it is over.
            Entitlement.state.in_(["granted", "ended"]),
            Entitlement.first_day <= on_day,
            or_(Entitlement.last_day.is_(None), Entitlement.last_day >= on_day),
            Parent.state == "active",
        )
    )


def _with_allowances(
    entitled: Parents, programme_id: int, period: Period
) -> Select[int, date, int, int, int, bool]:
    of_period = and_(
        Allowance.parent_id == Entitlement.parent_id,
        Allowance.programme_id == programme_id,
        Allowance.period_first_day == period.first_day,
    )
    earlier = Allowance.__table__.alias("earlier")
    had_something = exists().where(
        earlier.c.parent_id == Entitlement.parent_id,
        earlier.c.programme_id == programme_id,
        earlier.c.issued > 0,
    )
    return (
        entitled.outerjoin(Allowance, of_period)
        .with_only_columns(
            Entitlement.parent_id,
            Entitlement.requested_on,
            Allowance.id,
            Allowance.granted,
            Allowance.issued,
            had_something,
        )
        .order_by(Entitlement.parent_id)
    )
