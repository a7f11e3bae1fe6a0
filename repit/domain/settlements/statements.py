"""Settlement statements: what one payout paid a provider for, line by line. Amounts in cents.

A statement's lines never change once its payout is approved: what it pays for, and what it
recovers of redemptions that were paid earlier and taken back since. A line that recovers is below
zero. All of a provider's statements, less those of payouts that failed, and what is still due are
its redemptions less its reversals, to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.bookings.models import ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.categories import Category
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import (
    PayoutRedemption,
    Redemption,
    Reversal,
    share_online,
)
from repit.domain.settlements.composing import of_live_recovery, unpaid
from repit.domain.settlements.models import Payout, PayoutBatch, PayoutState, Recovery
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Workshop, WorkshopSession

NOT_YET = (PayoutState.DRAFTED, PayoutState.DISCARDED)
"""Nothing was fixed: such a payout has no statement."""


@dataclass(frozen=True)
class Line:
    """One redemption on a statement. `amount` is below zero when it is taken back."""

    redemption_id: UUID
    service_on: date
    received_at: datetime
    category: Category
    vouchers: int
    amount: Cents
    family_share: Cents
    """All that the family paid for it, on the spot or online."""
    share_online: Cents
    """Of that, what it paid online: part of the amount."""
    booking: str | None
    """The workshop or care it was booked for; None when nothing was booked."""
    reversed_at: datetime | None
    paid_by_on: date
    """The day it was promised for when it was scanned."""


@dataclass(frozen=True)
class Heading:
    """One statement in a list."""

    public_id: str
    number: int | None
    state: str
    amount: Cents
    lines: int
    day: date | None
    """The bank's day; until then the day the bank is asked to pay on."""
    reference: str
    made_at: datetime


@dataclass(frozen=True)
class Statement:
    """What one payout pays."""

    heading: Heading
    provider: str
    provider_public_id: str
    identifier: str
    identifier_kind: str
    programme: str | None
    """None for a payment by hand, which may pay for several."""
    batch: int | None
    payer: str | None
    """Who holds the account paid from; none for a payment by hand."""
    payee: str | None
    iban_end: str | None
    """The last four characters of the account paid to."""
    rejected_on: date | None
    reason: str | None
    paid: Sequence[Line]
    recovered: Sequence[Line]
    cancelled: Sequence[Line]
    """Taken, and taken back before it was ever paid, since the statement before: 0 each."""

    @property
    def total_paid(self) -> Cents:
        """The sum of what is paid for."""
        return Cents(sum(line.amount for line in self.paid))

    @property
    def total_recovered(self) -> Cents:
        """The sum of what is taken back: zero, or below."""
        return Cents(sum(line.amount for line in self.recovered))

    @property
    def vouchers(self) -> int:
        """The vouchers paid for."""
        return sum(line.vouchers for line in self.paid)

    @property
    def family_shares(self) -> Cents:
        """What families paid on the spot for the same services; no part of the transfer."""
        return Cents(sum(line.family_share - line.share_online for line in self.paid))

    @property
    def shares_online(self) -> Cents:
        """What families paid online for them: part of the transfer."""
        return Cents(sum(line.share_online for line in self.paid))


def statements(db: Session, *, provider_id: int, number: int | None = None) -> Page[Heading]:
    """Return a provider's statements, latest first."""
    query = _headings().where(Payout.provider_id == provider_id).order_by(Payout.id.desc())
    return cut(db, query, _heading, number=number)


def statement(db: Session, public_id: str, *, provider_id: int | None = None) -> Statement:
    """Return a statement with its lines, in seven statements whatever their number.

    Args:
        public_id: of its payout.
        provider_id: who asks, if it is a provider; somebody else's is as if it were not there.

    Raises:
        NoSuchObject: no such statement, or not this provider's.
    """
    wanted = _headings().where(Payout.public_id == public_id)
    if provider_id is not None:
        wanted = wanted.where(Payout.provider_id == provider_id)
    head = db.execute(wanted).one_or_none()
    if head is None:
        raise NoSuchObject
    payout: Payout = head[0]
    provider = db.get_one(Provider, payout.provider_id)
    batch = db.get(PayoutBatch, payout.batch_id) if payout.batch_id else None
    paid = select(PayoutRedemption.redemption_id).where(PayoutRedemption.payout_id == payout.id)
    recovered = select(Recovery.redemption_id).where(Recovery.payout_id == payout.id)
    return Statement(
        heading=_heading(head),
        provider=provider.name,
        provider_public_id=provider.public_id,
        identifier=provider.identifier,
        identifier_kind=provider.identifier_kind,
        programme=db.get_one(Programme, batch.programme_id).name if batch else None,
        batch=batch.number if batch else None,
        payer=batch.debtor_name if batch else None,
        payee=payout.payee_name,
        iban_end=payout.iban[-4:] if payout.iban else None,
        rejected_on=payout.rejected_on,
        reason=payout.reason,
        paid=_lines(db, Redemption.id.in_(paid)),
        recovered=_lines(db, Redemption.id.in_(recovered), sign=-1),
        cancelled=_lines(db, _cancelled_since_the_last(payout, batch), sign=0),
    )


