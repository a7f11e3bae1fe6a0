"""What came in finds its promise by itself, or waits with the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import deciding, queries, service
from repit.domain.banking.errors import AccountDiffers, AccountNeeded, AccountUnknown
from repit.domain.banking.rules import How, LineState, Why
from repit.domain.checks import drifts
from repit.domain.money import Cents
from repit.domain.programmes import contributions, funds
from repit.domain.programmes.errors import ReferenceAlreadyEntered
from repit.domain.programmes.references import reference_of, spaced
from repit.domain.programmes.rules import Promise, Received, Standing
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.banking.desk import a_line, a_promise, numbers, send, standing, the_line
from tests.integrations.bank_paper import OURS, THEIRS, Entry, camt, detail
from tests.rows import everything

STATEMENTS = ("bank_statement", "event")


def test_a_line_with_the_reference_is_received(db: Session, engine: Engine) -> None:
    promised = a_promise(db)
    line = a_line(db, f"VIR SEPA {spaced(promised.reference).lower()} tranche 1")
    assert (line.state, line.why) == (LineState.MATCHED, Why.REFERENCE)
    view = standing(db, promised.public_id)
    assert (view.standing, view.received, view.missing) == (Standing.RECEIVED, 125_000, 0)
    assert numbers(db, promised.fund_id).available == 125_000
    with engine.connect() as connection:
        assert list(drifts(connection)) == []


@pytest.mark.parametrize(
    ("amount", "stands", "missing", "over"),
    [("1200.00", Standing.PART, 5_000, 0), ("1300.00", Standing.OVER, 0, 5_000)],
)
def test_less_and_more_than_promised(
    db: Session, amount: str, stands: Standing, missing: int, over: int
) -> None:
    promised = a_promise(db)
    a_line(db, promised.reference, amount)
    view = standing(db, promised.public_id)
    assert (view.standing, view.missing, view.over) == (stands, missing, over)


def test_a_promise_is_kept_in_parts(db: Session) -> None:
    promised = a_promise(db)
    a_line(db, promised.reference, "1000.00", reference="E1")
    a_line(db, promised.reference, "250.00", reference="E2")
    view = standing(db, promised.public_id)
    assert (view.standing, view.received) == (Standing.RECEIVED, 125_000)


def test_three_times_the_same_file_is_once(db: Session, engine: Engine) -> None:
    promised = a_promise(db)
    content = camt(Entry("1250.00", reference="E1", details=detail(text=promised.reference)))
    first = send(db, content)
    before = everything(engine)
    again = [send(db, content), send(db, content)]
    assert [one.already for one in again] == [True, True]
    assert {one.public_id for one in again} == {first.public_id}
    assert everything(engine) == before


def test_the_same_line_in_another_file_is_once(db: Session, engine: Engine) -> None:
    promised = a_promise(db)
    entry = Entry("1250.00", reference="E1", details=detail(text=promised.reference))
    send(db, camt(entry))
    before = everything(engine, but=STATEMENTS)
    send(db, camt(entry, kind="camt.054", version="001.08"))
    assert everything(engine, but=STATEMENTS) == before
    latest = queries.statements(db).items[0]
    assert (latest.lines_new, latest.lines_known) == (0, 1)


def test_lines_alike_without_a_reference_of_the_bank_are_each_kept(db: Session) -> None:
    twice = [Entry("10.00", details=detail(text="don"))] * 2
    send(db, camt(*twice))
    send(db, camt(*twice, Entry("20.00")))
    assert sorted(one.amount for one in queries.lines(db).items) == [1_000, 1_000, 2_000]


def test_what_a_later_file_adds_is_kept_and_looked_at(db: Session) -> None:
    promised = a_promise(db)
    send(db, camt(Entry("1250.00", reference="E1")))
    assert the_line(db).why is Why.NO_REFERENCE
    fuller = Entry("1250.00", reference="E1", details=detail(text=promised.reference, name="DRDFE"))
    send(db, camt(fuller, kind="camt.054"))
    with unit_of_work(db):
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert (the_line(db).state, the_line(db).counterparty) == (LineState.MATCHED, "DRDFE")
    assert numbers(db, promised.fund_id).funded == 125_000


@pytest.mark.parametrize("sum_first", [True, False])
def test_one_entry_as_a_sum_and_in_its_payments_counts_once(
    db: Session,
    sum_first: bool,  # noqa: FBT001
) -> None:
    promised = a_promise(db, 100_000)
    inside = detail(amount="1000.00", text=promised.reference, reference="T1") + detail(
        amount="250.00", text="autre", reference="T2"
    )
    files = [
        camt(Entry("1250.00", reference="E1")),
        camt(Entry("1250.00", reference="E1", details=inside), kind="camt.054"),
    ]
    for content in files if sum_first else files[::-1]:
        send(db, content)
    states = {one.amount: (one.state, one.why) for one in queries.lines(db).items}
    assert states == {
        125_000: (LineState.SET_ASIDE, Why.DETAILED),
        100_000: (LineState.MATCHED, Why.REFERENCE),
        25_000: (LineState.NEW, Why.NO_REFERENCE),
    }
    assert numbers(db, promised.fund_id).funded == 100_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SUBVENTION 2026", Why.NO_REFERENCE),
        (None, Why.NO_REFERENCE),
        ("RF85CR000043", Why.MISSPELT),
        (reference_of(999_999), Why.UNKNOWN_REFERENCE),
        ("RF18539007547034", Why.FOREIGN_REFERENCE),
    ],
)
def test_a_line_without_a_right_reference_waits(db: Session, text: str | None, why: Why) -> None:
    promised = a_promise(db)
    line = a_line(db, text)
    assert (line.state, line.why) == (LineState.NEW, why)
    assert numbers(db, promised.fund_id).funded == 0


def test_a_line_with_two_references_waits(db: Session) -> None:
    one = a_promise(db)
    other = a_promise(db, fund_id=one.fund_id)
    assert a_line(db, f"{one.reference} {other.reference}").why is Why.SEVERAL


def test_a_cancelled_promise_and_a_closed_fund_take_nothing(db: Session) -> None:
    promised = a_promise(db)
    with unit_of_work(db):
        contributions.cancel(db, promised.id, motive="Refus", actor=OPERATOR, now=NOON)
    assert a_line(db, promised.reference).why is Why.PROMISE_CANCELLED
    with unit_of_work(db):
        contributions.restore(db, promised.id, motive="Accordé", actor=OPERATOR, now=NOON)
        funds.close_fund(db, promised.fund_id, motive="Fin", actor=OPERATOR, now=NOON)
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert the_line(db).why is Why.FUND_CLOSED


def test_money_booked_tomorrow_waits(db: Session) -> None:
    promised = a_promise(db)
    day = (TODAY + timedelta(days=1)).isoformat()
    send(db, camt(Entry("1.00", day=day, details=detail(text=promised.reference))))
    assert the_line(db).why is Why.NOT_YET_RECEIVED


def test_money_typed_before_the_file_came_is_not_counted_twice(db: Session) -> None:
    promised = a_promise(db)
    typed = Received(Cents(125_000), TODAY - timedelta(days=9), "releve 12")
    with unit_of_work(db):
        arrival_id = contributions.arrive(db, promised.id, typed, actor=OPERATOR, now=NOON)
    line = a_line(db, promised.reference)
    assert (line.state, line.why) == (LineState.NEW, Why.SEEMS_ENTERED)
    assert [one.arrival_id for one in queries.entered(db, line)] == [arrival_id]
    db.rollback()
    with unit_of_work(db):
        deciding.link_entered(db, line.id, arrival_id, actor=OPERATOR, now=NOON)
    [found] = queries.matches(db, [line.id])[line.id]
    assert (found.how, found.amount) == (How.ENTERED, 125_000)
    assert numbers(db, promised.fund_id).funded == 125_000


def test_the_same_money_in_a_file_of_another_kind_waits(db: Session) -> None:
    promised = a_promise(db)
    a_line(db, promised.reference)
    rows = f"Date;Libellé;Montant\n02/03/2026;VIR {promised.reference};1250,00\n"
    send(db, rows.encode(), account=OURS, name="releve.csv")
    assert the_line(db).why is Why.SEEMS_ENTERED
    assert numbers(db, promised.fund_id).funded == 125_000


def test_what_went_out_or_came_back_of_nothing_we_know_waits(db: Session) -> None:
    promised = a_promise(db)
    back = detail(text=promised.reference, end_to_end="LOYER", returned="AC04")
    send(db, camt(Entry("9.00", "DBIT", reference="E1"), Entry("9.00", details=back)))
    found = {one.credit: one.why for one in queries.lines(db).items}
    assert found == {False: Why.WENT_OUT, True: Why.SENT_BACK}


def test_of_what_goes_out_nobody_is_named(db: Session) -> None:
    inside = (
        "<TxDtls><RltdPties><Cdtr><Nm>Amina Dupont</Nm></Cdtr></RltdPties>"
        "<RmtInf><Ustrd>SALAIRE MARS</Ustrd></RmtInf></TxDtls>"
    )
    send(db, camt(Entry("1500.00", "DBIT", details=inside)))
    line = the_line(db)
    assert (line.counterparty, line.remittance) == (None, None)


def test_whose_money_it_is_must_be_known(db: Session, engine: Engine) -> None:
    before = everything(engine)
    with pytest.raises(AccountUnknown):
        send(db, camt(Entry("1.00")), it_is_ours=False)
    with pytest.raises(AccountDiffers):
        send(db, camt(Entry("1.00")), account=THEIRS)
    rows = b"Date;Montant\n02/03/2026;1,00\n"
    with pytest.raises(AccountNeeded):
        send(db, rows)
    assert everything(engine) == before
    send(db, camt(Entry("1.00")))
    send(db, rows, account=OURS, it_is_ours=False)
    with pytest.raises(AccountUnknown):
        send(db, camt(Entry("1.00"), account=THEIRS), it_is_ours=False)
    assert len(queries.statements(db).items) == 2


def test_a_promise_made_after_its_money_came_finds_it(db: Session) -> None:
    line = a_line(db, reference_of(1))
    assert line.why is Why.UNKNOWN_REFERENCE
    promised = a_promise(db)
    assert promised.reference == reference_of(1)
    with unit_of_work(db):
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert the_line(db).state is LineState.MATCHED


def test_a_lowered_promise_is_received(db: Session) -> None:
    promised = a_promise(db)
    a_line(db, promised.reference, "1200.00")
    lower = replace(Promise(Cents(125_000)), amount=Cents(120_000))
    with unit_of_work(db):
        contributions.change_promise(db, promised.id, lower, actor=OPERATOR, now=NOON)
    assert standing(db, promised.public_id).standing is Standing.RECEIVED


def test_one_line_counts_once_in_a_fund_whichever_way_it_came_first(db: Session) -> None:
    first = a_promise(db)
    second = a_promise(db, fund_id=first.fund_id)
    a_line(db, first.reference, reference="BK0001")
    typed = Received(Cents(125_000), TODAY, "bk0001")
    with pytest.raises(ReferenceAlreadyEntered), unit_of_work(db):
        contributions.arrive(db, second.id, typed, actor=OPERATOR, now=NOON)
    db.rollback()
    with unit_of_work(db):
        typed = replace(typed, reference="BK0002", received_on=TODAY - timedelta(days=40))
        contributions.arrive(db, second.id, typed, actor=OPERATOR, now=NOON)
    line = a_line(db, first.reference, reference="BK0002")
    assert line.why is Why.SEEMS_ENTERED
    assert numbers(db, first.fund_id).funded == 250_000


def test_what_was_taken_back_is_typed_again(db: Session) -> None:
    promised = a_promise(db)
    line = a_line(db, promised.reference, reference="BK0001")
    with unit_of_work(db):
        deciding.take_back(db, line.id, motive="Erreur", actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        typed = Received(Cents(125_000), TODAY, "BK0001")
        contributions.arrive(db, promised.id, typed, actor=OPERATOR, now=NOON)
    assert numbers(db, promised.fund_id).funded == 125_000
