"""Pay providers at Stripe: those who chose it, from our balance there. Amounts are cents.

A payout goes so when its provider's account at Stripe can be paid on the day its batch is approved;
the bank account it has besides stays the way back. Three steps, the network only in the second:
the row, Stripe's answer, and the answer followed as a bank's would be (`settlements.following`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.cards.gateway import AccountState
from repit.domain.cards.models import ConnectAccount, ConnectTransfer
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.jobs.service import enqueue
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.following import follow
from repit.domain.settlements.models import Payout, PayoutBatch, PayoutState, PayoutWay
from repit.domain.settlements.outcomes import Outcome, Result

JOB = "send_transfers"
TO_SEND = ("asked", "short")
REFUSED = "MS03"
"""ISO 20022's « no reason given »: Stripe's own code stands beside it."""


@dataclass(frozen=True)
class Chosen:
    """A provider's account at Stripe, made or to be made."""

    public_id: str
    account_id: str | None
    email: str | None
    country: str


@dataclass(frozen=True)
class ToSend:
    """A payout to send from our balance."""

    id: int
    payout: str
    batch: str
    account_id: str
    amount: Cents
    tries: int


def choose(db: Session, provider_id: int, *, actor: Actor, now: datetime) -> Chosen:
    """Note that a provider wants to be paid at Stripe; asked again, it is the same account.

    Raises:
        NoSuchObject: no such provider.
    """
    provider = db.get(Provider, provider_id, with_for_update=True)
    if provider is None:
        raise NoSuchObject
    account = _live(db, provider_id)
    if account is None:
        account = ConnectAccount(
            public_id=ids.public_id(),
            provider_id=provider_id,
            wanting=[],
            chosen_by=actor,
            chosen_at=now,
        )
        db.add(account)
        db.flush()
        of = ("provider", provider_id)
        record(db, actor=actor, kind="stripe_chosen", of=of, now=now)
    country = "BE" if provider.identifier_kind == "bce" else "FR"
    return Chosen(account.public_id, account.account_id, provider.email, country)


def opened(db: Session, public_id: str, account_id: str) -> None:
    """Keep the account Stripe made.

    Raises:
        Nothing of its own: an account that is known stays.
    """
    db.execute(
        update(ConnectAccount)
        .where(ConnectAccount.public_id == public_id, ConnectAccount.account_id.is_(None))
        .values(account_id=account_id)
        .execution_options(synchronize_session=False)
    )


def stands(db: Session, state: AccountState) -> None:
    """Note where a provider's account stands at Stripe.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(ConnectAccount)
        .where(ConnectAccount.account_id == state.id, ConnectAccount.ended_at.is_(None))
        .values(can_be_paid=state.can_be_paid, wanting=list(state.wanting))
        .execution_options(synchronize_session=False)
    )


def stop(db: Session, provider_id: int, *, actor: Actor, now: datetime) -> None:
    """Pay a provider by bank again.

    Raises:
        NoSuchObject: it is not paid at Stripe.
    """
    account = _live(db, provider_id)
    if account is None:
        raise NoSuchObject
    account.ended_at = now
    record(db, actor=actor, kind="stripe_left", of=("provider", provider_id), now=now)


def choose_ways(db: Session, batch_id: int, *, actor: Actor, now: datetime) -> int:
    """Let a draft's payouts go by Stripe where they can; return how many do.

    For whoever approves the batch, in the same change: afterwards nothing in it changes.

    Raises:
        Nothing of its own.
    """
    can = exists().where(
        ConnectAccount.provider_id == Payout.provider_id,
        ConnectAccount.can_be_paid,
        ConnectAccount.ended_at.is_(None),
    )
    chosen = db.scalars(
        update(Payout)
        .where(
            Payout.batch_id == batch_id,
            Payout.state == PayoutState.DRAFTED,
            Payout.way == PayoutWay.FILE,
            can,
        )
        .values(way=PayoutWay.STRIPE)
        .returning(Payout.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if chosen:
        enqueue(db, kind=JOB, facts={}, actor=actor, now=now)
    return len(chosen)


def next_to_send(db: Session, *, after: int, now: datetime) -> ToSend | None:
    """Return the next payout to send, its row written: the same one again after silence.

    Raises:
        Nothing of its own.
    """
    found = db.execute(
        select(Payout, PayoutBatch.public_id, ConnectAccount.account_id)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .join(ConnectAccount, ConnectAccount.provider_id == Payout.provider_id)
        .outerjoin(ConnectTransfer, ConnectTransfer.payout_id == Payout.id)
        .where(
            Payout.id > after,
            Payout.way == PayoutWay.STRIPE,
            Payout.state.in_([PayoutState.APPROVED, PayoutState.SENT]),
            ConnectAccount.ended_at.is_(None),
            ConnectAccount.account_id.is_not(None),
            ConnectTransfer.id.is_(None) | ConnectTransfer.state.in_(TO_SEND),
        )
        .order_by(Payout.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    payout, batch, account_id = found
    transfer = _transfer_of(db, payout.id)
    if transfer is None:
        transfer = ConnectTransfer(
            payout_id=payout.id,
            account_id=account_id,
            amount_cents=payout.amount_cents,
            state="asked",
            tries=1,
            asked_at=now,
        )
        db.add(transfer)
    elif transfer.state == "short":
        # Stripe keeps « not enough » under the key it was asked with; another key asks anew.
        transfer.state, transfer.tries = "asked", transfer.tries + 1
    db.flush()
    return ToSend(
        payout.id,
        payout.public_id,
        batch,
        transfer.account_id,
        Cents(transfer.amount_cents),
        transfer.tries,
    )


def sent(
    db: Session, payout_public_id: str, transfer_id: str, *, actor: Actor, now: datetime
) -> None:
    """Note that a payout was sent: it is settled.

    Raises:
        NoSuchObject: no such payout.
    """
    transfer, payout = _locked(db, payout_public_id)
    if transfer.state not in TO_SEND:
        return
    transfer.state, transfer.transfer_id, transfer.sent_at = "sent", transfer_id, now
    transfer.reason = None
    db.flush()
    _follow(db, payout, Result.SETTLED, transfer_id, actor=actor, now=now)


def short(db: Session, payout_public_id: str) -> None:
    """Note that our balance does not cover a payout yet; it is tried again.

    Raises:
        NoSuchObject: no such payout.
    """
    transfer, _payout = _locked(db, payout_public_id)
    if transfer.state in TO_SEND:
        transfer.state, transfer.reason = "short", "balance_insufficient"


def refused(
    db: Session, payout_public_id: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Note that Stripe will not send a payout: it is payable again.

    Raises:
        NoSuchObject: no such payout.
    """
    transfer, payout = _locked(db, payout_public_id)
    if transfer.state not in TO_SEND:
        return
    transfer.state, transfer.reason = "refused", reason[:64]
    db.flush()
    name = f"refused-{payout.public_id}"
    _follow(db, payout, Result.REJECTED, name, actor=actor, now=now)


