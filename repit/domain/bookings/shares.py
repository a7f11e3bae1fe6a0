"""The family's share of a booking, paid online: it goes as the vouchers go. Amounts in cents.

A place's share is the provider's once the vouchers of that place are taken, and comes back when
they are released or reversed. `square` compares what was paid with what the holds say and moves
the difference; whoever ends a place calls it, and a job finds what nobody met.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased

from repit.domain.actors import COMMAND
from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.share_facts import earned, in_a_payout, is_kept, is_taken, taken_places
from repit.domain.family_shares import service
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.jobs.service import enqueue
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.redemptions.models import (
    Redemption,
)

CANCELLED, LATE_PAYMENT, TWICE, ON_THE_SPOT = "cancelled", "late_payment", "twice", "on_the_spot"
"""Why money goes back."""


def square(db: Session, booking_id: int, *, now: datetime, why: str = CANCELLED) -> Cents:
    """Pass on what providers earned of a booking's share, and ask back what nobody keeps.

    Asked again it does nothing more.

    Returns:
        What goes back to the family from now on.

    Raises:
        Nothing of its own.
    """
    payments = _paid(db, booking_id)
    if not payments:
        return Cents(0)
    _pass_on(db, booking_id, payments, now)
    return _give_back(db, booking_id, payments, why, now)


def to_pay(db: Session, booking_id: int) -> Cents:
    """Return what the live places of a booking cost the family online."""
    query = select(func.coalesce(func.sum(ChildPlace.share_cents), 0)).where(
        ChildPlace.booking_id == booking_id, ChildPlace.ended_at.is_(None)
    )
    return Cents(int(db.scalar(query) or 0))


def share_held(db: Session, booking_id: int, place_id: int | None = None) -> Cents:
    """Return what was paid online for places that are live, all or one: it can come back."""
    query = select(func.coalesce(func.sum(ChildPlace.share_cents), 0)).where(
        ChildPlace.booking_id == booking_id,
        ChildPlace.ended_at.is_(None),
        is_kept(),
        select(FamilyPayment.id)
        .where(FamilyPayment.booking_id == booking_id, FamilyPayment.state == "paid")
        .exists(),
    )
    if place_id is not None:
        query = query.where(ChildPlace.id == place_id)
    return Cents(int(db.scalar(query) or 0))


def set_on_the_spot(db: Session, booking_id: int) -> None:
    """Let the family pay the provider when it comes; nothing of it is asked online any more.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(ChildPlace)
        .where(ChildPlace.booking_id == booking_id)
        .values(share_cents=0)
        .execution_options(synchronize_session=False)
    )
    db.expire_all()


def set_online(db: Session, booking_id: int, shares: dict[int, int]) -> Cents:
    """Let the family pay its share online before the booking counts; return what it is.

    Args:
        shares: by slot, in cents.

    Raises:
        Nothing of its own.
    """
    places = db.scalars(
        select(ChildPlace).where(ChildPlace.booking_id == booking_id, ChildPlace.ended_at.is_(None))
    )
    total = 0
    for place in places:
        place.share_cents = shares.get(place.slot_id, 0)
        total += place.share_cents
    db.flush()
    return Cents(total)


def close_pages(db: Session, booking_id: int, *, now: datetime) -> None:
    """Let nobody pay for what is over or paid; a worker closes the page at Stripe.

    Raises:
        Nothing of its own.
    """
    closed = db.execute(
        update(FamilyPayment)
        .where(FamilyPayment.booking_id == booking_id, FamilyPayment.state == "open")
        .values(state="over")
        .returning(FamilyPayment.id, FamilyPayment.stripe_session_id)
        .execution_options(synchronize_session=False)
    ).all()
    for row in closed:
        if row.stripe_session_id is None:
            continue
        enqueue(
            db,
            kind="close_payment_page",
            facts={"session": row.stripe_session_id},
            actor=COMMAND,
            now=now,
            dedupe=f"close_payment_page:{row.id}",
        )


