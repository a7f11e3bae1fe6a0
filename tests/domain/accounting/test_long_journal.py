"""A journal of years is read as it is written: memory does not grow with it."""

import gc
import tracemalloc
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.accounting import journal, queries
from repit.domain.ledger.models import Account, Transfer
from repit.domain.periods import Period
from repit.integrations import fec
from tests import cast
from tests.cast import NOON, OPERATOR

FEW, MANY = 1_500, 6_000
EVER = Period(date(2026, 1, 1), date(2035, 12, 31))


def money_moves(db: Session, fund_id: int, first: int, last: int) -> None:
    """Write that many movements of a euro, a minute apart, each a piece of its own."""
    with unit_of_work(db):
        ids = {
            kind: key
            for key, kind in db.execute(
                select(Account.id, Account.kind).where(Account.fund_id == fund_id)
            )
        }
        same = {"kind": "fund", "debit_id": ids["bank"], "credit_id": ids["available"]}
        db.execute(
            insert(Transfer),
            [
                same | {"amount_cents": 100, "actor": OPERATOR, "at": a_minute_apart(number)}
                for number in range(first, last)
            ],
        )


def a_minute_apart(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def peak(engine: Engine, programme_id: int) -> tuple[int, int]:
    """Write the journal out; return how many lines, and the most memory it took, in bytes."""
    gc.collect()
    with Session(engine) as db:
        chart = queries.books(db).chart
        tracemalloc.start()
        found = journal.entries(db, programme_id, "Europe/Paris", EVER, chart)
        lines = sum(1 for entry in found if fec.written(entry))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return lines, most


def test_four_times_the_journal_takes_no_more_memory(db: Session, engine: Engine) -> None:
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db), cents=0)
    money_moves(db, fund_id, 0, FEW)
    few, most_for_few = peak(engine, programme_id)

    money_moves(db, fund_id, FEW, MANY)
    many, most_for_many = peak(engine, programme_id)

    assert (few, many) == (2 * FEW, 2 * MANY)
    assert most_for_many < 1.5 * most_for_few
