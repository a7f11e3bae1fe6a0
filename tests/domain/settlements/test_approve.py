"""A second person approves; what was looked at is what is paid; the file is written once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.ledger.models import Transfer
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.money import Cents
from repit.domain.providers.service import suspend
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.errors import (
    FileRefused,
    NobodyInParticular,
    NoPayingAccount,
    NotAPayDay,
    PayDayTooFar,
    PayeesChanged,
    SamePerson,
    WrongBatchState,
)
from repit.domain.settlements.export import Written
from repit.domain.settlements.models import BankAccount, BatchFile
from repit.integrations import sepa
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    PAY_DAY,
    Stage,
    a_stage,
    an_account,
    approved,
    batch,
    draft,
    exported,
    files,
    payout_of,
    sent,
    takes,
    the_books_agree,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    found = a_stage(db)
    takes(found, found.roseraie, vouchers=2)
    takes(found, found.tilleul)
    return found


def test_approving_moves_the_money_and_fixes_everything(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)

    found = batch(stage, batch_id)
    assert (found.state, found.approved_by, found.requested_on) == ("approved", PAUL, PAY_DAY)
    assert found.debtor_iban == "FR7630004000031234567890143"
    numbers = fund_numbers(stage.db, [stage.fund_id])[stage.fund_id]
    assert (numbers.due, numbers.in_transit, numbers.paid) == (0, 3_000, 0)
    assert set(owed_to(stage.db, [stage.roseraie.id, stage.tilleul.id]).values()) == {0}
    the_books_agree(stage)


def test_whoever_drafted_does_not_approve(stage: Stage) -> None:
    batch_id = draft(stage)

    with pytest.raises(SamePerson):
        approved(stage, batch_id, actor=ODILE)
    with pytest.raises(NobodyInParticular):
        approved(stage, batch_id, actor=actors.COMMAND)

    assert batch(stage, batch_id).state == "drafted"


def test_twice_approved_is_once(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    before = len(stage.db.scalars(select(Transfer.id)).all())

    with pytest.raises(WrongBatchState):
        approved(stage, batch_id)

    stage.db.rollback()
    assert len(stage.db.scalars(select(Transfer.id)).all()) == before


@pytest.mark.parametrize(
    ("day", "next_day"),
    [
        (date(2026, 3, 16), date(2026, 3, 17)),  # yesterday
        (date(2026, 3, 21), date(2026, 3, 23)),  # Saturday
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday, and Easter Monday after it
    ],
)
def test_banks_do_not_pay_on_any_day(stage: Stage, day: date, next_day: date) -> None:
    batch_id = draft(stage)

    with pytest.raises(NotAPayDay) as refusal, unit_of_work(stage.db):
        approve(stage.db, batch_id, requested_on=day, actor=PAUL, now=LATER)

    assert refusal.value.next_day == next_day


@pytest.mark.parametrize("day", [date(2026, 4, 20), date(2031, 1, 6), date(2031, 12, 25)])
def test_a_batch_is_not_paid_in_years(stage: Stage, day: date) -> None:
    batch_id = draft(stage)

    with pytest.raises(PayDayTooFar) as refusal, unit_of_work(stage.db):
        approve(stage.db, batch_id, requested_on=day, actor=PAUL, now=LATER)

    assert refusal.value.last_day == date(2026, 4, 17)
    with unit_of_work(stage.db):
        approve(stage.db, batch_id, requested_on=refusal.value.last_day, actor=PAUL, now=LATER)


def test_nothing_is_approved_without_an_account_to_pay_from(db: Session) -> None:
    stage = a_stage(db, accounts=False)
    an_account(db, provider_id=stage.roseraie.id)
    takes(stage, stage.roseraie)
    batch_id = draft(stage)

    with pytest.raises(NoPayingAccount):
        approved(stage, batch_id)


def test_a_payee_that_changed_since_the_draft_stops_the_batch(stage: Stage) -> None:
    batch_id = draft(stage)
    an_account(stage.db, provider_id=stage.tilleul.id, iban="FR1420041010050500013M02606")
    with unit_of_work(stage.db):
        suspend(stage.db, stage.roseraie.id, motive="Contrôle", actor=ODILE, now=LATER)

    with pytest.raises(PayeesChanged) as refusal:
        approved(stage, batch_id)

    assert refusal.value.names == ("La Roseraie", "Le Tilleul")


def test_the_file_says_what_the_ledger_says_and_is_kept_for_ever(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    first = exported(stage, batch_id)

    again = []
    for _ in range(100):
        stage.db.rollback()
        again.append(export.kept_file(stage.db, batch_id))

    [file] = files(stage)
    assert (file.payouts, file.amount_cents) == (2, 3_000)
    assert {(one.content, one.sha256) for one in again} == {(first.content, first.sha256)}
    assert batch(stage, batch_id).public_id.encode() in first.content
    assert payout_of(stage, batch_id, stage.roseraie).public_id.encode() in first.content
    the_books_agree(stage)


def test_a_second_file_is_not_kept(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    order = export.order_of(stage.db, batch_id)
    first = exported(stage, batch_id)
    other = sepa.written(order)

    with unit_of_work(stage.db):
        kept = export.keep_file(
            stage.db,
            batch_id,
            Written(b"<other/>", other.message_id, 2, Cents(3_000)),
            actor=ODILE,
            now=LATER + timedelta(hours=1),
        )

    assert (kept.content, kept.written_at) == (first.content, first.written_at)
    assert len(files(stage)) == 1


def test_the_same_order_gives_the_same_bytes(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)

    made = {sepa.written(export.order_of(stage.db, batch_id)).content for _ in range(5)}

    assert len(made) == 1


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (("other", 2, 3_000), "message_id"),
        ((None, 1, 3_000), "count"),
        ((None, 2, 3_001), "sum"),
    ],
)
def test_a_file_that_says_something_else_is_not_kept(
    stage: Stage, said: tuple[str | None, int, int], trouble: str
) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    message_id = said[0] or batch(stage, batch_id).public_id
    written = Written(b"<Document/>", message_id, said[1], Cents(said[2]))

    with pytest.raises(FileRefused) as refusal, unit_of_work(stage.db):
        export.keep_file(stage.db, batch_id, written, actor=PAUL, now=LATER)

    assert refusal.value.trouble == trouble
    assert files(stage) == []


def test_nobody_changes_a_file_that_is_written(stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    exported(stage, batch_id)

    for statement in (update(BatchFile).values(content=b"other"), delete(BatchFile)):
        with pytest.raises(IntegrityError, match="batch_file is refused"), unit_of_work(stage.db):
            stage.db.execute(statement.execution_options(synchronize_session=False))


def test_there_is_no_file_before_the_approval_and_no_sending_before_the_file(stage: Stage) -> None:
    batch_id = draft(stage)
    with pytest.raises(WrongBatchState):
        export.order_of(stage.db, batch_id)
    approved(stage, batch_id)

    with pytest.raises(WrongBatchState), unit_of_work(stage.db):
        export.mark_sent(stage.db, batch_id, actor=PAUL, now=LATER)


def test_sent_twice_is_once(stage: Stage) -> None:
    batch_id = sent(stage)
    with unit_of_work(stage.db):
        export.mark_sent(
            stage.db, batch_id, actor=ODILE, now=datetime(2026, 4, 1, tzinfo=LATER.tzinfo)
        )

    found = batch(stage, batch_id)
    assert (found.state, found.sent_by, found.sent_at) == ("sent", PAUL, LATER)
    assert payout_of(stage, batch_id, stage.roseraie).state == "sent"
    assert stage.db.scalars(select(BankAccount)).first() is not None
    the_books_agree(stage)
