"""Ask for a payment online, and keep the page Stripe made for it. Amounts are cents.

Three steps, and the network only in the second: our row, Stripe's page, the page kept. A step that
is lost is done again under the same name, and is the same payment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.cards.errors import NothingMissing, TooLittleOnline
from repit.domain.cards.gateway import OpenCheckout, Way
from repit.domain.cards.models import OnlinePayment, PaymentState
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.programmes.models import Arrival, Contribution, Fund

LEAST_CENTS = 50
PAGE_LASTS = timedelta(hours=23)
"""Stripe closes a page after a day at most; a contribution has a new one whenever it is asked."""
UNDER_WAY = (PaymentState.ASKED, PaymentState.OPEN)


@dataclass(frozen=True)
class Asked:
    """A payment that Stripe is to be asked for, and the pages it replaces."""

    public_id: str
    contribution_id: int
    amount: Cents
    way: Way
    expires_at: datetime
    replaced: tuple[str, ...]
    """Sessions of earlier tries, to be closed: nobody is to pay twice."""


def ask(
    db: Session, contribution_public_id: str, way: Way, *, actor: Actor, now: datetime
) -> Asked:
    """Note that somebody wants to pay online what is missing of a contribution.

    Earlier tries that nobody paid are given up.

    Raises:
        NoSuchObject: no such contribution.
        NothingMissing: it has arrived, or is not expected any more.
        TooLittleOnline: what is missing is less than Stripe takes.
    """
    contribution = db.scalars(
        select(Contribution).where(Contribution.public_id == contribution_public_id)
    ).one_or_none()
    if contribution is None:
        raise NoSuchObject
    # Payments first, contribution after: as when an event comes in meanwhile.
    replaced = _give_up(db, contribution.id, now)
    db.refresh(contribution, with_for_update=True)
    amount = missing(db, contribution)
    if not amount > 0 or db.get_one(Fund, contribution.fund_id).closed_at is not None:
        raise NothingMissing
    if amount < LEAST_CENTS:
        raise TooLittleOnline(least_cents=LEAST_CENTS)
    payment = OnlinePayment(
        public_id=ids.public_id(),
        contribution_id=contribution.id,
        amount_cents=amount,
        way=way,
        state=PaymentState.ASKED,
        asked_by=actor,
        created_at=now,
        expires_at=now + PAGE_LASTS,
    )
    db.add(payment)
    db.flush()
    facts = {"amount_cents": amount, "way": way.value}
    of = ("contribution", contribution.id)
    record(db, actor=actor, kind="payment_asked", of=of, now=now, facts=facts)
    return Asked(payment.public_id, contribution.id, amount, way, payment.expires_at, replaced)


def missing(db: Session, contribution: Contribution) -> Cents:
    """Return what has not arrived of a promise, debits under way taken for arrived."""
    if contribution.cancelled_at is not None:
        return Cents(0)
    arrived = sum(
        amount - returned
        for amount, returned in db.execute(
            select(Arrival.amount_cents, Arrival.returned_cents).where(
                Arrival.contribution_id == contribution.id
            )
        )
    )
    coming = sum(
        db.scalars(
            select(OnlinePayment.amount_cents).where(
                OnlinePayment.contribution_id == contribution.id,
                OnlinePayment.state == PaymentState.PROCESSING,
            )
        )
    )
    return Cents(max(contribution.promised_cents - arrived - coming, 0))


def _give_up(db: Session, contribution_id: int, now: datetime) -> tuple[str, ...]:
    """End the tries nobody paid. One that is paid all the same still counts when Stripe says so."""
    given_up = db.scalars(
        update(OnlinePayment)
        .where(OnlinePayment.contribution_id == contribution_id, OnlinePayment.state.in_(UNDER_WAY))
        .values(state=PaymentState.EXPIRED, ended_at=now)
        .returning(OnlinePayment.session_id)
        .execution_options(synchronize_session=False)
    )
    return tuple(session for session in given_up if session)


def opened(db: Session, public_id: str, page: OpenCheckout) -> None:
    """Keep the page Stripe made; news of its payment may have come before it.

    Raises:
        Nothing of its own: a payment that went on without its page keeps its state.
    """
    db.execute(
        update(OnlinePayment)
        .where(OnlinePayment.public_id == public_id, OnlinePayment.session_id.is_(None))
        .values(session_id=page.session_id, url=page.url)
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(OnlinePayment)
        .where(OnlinePayment.public_id == public_id, OnlinePayment.state == PaymentState.ASKED)
        .values(state=PaymentState.OPEN)
        .execution_options(synchronize_session=False)
    )


def refused(db: Session, public_id: str, now: datetime) -> None:
    """Note that Stripe would not make a page.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(OnlinePayment)
        .where(OnlinePayment.public_id == public_id, OnlinePayment.state == PaymentState.ASKED)
        .values(state=PaymentState.FAILED, ended_at=now)
        .execution_options(synchronize_session=False)
    )
