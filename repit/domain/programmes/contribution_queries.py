"""Read what is promised and what arrived, as frozen values. Amounts are cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.programmes.models import (
    Arrival,
    ArrivalReturn,
    Contribution,
    Fund,
    Funder,
    Programme,
)
from repit.domain.programmes.references import found_in, reference_of, with_part
from repit.domain.programmes.rules import Promise, Reason, Standing, Way


@dataclass(frozen=True)
class ContributionView:
    """A promise and how it is kept: `received` is what arrived less what was taken back."""

    id: int
    public_id: str
    promised: Promise
    reference: str
    received: Cents
    taken_back: Cents
    cancelled_at: datetime | None
    created_at: datetime
    fund_id: int
    fund_public_id: str
    fund_title: str
    fund_closed: bool
    funder_name: str
    funder_public_id: str
    programme_id: int
    programme_name: str

    @property
    def amount(self) -> Cents:
        return self.promised.amount

    @property
    def missing(self) -> Cents:
        """What is still expected; nothing of a cancelled promise."""
        if self.cancelled_at is not None:
            return Cents(0)
        return Cents(max(self.promised.amount - self.received, 0))

    @property
    def over(self) -> Cents:
        """What arrived beyond the promise."""
        return Cents(max(self.received - self.promised.amount, 0))

    @property
    def standing(self) -> Standing:
        if self.cancelled_at is not None:
            return Standing.CANCELLED
        if self.over:
            return Standing.OVER
        if not self.missing:
            return Standing.RECEIVED
        if self.received:
            return Standing.PART
        return Standing.RETURNED if self.taken_back else Standing.PROMISED

    def late(self, today: date) -> bool:
        """Say whether money is missing after its day."""
        due = self.promised.due_on
        return bool(self.missing) and due is not None and due < today


@dataclass(frozen=True)
class ArrivalView:
    """Money that arrived; `left` is what was not taken back."""

    id: int
    contribution_id: int
    contribution_public_id: str
    amount: Cents
    taken_back: Cents
    received_on: date
    way: Way
    reference: str
    note: str | None
    created_at: datetime

    @property
    def left(self) -> Cents:
        return Cents(self.amount - self.taken_back)


@dataclass(frozen=True)
class ReturnView:
    """What left again of one arrival."""

    arrival_id: int
    amount: Cents
    shortage: Cents
    reason: Reason
    returned_on: date
    motive: str | None


@dataclass(frozen=True)
class Expected:
    """Of a fund, or of several: promised and not cancelled, received, and still missing."""

    promised: Cents
    received: Cents
    missing: Cents


@dataclass(frozen=True)
class ContributionFilter:
    """Which promises are wanted; None: whatever they are."""

    text: str | None = None
    """In the funder's, the fund's or the agreement's name, or a reference."""
    standing: str | None = None
    """`missing`, `late`, `over`, `cancelled`, or None."""
    fund_id: int | None = None
    funder: str | None = None
    """Public id."""
    today: date | None = None
    """Needed for `late`."""
    open_only: bool = False
    """Neither cancelled nor of a closed fund."""


def contributions(
    db: Session, wanted: ContributionFilter = ContributionFilter(), *, number: int | None = None
) -> Page[ContributionView]:
    """Return promises: those that are expected first, by their day, then the others."""
    query = _contributions().where(*_conditions(db, wanted))
    order = (
        _MISSING.desc(),
        Contribution.due_on.is_(None),
        Contribution.due_on.desc(),
        Contribution.id.desc(),
    )
    return cut(db, query.order_by(*order), _contribution, number=number)


def expected(db: Session, wanted: ContributionFilter = ContributionFilter()) -> Expected:
    """Return the sums of the promises wanted, in one statement."""
    rows = db.execute(_contributions().where(*_conditions(db, wanted)))
    views = [_contribution(row) for row in rows]
    live = [one for one in views if one.cancelled_at is None]
    return Expected(
        promised=Cents(sum(one.amount for one in live)),
        received=Cents(sum(one.received for one in views)),
        missing=Cents(sum(one.missing for one in live)),
    )


