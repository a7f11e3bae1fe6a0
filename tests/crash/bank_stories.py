"""Money in when the power fails: a bank file is taken in whole, or not at all, and once."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import deciding, queries, service
from repit.domain.banking.models import BankLine, BankMatch
from repit.domain.banking.rules import LineState
from repit.domain.banking.service import SentFile
from repit.domain.ledger.models import Transfer
from repit.domain.programmes.models import Arrival, ArrivalReturn, Contribution, Fund
from repit.integrations import bank_files
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.crash.asking import Asked
from tests.domain.banking.desk import a_promise
from tests.integrations.bank_paper import Entry, camt, detail


def to_take_in(db: Session) -> Asked:
    """Two promises of one fund; `codes` are their references."""
    programme_id = cast.a_programme(db)
    funder_id = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    fund_id = cast.a_fund(db, programme_id, cents=0, funder_id=funder_id)
    references = tuple(a_promise(db, fund_id=fund_id).reference for _ in range(2))
    db.rollback()
    return Asked(programme_id, codes=references)


def take_in(engine: Engine, asked: Asked) -> object:
    """Send three lines: one finds its promise, one has both references, one went out."""
    first, second = asked.codes
    content = camt(
        Entry("1200.00", reference=f"A{first}", details=detail(text=first)),
        Entry("50.00", reference=f"B{first}", details=detail(text=f"{first} {second}")),
        Entry("9.00", "DBIT", reference=f"C{first}"),
    )
    sent = SentFile("releve.xml", hashlib.sha256(content).hexdigest(), it_is_ours=True)
    read = bank_files.read(content)
    with Session(engine) as db:
        with unit_of_work(db):
            taken = service.take_in(db, sent, read, actor=OPERATOR, now=NOON)
        found = queries.statement(db, taken.public_id)
        return [found.lines_new, found.lines_known, found.waiting]


def to_undo(db: Session) -> Asked:
    """A file was taken in, and its first line is not what it seemed."""
    asked = to_take_in(db)
    bind = db.get_bind()
    assert isinstance(bind, Engine)
    take_in(bind, asked)
    return asked


def undo(engine: Engine, asked: Asked) -> object:
    """Take the match back; whoever asks again finds it taken back."""
    with Session(engine) as db:
        wanted = select(BankLine.id, BankLine.state).where(
            BankLine.bank_reference == f"A{asked.codes[0]}"
        )
        with unit_of_work(db):
            line_id, state = db.execute(wanted).one()
            if state == LineState.MATCHED:
                deciding.take_back(db, line_id, motive="Erreur", actor=OPERATOR, now=NOON)
        return str(db.execute(wanted).one().state)


def left_of_the_bank(db: Session, programme_id: int) -> dict[str, Any]:
    """Count what a bank file wrote for a programme."""
    funds = select(Fund.id).where(Fund.programme_id == programme_id)
    arrived = select(Arrival.id).where(Arrival.fund_id.in_(funds), Arrival.way == "transfer")
    promised = select(Contribution.id).where(Contribution.fund_id.in_(funds))
    return {
        "promised": db.execute(
            select(func.count(), func.sum(Contribution.promised_cents)).where(
                Contribution.id.in_(promised)
            )
        ),
        "arrived": db.execute(
            select(Arrival.amount_cents, Arrival.returned_cents).where(Arrival.id.in_(arrived))
        ),
        "taken back": db.execute(
            select(ArrivalReturn.amount_cents, ArrivalReturn.reason).where(
                ArrivalReturn.arrival_id.in_(arrived)
            )
        ),
        "matched": db.execute(
            select(BankLine.state, BankLine.why, BankMatch.how, BankMatch.ended_at.is_(None))
            .join(BankMatch, BankMatch.line_id == BankLine.id)
            .where(BankMatch.arrival_id.in_(arrived))
        ),
        "brought": db.execute(
            select(Transfer.kind, Transfer.amount_cents).where(Transfer.arrival_id.in_(arrived))
        ),
    }


STORIES: dict[str, tuple[Callable[[Session], Asked], Callable[[Engine, Asked], object]]] = {
    "take in a bank file": (to_take_in, take_in),
    "take a match back": (to_undo, undo),
}
