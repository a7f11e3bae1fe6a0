"""A funder's promise, and a file that comes in: short ways for the tests of the bank."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.actors import Actor
from repit.domain.banking import queries, service
from repit.domain.banking.queries import LineView
from repit.domain.banking.service import SentFile, TakenIn
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.money import Cents
from repit.domain.programmes import contribution_queries, contributions
from repit.domain.programmes.contribution_queries import ContributionView
from repit.domain.programmes.models import Contribution
from repit.domain.programmes.rules import Promise
from repit.integrations import bank_files
from tests.cast import NOON, OPERATOR, a_fund, a_funder, a_programme
from tests.integrations.bank_paper import Entry, camt, detail


@dataclass(frozen=True)
class Promised:
    """A contribution with its fund."""

    id: int
    public_id: str
    fund_id: int
    reference: str


def a_promise(db: Session, cents: int = 125_000, *, fund_id: int | None = None) -> Promised:
    if fund_id is None:
        fund_id = a_fund(db, a_programme(db), cents=0, funder_id=a_funder(db))
    with unit_of_work(db):
        public_id = contributions.promise(
            db, fund_id, Promise(Cents(cents)), actor=OPERATOR, now=NOON
        )
    row = db.scalars(select(Contribution.id).where(Contribution.public_id == public_id)).one()
    return Promised(row, public_id, fund_id, standing(db, public_id).reference)


def standing(db: Session, public_id: str) -> ContributionView:
    db.rollback()
    return contribution_queries.contribution(db, public_id)


def numbers(db: Session, fund_id: int) -> FundNumbers:
    db.rollback()
    return fund_numbers(db, [fund_id])[fund_id]


def send(
    db: Session,
    content: bytes,
    *,
    actor: Actor = OPERATOR,
    account: str | None = None,
    it_is_ours: bool = True,
    name: str = "releve.xml",
) -> TakenIn:
    read = bank_files.read(content)
    sent = SentFile(name, hashlib.sha256(content).hexdigest(), account, it_is_ours)
    with unit_of_work(db):
        return service.take_in(db, sent, read, actor=actor, now=NOON)


def a_line(
    db: Session, text: str | None, amount: str = "1250.00", *, reference: str = "E1"
) -> LineView:
    """Send a statement of one credit line; return the line as it stands then."""
    send(db, camt(Entry(amount, reference=reference, details=detail(text=text, name="DRDFE"))))
    return the_line(db)


def the_line(db: Session) -> LineView:
    """Return the latest line."""
    db.rollback()
    return max(queries.lines(db).items, key=lambda one: one.id)
