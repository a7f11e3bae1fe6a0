"""Read batches, their payouts and what the bank said of them; and who is paid where. Cents."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from repit.db.pages import Page, cut
from repit.domain.errors import NoSuchObject
from repit.domain.jobs.models import Job
from repit.domain.money import Cents
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import (
    BankAccount,
    BatchFile,
    Payout,
    PayoutBatch,
    PayoutOutcome,
    PayoutState,
    Recovery,
)
from repit.domain.settlements.task import KIND


@dataclass(frozen=True)
class BatchView:
    """A batch as the operator sees it; `drafted_by` and `approved_by` are actors."""

    id: int
    public_id: str
    number: int
    programme: str
    programme_public_id: str
    state: str
    cut_off_at: datetime
    payouts: int
    amount: Cents
    drafted_by: str
    drafted_by_name: str | None
    drafted_at: datetime
    approved_by_name: str | None
    approved_at: datetime | None
    requested_on: date | None
    debtor_iban: str | None
    sent_at: datetime | None
    ended_at: datetime | None
    file_name: str | None
    sha256: str | None


@dataclass(frozen=True)
class PayoutView:
    """One payout of a batch."""

    public_id: str
    provider: str
    provider_public_id: str
    state: str
    number: int | None
    amount: Cents
    recovered: Cents
    payee: str
    iban: str
    paid_on: date | None
    rejected_on: date | None
    reason: str | None


@dataclass(frozen=True)
class OutcomeView:
    """What the bank said of a payout."""

    at: datetime
    result: str
    effect: str
    reason: str | None
    day: date | None
    amount: Cents | None


@dataclass(frozen=True)
class AccountView:
    """An account of a provider or of a programme; `state` is proposed, waiting or in_force."""

    public_id: str
    holder: str
    iban: str
    bic: str | None
    proposed_by: str
    proposed_by_name: str | None
    proposed_at: datetime
    counts_at: datetime | None
    doubt: str | None
    state: str


def batches(
    db: Session, *, programme: str | None = None, page: int | None = None
) -> Page[BatchView]:
    """Return batches, newest first; `programme` is a public id."""
    query = _batches().order_by(PayoutBatch.number.desc())
    if programme:
        query = query.where(Programme.public_id == programme)
    return cut(db, query, _batch_view, number=page)


def batch(db: Session, public_id: str) -> BatchView:
    """Return one batch.

    Raises:
        NoSuchObject: there is no such batch.
    """
    row = db.execute(_batches().where(PayoutBatch.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _batch_view(row)


def payouts(db: Session, batch_id: int, *, page: int | None = None) -> Page[PayoutView]:
    """Return what a batch pays, those the bank refused first, then by name."""
    return cut(db, _payouts(batch_id), _payout_view, number=page)


def payout(db: Session, batch_id: int, public_id: str) -> PayoutView:
    """Return one payout of a batch.

    Raises:
        NoSuchObject: it is not in it.
    """
    row = db.execute(_payouts(batch_id).where(Payout.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _payout_view(row)


def sums_by_state(db: Session, batch_id: int) -> dict[str, tuple[int, Cents]]:
    """Return how many payouts of a batch are in each state, and what they come to."""
    rows = db.execute(
        select(Payout.state, func.count(), func.sum(Payout.amount_cents))
        .where(Payout.batch_id == batch_id)
        .group_by(Payout.state)
    )
    return {state: (count, Cents(int(amount))) for state, count, amount in rows}


def outcomes(db: Session, public_id: str) -> list[OutcomeView]:
    """Return what the bank said of a payout, oldest first."""
    rows = db.scalars(
        select(PayoutOutcome)
        .join(Payout, Payout.id == PayoutOutcome.payout_id)
        .where(Payout.public_id == public_id)
        .order_by(PayoutOutcome.id)
    )
    return [
        OutcomeView(
            at=row.at,
            result=row.result,
            effect=row.effect,
            reason=row.reason,
            day=row.day,
            amount=None if row.amount_cents is None else Cents(row.amount_cents),
        )
        for row in rows
    ]


def job_of(db: Session, batch_id: int) -> str | None:
    """Return the public id of the job that drafts a batch."""
    return db.scalar(select(Job.public_id).where(Job.dedupe == f"{KIND}:{batch_id}"))


def bank_accounts(
    db: Session,
    *,
    now: datetime,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> list[AccountView]:
    """Return the accounts that are not over: the one in force first, then what waits."""
    owner = (
        BankAccount.provider_id == provider_id
        if provider_id is not None
        else BankAccount.programme_id == programme_id
    )
    rows = db.execute(
        select(BankAccount, Person.name)
        .outerjoin(Person, acts(BankAccount.proposed_by))
        .where(owner, BankAccount.ended_at.is_(None))
        .order_by(BankAccount.counts_at.desc(), BankAccount.id.desc())
    ).all()
    shown = [_account_view(row, name, now) for row, name in rows]
    in_force = [one for one in shown if one.state == "in_force"][:1]
    return in_force + [one for one in shown if one.state != "in_force"]


def _account_view(row: BankAccount, name: str | None, now: datetime) -> AccountView:
    state = "waiting" if row.counts_at is not None and row.counts_at > now else "in_force"
    return AccountView(
        public_id=row.public_id,
        holder=row.holder,
        iban=row.iban,
        bic=row.bic,
        proposed_by=row.proposed_by,
        proposed_by_name=name,
        proposed_at=row.proposed_at,
        counts_at=row.counts_at,
        doubt=row.doubt if row.doubted_at else None,
        state="proposed" if row.counts_at is None else state,
    )


Query = Select[*tuple[Any, ...]]


def _batches() -> Query:
    drafted_by, approved_by = aliased(Person), aliased(Person)
    return (
        select(
            PayoutBatch,
            Programme.name,
            Programme.public_id,
            drafted_by.name,
            approved_by.name,
            BatchFile.name,
            BatchFile.sha256,
        )
        .join(Programme, Programme.id == PayoutBatch.programme_id)
        .outerjoin(drafted_by, acts(PayoutBatch.drafted_by, drafted_by))
        .outerjoin(approved_by, acts(PayoutBatch.approved_by, approved_by))
        .outerjoin(BatchFile, BatchFile.batch_id == PayoutBatch.id)
    )


def _batch_view(row: Any) -> BatchView:
    batch, programme, programme_public_id, drafted_by, approved_by, file_name, sha256 = row
    return BatchView(
        id=batch.id,
        public_id=batch.public_id,
        number=batch.number,
        programme=programme,
        programme_public_id=programme_public_id,
        state=batch.state,
        cut_off_at=batch.cut_off_at,
        payouts=batch.payouts,
        amount=Cents(batch.amount_cents),
        drafted_by=batch.drafted_by,
        drafted_by_name=drafted_by,
        drafted_at=batch.drafted_at,
        approved_by_name=approved_by,
        approved_at=batch.approved_at,
        requested_on=batch.requested_on,
        debtor_iban=batch.debtor_iban,
        sent_at=batch.sent_at,
        ended_at=batch.ended_at,
        file_name=file_name,
        sha256=sha256.hex() if sha256 else None,
    )


def _payouts(batch_id: int) -> Query:
    recovered = (
        select(func.coalesce(func.sum(Recovery.amount_cents), 0))
        .where(Recovery.payout_id == Payout.id)
        .scalar_subquery()
    )
    return (
        select(Payout, Provider.name, Provider.public_id, recovered)
        .join(Provider, Provider.id == Payout.provider_id)
        .where(Payout.batch_id == batch_id, Payout.state != PayoutState.DISCARDED)
        .order_by(Payout.state != PayoutState.REJECTED, Provider.name, Payout.id)
    )


def _payout_view(row: Any) -> PayoutView:
    payout, provider, provider_public_id, recovered = row
    return PayoutView(
        public_id=payout.public_id,
        provider=provider,
        provider_public_id=provider_public_id,
        state=payout.state,
        number=payout.number,
        amount=Cents(payout.amount_cents),
        recovered=Cents(int(recovered)),
        payee=payout.payee_name or "",
        iban=payout.iban or "",
        paid_on=payout.paid_on,
        rejected_on=payout.rejected_on,
        reason=payout.reason,
    )
