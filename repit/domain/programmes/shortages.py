"""When money that was promised on is taken back: the fund is short of it until somebody covers it.

The shortage stands on the fund's `loss` account. Vouchers already issued are honoured all the
same; nothing more is issued from what is missing. Amounts are cents, above zero.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.ledger.models import Account, AccountKind, TransferKind
from repit.domain.ledger.queries import fund_numbers
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.programmes.contributions import arrive
from repit.domain.programmes.errors import MoreThanShort, NoShortage
from repit.domain.programmes.holding import locked_fund
from repit.domain.programmes.models import Contribution, Fund
from repit.domain.programmes.rules import Received


def cover(
    db: Session, fund_id: int, amount: Cents, *, motive: str, actor: Actor, now: datetime
) -> None:
    """Fill a shortage, or a part of it, with money of the operator's own: bank → loss.

    Raises:
        NoSuchObject: no such fund.
        NoShortage: the fund is short of nothing.
        MoreThanShort: it is short of less; more money is a contribution.
    """
    short = _short(db, fund_id)
    if not short:
        raise NoShortage
    if amount > short:
        raise MoreThanShort(short_cents=short)
    _post(db, fund_id, amount, actor=actor, now=now)
    facts = {"amount_cents": amount}
    of = ("fund", fund_id)
    record(db, actor=actor, kind="shortage_covered", of=of, now=now, motive=motive, facts=facts)


def come_back(
    db: Session, contribution_id: int, received: Received, *, actor: Actor, now: datetime
) -> int | None:
    """Take in money that had been taken back: the shortage first, the rest is an arrival.

    Returns:
        The arrival's id, or None when all of it filled the shortage.

    Raises:
        FundClosed, PromiseCancelled: there is a rest, and nothing is expected any more.
    """
    fund_id = db.get_one(Contribution, contribution_id).fund_id
    filled = Cents(min(_short(db, fund_id), received.amount))
    if filled:
        _post(db, fund_id, filled, actor=actor, now=now)
        facts = {"amount_cents": filled, "reference": received.reference}
        of = ("fund", fund_id)
        record(db, actor=actor, kind="shortage_covered", of=of, now=now, facts=facts)
    rest = Cents(received.amount - filled)
    if not rest:
        return None
    return arrive(db, contribution_id, replace(received, amount=rest), actor=actor, now=now)


@dataclass(frozen=True)
class ShortFund:
    """A fund that is short of money, closed or not."""

    public_id: str
    title: str
    short: Cents


def short_funds(db: Session) -> list[ShortFund]:
    """Return the funds that are short of money, the largest shortage first."""
    short = Account.debits_cents - Account.credits_cents
    rows = db.execute(
        select(Fund.public_id, Fund.title, short)
        .join(Account, Account.fund_id == Fund.id)
        .where(Account.kind == AccountKind.LOSS, Account.debits_cents > Account.credits_cents)
        .order_by(short.desc(), Fund.id)
    )
    return [ShortFund(public_id, title, Cents(missing)) for public_id, title, missing in rows]


def _short(db: Session, fund_id: int) -> Cents:
    locked_fund(db, fund_id)
    return fund_numbers(db, [fund_id])[fund_id].lost


def _post(db: Session, fund_id: int, amount: Cents, *, actor: Actor, now: datetime) -> None:
    accounts = accounts_of(db, [fund_id])
    posting = Posting(
        kind=TransferKind.COVER,
        debit_id=accounts[fund_id, AccountKind.BANK, 0, 0],
        credit_id=accounts[fund_id, AccountKind.LOSS, 0, 0],
        amount=amount,
    )
    post(db, [posting], actor=actor, now=now)
