"""What of a booking's share is to be paid online, was paid, and goes back. Amounts in cents."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.stage import COHORT
from repit.domain.care.models import CareSlot
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass(frozen=True)
class ShareView:
    """Of one booking. `until`: while it is to be paid, how long the place is kept.

    `page`: where it is paid, once Stripe has made a page for it.
    """

    to_pay: Cents
    until: datetime | None
    page: str | None
    will_pay: Cents
    """What saying yes to an offer will ask online, where that is possible."""
    paid: Cents
    going_back: Cents
    gone_back: Cents


def share_of(db: Session, public_id: str, *, now: datetime) -> ShareView:
    """Return where the share of a booking stands; all nothing when it has none online.

    Raises:
        NoResultFound: there is no such booking.
    """
    online = and_(Programme.share_online, or_(Workshop.format.is_(None), Workshop.format != COHORT))
    asked, could = func.sum(ChildPlace.share_cents), func.sum(CareSlot.family_share_cents)
    booking, asks, shares, would = db.execute(
        select(Booking, online, func.coalesce(asked, 0), func.coalesce(could, 0))
        .join(Programme, Programme.id == Booking.programme_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .outerjoin(
            ChildPlace, and_(ChildPlace.booking_id == Booking.id, ChildPlace.ended_at.is_(None))
        )
        .outerjoin(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .where(Booking.public_id == public_id)
        .group_by(Booking.id, Programme.share_online, Workshop.format)
    ).one()
    offered, taken = booking.state == "offered", booking.taken_at is not None
    paid, back, gone = _moved(db, booking.id)
    return ShareView(
        to_pay=Cents(int(shares) if offered and taken else 0),
        until=booking.expires_at if offered and taken else None,
        page=_page(db, booking.id, int(shares), now) if offered and taken else None,
        will_pay=Cents(int(would) if offered and not taken and asks else 0),
        paid=paid,
        going_back=back,
        gone_back=gone,
    )


def _page(db: Session, booking_id: int, amount: int, now: datetime) -> str | None:
    return db.scalar(
        select(FamilyPayment.page).where(
            FamilyPayment.booking_id == booking_id,
            FamilyPayment.state == "open",
            FamilyPayment.amount_cents == amount,
            FamilyPayment.closes_at > now,
        )
    )


def _moved(db: Session, booking_id: int) -> tuple[Cents, Cents, Cents]:
    """Return what was paid, what of it is on its way back, and what went back."""
    done = FamilyRefund.state == "done"
    back, gone = db.execute(
        select(
            func.coalesce(func.sum(FamilyRefund.amount_cents).filter(~done), 0),
            func.coalesce(func.sum(FamilyRefund.amount_cents).filter(done), 0),
        )
        .join(FamilyPayment, FamilyPayment.id == FamilyRefund.payment_id)
        .where(FamilyPayment.booking_id == booking_id)
    ).one()
    paid = db.scalar(
        select(func.coalesce(func.sum(FamilyPayment.amount_cents), 0)).where(
            FamilyPayment.booking_id == booking_id, FamilyPayment.state == "paid"
        )
    )
    return Cents(int(paid or 0)), Cents(int(back)), Cents(int(gone))


@dataclass(frozen=True)
class RefundView:
    """A refund to a family that is not done. `reason`: Stripe's code, when it refused."""

    public_id: str
    amount: Cents
    state: str
    reason: str | None
    asked_at: datetime
    parent: str
    parent_public_id: str


def open_refunds(db: Session) -> list[RefundView]:
    """Return the refunds to families that are on their way or were refused, oldest first."""
    rows = db.execute(
        select(FamilyRefund, Parent.first_name, Parent.last_name, Parent.public_id)
        .join(FamilyPayment, FamilyPayment.id == FamilyRefund.payment_id)
        .join(Booking, Booking.id == FamilyPayment.booking_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .where(FamilyRefund.state.in_(("asked", "sent", "refused")))
        .order_by(FamilyRefund.id)
    )
    return [
        RefundView(
            refund.public_id,
            Cents(refund.amount_cents),
            refund.state,
            refund.reason,
            refund.asked_at,
            f"{first} {last}",
            parent,
        )
        for refund, first, last, parent in rows
    ]
