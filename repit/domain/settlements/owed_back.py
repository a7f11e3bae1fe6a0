"""What a provider owes back, and what became of it: read for the operator's page. Cents."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from repit.domain.ledger.models import Account, AccountKind
from repit.domain.money import Cents
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Fund
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.settlements.composing import debts
from repit.domain.settlements.models import Repayment


@dataclass(frozen=True)
class DebtView:
    """One redemption that was paid, then reversed, and that no payout has recovered."""

    redemption_id: UUID
    service_on: date
    reversed_at: datetime
    motive: str
    funds: tuple[str, ...]
    closed: bool
    """One of its funds is closed: the next payout may never come."""
    amount: Cents


@dataclass(frozen=True)
class Owing:
    """A provider in the list; `waiting`: how many of its repayments wait for a second person."""

    public_id: str
    name: str
    owed_back: Cents
    waiting: int


@dataclass(frozen=True)
class RepaymentView:
    """`state` is asked, done or discarded; `undone`: its payment came back after all."""

    public_id: str
    way: str
    state: str
    amount: Cents
    received_on: date | None
    reference: str | None
    motive: str | None
    asked_by: str
    asked_by_name: str | None
    asked_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None
    undone: bool


def owed_back(db: Session, provider_id: int) -> list[DebtView]:
    """Return what may be settled now, oldest first; what somebody noted already is not in it."""
    found = debts(db, provider_ids=[provider_id])
    funds = {
        one.id: one
        for one in db.scalars(
            select(Fund).where(Fund.id.in_({fund for debt in found for fund in debt.by_fund}))
        )
    }
    rows = db.execute(
        select(Redemption.id, Redemption.service_on, Reversal.at, Reversal.motive)
        .join(Reversal, Reversal.redemption_id == Redemption.id)
        .where(Redemption.id.in_([one.redemption_id for one in found]))
    )
    facts = {row.id: row for row in rows}
    return [
        DebtView(
            redemption_id=one.redemption_id,
            service_on=facts[one.redemption_id].service_on,
            reversed_at=facts[one.redemption_id].at,
            motive=facts[one.redemption_id].motive,
            funds=tuple(funds[fund].title for fund in sorted(one.by_fund)),
            closed=any(funds[fund].closed_at is not None for fund in one.by_fund),
            amount=one.amount,
        )
        for one in found
    ]


def repayments(db: Session, provider_id: int, *, limit: int = 50) -> list[RepaymentView]:
    """Return what was noted of a provider's debts, newest first."""
    asked_by, decided_by = aliased(Person), aliased(Person)
    rows = db.execute(
        select(Repayment, asked_by.name, decided_by.name)
        .outerjoin(asked_by, acts(Repayment.asked_by, asked_by))
        .outerjoin(decided_by, acts(Repayment.decided_by, decided_by))
        .where(Repayment.provider_id == provider_id)
        .order_by(Repayment.id.desc())
        .limit(limit)
    )
    return [_view(row, asked, decided) for row, asked, decided in rows]


def who_owes(db: Session) -> list[Owing]:
    """Return every provider who owes something back or of whom something waits, by name."""
    balance = (
        select(Account.provider_id, func.sum(Account.debits_cents - Account.credits_cents))
        .where(Account.kind == AccountKind.OWED_BACK)
        .group_by(Account.provider_id)
        .subquery("balance")
    )
    asked = (
        select(Repayment.provider_id, func.count())
        .where(Repayment.state == "asked")
        .group_by(Repayment.provider_id)
        .subquery("asked")
    )
    owed = func.coalesce(balance.c[1], 0)
    waiting = func.coalesce(asked.c[1], 0)
    rows = db.execute(
        select(Provider.public_id, Provider.name, owed, waiting)
        .outerjoin(balance, balance.c.provider_id == Provider.id)
        .outerjoin(asked, asked.c.provider_id == Provider.id)
        .where((owed > 0) | (waiting > 0))
        .order_by(Provider.name, Provider.id)
    )
    return [Owing(public_id, name, Cents(int(cents)), n) for public_id, name, cents, n in rows]


def _view(row: Repayment, asked_by: str | None, decided_by: str | None) -> RepaymentView:
    return RepaymentView(
        public_id=row.public_id,
        way=row.way,
        state=row.state,
        amount=Cents(row.amount_cents),
        received_on=row.received_on,
        reference=row.reference,
        motive=row.motive,
        asked_by=row.asked_by,
        asked_by_name=asked_by,
        asked_at=row.asked_at,
        decided_by_name=decided_by,
        decided_at=row.decided_at,
        undone=row.state == "done" and row.ended_at is not None,
    )