def unsquared(db: Session, *, after: int = 0, limit: int = 100) -> Sequence[int]:
    """Return bookings, by id, of which a share waits to be passed on or given back.

    Args:
        after: only bookings with a higher id, for the next page.
    """
    kept = (
        select(func.coalesce(func.sum(ChildPlace.share_cents), 0))
        .where(ChildPlace.booking_id == FamilyPayment.booking_id, is_kept())
        .correlate(FamilyPayment)
        .scalar_subquery()
    )
    taken = (
        select(func.coalesce(func.sum(ChildPlace.share_cents), 0))
        .where(ChildPlace.booking_id == FamilyPayment.booking_id, is_taken())
        .correlate(FamilyPayment)
        .scalar_subquery()
    )
    left = func.sum(FamilyPayment.amount_cents - FamilyPayment.refund_cents)
    kept_for_now = aliased(FamilyPayment)  # most were passed on or given back whole: long over
    open_ones = select(kept_for_now.booking_id).where(
        kept_for_now.state == "paid",
        kept_for_now.amount_cents > kept_for_now.refund_cents + kept_for_now.passed_cents,
        kept_for_now.booking_id > after,
    )
    rows = db.scalars(
        select(FamilyPayment.booking_id)
        .where(FamilyPayment.state == "paid", FamilyPayment.booking_id.in_(open_ones))
        .group_by(FamilyPayment.booking_id)
        .having(or_(left > kept, func.sum(FamilyPayment.passed_cents) < taken))
        .order_by(FamilyPayment.booking_id)
        .limit(limit)
    )
    return rows.all()


def pass_on_to(db: Session, provider_ids: Sequence[int], *, now: datetime) -> None:
    """Credit providers with every share they earned by now, before they are paid.

    Raises:
        Nothing of its own.
    """
    passed = aliased(Transfer)
    of_redemption = select(passed.id).where(
        passed.redemption_id == Redemption.id, passed.kind == TransferKind.SHARE_DUE
    )
    rows = db.scalars(
        taken_places()
        .with_only_columns(ChildPlace.booking_id)
        .where(Redemption.provider_id.in_(provider_ids), ~of_redemption.exists(), ~in_a_payout())
        .distinct()
        .order_by(ChildPlace.booking_id)
    ).all()
    for booking_id in rows:
        _pass_on(db, booking_id, _paid(db, booking_id), now)


def _paid(db: Session, booking_id: int) -> list[FamilyPayment]:
    return list(
        db.scalars(
            select(FamilyPayment)
            .where(FamilyPayment.booking_id == booking_id, FamilyPayment.state == "paid")
            .order_by(FamilyPayment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _pass_on(
    db: Session, booking_id: int, payments: Sequence[FamilyPayment], now: datetime
) -> None:
    for taken in earned(db, booking_id):
        payer = next((one for one in payments if _left_of(one) >= taken.share), None)
        if payer is None:
            continue  # never paid online: `check` says so
        service.pass_on(
            db,
            payer,
            taken.redemption_id,
            taken.share,
            provider_id=taken.provider_id,
            parent_id=taken.parent_id,
            actor=COMMAND,
            now=now,
        )


def _give_back(
    db: Session, booking_id: int, payments: Sequence[FamilyPayment], why: str, now: datetime
) -> Cents:
    kept = db.scalar(
        select(func.coalesce(func.sum(ChildPlace.share_cents), 0)).where(
            ChildPlace.booking_id == booking_id, is_kept()
        )
    )
    excess = sum(one.amount_cents - one.refund_cents for one in payments) - int(kept or 0)
    given = 0
    for payment in reversed(payments):  # of two, the second goes back
        amount = min(excess - given, _left_of(payment))
        if amount > 0:
            service.ask_refund(db, payment, Cents(amount), why=why, now=now)
            given += amount
    return Cents(given)


def _left_of(payment: FamilyPayment) -> int:
    return payment.amount_cents - payment.refund_cents - payment.passed_cents


def refunds_of(db: Session, booking_id: int) -> list[FamilyRefund]:
    """Return the refunds of a booking, oldest first."""
    return list(
        db.scalars(
            select(FamilyRefund)
            .join(FamilyPayment, FamilyPayment.id == FamilyRefund.payment_id)
            .where(FamilyPayment.booking_id == booking_id)
            .order_by(FamilyRefund.id)
        )
    )