def reversed_whole(db: Session, transfer_id: str, *, actor: Actor, now: datetime) -> bool:
    """Note that a transfer was taken back whole; return whether that was news.

    Raises:
        NoSuchObject: no transfer of ours.
    """
    found = db.scalar(
        select(Payout.public_id)
        .join(ConnectTransfer, ConnectTransfer.payout_id == Payout.id)
        .where(ConnectTransfer.transfer_id == transfer_id)
    )
    if found is None:
        raise NoSuchObject
    transfer, payout = _locked(db, found)
    if transfer.state != "sent":
        return False
    transfer.state = "reversed"
    db.flush()
    name = f"reversed-{transfer_id}"[:80]
    _follow(db, payout, Result.RETURNED, name, actor=actor, now=now)
    return True


def to_reverse(db: Session, payout_public_id: str) -> tuple[str, Cents]:
    """Return Stripe's name of a payout that was sent, and its amount.

    Raises:
        NoSuchObject: it was not sent by Stripe, or was taken back already.
    """
    found = db.execute(
        select(ConnectTransfer.transfer_id, ConnectTransfer.amount_cents)
        .join(Payout, Payout.id == ConnectTransfer.payout_id)
        .where(Payout.public_id == payout_public_id, ConnectTransfer.state == "sent")
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    return str(found[0]), Cents(found[1])


def _follow(
    db: Session, payout: Payout, result: Result, name: str, *, actor: Actor, now: datetime
) -> None:
    batch = db.get_one(PayoutBatch, payout.batch_id)
    zone = db.get_one(Programme, batch.programme_id).zone
    outcome = Outcome(
        result,
        end_to_end_id=payout.public_id,
        reason=None if result is Result.SETTLED else REFUSED,
        amount=Cents(payout.amount_cents),
        day=day_in(zone, now),
        bank_reference=name[:80],
    )
    follow(db, outcome, actor=actor, now=now)


def _live(db: Session, provider_id: int) -> ConnectAccount | None:
    return db.scalars(
        select(ConnectAccount)
        .where(ConnectAccount.provider_id == provider_id, ConnectAccount.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()


def _transfer_of(db: Session, payout_id: int) -> ConnectTransfer | None:
    return db.scalars(
        select(ConnectTransfer)
        .where(ConnectTransfer.payout_id == payout_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _locked(db: Session, payout_public_id: str) -> tuple[ConnectTransfer, Payout]:
    payout = db.scalars(select(Payout).where(Payout.public_id == payout_public_id)).one_or_none()
    transfer = _transfer_of(db, payout.id) if payout else None
    if payout is None or transfer is None:
        raise NoSuchObject
    return transfer, payout
