"""What a scale would give if vouchers were issued now: who, why, for how much, who would wait.

It is `vouchers.issue.prepare` with names: the preview announces what the issue job does.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.entitlements.candidates import Entitled
from repit.domain.entitlements.models import Entitlement
from repit.domain.entitlements.planning import order
from repit.domain.entitlements.queries import ScaleView
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.models import Fund, Programme
from repit.domain.vouchers.issue import Prepared, prepare


@dataclass(frozen=True)
class PreviewedParent:
    """What one parent would be given. `now`: issued at once; `waits`: owed but not paid for."""

    public_id: str
    number: str
    name: str
    search_key: str
    person: Entitled
    now: int
    waits: int
    reason: str | None

    @property
    def vouchers(self) -> int:
        """For the whole period, what was issued before included."""
        return self.person.computed.vouchers


@dataclass(frozen=True)
class PreviewedFund:
    """What a fund has, what the run would promise of it, what would be left."""

    title: str
    available: Cents
    promised: Cents
    only_isolated: bool = False
    only_priority_area: bool = False

    @property
    def left(self) -> Cents:
        """Still available after the run."""
        return Cents(self.available - self.promised)


@dataclass(frozen=True)
class Preview:
    """In the order in which parents are served. Amounts are cents."""

    period: Period
    face: Cents
    parents: list[PreviewedParent]
    funds: list[PreviewedFund]
    distribution: list[tuple[int, int]]
    """Vouchers for the period, and how many parents would have that many."""

    @property
    def vouchers(self) -> int:
        """How many vouchers would be made now."""
        return sum(parent.now for parent in self.parents)

    @property
    def whole_cost(self) -> Cents:
        """What the scale gives for the whole period, what was issued before included."""
        return Cents(sum(parent.vouchers for parent in self.parents) * self.face)

    @property
    def cost(self) -> Cents:
        """What all that is still owed would cost, paid for or not."""
        return Cents(sum(parent.now + parent.waits for parent in self.parents) * self.face)

    @property
    def promised(self) -> Cents:
        """What the run would promise now."""
        return Cents(self.vouchers * self.face)

    @property
    def waiting(self) -> list[PreviewedParent]:
        """Who would wait, in the order in which they are served when money comes."""
        return [parent for parent in self.parents if parent.waits]

    @property
    def kept(self) -> list[PreviewedFund]:
        """Funds with money for a voucher that those who wait may not have."""
        if not self.waiting:
            return []
        return [fund for fund in self.funds if fund.left >= self.face]

    def found(self, text: str, only: str = "") -> list[PreviewedParent]:
        """Return the parents whose name, number or town has these words.

        Args:
            only: `now` for those who are given something, `wait` for those who wait.
        """
        words = fold(text).split()
        return [
            one
            for one in self.parents
            if all(word in one.search_key for word in words)
            and (only != "now" or one.now)
            and (only != "wait" or one.waits)
        ]


def preview(db: Session, scale: ScaleView, now: datetime, *, day: date | None = None) -> Preview:
    """Return what an issue run would do with this scale.

    Args:
        day: any day of the period; None for the scale's first period from today on.

    Raises:
        ProgrammeClosed, OutsideProgramme: nothing is issued for that period.
    """
    programme = db.get_one(Programme, scale.programme_id)
    wanted = day or max(scale.first_day, day_in(programme.zone, now))
    prepared = prepare(db, scale.programme_id, wanted, now=now, scale=scale)
    return Preview(
        period=prepared.period,
        face=prepared.face,
        parents=_parents(db, prepared),
        funds=_funds(db, prepared),
        distribution=sorted(Counter(one.computed.vouchers for one in prepared.people).items()),
    )


def _parents(db: Session, prepared: Prepared) -> list[PreviewedParent]:
    given: dict[int, int] = defaultdict(int)
    for share in prepared.plan.shares:
        given[share.parent_id] += share.vouchers
    waits = {one.parent_id: one for one in prepared.plan.waiting}
    people = {person.parent_id: person for person in prepared.people}
    names = _names(db, prepared.programme_id)
    return [
        PreviewedParent(
            *names[parent_id],
            person=people[parent_id],
            now=given[parent_id],
            waits=waits[parent_id].vouchers if parent_id in waits else 0,
            reason=waits[parent_id].reason if parent_id in waits else None,
        )
        for parent_id in (one.parent_id for one in order(p.candidate for p in people.values()))
    ]


def _names(db: Session, programme_id: int) -> dict[int, tuple[str, str, str, str]]:
    rows = db.execute(
        select(
            Parent.id,
            Parent.public_id,
            Parent.number,
            Parent.first_name + " " + Parent.last_name,
            Parent.search_key,
        )
        .join(Entitlement, Entitlement.parent_id == Parent.id)
        .where(Entitlement.programme_id == programme_id)
    )
    return {
        parent_id: (public_id, number, name, key)
        for parent_id, public_id, number, name, key in rows
    }


def _funds(db: Session, prepared: Prepared) -> list[PreviewedFund]:
    promised: dict[int, int] = defaultdict(int)
    for share in prepared.plan.shares:
        promised[share.fund_id] += share.vouchers * prepared.face
    wanted = [fund.fund_id for fund in prepared.funds]
    rows = db.execute(select(Fund.id, Fund.title).where(Fund.id.in_(wanted)))
    titles = {fund_id: title for fund_id, title in rows}  # noqa: C416  (a result has keys too)
    return [
        PreviewedFund(
            title=titles[fund.fund_id],
            available=fund.available,
            promised=Cents(promised[fund.fund_id]),
            only_isolated=fund.only_isolated,
            only_priority_area=fund.only_priority_area,
        )
        for fund in prepared.funds
    ]
