"""Providers who are owed something, and two operators who pay them, in the words of the tests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, checks, ids
from repit.domain.actors import Actor
from repit.domain.money import Cents
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.following import Followed, follow
from repit.domain.settlements.models import BankAccount, BatchFile, Payout, PayoutBatch
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.settle import settle
from repit.integrations import sepa
from tests import cast
from tests.cast import NOON, AProvider
from tests.domain.redemptions.taking import take

LATER = NOON + timedelta(days=3)
"""Tuesday 17 March 2026: what was taken at noon on Saturday can no longer be undone."""
PAY_DAY = date(2026, 3, 18)
IBANS = (
    "FR7630006000011234567890189",
    "BE68539007547034",
    "FR1420041010050500013M02606",
    "DE89370400440532013000",
)
ODILE, PAUL = actors.person(9_001), actors.person(9_002)
"""Two operators: one drafts, the other approves."""


@dataclass
class Stage:
    """A programme with money, a parent with vouchers, providers with accounts."""

    db: Session
    engine: Engine
    programme_id: int
    fund_id: int
    parent_id: int
    codes: list[str]
    roseraie: AProvider
    tilleul: AProvider


def a_stage(db: Session, *, vouchers: int = 20, accounts: bool = True, **programme: Any) -> Stage:
    funder = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    programme_id = cast.a_programme(db, **programme)
    fund_id = cast.a_fund(db, programme_id, funder_id=funder, cents=vouchers * 1_000)
    parent_id = cast.a_parent(db, "Amina")
    engine = db.get_bind()
    assert isinstance(engine, Engine)
    stage = Stage(
        db,
        engine,
        programme_id,
        fund_id,
        parent_id,
        cast.vouchers_for(db, parent_id, fund_id, vouchers=vouchers),
        cast.a_provider(db, "La Roseraie"),
        cast.a_provider(db, "Le Tilleul"),
    )
    if accounts:
        an_account(db, programme_id=programme_id, iban="FR7630004000031234567890143")
        for provider, iban in zip((stage.roseraie, stage.tilleul), IBANS, strict=False):
            an_account(db, provider_id=provider.id, iban=iban)
    return stage


def an_account(db: Session, *, iban: str = IBANS[0], **changes: Any) -> int:
    """Write an account that counts since a month."""
    row = BankAccount(
        **{
            "public_id": ids.public_id(),
            "holder": "Association Éclaircie",
            "iban": iban,
            "proposed_by": ODILE,
            "proposed_at": NOON - timedelta(days=31),
            "confirmed_by": PAUL,
            "confirmed_at": NOON - timedelta(days=31),
            "counts_at": NOON - timedelta(days=29),
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        return row.id


def takes(stage: Stage, provider: AProvider, *, vouchers: int = 1, now: datetime = NOON) -> int:
    """Let a provider take some vouchers; return the redemption's number."""
    number = next(cast.numbers)
    codes = [stage.codes.pop(0) for _ in range(vouchers)]
    take(stage.engine, provider, codes, number, now=now, minutes=60 * vouchers)
    return number


def reverse(stage: Stage, number: int, *, now: datetime = LATER) -> None:
    with unit_of_work(stage.db):
        reverse_by_operator(
            stage.db, cast.redemption_id(number), motive="Erreur", actor=ODILE, now=now
        )


def draft(stage: Stage, *, cut_off: datetime = LATER, now: datetime = LATER) -> int:
    with unit_of_work(stage.db):
        public_id = settle(stage.db, stage.programme_id, cut_off=cut_off, actor=ODILE, now=now)
        return stage.db.scalars(
            select(PayoutBatch.id).where(PayoutBatch.public_id == public_id)
        ).one()


def approved(stage: Stage, batch_id: int, *, actor: Actor = PAUL, now: datetime = LATER) -> None:
    with unit_of_work(stage.db):
        day = next_pay_day(now.date() + timedelta(days=1))
        approve(stage.db, batch_id, requested_on=day, actor=actor, now=now)


def exported(stage: Stage, batch_id: int, *, now: datetime = LATER) -> export.Kept:
    order = export.order_of(stage.db, batch_id)
    written = sepa.written(order)
    with unit_of_work(stage.db):
        return export.keep_file(stage.db, batch_id, written, actor=PAUL, now=now)


def sent(stage: Stage, *, now: datetime = LATER) -> int:
    """Draft, approve, write and send everything that is due; return the batch's id."""
    batch_id = draft(stage, now=now)
    approved(stage, batch_id, now=now)
    exported(stage, batch_id, now=now)
    with unit_of_work(stage.db):
        export.mark_sent(stage.db, batch_id, actor=PAUL, now=now)
    return batch_id


def payout_of(stage: Stage, batch_id: int, provider: AProvider) -> Payout:
    stage.db.rollback()
    return stage.db.scalars(
        select(Payout)
        .where(Payout.batch_id == batch_id, Payout.provider_id == provider.id)
        .execution_options(populate_existing=True)
    ).one()


def batch(stage: Stage, batch_id: int) -> PayoutBatch:
    stage.db.rollback()
    return stage.db.get_one(PayoutBatch, batch_id, populate_existing=True)


def says(
    stage: Stage,
    result: Result,
    payout: Payout | None = None,
    *,
    now: datetime = LATER,
    **facts: Any,
) -> Followed:
    """Let the bank say something of one payout, or of what `facts` name."""
    if payout is not None:
        facts = {"end_to_end_id": payout.public_id} | facts
    stage.db.rollback()
    with unit_of_work(stage.db):
        return follow(stage.db, Outcome(result, **facts), actor=PAUL, now=now)


def files(stage: Stage) -> list[BatchFile]:
    stage.db.rollback()
    return list(stage.db.scalars(select(BatchFile)))


def the_books_agree(stage: Stage) -> None:
    stage.db.rollback()
    with stage.engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def euros(amount: float) -> Cents:
    return Cents(round(amount * 100))