def open_account(db: Session, provider_id: int) -> tuple[list[Line], list[Line]]:
    """Return what a provider is owed that no payout has taken yet, and what it owes back."""
    mine = Redemption.provider_id == provider_id
    due = unpaid(select(Redemption.id)).where(mine)
    moved = exists().where(
        PayoutRedemption.redemption_id == Redemption.id,
        PayoutRedemption.ended_at.is_(None),
        PayoutRedemption.moved_at.is_not(None),
    )
    debts = and_(
        mine,
        Reversal.id.is_not(None),
        moved,
        ~exists().where(of_live_recovery(), Recovery.moved_at.is_not(None)),
    )
    waiting = select(PayoutRedemption.redemption_id).where(
        PayoutRedemption.ended_at.is_(None), PayoutRedemption.moved_at.is_(None)
    )
    still = or_(Redemption.id.in_(due), and_(mine, Redemption.id.in_(waiting)))
    return _lines(db, still), _lines(db, debts, sign=-1)


def _headings() -> Select[*tuple[Any, ...]]:
    paid = select(func.count()).where(PayoutRedemption.payout_id == Payout.id).scalar_subquery()
    taken = select(func.count()).where(Recovery.payout_id == Payout.id).scalar_subquery()
    return (
        select(Payout, PayoutBatch.requested_on, paid + taken)
        .outerjoin(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(Payout.state.not_in(NOT_YET))
    )


def _heading(row: Any) -> Heading:
    payout, requested_on, lines = row
    return Heading(
        public_id=payout.public_id,
        number=payout.number,
        state=payout.state,
        amount=Cents(payout.amount_cents),
        lines=lines,
        day=payout.paid_on or requested_on,
        reference=payout.reference or payout.public_id,
        made_at=payout.created_at,
    )


def _cancelled_since_the_last(payout: Payout, batch: PayoutBatch | None) -> ColumnElement[bool]:
    """Tell what was taken back unpaid between two statements of the same provider and programme."""
    same: ColumnElement[bool] = Payout.batch_id.is_(None)
    if batch is not None:
        of_programme = select(PayoutBatch.id).where(PayoutBatch.programme_id == batch.programme_id)
        same = or_(same, Payout.batch_id.in_(of_programme))
    before = (
        select(func.max(Payout.cut_off_at))
        .where(
            Payout.provider_id == payout.provider_id,
            Payout.id < payout.id,
            Payout.state.not_in(NOT_YET),
            same,
        )
        .scalar_subquery()
    )
    moved = exists().where(
        PayoutRedemption.redemption_id == Redemption.id, PayoutRedemption.moved_at.is_not(None)
    )
    found = [
        Redemption.provider_id == payout.provider_id,
        Reversal.at <= payout.cut_off_at,
        or_(before.is_(None), Reversal.at > before),
        ~moved,
    ]
    if batch is not None:
        found.append(Redemption.programme_id == batch.programme_id)
    return and_(*found)


def _lines(db: Session, which: ColumnElement[bool], *, sign: int = 1) -> list[Line]:
    rows = db.execute(
        select(Redemption, Reversal.at, _booked(), share_online())
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .where(which)
        .order_by(Redemption.service_on, Redemption.received_at, Redemption.id)
    )
    return [_line(redemption, at, title, share, sign) for redemption, at, title, share in rows]


def _booked() -> Any:
    """Name what a redemption was booked for: its vouchers were held for a child's place."""
    title = func.coalesce(Workshop.public_title, CareSlot.public_title)
    return (
        select(func.min(title))
        .select_from(Transfer)
        .join(
            Hold,
            and_(
                Hold.voucher_id == Transfer.voucher_id,
                Hold.state == "redeemed",
                Hold.ended_at == Transfer.at,
            ),
        )
        .join(ChildPlace, ChildPlace.id == Hold.child_place_id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(Transfer.redemption_id == Redemption.id, Transfer.kind == TransferKind.REDEEM)
        .correlate(Redemption)
        .scalar_subquery()
    )


def _line(
    redemption: Redemption, reversed_at: datetime | None, title: Any, share: int, sign: int
) -> Line:
    return Line(
        redemption_id=redemption.id,
        service_on=redemption.service_on,
        received_at=redemption.received_at,
        category=Category(redemption.category),
        vouchers=redemption.vouchers,
        amount=Cents(sign * (redemption.amount_cents + int(share))),
        family_share=Cents(redemption.family_share_cents),
        share_online=Cents(sign * int(share)),
        booking=title,
        reversed_at=reversed_at,
        paid_by_on=redemption.paid_by_on,
    )