def contribution(db: Session, public_id: str) -> ContributionView:
    """Return one promise.

    Raises:
        NoSuchObject: no such contribution.
    """
    row = db.execute(_contributions().where(Contribution.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _contribution(row)


def named(db: Session, public_ids: Iterable[str]) -> list[ContributionView]:
    """Return promises by their public ids, those that exist."""
    rows = db.execute(_contributions().where(Contribution.public_id.in_(set(public_ids))))
    return [_contribution(row) for row in rows]


def arrivals(
    db: Session,
    fund_id: int,
    *,
    contribution_id: int | None = None,
    number: int | None = None,
) -> Page[ArrivalView]:
    """Return what arrived for a fund, or for one of its promises, latest first."""
    query = _arrivals().where(Arrival.fund_id == fund_id)
    if contribution_id is not None:
        query = query.where(Arrival.contribution_id == contribution_id)
    ordered = query.order_by(Arrival.received_on.desc(), Arrival.id.desc())
    return cut(db, ordered, _arrival, number=number)


def arrival(db: Session, fund_id: int, arrival_id: int) -> ArrivalView:
    """Return one arrival of a fund.

    Raises:
        NoSuchObject: this fund has no such arrival.
    """
    row = db.execute(
        _arrivals().where(Arrival.id == arrival_id, Arrival.fund_id == fund_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return _arrival(row)


def returns(db: Session, arrival_ids: Iterable[int]) -> list[ReturnView]:
    """Return what was taken back of these arrivals, latest first."""
    rows = db.scalars(
        select(ArrivalReturn)
        .where(ArrivalReturn.arrival_id.in_(set(arrival_ids)))
        .order_by(ArrivalReturn.id.desc())
    )
    return [
        ReturnView(
            arrival_id=row.arrival_id,
            amount=Cents(row.amount_cents),
            shortage=Cents(row.shortage_cents),
            reason=Reason(row.reason),
            returned_on=row.returned_on,
            motive=row.motive,
        )
        for row in rows
    ]


def _sum(column: Any) -> Any:
    return (
        select(func.coalesce(func.sum(column), 0))
        .where(Arrival.contribution_id == Contribution.id)
        .correlate(Contribution)
        .scalar_subquery()
    )


_RECEIVED = _sum(Arrival.amount_cents - Arrival.returned_cents)
_TAKEN_BACK = _sum(Arrival.returned_cents)
_MISSING = and_(Contribution.cancelled_at.is_(None), Contribution.promised_cents > _RECEIVED)


def late(today: date | None) -> list[ColumnElement[bool]]:
    """Return what is true of a contribution that misses money after its day."""
    return [_MISSING, Contribution.due_on < today]


def _conditions(db: Session, wanted: ContributionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = _standing_is(wanted)
    if wanted.text:
        found.append(_says(db, wanted.text))
    if wanted.fund_id is not None:
        found.append(Contribution.fund_id == wanted.fund_id)
    if wanted.funder:
        found.append(Funder.public_id == wanted.funder)
    if wanted.open_only:
        found += [Contribution.cancelled_at.is_(None), Fund.closed_at.is_(None)]
    return found


def _standing_is(wanted: ContributionFilter) -> list[ColumnElement[bool]]:
    conditions = {
        "missing": [_MISSING],
        "late": [_MISSING, Contribution.due_on < (wanted.today or date.min)],
        "over": [Contribution.promised_cents < _RECEIVED],
        "cancelled": [Contribution.cancelled_at.is_not(None)],
    }
    return conditions.get(wanted.standing or "", [])


def _says(db: Session, text: str) -> ColumnElement[bool]:
    columns = (Fund.title, Funder.name, Funder.long_name, Contribution.agreement)
    named = [column.icontains(text, autoescape=True) for column in columns]
    parts = with_part(text, db.scalars(select(Contribution.id)))
    return or_(Contribution.id.in_({*found_in(text), *parts}), *named)


def _contributions() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Contribution,
            _RECEIVED,
            _TAKEN_BACK,
            Fund.public_id,
            Fund.title,
            Fund.closed_at,
            Funder.name,
            Funder.public_id,
            Programme.id,
            Programme.name,
        )
        .join(Fund, Fund.id == Contribution.fund_id)
        .join(Funder, Funder.id == Fund.funder_id)
        .join(Programme, Programme.id == Fund.programme_id)
    )


def _contribution(row: Any) -> ContributionView:
    found, received, taken_back, *fund = row
    fund_public_id, fund_title, closed_at, funder, funder_public_id, programme_id, programme = fund
    return ContributionView(
        id=found.id,
        public_id=found.public_id,
        promised=Promise(
            amount=Cents(found.promised_cents),
            due_on=found.due_on,
            agreement=found.agreement,
            note=found.note,
        ),
        reference=reference_of(found.id),
        received=Cents(int(received)),
        taken_back=Cents(int(taken_back)),
        cancelled_at=found.cancelled_at,
        created_at=found.created_at,
        fund_id=found.fund_id,
        fund_public_id=fund_public_id,
        fund_title=fund_title,
        fund_closed=closed_at is not None,
        funder_name=funder,
        funder_public_id=funder_public_id,
        programme_id=programme_id,
        programme_name=programme,
    )


def _arrivals() -> Select[Arrival, str]:
    return select(Arrival, Contribution.public_id).join(
        Contribution, Contribution.id == Arrival.contribution_id
    )


def _arrival(row: Any) -> ArrivalView:
    found, contribution_public_id = row
    return ArrivalView(
        id=found.id,
        contribution_id=found.contribution_id,
        contribution_public_id=contribution_public_id,
        amount=Cents(found.amount_cents),
        taken_back=Cents(found.returned_cents),
        received_on=found.received_on,
        way=Way(found.way),
        reference=found.reference,
        note=found.note,
        created_at=found.created_at,
    )
