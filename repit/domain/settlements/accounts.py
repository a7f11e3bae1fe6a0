"""Where money goes and comes from: an account is proposed by one person, confirmed by another.

A provider's new account counts 48 hours after it was confirmed, and whoever could be reached
before is told at once: a stolen mailbox must not be enough to turn payments away.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.errors import (
    AccountProposed,
    NothingProposed,
    SameAccount,
    SamePerson,
)
from repit.domain.settlements.four_eyes import in_person
from repit.domain.settlements.models import BankAccount
from repit.domain.settlements.payees import Payee, shown_iban
from repit.domain.settlements.telling import tell_of_account

DELAY = timedelta(hours=48)


def account_in_force(
    db: Session, *, now: datetime, provider_id: int | None = None, programme_id: int | None = None
) -> BankAccount | None:
    """Return the account that counts now: the last one confirmed whose delay is over.

    Raises:
        Nothing of its own.
    """
    return db.scalars(
        select(BankAccount)
        .where(
            _of(provider_id, programme_id),
            BankAccount.counts_at <= now,
            BankAccount.ended_at.is_(None),
        )
        .order_by(BankAccount.counts_at.desc(), BankAccount.id.desc())
        .limit(1)
    ).one_or_none()


def propose(
    db: Session,
    payee: Payee,
    *,
    actor: Actor,
    now: datetime,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> str:
    """Write an account down; it counts for nothing until another person confirms it.

    Returns:
        The account's public id.

    Raises:
        NoSuchObject: no such provider or programme.
        AccountProposed: another one waits.
        SameAccount: it is the one that counts already, and no bank refused it.
        NobodyInParticular: whoever acts is not a person.
    """
    _lock_owner(db, provider_id, programme_id)
    in_person(actor)
    if _proposed(db, provider_id, programme_id) is not None:
        raise AccountProposed
    current = account_in_force(db, now=now, provider_id=provider_id, programme_id=programme_id)
    if current is not None and not current.doubted_at and _same(current, payee):
        raise SameAccount
    account = BankAccount(
        public_id=ids.public_id(),
        provider_id=provider_id,
        programme_id=programme_id,
        holder=payee.holder,
        iban=payee.iban,
        bic=payee.bic,
        proposed_by=actor,
        proposed_at=now,
    )
    db.add(account)
    db.flush()
    _note(db, account, "account_proposed", actor=actor, now=now)
    tell_of_account(db, account, "account_proposed", now=now)
    return account.public_id


def confirm(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> datetime:
    """Confirm the account that was proposed; return the moment from which it counts.

    Args:
        public_id: of the account that was looked at: another one may have replaced it.

    Raises:
        NoSuchObject: this owner has no such account.
        NothingProposed: it no longer waits.
        SamePerson: whoever proposed it may not confirm it.
        NobodyInParticular: whoever acts is not a person.
    """
    _lock_owner(db, provider_id, programme_id)
    in_person(actor)
    account = _named(db, public_id, provider_id, programme_id)
    if account.confirmed_at is not None or account.ended_at is not None:
        raise NothingProposed
    if account.proposed_by == actor:
        raise SamePerson
    # A programme's own account is not stolen by mail; its two operators are enough.
    counts_at = now + DELAY if provider_id is not None else now
    account.confirmed_by, account.confirmed_at, account.counts_at = actor, now, counts_at
    db.flush()
    _note(db, account, "account_confirmed", actor=actor, now=now)
    tell_of_account(db, account, "account_confirmed", now=now)
    return counts_at


def end(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> None:
    """Refuse a proposal, or stop paying to an account. One person is enough to stop.

    Raises:
        NoSuchObject: this owner has no such account.
        NothingProposed: it is over already.
    """
    _lock_owner(db, provider_id, programme_id)
    account = _named(db, public_id, provider_id, programme_id)
    if account.ended_at is not None:
        raise NothingProposed
    account.ended_at, account.ended_by = now, actor
    db.flush()
    _note(db, account, "account_ended", actor=actor, now=now)
    tell_of_account(db, account, "account_ended", now=now)


def _of(provider_id: int | None, programme_id: int | None) -> ColumnElement[bool]:
    if provider_id is not None:
        return BankAccount.provider_id == provider_id
    return BankAccount.programme_id == programme_id


def _lock_owner(db: Session, provider_id: int | None, programme_id: int | None) -> None:
    """Let one person at a time change where an owner's money goes."""
    owner = Provider if provider_id is not None else Programme
    found = db.execute(
        select(owner.id)
        .where(owner.id == (provider_id if provider_id is not None else programme_id))
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NoSuchObject


def _named(
    db: Session, public_id: str, provider_id: int | None, programme_id: int | None
) -> BankAccount:
    named = _of(provider_id, programme_id) & (BankAccount.public_id == public_id)
    found = db.scalars(
        select(BankAccount).where(named).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    return found


def _proposed(db: Session, provider_id: int | None, programme_id: int | None) -> BankAccount | None:
    return db.scalars(
        select(BankAccount)
        .where(
            _of(provider_id, programme_id),
            BankAccount.confirmed_at.is_(None),
            BankAccount.ended_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _same(account: BankAccount, payee: Payee) -> bool:
    return (account.holder, account.iban, account.bic) == (payee.holder, payee.iban, payee.bic)


def _note(db: Session, account: BankAccount, kind: str, *, actor: Actor, now: datetime) -> None:
    of = (
        ("programme", account.programme_id)
        if account.programme_id is not None
        else ("provider", account.provider_id or 0)
    )
    facts = {"holder": account.holder, "iban": shown_iban(account.iban)}
    record(db, actor=actor, kind=kind, of=of, now=now, facts=facts)
