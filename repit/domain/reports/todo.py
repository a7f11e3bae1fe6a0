"""What waits for the operator, counted in one statement, and the funds that run short."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.attendance import alerts
from repit.domain.banking.models import BankLine
from repit.domain.banking.rules import OF_A_PAYMENT, LineState
from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.overview import session_shows
from repit.domain.bookings.slot_overview import slot_shows
from repit.domain.cards.models import StripeEvent
from repit.domain.cards.queries import unsettled
from repit.domain.care.models import CareSlot
from repit.domain.care.queries import CarerFilter, carers
from repit.domain.entitlements.models import Allowance
from repit.domain.family_shares.models import FamilyRefund
from repit.domain.households.models import Child, ParentImport
from repit.domain.jobs.models import Job
from repit.domain.ledger.models import Account, AccountKind
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.notices.models import Notice
from repit.domain.presence.models import Attendance
from repit.domain.programmes.contribution_queries import late
from repit.domain.programmes.models import Contribution, Programme
from repit.domain.programmes.queries import FundFilter, FundView, funds
from repit.domain.providers.models import Accreditation, Device, Provider
from repit.domain.providers.rights import LAPSES_SOON
from repit.domain.redemptions.models import (
    PayoutRedemption,
    Redemption,
    Reversal,
    of_live_payout,
    worth,
)
from repit.domain.vouchers.models import Voucher, VoucherState
from repit.domain.workshops.models import Workshop, WorkshopSession

ENDS_SOON = timedelta(weeks=6)
NEARLY_SPENT = 0.80


@dataclass(frozen=True)
class Counts:
    """How many of each wait. Amounts in cents."""

    waiting_parents: int
    waiting_vouchers: int
    ending_vouchers: int
    ending_cents: Cents
    lapsing_providers: int
    locked_devices: int
    failed_jobs: int
    failed_notices: int
    late_providers: int
    late_cents: Cents
    open_imports: int
    sessions_to_decide: int
    """Under their minimum, 48 hours before or less, and nobody has said what becomes of them."""
    crowded_sessions: int
    crowded_slots: int
    unstaffed_slots: int
    children_to_confirm: int
    """Added by a parent; they count for no quota before."""
    unnoted_slots: int
    """Over for long, and nobody noted whether every child came: vouchers still wait."""
    short_funds: int
    """A bank took back what was promised in vouchers already."""
    short_cents: Cents
    events_to_look_at: int
    """News of Stripe that could not be applied."""
    bank_lines: int
    """Money that came in, of which nobody knows yet what it is."""
    bank_cents: Cents
    payment_lines: int
    """Money that went out for a payment of ours that it cannot be."""
    late_contributions: int
    """Promised, and not all there after their day."""
    refused_refunds: int
    """What a family paid online and Stripe will not give back."""
    refused_departures: int
    """A blocked person asked for a child, or one who looks like it."""
    maybe_for_nobody: int
    """Places whose vouchers were taken although something says that the child did not come."""
    sessions_to_call: int
    """A place is free, somebody waits, and it is too late to offer it by message."""


@dataclass(frozen=True)
class FundState:
    """An open fund and its numbers."""

    fund: FundView
    numbers: FundNumbers

    @property
    def used(self) -> float:
        """The share of the money that came which is promised, due or paid."""
        if not self.numbers.funded:
            return 0.0
        return 1 - self.numbers.available / self.numbers.funded

    @property
    def nearly_spent(self) -> bool:
        """Whether four fifths are gone: money must come, or the scheme slow down."""
        return self.numbers.funded > 0 and self.used >= NEARLY_SPENT


def counts(db: Session, *, today: date, now: datetime) -> Counts:
    """Return everything that waits, in one statement."""
    asked = [
        _waiting(func.count()),
        _waiting(func.coalesce(func.sum(Allowance.granted - Allowance.issued), 0)),
        _ending(func.count(), today),
        _ending(func.coalesce(func.sum(Voucher.face_cents), 0), today),
        _lapsing(today),
        select(func.count()).where(Device.locked_at.is_not(None), Device.revoked_at.is_(None)),
        select(func.count()).where(Job.state == "failed"),
        select(func.count()).where(Notice.state == "failed"),
        _late(func.count(distinct(Redemption.provider_id)), today, now),
        _late(func.coalesce(func.sum(worth()), 0), today, now),
        select(func.count()).where(ParentImport.state.in_(["checked", "running"])),
        _of(WorkshopSession, session_shows(now)["to_decide"]),
        _of(WorkshopSession, session_shows(now)["over"]),
        _of(CareSlot, slot_shows(now)["over"]),
        _of(CareSlot, slot_shows(now)["unstaffed"]),
        _of(Child, [Child.confirmed.is_(False)]),
        _of(CareSlot, slot_shows(now)["unnoted"]),
        _short(func.count()),
        _short(func.coalesce(func.sum(Account.debits_cents - Account.credits_cents), 0)),
        _of(StripeEvent, unsettled()),
        _unmatched(func.count()),
        _unmatched(func.coalesce(func.sum(BankLine.amount_cents), 0)),
        select(func.count()).where(
            BankLine.state == LineState.NEW, ~BankLine.credit, BankLine.why.in_(OF_A_PAYMENT)
        ),
        _of(Contribution, late(today)),
        select(func.count()).where(FamilyRefund.state == "refused"),
        _of(Attendance, alerts.waiting_departures(now)),
        _of(ChildPlace, alerts.maybe_for_nobody(now)),
        select(func.count())
        .select_from(WorkshopSession)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(*session_shows(now)["to_call"]),
    ]
    row = db.execute(select(*(one.scalar_subquery() for one in asked))).one()
    return Counts(*(int(value) for value in row))  # type: ignore[arg-type]  # cents are ints


def open_funds(db: Session) -> list[FundState]:
    """Return the open funds, in two or three statements."""
    found = funds(db, FundFilter(closed=False)).items
    if not found:
        return []
    numbers = fund_numbers(db, [one.id for one in found])
    return [FundState(one, numbers[one.id]) for one in found]


def wanting_carers(db: Session, *, today: date) -> int:
    """Return how many carers have a paper that is missing, over, or about to end."""
    return len(carers(db, CarerFilter(papers="wanting"), today=today))


def _of(table: Any, conditions: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(table).where(*conditions)


def _unmatched(what: Any) -> Select[*tuple[Any, ...]]:
    return select(what).where(BankLine.state == LineState.NEW, BankLine.credit)


def _short(what: Any) -> Select[*tuple[Any, ...]]:
    short = Account.debits_cents > Account.credits_cents
    return select(what).where(Account.kind == AccountKind.LOSS, short)


def _waiting(what: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(what)
        .select_from(Allowance)
        .join(Programme, Programme.id == Allowance.programme_id)
        .where(Allowance.waits_for.is_not(None), Programme.closed_at.is_(None))
    )


def _ending(what: Any, today: date) -> Select[*tuple[Any, ...]]:
    return select(what).where(
        Voucher.state == VoucherState.ISSUED,
        Voucher.last_day.between(today, today + ENDS_SOON),
    )


def _lapsing(today: date) -> Select[*tuple[Any, ...]]:
    """The twin of `providers.rights`: valid, sixty days left at most, and nothing follows."""
    later = aliased(Accreditation)
    end = func.coalesce(Accreditation.withdrawn_on, Accreditation.last_day)
    followed = exists().where(
        later.provider_id == Accreditation.provider_id,
        later.category == Accreditation.category,
        later.last_day > Accreditation.last_day,
        later.withdrawn_on.is_(None),
    )
    return (
        select(func.count(distinct(Accreditation.provider_id)))
        .join(Provider, Provider.id == Accreditation.provider_id)
        .where(
            Provider.state == "active",
            Accreditation.first_day <= today,
            Accreditation.last_day >= today,
            or_(Accreditation.withdrawn_on.is_(None), Accreditation.withdrawn_on > today),
            end <= today + LAPSES_SOON,
            ~followed,
        )
    )


def _late(what: Any, today: date, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(what)
        .select_from(Redemption)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .outerjoin(PayoutRedemption, of_live_payout())
        .where(
            and_(Reversal.id.is_(None), PayoutRedemption.redemption_id.is_(None)),
            Redemption.paid_by_on < today,
            Redemption.undo_until <= now,
        )
    )
