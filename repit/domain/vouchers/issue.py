"""Issue the vouchers of a period: everybody who is entitled, once, isolated parents first.

`prepare` decides for everybody; `write_some` makes a few parents' vouchers at a time, each time
in a change of its own, so that a run may die and be run again: what was issued is counted on
the allowance, and only the difference is made.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.clock import day_in
from repit.domain.codes import CodeVault
from repit.domain.entitlements.candidates import Entitled, candidates_for, money_for
from repit.domain.entitlements.models import Allowance
from repit.domain.entitlements.planning import Money, Plan, plan
from repit.domain.entitlements.queries import ScaleView, scale_in_force
from repit.domain.errors import TryAgain
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.errors import ProgrammeClosed
from repit.domain.programmes.models import Fund, Programme
from repit.domain.programmes.profiles import Validity
from repit.domain.vouchers.errors import OutsideProgramme
from repit.domain.vouchers.printing import Pile, Sheet, make

PARENTS_AT_ONCE = 250


@dataclass(frozen=True)
class Prepared:
    """What a run for one period would do. Money in cents; see `planning` for the order."""

    programme_id: int
    period: Period
    scale: ScaleView
    face: Cents
    sheet: Sheet
    categories: dict[int, int]
    people: list[Entitled]
    funds: list[Money]
    plan: Plan

    @property
    def vouchers(self) -> int:
        """How many vouchers the run makes."""
        return sum(share.vouchers for share in self.plan.shares)

    @property
    def cost(self) -> Cents:
        """What the run promises, in cents."""
        return Cents(self.vouchers * self.face)


def prepare(
    db: Session,
    programme_id: int,
    day: date,
    *,
    now: datetime,
    scale: ScaleView | None = None,
) -> Prepared:
    """Decide who gets how much from which fund for the period of a day; change nothing.

    Args:
        day: any day of the period.
        scale: a draft to preview; None for the published one in force.

    Raises:
        NoPublishedScale: nothing to compute with.
        ProgrammeClosed, OutsideProgramme: nothing is issued for this period.
    """
    programme = db.get_one(Programme, programme_id)
    if programme.closed_at is not None:
        raise ProgrammeClosed
    in_force = scale or scale_in_force(db, programme_id, day)
    period = in_force.period_on(day)
    if period.last_day < programme.first_day or programme.last_day < period.first_day:
        raise OutsideProgramme(first_day=programme.first_day, last_day=programme.last_day)
    people = candidates_for(db, in_force, period, now)
    categories = _categories(db, programme)
    # A fund that pays for nothing of the programme any more gives nothing.
    money = [fund for fund in money_for(db, programme_id) if categories[fund.fund_id]]
    face = Cents(programme.face_cents)
    return Prepared(
        programme_id=programme_id,
        period=period,
        scale=in_force,
        face=face,
        sheet=_sheet(programme, period, day_in(programme.zone, now)),
        categories=categories,
        people=people,
        funds=money,
        plan=plan([person.candidate for person in people if person.owed > 0], money, face),
    )


def _categories(db: Session, programme: Programme) -> dict[int, int]:
    """Return what vouchers of each fund may pay for: what fund and programme both allow."""
    rows = db.execute(select(Fund.id, Fund.categories).where(Fund.programme_id == programme.id))
    return {fund_id: categories & programme.categories for fund_id, categories in rows}


def _sheet(programme: Programme, period: Period, today: date) -> Sheet:
    first_day = max(period.first_day, today)
    validity = Validity(programme.profile, programme.validity_months, programme.grace_days)
    last_day = validity.last_day(first_day)
    return Sheet(
        programme_id=programme.id,
        face=Cents(programme.face_cents),
        first_day=first_day,
        last_day=last_day,
        grace_until=validity.grace_until(last_day),
    )


def batches(prepared: Prepared) -> list[list[Entitled]]:
    """Cut the run into changes of a few hundred parents, in the order in which they are served.

    Everybody is in one: those who wait get their allowance and the reason.
    """
    rank = {share.parent_id: place for place, share in enumerate(prepared.plan.shares)}
    later = len(rank)
    people = sorted(prepared.people, key=lambda p: (rank.get(p.parent_id, later), p.parent_id))
    return [
        people[start : start + PARENTS_AT_ONCE] for start in range(0, len(people), PARENTS_AT_ONCE)
    ]


def write_some(
    db: Session,
    prepared: Prepared,
    people: Sequence[Entitled],
    *,
    vault: CodeVault,
    actor: Actor,
    now: datetime,
) -> int:
    """Write these parents' allowances and make their vouchers; return how many vouchers.

    Raises:
        TryAgain: another run issued for one of them meanwhile; prepare anew.
        IntegrityError: a fund was spent meanwhile (`never_overdrawn`); prepare anew.
    """
    wanted = {person.parent_id for person in people}
    shares = [share for share in prepared.plan.shares if share.parent_id in wanted]
    made: dict[int, int] = defaultdict(int)
    for share in shares:
        made[share.parent_id] += share.vouchers
    allowances = _allowances(db, prepared, people, made, now)
    piles = [
        Pile(
            parent_id=share.parent_id,
            fund_id=share.fund_id,
            allowance_id=allowances[share.parent_id],
            categories=prepared.categories[share.fund_id],
            vouchers=share.vouchers,
        )
        for share in shares
    ]
    return make(db.connection(), piles, prepared.sheet, vault=vault, actor=actor, now=now)


def _allowances(
    db: Session,
    prepared: Prepared,
    people: Sequence[Entitled],
    made: dict[int, int],
    now: datetime,
) -> dict[int, int]:
    """Write what each is granted and has now been issued; return allowance ids by parent."""
    waits = {waiting.parent_id: waiting.reason for waiting in prepared.plan.waiting}
    fresh = [
        _new_allowance(prepared, person, made[person.parent_id], waits, now)
        for person in people
        if person.granted == 0 and person.computed.vouchers > 0
    ]
    if fresh:
        db.execute(insert(Allowance), fresh)
    again = [
        _changed_allowance(prepared, person, made[person.parent_id], waits)
        for person in people
        if person.granted > 0 and person.owed > 0
    ]
    if again:
        _count_again(db, prepared, again, now)
    rows = db.execute(
        select(Allowance.parent_id, Allowance.id).where(
            Allowance.programme_id == prepared.programme_id,
            Allowance.period_first_day == prepared.period.first_day,
            Allowance.parent_id.in_([person.parent_id for person in people]),
        )
    )
    return {row.parent_id: row.id for row in rows}


def _new_allowance(
    prepared: Prepared, person: Entitled, made: int, waits: dict[int, str], now: datetime
) -> dict[str, Any]:
    reason = waits.get(person.parent_id)
    return {
        "parent_id": person.parent_id,
        "programme_id": prepared.programme_id,
        "scale_id": prepared.scale.id,
        "period_first_day": prepared.period.first_day,
        "period_last_day": prepared.period.last_day,
        "granted": person.computed.vouchers,
        "issued": made,
        "waits_for": reason,
        "waits_since": now if reason else None,
    } | _explained(person)


def _explained(person: Entitled) -> dict[str, Any]:
    return {
        "isolated": person.facts.isolated,
        "facts": asdict(person.facts),
        "explanation": [asdict(line) for line in person.computed.lines],
    }


def _changed_allowance(
    prepared: Prepared, person: Entitled, made: int, waits: dict[int, str]
) -> dict[str, Any]:
    better = person.computed.vouchers > person.granted
    return {
        "of_parent": person.parent_id,
        "expected": person.issued,
        "granted": max(person.granted, person.computed.vouchers),
        "issued": person.issued + made,
        "waits_for": waits.get(person.parent_id),
        "explained": _explained(person) | {"scale_id": prepared.scale.id} if better else None,
    }


def _count_again(
    db: Session, prepared: Prepared, changes: list[dict[str, Any]], now: datetime
) -> None:
    """Add to allowances of an earlier run; a rise in quota brings its own explanation."""
    for change in changes:
        explained = change.pop("explained")
        done = db.execute(
            update(Allowance)
            .where(
                Allowance.parent_id == change["of_parent"],
                Allowance.programme_id == prepared.programme_id,
                Allowance.period_first_day == prepared.period.first_day,
                Allowance.issued == change["expected"],
            )
            .values(
                granted=change["granted"],
                issued=change["issued"],
                waits_for=change["waits_for"],
                waits_since=(
                    func.coalesce(Allowance.waits_since, now) if change["waits_for"] else None
                ),
                **(explained or {}),
            )
            .execution_options(synchronize_session=False)
        )
        if not done.rowcount:  # type: ignore[attr-defined]
            raise TryAgain
