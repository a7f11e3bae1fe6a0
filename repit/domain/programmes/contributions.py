"""What funders promise and what arrives of it. Amounts are cents, above zero.

Whoever takes money in, by hand, from a bank file or from a card payment, calls `arrive`; whoever
learns that it left again calls `take_back`. Both lock the fund, then the contribution.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.errors import DayToCome, DayTooEarly, NoSuchObject
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.queries import fund_numbers
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.programmes.entered import refuse_known
from repit.domain.programmes.errors import (
    ArrivalSpent,
    FundClosed,
    MoneyArrived,
    MoreThanArrived,
    NotYetReceived,
    PromiseCancelled,
    PromiseNotCancelled,
)
from repit.domain.programmes.holding import locked_fund, locked_open_fund
from repit.domain.programmes.models import Arrival, ArrivalReturn, Contribution, Fund, Programme
from repit.domain.programmes.rules import (
    MOST_DAYS_BEFORE,
    Promise,
    Reason,
    Received,
    TakenBack,
    Way,
    plain_reference,
)
from repit.domain.programmes.service import write_changes


def promise(db: Session, fund_id: int, promised: Promise, *, actor: Actor, now: datetime) -> str:
    """Note what a funder promises; return the contribution's public id.

    Raises:
        NoSuchObject: no such fund.
        FundClosed: it is closed.
    """
    locked_open_fund(db, fund_id)
    contribution = _promise(db, fund_id, promised, now)
    _record(db, contribution, "promised", actor, now, _facts(promised))
    return contribution.public_id


def change_promise(
    db: Session, contribution_id: int, promised: Promise, *, actor: Actor, now: datetime
) -> list[str]:
    """Change what is promised, not what arrived; return the names of what changed.

    Raises:
        NoSuchObject: no such contribution.
        FundClosed, PromiseCancelled: nothing is expected any more.
    """
    contribution = _expected(db, contribution_id)
    return write_changes(db, contribution, _columns(promised), actor=actor, now=now)


def cancel(db: Session, contribution_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Expect nothing more of a promise of which nothing arrived, or all was taken back.

    Raises:
        NoSuchObject: no such contribution.
        PromiseCancelled: it is cancelled already.
        MoneyArrived: lower the promise to what arrived instead.
    """
    contribution = _locked(db, contribution_id)
    if contribution.cancelled_at is not None:
        raise PromiseCancelled
    received = _received(db, contribution_id)
    if received:
        raise MoneyArrived(received_cents=received)
    contribution.cancelled_at = now
    _record(db, contribution, "cancelled", actor, now, motive=motive)


