"""Read what was paid online, and what waits for somebody to look. Amounts are cents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from repit.domain.cards.models import (
    EventState,
    OnlinePayment,
    OnlineRefund,
    PaymentDispute,
    PaymentState,
    RefundState,
    StripeEvent,
)
from repit.domain.money import Cents
from repit.domain.programmes.models import Arrival, Contribution, Fund


@dataclass(frozen=True)
class PaymentView:
    """One try to pay online; `disputed` when the payer's bank took it back."""

    public_id: str
    amount: Cents
    way: str
    state: str
    url: str | None
    intent_id: str | None
    refunded: Cents
    disputed: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class EventView:
    """An event that could not be applied."""

    id: int
    event_id: str
    kind: str
    about: str | None
    facts: dict[str, Any]
    state: str
    why: str | None
    created_at: datetime
    received_at: datetime


@dataclass(frozen=True)
class RefundView:
    """Money given back to a payment."""

    public_id: str
    amount: Cents
    state: str
    reason: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class DisputeView:
    """A payment that the payer's bank took back, or wants to."""

    dispute_id: str
    amount: Cents
    state: str
    posted: bool
    reason: str | None
    opened_at: datetime
    ended_at: datetime | None


def payments_of(db: Session, contribution_id: int) -> list[PaymentView]:
    """Return the tries to pay a contribution online, latest first."""
    disputed = exists().where(PaymentDispute.payment_id == OnlinePayment.id, PaymentDispute.posted)
    rows = db.execute(
        select(OnlinePayment, disputed)
        .where(OnlinePayment.contribution_id == contribution_id)
        .order_by(OnlinePayment.id.desc())
    )
    return [
        PaymentView(
            public_id=row.public_id,
            amount=Cents(row.amount_cents),
            way=row.way,
            state=row.state,
            url=row.url,
            intent_id=row.intent_id,
            refunded=Cents(row.refunded_cents),
            disputed=bool(taken),
            created_at=row.created_at,
            ended_at=row.ended_at,
        )
        for row, taken in rows
    ]


def is_promised_by(db: Session, contribution_public_id: str, funder_id: int | None) -> bool:
    """Whether a contribution is of this funder."""
    found = (
        select(Contribution.id)
        .join(Fund, Fund.id == Contribution.fund_id)
        .where(Contribution.public_id == contribution_public_id, Fund.funder_id == funder_id)
    )
    return db.scalar(found) is not None


def unsettled_events(db: Session, limit: int = 50) -> list[EventView]:
    """Return the events that could not be applied and that nobody has looked at, oldest first."""
    rows = db.scalars(select(StripeEvent).where(*unsettled()).order_by(StripeEvent.id).limit(limit))
    names = EventView.__dataclass_fields__
    return [EventView(**{name: getattr(row, name) for name in names}) for row in rows]


def unsettled() -> list[ColumnElement[bool]]:
    """Return the conditions that an event could not be applied and was not looked at."""
    open_states = [EventState.WAITING, EventState.CONTRADICTS]
    return [StripeEvent.state.in_(open_states), StripeEvent.looked_at.is_(None)]


def some_can_be_applied(db: Session, _now: datetime) -> bool:
    """Whether an event waits for a payment that is there by now: two came at the same moment."""
    return db.scalar(select(StripeEvent.id).where(*can_be_applied()).limit(1)) is not None


def can_be_applied() -> list[ColumnElement[bool]]:
    """Return the conditions that an event waits for a payment that is there by now."""
    there = exists().where(
        OnlinePayment.intent_id == StripeEvent.about, OnlinePayment.state == PaymentState.PAID
    )
    return [StripeEvent.state == EventState.WAITING, there]


def refunds_of(db: Session, fund_id: int) -> list[RefundView]:
    """Return what was given back to a fund's payments, latest first."""
    rows = db.scalars(
        select(OnlineRefund)
        .join(OnlinePayment, OnlinePayment.id == OnlineRefund.payment_id)
        .join(Arrival, Arrival.id == OnlinePayment.arrival_id)
        .where(Arrival.fund_id == fund_id)
        .order_by(OnlineRefund.id.desc())
    )
    return [
        RefundView(
            row.public_id,
            Cents(row.amount_cents),
            row.state,
            row.reason,
            row.created_at,
            row.ended_at,
        )
        for row in rows
    ]


def refunds_are_asked(db: Session, _now: datetime) -> bool:
    """Whether a refund waits for Stripe's answer."""
    asked = select(OnlineRefund.id).where(OnlineRefund.state == RefundState.ASKED)
    return db.scalar(asked.limit(1)) is not None


def disputes_of(db: Session, fund_id: int) -> list[DisputeView]:
    """Return what the banks of a fund's payers took back, or want to, latest first."""
    rows = db.scalars(
        select(PaymentDispute)
        .join(OnlinePayment, OnlinePayment.id == PaymentDispute.payment_id)
        .join(Arrival, Arrival.id == OnlinePayment.arrival_id)
        .where(Arrival.fund_id == fund_id)
        .order_by(PaymentDispute.id.desc())
    )
    return [
        DisputeView(
            row.dispute_id,
            Cents(row.amount_cents),
            row.state,
            row.posted,
            row.reason,
            row.opened_at,
            row.ended_at,
        )
        for row in rows
    ]
