"""What Stripe tells of providers' accounts, and of transfers it took back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.cards import connect
from repit.domain.cards.models import ConnectAccount, ConnectTransfer
from repit.domain.cards.news import (
    STRIPE,
    Facts,
    News,
    Verdict,
    applied,
    contradicts,
    idle,
    waiting,
)


def read_account(
    db: Session, _kind: str, facts: Facts, _created_at: datetime, _now: datetime
) -> Verdict:
    """Note whether a provider can be paid now.

    Raises:
        Nothing of its own.
    """
    name = facts.get("id")
    account = db.scalars(
        select(ConnectAccount).where(ConnectAccount.account_id == name).with_for_update()
    ).one_or_none()
    if account is None:
        return waiting(name, "unknown_account")
    can_be_paid = facts.get("transfers") == "active"
    if account.can_be_paid == can_be_paid:
        return idle(name)
    account.can_be_paid = can_be_paid
    return applied(name)


def read_transfer(
    db: Session, _kind: str, facts: Facts, _created_at: datetime, now: datetime
) -> Verdict:
    """Note that a transfer was taken back on Stripe's own pages; a part of one is for somebody.

    Raises:
        Nothing of its own.
    """
    name = str(facts.get("id"))
    known = select(ConnectTransfer.id).where(ConnectTransfer.transfer_id == name)
    if db.scalar(known) is None:
        return waiting(name, "unknown_transfer")
    if facts.get("amount_reversed") != facts.get("amount"):
        return contradicts(name, "reversed_in_part")
    changed = connect.reversed_whole(db, name, actor=STRIPE, now=now)
    return applied(name) if changed else idle(name)


READERS: dict[str, News] = {
    "account.updated": read_account,
    "transfer.reversed": read_transfer,
}
