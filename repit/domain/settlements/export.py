"""Write a batch's bank file, once: whoever asks again gets the same bytes for ever.

The file itself is made by `integrations/sepa.py`; here is what goes into it, and the refusal to
keep one that does not say what the rows and the ledger say.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.settlements.errors import FileRefused, WrongBatchState
from repit.domain.settlements.holding import locked_batch
from repit.domain.settlements.models import (
    BatchFile,
    BatchState,
    Payout,
    PayoutBatch,
    PayoutState,
    PayoutWay,
)

_BY_FILE = Payout.way == PayoutWay.FILE  # some go another way, from the same batch
WRITTEN = (BatchState.EXPORTED, BatchState.SENT, BatchState.OVER)


@dataclass(frozen=True)
class Line:
    """One transfer to order."""

    end_to_end_id: str
    name: str
    iban: str
    bic: str | None
    amount: Cents
    remittance: str


@dataclass(frozen=True)
class Order:
    """A whole file to order. Everything in it is fixed: the same order gives the same file."""

    message_id: str
    number: int
    created_at: datetime
    requested_on: date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Cents:
        """What it comes to."""
        return Cents(sum(line.amount for line in self.lines))


@dataclass(frozen=True)
class Written:
    """A file that was made, and what reading it again says: whose message, how many, how much."""

    content: bytes
    message_id: str
    payouts: int
    amount: Cents


@dataclass(frozen=True)
class Kept:
    """The file of a batch as it is kept."""

    name: str
    content: bytes
    sha256: str
    written_at: datetime


def order_of(db: Session, batch_id: int) -> Order:
    """Return what the file of an approved batch must say.

    Raises:
        NoSuchObject: no such batch.
        WrongBatchState: it is not approved, or its file is written already.
    """
    batch = db.get(PayoutBatch, batch_id, populate_existing=True)
    if batch is None:
        raise NoSuchObject
    if batch.state != BatchState.APPROVED:
        raise WrongBatchState(state=batch.state)
    rows = db.scalars(
        select(Payout)
        .where(Payout.batch_id == batch_id, Payout.state == PayoutState.APPROVED, _BY_FILE)
        .order_by(Payout.id)
    )
    return Order(
        message_id=batch.public_id,
        number=batch.number,
        created_at=batch.approved_at or batch.drafted_at,
        requested_on=batch.requested_on or batch.cut_off_at.date(),
        debtor_name=batch.debtor_name or "",
        debtor_iban=batch.debtor_iban or "",
        debtor_bic=batch.debtor_bic,
        lines=tuple(
            Line(
                end_to_end_id=row.public_id,
                name=row.payee_name or "",
                iban=row.iban or "",
                bic=row.bic,
                amount=Cents(row.amount_cents),
                remittance=row.reference or "",
            )
            for row in rows
        ),
    )


def keep_file(db: Session, batch_id: int, written: Written, *, actor: Actor, now: datetime) -> Kept:
    """Keep the file of a batch; a second one is not kept, the first is returned.

    Raises:
        NoSuchObject: no such batch.
        WrongBatchState: it is not approved.
        FileRefused: the file does not say what the rows and the ledger say.
    """
    batch = locked_batch(db, batch_id)
    if batch.state in WRITTEN:
        return kept_file(db, batch_id)
    if batch.state != BatchState.APPROVED:
        raise WrongBatchState(state=batch.state)
    _refuse_unless_exact(db, batch, written)
    file = BatchFile(
        batch_id=batch_id,
        name=f"virements-lot-{batch.number}.xml",
        content=written.content,
        sha256=hashlib.sha256(written.content).digest(),
        payouts=written.payouts,
        amount_cents=written.amount,
        written_by=actor,
        written_at=now,
    )
    db.add(file)
    batch.state = BatchState.EXPORTED
    db.flush()
    facts = {"batch": batch.number, "sha256": file.sha256.hex()}
    record(db, actor=actor, kind="exported", of=("payout_batch", batch_id), now=now, facts=facts)
    return kept_file(db, batch_id)


def kept_file(db: Session, batch_id: int) -> Kept:
    """Return the file of a batch, byte for byte as it was written.

    Raises:
        NoSuchObject: it has none yet.
        FileRefused: the bytes are no longer those that were written.
    """
    file = db.scalars(
        select(BatchFile).where(BatchFile.batch_id == batch_id).options(undefer(BatchFile.content))
    ).one_or_none()
    if file is None:
        raise NoSuchObject
    if hashlib.sha256(file.content).digest() != file.sha256:
        raise FileRefused(trouble="altered")
    return Kept(file.name, file.content, file.sha256.hex(), file.written_at)


def mark_sent(db: Session, batch_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that the file was given to the bank; repeating it changes nothing.

    Raises:
        NoSuchObject: no such batch.
        WrongBatchState: its file is not written yet.
    """
    batch = locked_batch(db, batch_id)
    if batch.state in {BatchState.SENT, BatchState.OVER}:
        return
    if batch.state != BatchState.EXPORTED:
        raise WrongBatchState(state=batch.state)
    now_sent(db, batch, actor=actor, now=now)


def now_sent(db: Session, batch: PayoutBatch, *, actor: Actor, now: datetime) -> None:
    """Change an exported batch, whose row is locked, into a sent one.

    Raises:
        Nothing of its own.
    """
    batch.state, batch.sent_by, batch.sent_at = BatchState.SENT, actor, now
    db.flush()
    db.execute(
        update(Payout)
        .where(Payout.batch_id == batch.id, Payout.state == PayoutState.APPROVED)
        .values(state=PayoutState.SENT)
        .execution_options(synchronize_session="fetch")
    )
    facts = {"batch": batch.number}
    record(db, actor=actor, kind="sent", of=("payout_batch", batch.id), now=now, facts=facts)


def _refuse_unless_exact(db: Session, batch: PayoutBatch, written: Written) -> None:
    in_transit = db.scalar(
        select(func.coalesce(func.sum(Transfer.amount_cents), 0))
        .join(Payout, Payout.id == Transfer.payout_id)
        .where(Payout.batch_id == batch.id, Transfer.kind == TransferKind.BATCH, _BY_FILE)
    )
    count, amount = db.execute(
        select(func.count(), func.coalesce(func.sum(Payout.amount_cents), 0)).where(
            Payout.batch_id == batch.id, Payout.state == PayoutState.APPROVED, _BY_FILE
        )
    ).one()
    if written.message_id != batch.public_id:
        raise FileRefused(trouble="message_id")
    if written.payouts != count:
        raise FileRefused(trouble="count")
    if not written.amount == amount == in_transit:
        raise FileRefused(trouble="sum")
