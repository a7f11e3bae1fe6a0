"""Money in online when the power fails: hearing that a payment was made, and taken back."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards import events, payments, refunds
from repit.domain.cards.gateway import Happening, Way
from repit.domain.cards.models import OnlinePayment, PaymentDispute, StripeEvent
from repit.domain.ledger.models import Transfer
from repit.domain.money import Cents
from repit.domain.programmes import contributions, funds
from repit.domain.programmes.models import Arrival, ArrivalReturn, Contribution, Fund
from repit.domain.programmes.rules import Promise
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.crash.asking import Asked

BY_US: dict[str, Any] = {"actor": OPERATOR, "now": NOON}


def _asked_for(db: Session) -> Asked:
    """A promise of a hundred euros, and a page asked for; `codes` name the payment."""
    funder = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=funder, cents=0)
    with unit_of_work(db):
        promise = contributions.promise(db, fund_id, Promise(Cents(10_000)), **BY_US)
    with unit_of_work(db):
        asked = payments.ask(db, promise, Way.CARD, **BY_US)
    return Asked(programme_id, codes=(asked.public_id,), number=fund_id)


def _disputed_first(db: Session) -> Asked:
    """The dispute came before the payment it is about, and waits."""
    asked = _asked_for(db)
    _hear(db, _dispute(asked))
    return asked


def _paid_and_promised_on(db: Session) -> Asked:
    asked = _asked_for(db)
    _hear(db, _payment(asked))
    cast.vouchers_for(db, cast.a_parent(db, "Amina"), asked.number, vouchers=6)
    return asked


def _paid_and_closed(db: Session) -> Asked:
    asked = _asked_for(db)
    _hear(db, _payment(asked))
    with unit_of_work(db):
        funds.close_fund(db, asked.number, motive="fini", **BY_US)
    return asked


def _payment(asked: Asked) -> Happening:
    [name] = asked.codes
    facts = {
        "id": f"cs_{name}",
        "payment": name,
        "payment_status": "paid",
        "payment_intent": f"pi_{name}",
        "amount_total": 10_000,
        "currency": "eur",
    }
    return Happening(f"evt_paid_{name}", "checkout.session.completed", NOON, facts)


def _dispute(asked: Asked) -> Happening:
    [name] = asked.codes
    facts = {"id": f"du_{name}", "payment_intent": f"pi_{name}", "amount": 10_000}
    return Happening(f"evt_taken_{name}", "charge.dispute.funds_withdrawn", NOON, facts)


def _hear(db: Session, happening: Happening) -> str:
    with unit_of_work(db):
        return events.take_in(db, happening, now=NOON).state


def _hear_the_payment(engine: Engine, asked: Asked) -> object:
    with Session(engine) as db:
        return _hear(db, _payment(asked))


def _hear_the_dispute(engine: Engine, asked: Asked) -> object:
    with Session(engine) as db:
        return _hear(db, _dispute(asked))


def _give_back(engine: Engine, asked: Asked) -> object:
    """Give back what is left; asked again, nothing is."""
    with Session(engine) as db, unit_of_work(db):
        there = db.scalar(
            select(func.sum(OnlinePayment.refunded_cents)).where(
                OnlinePayment.public_id.in_(asked.codes)
            )
        )
        if there:
            return int(there)
        return refunds.give_back(db, asked.number, motive="fini", **BY_US)


STORIES: dict[str, tuple[Callable[[Session], Asked], Callable[[Engine, Asked], object]]] = {
    "hear of a payment": (_asked_for, _hear_the_payment),
    "hear of a payment whose dispute waits": (_disputed_first, _hear_the_payment),
    "hear of a dispute that makes a fund short": (_paid_and_promised_on, _hear_the_dispute),
    "give back by the payment": (_paid_and_closed, _give_back),
}


def left_of_payments(db: Session, programme_id: int) -> dict[str, Any]:
    """Return what payments online left behind in a programme."""
    fund = select(Fund.id).where(Fund.programme_id == programme_id)
    ours = (
        select(OnlinePayment.id)
        .join(Contribution, Contribution.id == OnlinePayment.contribution_id)
        .where(Contribution.fund_id.in_(fund))
    )
    arrived = select(Arrival.id).where(Arrival.fund_id.in_(fund))
    intents = select(OnlinePayment.intent_id).where(OnlinePayment.id.in_(ours))
    return {
        "payments": db.execute(
            select(OnlinePayment.state, OnlinePayment.refunded_cents).where(
                OnlinePayment.id.in_(ours)
            )
        ),
        "news": db.execute(
            select(StripeEvent.kind, StripeEvent.state).where(StripeEvent.about.in_(intents))
        ),
        "disputes": db.execute(
            select(PaymentDispute.state, PaymentDispute.posted).where(
                PaymentDispute.payment_id.in_(ours)
            )
        ),
        "taken back": db.execute(
            select(ArrivalReturn.amount_cents, ArrivalReturn.shortage_cents).where(
                ArrivalReturn.arrival_id.in_(arrived)
            )
        ),
        "arrived": db.execute(
            select(Transfer.kind, func.count(), func.sum(Transfer.amount_cents))
            .where(Transfer.arrival_id.in_(arrived))
            .group_by(Transfer.kind)
        ),
    }
