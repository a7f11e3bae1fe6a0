"""What Stripe tells of providers' accounts, and of transfers it took back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.cards.models import ConnectAccount
from repit.domain.cards.news import Facts, News, Verdict, applied, idle, waiting


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


READERS: dict[str, News] = {"account.updated": read_account}
