"""What waits for a person where money goes out: drafts, accounts, answers that cannot be true."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.doubts import still_doubtful
from repit.domain.settlements.models import (
    BankAccount,
    BatchState,
    Payout,
    PayoutBatch,
    PayoutOutcome,
    Repayment,
)


@dataclass(frozen=True)
class Waiting:
    """How many of each wait for somebody."""

    drafts: int
    files: int
    """Approved and not sent: written or not, the bank does not have them."""
    accounts: int
    doubts: int
    doubted_accounts: int
    repayments: int
    """Noted of what providers owe back, and not confirmed."""


@dataclass(frozen=True)
class AccountToConfirm:
    """A proposal; exactly one of provider and programme is set, as public ids."""

    name: str
    holder: str
    iban: str
    proposed_at: datetime
    provider: str | None
    programme: str | None


@dataclass(frozen=True)
class Doubt:
    """Something the bank said that cannot be true with what we know."""

    at: datetime
    result: str
    effect: str
    provider: str
    payout: str
    """Public id."""
    batch: str
    """Public id."""
    batch_number: int


def waiting(db: Session, *, but: ColumnElement[bool] | None = None) -> Waiting:
    """Return how many of each wait, in one statement.

    Args:
        but: doubts that somebody is told of elsewhere; on `PayoutOutcome`, `Payout`, its batch.
    """
    asked = (
        select(func.count()).where(PayoutBatch.state == BatchState.DRAFTED),
        select(func.count()).where(
            PayoutBatch.state.in_([BatchState.APPROVED, BatchState.EXPORTED])
        ),
        select(func.count()).where(_proposed()),
        select(func.count()).select_from(PayoutOutcome).join(
            Payout, Payout.id == PayoutOutcome.payout_id
        ).join(PayoutBatch, PayoutBatch.id == Payout.batch_id).where(*_open(but)),
        select(func.count()).where(
            BankAccount.doubted_at.is_not(None), BankAccount.ended_at.is_(None), ~_replaced()
        ),
        select(func.count()).where(Repayment.state == "asked"),
    )  # fmt: skip
    row = db.execute(select(*(one.scalar_subquery() for one in asked))).one()
    return Waiting(*(int(value) for value in row))


def accounts_to_confirm(db: Session) -> list[AccountToConfirm]:
    """Return the accounts that somebody proposed and nobody confirmed, oldest first."""
    rows = db.execute(
        select(BankAccount, Provider.name, Provider.public_id, Programme.name, Programme.public_id)
        .outerjoin(Provider, Provider.id == BankAccount.provider_id)
        .outerjoin(Programme, Programme.id == BankAccount.programme_id)
        .where(_proposed())
        .order_by(BankAccount.id)
    )
    return [
        AccountToConfirm(
            name=provider or programme or "",
            holder=row.holder,
            iban=row.iban,
            proposed_at=row.proposed_at,
            provider=provider_id,
            programme=programme_id,
        )
        for row, provider, provider_id, programme, programme_id in rows
    ]


def doubts(db: Session, *, but: ColumnElement[bool] | None = None) -> list[Doubt]:
    """Return what the bank said that is still not so, newest first; `but` as in `waiting`."""
    rows = db.execute(
        select(PayoutOutcome, Provider.name, Payout.public_id, PayoutBatch)
        .join(Payout, Payout.id == PayoutOutcome.payout_id)
        .join(Provider, Provider.id == Payout.provider_id)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(*_open(but))
        .order_by(PayoutOutcome.id.desc())
    )
    return [
        Doubt(row.at, row.result, row.effect, provider, payout, batch.public_id, batch.number)
        for row, provider, payout, batch in rows
    ]


def _open(but: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [still_doubtful()] if but is None else [still_doubtful(), ~but]


def _proposed() -> ColumnElement[bool]:
    return BankAccount.confirmed_at.is_(None) & BankAccount.ended_at.is_(None)


def _replaced() -> ColumnElement[bool]:
    """Tell whether a later account of the same provider was confirmed."""
    later = aliased(BankAccount)
    return exists().where(
        later.provider_id == BankAccount.provider_id,
        later.ended_at.is_(None),
        later.counts_at > BankAccount.counts_at,
    )
