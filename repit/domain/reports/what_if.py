"""What a scale would really cost: what it gives, times what parents are seen to use of it.

The observed rate is that of `pace`, for isolated parents and the others apart, over the last
three complete months: a scale that gives more to isolated parents costs what isolated parents
use. Parents who would be given more may use another part of it: nothing here knows that, and the
page says so. Amounts in cents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.entitlements.candidates import Entitled, candidates_for
from repit.domain.entitlements.errors import NoPublishedScale
from repit.domain.entitlements.models import Allowance
from repit.domain.entitlements.queries import ScaleView, scale_in_force
from repit.domain.figures import board
from repit.domain.figures.asked import Asked
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.models import Fund, Programme
from repit.domain.programmes.profiles import Validity
from repit.domain.reports.forecast import NOTHING, first_issues, moved
from repit.domain.reports.pace import monthly_use, months_of, still_unused, window
from repit.domain.reports.scale_preview import Preview
from repit.domain.vouchers.models import Voucher, VoucherState

MONTHS_OF_A_YEAR = 12
Rates = Mapping[bool, float | None]
"""By isolated or not."""
SIDES = {"yes": True, "no": False}


@dataclass(frozen=True)
class Side:
    """Isolated parents, or the others. `use`: part used before the end; None: nothing seen."""

    isolated: bool
    parents: int
    vouchers: int
    given: Cents
    """What it would promise for the period."""
    use: float | None
    spent: Cents | None
    """What of it would be used."""


@dataclass(frozen=True)
class Cost:
    """What one scale gives and really costs, for one of its periods of so many months."""

    title: str
    months: int
    sides: tuple[Side, ...]
    """Isolated parents first."""

    @property
    def yearly_given(self) -> Cents:
        return self._for_a_year(sum(side.given for side in self.sides))

    @property
    def yearly_spent(self) -> Cents | None:
        """None when nothing is known of a side that is given something."""
        amounts = [side.spent for side in self.sides if side.vouchers]
        known = [amount for amount in amounts if amount is not None]
        return self._for_a_year(sum(known)) if len(known) == len(amounts) else None

    def _for_a_year(self, cents: int) -> Cents:
        return Cents(round(cents * MONTHS_OF_A_YEAR / self.months))


@dataclass(frozen=True)
class WhatIf:
    """`in_force`: the scale followed today; None when there is none, or when it is this one."""

    window: Period
    valid_days: int
    """How long a voucher of the period can be used."""
    wanted: Cost
    in_force: Cost | None


def what_if(db: Session, scale: ScaleView, shown: Preview, *, now: datetime) -> WhatIf:
    """Return what a scale would cost beside the one in force, on real use.

    Args:
        shown: the preview of this scale: its people and its period.
    """
    programme = db.get_one(Programme, scale.programme_id)
    today = day_in(programme.zone, now)
    validity = Validity(programme.profile, programme.validity_months, programme.grace_days)
    first_day = max(today, shown.period.first_day)
    days = (validity.last_day(first_day) - first_day).days + 1
    use = _use(db, programme, today, days, now=now)
    people = [parent.person for parent in shown.parents]
    return WhatIf(
        window=window(today),
        valid_days=days,
        wanted=_cost(scale, shown.period, people, shown.face, use),
        in_force=_in_force(db, scale, shown, use, now=now),
    )


def _in_force(
    db: Session,
    scale: ScaleView,
    shown: Preview,
    use: Rates,
    *,
    now: datetime,
) -> Cost | None:
    try:
        current = scale_in_force(db, scale.programme_id, shown.period.first_day)
    except NoPublishedScale:
        return None
    if current.id == scale.id:
        return None
    period = current.period_on(shown.period.first_day)
    return _cost(current, period, candidates_for(db, current, period, now), shown.face, use)


def _cost(
    scale: ScaleView,
    period: Period,
    people: Iterable[Entitled],
    face: Cents,
    use: Rates,
) -> Cost:
    sides: dict[bool, list[int]] = {True: [], False: []}
    for person in people:
        sides[person.facts.isolated].append(person.computed.vouchers)
    return Cost(
        title=scale.title,
        months=len(months_of(period)),
        sides=tuple(
            _side(given, face, use[isolated], isolated=isolated)
            for isolated, given in sides.items()
        ),
    )


def _side(given: list[int], face: Cents, use: float | None, *, isolated: bool) -> Side:
    cents = sum(given) * face
    return Side(
        isolated=isolated,
        parents=len(given),
        vouchers=sum(given),
        given=Cents(cents),
        use=use,
        spent=None if use is None else Cents(round(cents * use)),
    )


def _use(db: Session, programme: Programme, today: date, days: int, *, now: datetime) -> Rates:
    """Return the part of vouchers that either side uses before their end, so many days away."""
    span = window(today)
    ids = list(db.scalars(select(Fund.id).where(Fund.programme_id == programme.id)))
    started = min(first_issues(db, ids, programme.zone).values(), default=today)
    if started > span.first_day:
        return dict.fromkeys(SIDES.values())
    spans = [*months_of(span), Period(span.last_day + timedelta(days=1), today)]
    read = [
        board.read(db, Asked(programme.id, one.first_day, one.last_day), now=now).by_isolated
        for one in spans
    ]
    open_now = _open_by_side(db, programme.id)
    rates: dict[bool, float | None] = {}
    for part, isolated in SIDES.items():
        moves = [moved(one.get(part, NOTHING)) for one in read]
        rate = monthly_use(open_now.get(isolated, 0), moves[-1], moves[:-1])
        rates[isolated] = None if rate is None else 1.0 - still_unused(rate, days)
    return rates


def _open_by_side(db: Session, programme_id: int) -> dict[bool, int]:
    rows = db.execute(
        select(Allowance.isolated, func.count())
        .join(Voucher, Voucher.allowance_id == Allowance.id)
        .where(Voucher.programme_id == programme_id, Voucher.state == VoucherState.ISSUED)
        .group_by(Allowance.isolated)
    )
    return {isolated: vouchers for isolated, vouchers in rows}  # noqa: C416  (a result has keys too)
