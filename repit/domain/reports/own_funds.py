"""What a funder sees of its own funds at any moment: its money, to the cent. Nobody is counted.

What its money allowed is told by releases alone, see `releases.published`.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionFilter, ContributionView
from repit.domain.programmes.models import Arrival, Fund, Programme


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
class FundPage:
    fund: OwnFund
    promised: list[ContributionView]
    given: list[Given]


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
    """Return one fund of this funder.

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
