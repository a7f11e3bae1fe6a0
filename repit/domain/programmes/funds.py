"""Open funds, change them, close them, give back what is left. Amounts are cents."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.queries import fund_numbers
from repit.domain.ledger.service import Posting, accounts_of, open_fund_accounts, post
from repit.domain.money import Cents
from repit.domain.programmes.errors import (
    FundOpen,
    FundPaysForNothing,
    FundTitleTaken,
    NothingLeft,
    ProgrammeClosed,
)
from repit.domain.programmes.holding import locked_fund, locked_open_fund
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.programmes.rules import Restrictions
from repit.domain.programmes.service import write_changes


def open_fund(
    db: Session,
    programme_id: int,
    funder_id: int,
    restrictions: Restrictions,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Open a funder's fund for a programme, with its accounts; return its public id.

    Raises:
        NoSuchObject: no such programme or funder.
        ProgrammeClosed: nothing new starts in it.
        FundTitleTaken, FundPaysForNothing: the fund cannot be that.
    """
    programme = db.get(Programme, programme_id, with_for_update=True)
    if programme is None or db.get(Funder, funder_id) is None:
        raise NoSuchObject
    if programme.closed_at is not None:
        raise ProgrammeClosed
    _check(db, programme, restrictions)
    fund = Fund(
        public_id=ids.public_id(),
        programme_id=programme_id,
        funder_id=funder_id,
        created_at=now,
        **asdict(restrictions),
    )
    db.add(fund)
    db.flush()
    open_fund_accounts(db, fund.id)
    record(db, actor=actor, kind="created", of=("fund", fund.id), now=now)
    return fund.public_id


def change_fund(
    db: Session, fund_id: int, restrictions: Restrictions, *, actor: Actor, now: datetime
) -> list[str]:
    """Change what a fund may be used for, for vouchers still to issue; return what changed.

    Raises:
        NoSuchObject: no such fund.
        FundClosed: it is closed.
        FundTitleTaken, FundPaysForNothing: the fund cannot be that.
    """
    fund = locked_open_fund(db, fund_id)
    programme = db.get_one(Programme, fund.programme_id)
    _check(db, programme, restrictions, but=fund_id)
    return write_changes(db, fund, asdict(restrictions), actor=actor, now=now)


def close_fund(db: Session, fund_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Issue nothing more from a fund. What it promised is still spent and paid.

    Raises:
        NoSuchObject: no such fund.
        FundClosed: it is closed already.
    """
    locked_open_fund(db, fund_id).closed_at = now
    record(db, actor=actor, kind="closed", of=("fund", fund_id), now=now, motive=motive)


def reopen_fund(db: Session, fund_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Take a closing back.

    Raises:
        NoSuchObject: no such fund.
        FundOpen: it is not closed.
    """
    fund = locked_fund(db, fund_id)
    if fund.closed_at is None:
        raise FundOpen
    fund.closed_at = None
    record(db, actor=actor, kind="reopened", of=("fund", fund_id), now=now, motive=motive)


def give_back_rest(db: Session, fund_id: int, *, motive: str, actor: Actor, now: datetime) -> Cents:
    """Note that what is left of a closed fund went back to its funder: available → bank.

    What is missing, or still with a provider who owes it back, is not there to be given.

    Raises:
        NoSuchObject: no such fund.
        FundOpen: close it first.
        NothingLeft: there is nothing to give back.
        Overdrawn: it was spent meanwhile.
    """
    if locked_fund(db, fund_id).closed_at is None:
        raise FundOpen
    rest = fund_numbers(db, [fund_id])[fund_id].in_hand
    if rest == 0:
        raise NothingLeft
    accounts = accounts_of(db, [fund_id])
    posting = Posting(
        kind=TransferKind.RETURN,
        debit_id=accounts[fund_id, AccountKind.AVAILABLE, 0, 0],
        credit_id=accounts[fund_id, AccountKind.BANK, 0, 0],
        amount=rest,
    )
    post(db, [posting], actor=actor, now=now)
    facts = {"amount_cents": rest}
    of = ("fund", fund_id)
    record(db, actor=actor, kind="money_returned", of=of, now=now, motive=motive, facts=facts)
    return rest


def _check(
    db: Session, programme: Programme, restrictions: Restrictions, *, but: int | None = None
) -> None:
    if not restrictions.categories & programme.categories:
        raise FundPaysForNothing
    same = select(Fund.id).where(
        Fund.programme_id == programme.id, Fund.title == restrictions.title
    )
    if db.scalar(same) not in {None, but}:
        raise FundTitleTaken(title=restrictions.title)
