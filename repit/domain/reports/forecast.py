"""What becomes of each fund if nothing changes: when it runs out, and what lapses.

Read from the figures of the last three complete months and from what is open now, in as many
statements whatever the history. Amounts in cents.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.entitlements.models import Allowance
from repit.domain.figures import board
from repit.domain.figures.asked import Asked, Figures
from repit.domain.ledger.models import Account, AccountKind, Transfer
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.queries import FundFilter, FundView, ProgrammeView, funds
from repit.domain.reports.pace import (
    UNKNOWN,
    End,
    Moved,
    monthly_use,
    months_of,
    runs_out,
    still_unused,
    window,
)
from repit.domain.reports.rounding import in_whole
from repit.domain.vouchers.models import Voucher, VoucherState

NOTHING: Figures = dict.fromkeys(
    (
        *("issued", "used", "lapsed", "cancelled"),
        *("vouchers_issued", "vouchers_used", "vouchers_lapsed", "vouchers_cancelled"),
    ),
    0,
)
"""Of a fund or a side with which nothing happened."""


@dataclass(frozen=True)
class Ending:
    """Open vouchers whose last day is in one calendar month. Those kept for a booking apart."""

    month: date
    """Its first day."""
    vouchers: int
    cents: Cents
    lapsing: int | None
    """About how many of them nobody will have used; None: not enough history.

    An expected number, in whole vouchers that add up over the months.
    """
    lapsing_cents: Cents | None


@dataclass(frozen=True)
class FundForecast:
    """`issued` and `used`: a month's mean over the window, net; None: not enough history."""

    fund: FundView
    numbers: FundNumbers
    issued: Cents | None
    used: Cents | None
    given: Cents | None
    """Issued in the whole window, before what came back."""
    first_issued_on: date | None
    no_more_to_issue: End
    no_more_to_use: End
    """When available and promised money are both gone."""
    use: float | None
    """The part of usable vouchers that a month sees used."""
    endings: tuple[Ending, ...]
    booked: int
    """Vouchers kept for a booking: they do not lapse."""
    booked_cents: Cents

    @property
    def open_vouchers(self) -> int:
        """All that are open now and not kept for a booking."""
        return sum(one.vouchers for one in self.endings)

    @property
    def families_cents(self) -> Cents:
        """What is committed without a voucher: the shares of families."""
        return Cents(self.numbers.committed - self.open_cents - self.booked_cents)

    @property
    def lapsing(self) -> int | None:
        """About how many vouchers will lapse of what is open now."""
        numbers = [one.lapsing for one in self.endings]
        known = [number for number in numbers if number is not None]
        return sum(known) if len(known) == len(numbers) else None

    @property
    def open_cents(self) -> Cents:
        """The value of all that is open now and not kept for a booking."""
        return Cents(sum(one.cents for one in self.endings))

    @property
    def lapsing_cents(self) -> Cents | None:
        """All that will lapse of what is open now."""
        amounts = [one.lapsing_cents for one in self.endings]
        known = [amount for amount in amounts if amount is not None]
        return Cents(sum(known)) if len(known) == len(amounts) else None


@dataclass(frozen=True)
class Forecast:
    """`window`: the months that the pace is taken from."""

    window: Period
    today: date
    funds: tuple[FundForecast, ...]
    waiting_parents: int
    """Who was granted vouchers that were not issued: for want of money, or of a fund for them."""
    waiting_vouchers: int


@dataclass(frozen=True)
class _Open:
    last_day: date
    booked: bool
    """Held for a booking: it does not lapse."""
    vouchers: int
    cents: int


@dataclass(frozen=True)
class _History:
    """What moved in each month of the window, and since."""

    months: tuple[Figures, ...]
    since: Figures


def forecast(db: Session, programme: ProgrammeView, *, now: datetime) -> Forecast:
    """Return the forecast of every open fund of a programme."""
    today = day_in(programme.settings.zone, now)
    span = window(today)
    found = funds(db, FundFilter(programme=programme.public_id, closed=False)).items
    ids = [one.id for one in found]
    numbers = fund_numbers(db, ids) if ids else {}
    started = first_issues(db, ids, programme.settings.zone)
    open_ones = _open_by_last_day(db, ids)
    history = _by_fund(db, programme.id, span, today, now=now)
    parents, vouchers = _waiting(db, programme.id)
    return Forecast(
        window=span,
        today=today,
        funds=tuple(
            _of_fund(
                one,
                numbers[one.id],
                started.get(one.id),
                open_ones.get(one.id, []),
                _History(
                    tuple(month.get(one.id, NOTHING) for month in history[:-1]),
                    history[-1].get(one.id, NOTHING),
                ),
                programme,
                today,
            )
            for one in found
        ),
        waiting_parents=parents,
        waiting_vouchers=vouchers,
    )


def _waiting(db: Session, programme_id: int) -> tuple[int, int]:
    """Return how many parents wait, and for how many vouchers."""
    owed = func.coalesce(func.sum(Allowance.granted - Allowance.issued), 0)
    waits = Allowance.programme_id == programme_id, Allowance.waits_for.is_not(None)
    parents, vouchers = db.execute(
        select(func.count(Allowance.parent_id.distinct()), owed).where(*waits)
    ).one()
    return parents, int(vouchers)