def restore(db: Session, contribution_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Expect the money of a cancelled promise again.

    Raises:
        NoSuchObject: no such contribution.
        FundClosed: its fund is closed.
        PromiseNotCancelled: it is expected.
    """
    contribution = _locked(db, contribution_id)
    if contribution.cancelled_at is None:
        raise PromiseNotCancelled
    locked_open_fund(db, contribution.fund_id)
    contribution.cancelled_at = None
    _record(db, contribution, "reopened", actor, now, motive=motive)


def receive(db: Session, fund_id: int, received: Received, *, actor: Actor, now: datetime) -> int:
    """Enter money nobody had promised: a promise kept at once. Return the arrival's id.

    Raises:
        NoSuchObject: no such fund.
        FundClosed, NotYetReceived, DayTooEarly, ReferenceAlreadyEntered: see `arrive`.
    """
    locked_open_fund(db, fund_id)
    kept = Promise(amount=received.amount, due_on=received.received_on)
    contribution = _promise(db, fund_id, kept, now)
    return arrive(db, contribution.id, received, actor=actor, now=now)


def arrive(
    db: Session, contribution_id: int, received: Received, *, actor: Actor, now: datetime
) -> int:
    """Enter money that arrived for a contribution: bank → available. Return the arrival's id.

    It may be less than what is missing, or more.

    Raises:
        NoSuchObject: no such contribution.
        FundClosed, PromiseCancelled: nothing is expected any more.
        NotYetReceived: the day is to come.
        DayTooEarly: it was typed, and is long before the programme began.
        ReferenceAlreadyEntered: it is typed, and this line came before for the same fund.
    """
    contribution = _expected(db, contribution_id)
    fund_id = contribution.fund_id
    _refuse_received_on(db, fund_id, received, now)
    arrival_id = _write(db, contribution, received, now)
    accounts = accounts_of(db, [fund_id])
    posting = Posting(
        kind=TransferKind.FUND,
        debit_id=accounts[fund_id, AccountKind.BANK, 0, 0],
        credit_id=accounts[fund_id, AccountKind.AVAILABLE, 0, 0],
        amount=received.amount,
        arrival_id=arrival_id,
    )
    post(db, [posting], actor=actor, now=now)
    facts = {"amount_cents": received.amount, "reference": plain_reference(received.reference)}
    _record(db, contribution, "money_received", actor, now, facts)
    return arrival_id


def take_back(
    db: Session, arrival_id: int, taken: TakenBack, *, actor: Actor, now: datetime
) -> Cents:
    """Note that money of an arrival left again; return what its fund is short of now.

    What is still available goes first; the rest, promised in vouchers already, is a loss of the
    fund until somebody covers it. The fund itself never goes below zero.

    Raises:
        NoSuchObject: no such arrival.
        MoreThanArrived: less is left of it, or nothing.
        DayToCome, DayTooEarly: it cannot have left on that day.
        ArrivalSpent: a slip of ours cannot make the fund short.
    """
    fund_id = db.scalar(select(Arrival.fund_id).where(Arrival.id == arrival_id))
    if fund_id is None:
        raise NoSuchObject
    locked_fund(db, fund_id)
    arrival = db.get_one(Arrival, arrival_id, with_for_update=True, populate_existing=True)
    if taken.returned_on > _today(db, fund_id, now):
        raise DayToCome(day=taken.returned_on)
    if taken.returned_on < arrival.received_on:
        raise DayTooEarly(day=taken.returned_on, first_day=arrival.received_on)
    left = Cents(arrival.amount_cents - arrival.returned_cents)
    amount = left if taken.amount is None else taken.amount
    if not 0 < amount <= left:
        raise MoreThanArrived(left_cents=left)
    available = fund_numbers(db, [fund_id])[fund_id].available
    shortage = Cents(max(amount - available, 0))
    if shortage and taken.reason is Reason.MISTAKE:
        raise ArrivalSpent(available_cents=available, shortage_cents=shortage)
    arrival.returned_cents += amount
    _write_return(db, arrival_id, taken, amount, shortage, now)
    _post_return(db, arrival, Cents(amount - shortage), shortage, actor=actor, now=now)
    contribution = db.get_one(Contribution, arrival.contribution_id)
    facts = {
        "amount_cents": amount,
        "shortage_cents": shortage or None,
        "reference": arrival.reference,
        "reason": taken.reason.value,
        "returned_on": taken.returned_on.isoformat(),
    }
    _record(db, contribution, "money_taken_back", actor, now, facts, motive=taken.motive)
    return shortage


def _post_return(
    db: Session,
    arrival: Arrival,
    available: Cents,
    shortage: Cents,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    accounts = accounts_of(db, [arrival.fund_id])
    bank = accounts[arrival.fund_id, AccountKind.BANK, 0, 0]
    parts = ((AccountKind.AVAILABLE, available), (AccountKind.LOSS, shortage))
    postings = [
        Posting(
            kind=TransferKind.DISPUTE,
            debit_id=accounts[arrival.fund_id, kind, 0, 0],
            credit_id=bank,
            amount=amount,
            arrival_id=arrival.id,
        )
        for kind, amount in parts
        if amount
    ]
    post(db, postings, actor=actor, now=now)


def _write_return(
    db: Session, arrival_id: int, taken: TakenBack, amount: Cents, shortage: Cents, now: datetime
) -> None:
    db.add(
        ArrivalReturn(
            arrival_id=arrival_id,
            amount_cents=amount,
            shortage_cents=shortage,
            reason=taken.reason,
            returned_on=taken.returned_on,
            motive=taken.motive,
            created_at=now,
        )
    )
    db.flush()


def _promise(db: Session, fund_id: int, promised: Promise, now: datetime) -> Contribution:
    contribution = Contribution(
        public_id=ids.public_id(), fund_id=fund_id, created_at=now, **_columns(promised)
    )
    db.add(contribution)
    db.flush()
    return contribution


def _columns(promised: Promise) -> dict[str, object]:
    return {
        "promised_cents": promised.amount,
        "due_on": promised.due_on,
        "agreement": promised.agreement,
        "note": promised.note,
    }


def _facts(promised: Promise) -> dict[str, object]:
    return {
        "promised_cents": promised.amount,
        "due_on": promised.due_on.isoformat() if promised.due_on else None,
        "agreement": promised.agreement,
    }


def _write(db: Session, contribution: Contribution, received: Received, now: datetime) -> int:
    reference = plain_reference(received.reference)
    if received.way is Way.HAND:
        refuse_known(db, contribution.fund_id, reference)
    arrival = Arrival(
        contribution_id=contribution.id,
        fund_id=contribution.fund_id,
        amount_cents=received.amount,
        received_on=received.received_on,
        way=received.way,
        reference=reference,
        note=received.note,
        created_at=now,
    )
    db.add(arrival)
    db.flush()
    return arrival.id


def _received(db: Session, contribution_id: int) -> int:
    rows = db.execute(
        select(Arrival.amount_cents, Arrival.returned_cents).where(
            Arrival.contribution_id == contribution_id
        )
    )
    return sum(amount - returned for amount, returned in rows)


def _expected(db: Session, contribution_id: int) -> Contribution:
    contribution = _locked(db, contribution_id)
    if db.get_one(Fund, contribution.fund_id).closed_at is not None:
        raise FundClosed
    if contribution.cancelled_at is not None:
        raise PromiseCancelled
    return contribution


def _locked(db: Session, contribution_id: int) -> Contribution:
    fund_id = db.scalar(select(Contribution.fund_id).where(Contribution.id == contribution_id))
    if fund_id is None:
        raise NoSuchObject
    locked_fund(db, fund_id)
    return db.get_one(Contribution, contribution_id, with_for_update=True, populate_existing=True)


def _refuse_received_on(db: Session, fund_id: int, received: Received, now: datetime) -> None:
    if received.received_on > _today(db, fund_id, now):
        raise NotYetReceived(received_on=received.received_on)
    if received.way is not Way.HAND:
        return  # the bank knows its days; a person mistypes them
    first_day = _programme(db, fund_id).first_day - timedelta(days=MOST_DAYS_BEFORE)
    if received.received_on < first_day:
        raise DayTooEarly(day=received.received_on, first_day=first_day)


def _today(db: Session, fund_id: int, now: datetime) -> date:
    return day_in(_programme(db, fund_id).zone, now)


def _programme(db: Session, fund_id: int) -> Programme:
    return db.get_one(Programme, db.get_one(Fund, fund_id).programme_id)


def _record(
    db: Session,
    contribution: Contribution,
    kind: str,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    motive: str | None = None,
) -> None:
    of = ("contribution", contribution.id)
    known = {name: value for name, value in (facts or {}).items() if value is not None}
    record(db, actor=actor, kind=kind, of=of, now=now, motive=motive, facts=known)
