"""Read vouchers as the operator sees them: found by code or by filters, one in full."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut, flow
from repit.domain.categories import Category, from_bits
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.ledger.models import Transfer
from repit.domain.money import Cents
from repit.domain.programmes.models import Fund, Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.models import Presentation, Voucher, VoucherState

NAME_LENGTH = 32
REFERENCE_LENGTH = 8
PAGE = 50
STANDINGS = ("open", "early", "held", "blocked", "lapsed", "redeemed", "expired", "cancelled")


@dataclass(frozen=True)
class VoucherFilter:
    """What to keep of the list; programme and fund by public id. Empty keeps everything."""

    words: str = ""
    """Parts of the parent's name, number or town."""
    standing: str = ""
    """One of `STANDINGS`."""
    programme: str = ""
    fund: str = ""
    town: str = ""
    ends_within_days: int | None = None
    """Open vouchers whose last day is at most so many days away."""


@dataclass(frozen=True)
class VoucherView:
    """A voucher. `name` stands in addresses, `reference` in sentences; neither is its code."""

    id: int
    name: str
    parent_id: int
    parent_public_id: str
    parent_name: str
    parent_number: str
    town: str
    programme_public_id: str
    programme_name: str
    fund_public_id: str
    fund_title: str
    face: Cents
    categories: tuple[Category, ...]
    first_day: date
    last_day: date
    grace_until: date
    state: str
    blocked_at: datetime | None
    held_for: str | None
    issued_at: datetime

    @property
    def reference(self) -> str:
        """A short name to say aloud."""
        return self.name[:REFERENCE_LENGTH].upper()

    @property
    def open(self) -> bool:
        """Whether it may still be changed."""
        return self.state == VoucherState.ISSUED

    def standing(self, today: date) -> str:
        """Return its state as a person sees it."""
        if self.state != VoucherState.ISSUED:
            return self.state
        if self.blocked_at is not None:
            return "blocked"
        if self.last_day < today:
            return "lapsed"
        if today < self.first_day:
            return "early"
        return "held" if self.held_for else "open"


@dataclass(frozen=True)
class Move:
    """One movement of a voucher's money."""

    at: datetime
    kind: str
    amount: Cents
    actor: str


def vouchers(
    db: Session, wanted: VoucherFilter, *, today: date, number: int | None = None
) -> Page[VoucherView]:
    """Return one page of the list, the first to end first; all of it without a number."""
    query = _vouchers().where(*_conditions(wanted, today))
    order = Voucher.last_day, Voucher.id
    return cut(db, query.order_by(*order), _view, number=number, length=PAGE)


def every_voucher(db: Session, wanted: VoucherFilter, *, today: date) -> Iterator[VoucherView]:
    """Yield the whole list in its order, however long it is."""
    query = _vouchers().where(*_conditions(wanted, today))
    return flow(db, query.order_by(Voucher.last_day, Voucher.id), _view)


def voucher(db: Session, name: str) -> VoucherView | None:
    """Return the voucher that an address names."""
    if len(name) != NAME_LENGTH or not all(sign in "0123456789abcdef" for sign in name):
        return None
    return voucher_by_hash(db, bytes.fromhex(name))


def voucher_by_hash(db: Session, code_hash: bytes) -> VoucherView | None:
    """Return the voucher of a code, from the code's look-up key."""
    row = db.execute(_vouchers().where(Voucher.code_hash == code_hash)).one_or_none()
    return _view(row) if row else None


def presented(db: Session, code_hash: bytes) -> list[VoucherView]:
    """Return the vouchers that a code shown by a parent stands for now."""
    shown = select(Presentation.id).where(Presentation.code_hash == code_hash)
    query = _vouchers().where(Voucher.presentation_id.in_(shown))
    return [_view(row) for row in db.execute(query.order_by(Voucher.last_day, Voucher.id))]


def of_redemption(db: Session, redemption_id: UUID) -> list[VoucherView]:
    """Return the vouchers a redemption holds; none once it was taken back."""
    query = _vouchers().where(Voucher.redemption_id == redemption_id)
    return [_view(row) for row in db.execute(query.order_by(Voucher.id))]


def moves(db: Session, voucher_id: int) -> list[Move]:
    """Return the movements of a voucher's money, newest first."""
    query = select(Transfer).where(Transfer.voucher_id == voucher_id).order_by(Transfer.id.desc())
    return [Move(row.at, row.kind, Cents(row.amount_cents), row.actor) for row in db.scalars(query)]


def _conditions(wanted: VoucherFilter, today: date) -> list[ColumnElement[bool]]:
    found = [Parent.search_key.contains(word) for word in fold(wanted.words).split()]
    if wanted.standing:
        found.append(_is(wanted.standing, today))
    if wanted.programme:
        found.append(Programme.public_id == wanted.programme)
    if wanted.fund:
        found.append(Fund.public_id == wanted.fund)
    if wanted.town:
        found.append(Parent.town == wanted.town)
    if wanted.ends_within_days is not None:
        end = today + timedelta(days=wanted.ends_within_days)
        found += [Voucher.state == VoucherState.ISSUED, Voucher.last_day.between(today, end)]
    return found


def _is(standing: str, today: date) -> ColumnElement[bool]:
    """The twin of `VoucherView.standing` in SQL."""
    waiting = and_(Voucher.state == VoucherState.ISSUED, Voucher.blocked_at.is_(None))
    in_time = and_(waiting, Voucher.last_day >= today)
    begun = and_(in_time, Voucher.first_day <= today)
    return {
        "open": and_(begun, Voucher.held_for_id.is_(None)),
        "held": and_(begun, Voucher.held_for_id.is_not(None)),
        "early": and_(in_time, Voucher.first_day > today),
        "lapsed": and_(waiting, Voucher.last_day < today),
        "blocked": and_(Voucher.state == VoucherState.ISSUED, Voucher.blocked_at.is_not(None)),
    }.get(standing, Voucher.state == standing)


def _vouchers() -> Select[*tuple[Any, ...]]:
    # Outer joins, though nothing is ever missing: a count may then leave them out.
    return (
        select(
            Voucher,
            Parent.public_id,
            Parent.first_name,
            Parent.last_name,
            Parent.number,
            Parent.town,
            Programme.public_id,
            Programme.name,
            Fund.public_id,
            Fund.title,
            Provider.name,
        )
        .outerjoin(Parent, Parent.id == Voucher.parent_id)
        .outerjoin(Programme, Programme.id == Voucher.programme_id)
        .outerjoin(Fund, Fund.id == Voucher.fund_id)
        .outerjoin(Provider, Provider.id == Voucher.held_for_id)
    )


def _view(row: Any) -> VoucherView:
    held, parent, first_name, last_name, number, town, programme, title, fund, fund_title, to = row
    return VoucherView(
        id=held.id,
        name=held.code_hash.hex(),
        parent_id=held.parent_id,
        parent_public_id=parent,
        parent_name=f"{first_name} {last_name}",
        parent_number=number,
        town=town,
        programme_public_id=programme,
        programme_name=title,
        fund_public_id=fund,
        fund_title=fund_title,
        face=Cents(held.face_cents),
        categories=tuple(from_bits(held.categories)),
        first_day=held.first_day,
        last_day=held.last_day,
        grace_until=held.grace_until,
        state=held.state,
        blocked_at=held.blocked_at,
        held_for=to,
        issued_at=held.issued_at,
    )
