"""What a funder sees of its own funds: money to the cent, counts through `disclosure`.

Computed at the moment of reading. Numbered and frozen releases come with their own issue.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from repit.domain.entitlements.models import Allowance
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Parent
from repit.domain.ledger.models import Account, AccountKind
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionFilter, ContributionView
from repit.domain.programmes.models import Arrival, Fund, Programme
from repit.domain.reports import disclosure
from repit.domain.reports.disclosure import Cell
from repit.domain.vouchers.models import Voucher, VoucherState


@dataclass(frozen=True)
class OwnFund:
    """A fund of one funder. `categories` are bits."""

    public_id: str
    title: str
    programme: str
    categories: int
    only_isolated: bool
    only_priority_area: bool
    closed: bool
    numbers: FundNumbers


@dataclass(frozen=True)
class Given:
    """Money of the funder that arrived; `taken_back`: how much of it left again."""

    received_on: date
    amount: Cents
    taken_back: Cents
    reference: str


@dataclass(frozen=True)
class Counts:
    """What may be shown of a fund's effect; None is « moins de 11 »."""

    households: int | None
    isolated: int | None
    priority_area: int | None
    issued: int | None
    used: int | None
    waiting: int | None
    lapsed: int | None
    providers: int | None


@dataclass(frozen=True)
class FundPage:
    fund: OwnFund
    promised: list[ContributionView]
    given: list[Given]
    counts: Counts


def own_funds(db: Session, funder_id: int) -> list[OwnFund]:
    """Return every fund of a funder with its numbers, in two or three statements."""
    rows = db.execute(
        select(Fund, Programme.name)
        .join(Programme, Programme.id == Fund.programme_id)
        .where(Fund.funder_id == funder_id)
        .order_by(Fund.closed_at.is_not(None), Fund.title)
    ).all()
    numbers = fund_numbers(db, [fund.id for fund, _ in rows])
    return [_own(fund, name, numbers[fund.id]) for fund, name in rows]


def fund_page(db: Session, funder_id: int, public_id: str) -> FundPage:
    """Return one fund of this funder with what may be counted.

    Raises:
        NoSuchObject: no such fund, or another funder's.
    """
    row = db.execute(
        select(Fund, Programme.name)
        .join(Programme, Programme.id == Fund.programme_id)
        .where(Fund.funder_id == funder_id, Fund.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    fund, name = row
    numbers = fund_numbers(db, [fund.id])[fund.id]
    wanted = ContributionFilter(fund_id=fund.id)
    return FundPage(
        fund=_own(fund, name, numbers),
        promised=contribution_queries.contributions(db, wanted).items,
        given=_given(db, fund.id),
        counts=_counts(db, fund.id),
    )


def _own(fund: Fund, programme: str, numbers: FundNumbers) -> OwnFund:
    return OwnFund(
        public_id=fund.public_id,
        title=fund.title,
        programme=programme,
        categories=fund.categories,
        only_isolated=fund.only_isolated,
        only_priority_area=fund.only_priority_area,
        closed=fund.closed_at is not None,
        numbers=numbers,
    )


def _given(db: Session, fund_id: int) -> list[Given]:
    rows = db.execute(
        select(Arrival.received_on, Arrival.amount_cents, Arrival.returned_cents, Arrival.reference)
        .where(Arrival.fund_id == fund_id)
        .order_by(Arrival.received_on.desc(), Arrival.id.desc())
    )
    return [
        Given(day, Cents(amount), Cents(back), reference) for day, amount, back, reference in rows
    ]


def _counts(db: Session, fund_id: int) -> Counts:
    reached, isolated, area = _households(db, fund_id)
    states = _states(db, fund_id)
    issued = Cell(sum(cell.value for cell in states.values()), reached.households)
    used, waiting, lapsed = disclosure.partition(
        issued,
        [
            states.get(state, Cell(0, 0))
            for state in (VoucherState.REDEEMED, VoucherState.ISSUED, VoucherState.EXPIRED)
        ],
    )
    return Counts(
        households=disclosure.whole(reached),
        isolated=disclosure.share(isolated, reached),
        priority_area=disclosure.share(area, reached),
        issued=disclosure.whole(issued),
        used=used,
        waiting=waiting,
        lapsed=lapsed,
        providers=disclosure.providers(_providers(db, fund_id)),
    )


def _households(db: Session, fund_id: int) -> tuple[Cell, Cell, Cell]:
    """Return distinct households with a voucher of the fund: all, isolated, priority area.

    Isolated is what the allowance saw when the vouchers were issued.
    """
    home = Parent.household_id
    counts = db.execute(
        select(
            func.count(distinct(home)),
            func.count(distinct(case((Allowance.isolated, home)))),
            func.count(distinct(case((Parent.priority_area.is_not(None), home)))),
        )
        .select_from(Voucher)
        .join(Parent, Parent.id == Voucher.parent_id)
        .join(Allowance, Allowance.id == Voucher.allowance_id)
        .where(Voucher.fund_id == fund_id, Voucher.state != VoucherState.CANCELLED)
    ).one()
    reached, isolated, area = (Cell(count, count) for count in counts)
    return reached, isolated, area


def _states(db: Session, fund_id: int) -> dict[str, Cell]:
    rows = db.execute(
        select(Voucher.state, func.count(), func.count(distinct(Parent.household_id)))
        .join(Parent, Parent.id == Voucher.parent_id)
        .where(Voucher.fund_id == fund_id, Voucher.state != VoucherState.CANCELLED)
        .group_by(Voucher.state)
    )
    return {state: Cell(count, households) for state, count, households in rows}


def _providers(db: Session, fund_id: int) -> int:
    found = db.scalar(
        select(func.count(distinct(Account.provider_id))).where(
            Account.fund_id == fund_id,
            Account.kind == AccountKind.PAYABLE,
            Account.credits_cents > 0,
        )
    )
    return found or 0