def _of_fund(
    fund: FundView,
    numbers: FundNumbers,
    started: date | None,
    open_ones: Sequence[_Open],
    history: _History,
    programme: ProgrammeView,
    today: date,
) -> FundForecast:
    span, face = window(today), programme.settings.face_cents
    booked = [one for one in open_ones if one.booked]
    kept, kept_cents = (
        sum(one.vouchers for one in booked),
        Cents(sum(one.cents for one in booked)),
    )
    if started is None or started > span.first_day:
        return FundForecast(
            fund=fund,
            numbers=numbers,
            issued=None,
            used=None,
            given=None,
            first_issued_on=started,
            no_more_to_issue=UNKNOWN,
            no_more_to_use=UNKNOWN,
            use=None,
            endings=_endings(open_ones, None, today),
            booked=kept,
            booked_cents=kept_cents,
        )
    issued = sum(one["issued"] - one["lapsed"] - one["cancelled"] for one in history.months)
    used = sum(one["used"] for one in history.months)
    use = monthly_use(
        sum(one.vouchers for one in open_ones),
        moved(history.since),
        [moved(one) for one in history.months],
    )
    return FundForecast(
        fund=fund,
        numbers=numbers,
        issued=Cents(round(issued / len(history.months))),
        used=Cents(round(used / len(history.months))),
        given=Cents(sum(one["issued"] for one in history.months)),
        first_issued_on=started,
        # What is less than one voucher can promise nothing more.
        no_more_to_issue=runs_out(
            numbers.available if numbers.available >= face else 0, issued, span, today
        ),
        no_more_to_use=runs_out(numbers.available + numbers.committed, used, span, today),
        use=use,
        endings=_endings(open_ones, use, today),
        booked=kept,
        booked_cents=kept_cents,
    )


def moved(figures: Figures) -> Moved:
    """Return what the figures of a span say of its vouchers."""
    return Moved(
        issued=figures["vouchers_issued"],
        used=figures["vouchers_used"],
        lapsed=figures["vouchers_lapsed"],
        cancelled=figures["vouchers_cancelled"],
    )


def _endings(open_ones: Sequence[_Open], use: float | None, today: date) -> tuple[Ending, ...]:
    months: dict[date, list[_Open]] = defaultdict(list)
    for one in open_ones:
        if not one.booked:
            months[one.last_day.replace(day=1)].append(one)
    ordered = sorted(months)
    if use is None:
        return tuple(_ending(month, months[month], None) for month in ordered)
    lapsing = in_whole([_unused(months[month], use, today) for month in ordered])
    return tuple(
        _ending(month, months[month], lost) for month, lost in zip(ordered, lapsing, strict=True)
    )


def _unused(ones: Iterable[_Open], use: float, today: date) -> float:
    """Return the expected number of vouchers that nobody will have used."""
    return sum(one.vouchers * still_unused(use, (one.last_day - today).days + 1) for one in ones)


def _ending(month: date, ones: Sequence[_Open], lapsing: int | None) -> Ending:
    vouchers = sum(one.vouchers for one in ones)
    cents = Cents(sum(one.cents for one in ones))
    # Whole vouchers of the month's mean value: one fund's vouchers have one value.
    lost = None if lapsing is None else Cents(round(cents * lapsing / vouchers))
    return Ending(month, vouchers, cents, lapsing, lost)


def _by_fund(
    db: Session, programme_id: int, span: Period, today: date, *, now: datetime
) -> list[dict[int, Figures]]:
    """Return the figures of each fund in each month of the window, and since then, in order."""
    since = Period(span.last_day + timedelta(days=1), today)
    return [
        dict(board.read(db, Asked(programme_id, one.first_day, one.last_day), now=now).by_fund)
        for one in (*months_of(span), since)
    ]


def first_issues(db: Session, fund_ids: Sequence[int], zone: str) -> dict[int, date]:
    """Return on which day each fund first gave a voucher: what first entered `outstanding`."""
    first_of_stripe = (
        select(func.min(Transfer.id))
        .where(Transfer.credit_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    stripes = (
        select(Account.fund_id, first_of_stripe.label("first_id"))
        .where(Account.fund_id.in_(fund_ids), Account.kind == AccountKind.OUTSTANDING)
        .subquery()
    )
    rows = db.execute(
        select(stripes.c.fund_id, func.min(Transfer.at))
        .join(Transfer, Transfer.id == stripes.c.first_id)
        .group_by(stripes.c.fund_id)
    )
    return {fund_id: day_in(zone, at) for fund_id, at in rows}


def _open_by_last_day(db: Session, fund_ids: Iterable[int]) -> dict[int, list[_Open]]:
    key = (Voucher.fund_id, Voucher.last_day, Voucher.booked)
    rows = db.execute(
        select(*key, func.count(), func.sum(Voucher.face_cents))
        .where(Voucher.state == VoucherState.ISSUED, Voucher.fund_id.in_(list(fund_ids)))
        .group_by(*key)
    )
    found: dict[int, list[_Open]] = defaultdict(list)
    for fund_id, last_day, booked, vouchers, cents in rows:
        found[fund_id].append(_Open(last_day, booked, vouchers, int(cents)))
    return found
