"""The same bank file from several at once is one file, and its money counts once."""

import hashlib

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.banking import deciding, queries, service
from repit.domain.banking.errors import LineDone
from repit.domain.banking.rules import Share
from repit.domain.banking.service import SentFile, TakenIn
from repit.domain.money import Cents
from repit.integrations import bank_files
from tests.cast import NOON, OPERATOR
from tests.concurrency.together import Action, changing, the_books_agree, together
from tests.domain.banking.desk import a_line, a_promise, numbers
from tests.integrations.bank_paper import Entry, camt, detail

pytestmark = pytest.mark.concurrency
ROUNDS = 4


def taking_in(engine: Engine, content: bytes) -> Action:
    read = bank_files.read(content)
    sent = SentFile("releve.xml", hashlib.sha256(content).hexdigest(), it_is_ours=True)
    return changing(engine, lambda db: service.take_in(db, sent, read, actor=OPERATOR, now=NOON))


def test_the_same_file_sent_by_three_is_taken_in_once(db: Session, engine: Engine) -> None:
    promised = a_promise(db)
    for trial in range(1, ROUNDS + 1):
        inside = detail(text=promised.reference)
        content = camt(Entry("10.00", reference=f"E{trial}", details=inside))
        answers = together(*[taking_in(engine, content)] * 3, trial=trial)
        taken = [one for one in answers if isinstance(one, TakenIn)]
        assert sorted(one.already for one in taken) == [False, True, True]
        assert len({one.public_id for one in taken}) == 1
        assert numbers(db, promised.fund_id).funded == trial * 1_000
        db.rollback()
    the_books_agree(engine)


def test_two_files_with_the_same_line_bring_it_once(db: Session, engine: Engine) -> None:
    promised = a_promise(db)
    for trial in range(1, ROUNDS + 1):
        entry = Entry("10.00", reference=f"E{trial}", details=detail(text=promised.reference))
        files = [camt(entry), camt(entry, kind="camt.054"), camt(entry, version="001.08")]
        answers = together(*(taking_in(engine, one) for one in files), trial=trial)
        assert all(isinstance(one, TakenIn) for one in answers)
        assert numbers(db, promised.fund_id).funded == trial * 1_000
        db.rollback()
    assert queries.lines(db).total == ROUNDS
    the_books_agree(engine)


def test_a_line_is_decided_by_one(db: Session, engine: Engine) -> None:
    one = a_promise(db)
    other = a_promise(db, fund_id=one.fund_id)
    for trial in range(1, ROUNDS + 1):
        line = a_line(db, "SUBVENTION", "10.00", reference=f"E{trial}")
        db.rollback()

        def matching(promised_id: int, line_id: int = line.id) -> Action:
            share = Share(promised_id, Cents(1_000))
            return changing(
                engine,
                lambda db: deciding.match_by_hand(db, line_id, [share], actor=OPERATOR, now=NOON),
            )

        answers = together(matching(one.id), matching(other.id), trial=trial)
        assert sum(isinstance(answer, LineDone) for answer in answers) == 1
        assert numbers(db, one.fund_id).funded == trial * 1_000
        db.rollback()
    the_books_agree(engine)
