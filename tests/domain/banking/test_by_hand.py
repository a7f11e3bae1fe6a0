"""What a person decides of a line: shared, linked, set aside, and taken back."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.queries import history
from repit.domain.banking import deciding, errors, queries, service
from repit.domain.banking.queries import LineFilter, LineView
from repit.domain.banking.rules import LineState, Share, Why
from repit.domain.checks import drifts
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.errors import ArrivalSpent, PromiseCancelled
from repit.domain.programmes.rules import Received, Standing
from tests.cast import NOON, OPERATOR, TODAY, a_parent
from tests.cast import vouchers_for as issue_vouchers
from tests.domain.banking.desk import Promised, a_line, a_promise, numbers, send, standing, the_line
from tests.integrations.bank_paper import Entry, camt
from tests.rows import everything


@pytest.fixture
def first(db: Session) -> Promised:
    return a_promise(db, 100_000)


@pytest.fixture
def second(db: Session, first: Promised) -> Promised:
    return a_promise(db, 50_000, fund_id=first.fund_id)


@pytest.fixture
def line(db: Session) -> LineView:
    """A thousand two hundred and fifty euros without a reference."""
    return a_line(db, "SUBVENTION")


def share(promised: Promised, cents: int) -> Share:
    return Share(promised.id, Cents(cents))


def match(db: Session, line: LineView, *shares: Share, rest: str | None = None) -> None:
    with unit_of_work(db):
        deciding.match_by_hand(db, line.id, shares, rest_motive=rest, actor=OPERATOR, now=NOON)


def test_a_line_is_shared_among_promises_of_one_fund(
    db: Session, engine: Engine, line: LineView, first: Promised, second: Promised
) -> None:
    match(db, line, share(first, 100_000), share(second, 25_000))
    assert [one.amount for one in queries.matches(db, [line.id])[line.id]] == [100_000, 25_000]
    assert standing(db, first.public_id).standing is Standing.RECEIVED
    assert standing(db, second.public_id).missing == 25_000
    assert numbers(db, first.fund_id).funded == 125_000
    with engine.connect() as connection:
        assert list(drifts(connection)) == []


def test_the_rest_of_a_line_needs_a_motive(db: Session, line: LineView, first: Promised) -> None:
    with pytest.raises(errors.RestNeedsMotive) as refusal:
        match(db, line, share(first, 100_000))
    assert refusal.value.rest_cents == 25_000
    match(db, line, share(first, 100_000), rest="Loyer de la salle")
    assert (the_line(db).state, the_line(db).motive) == (LineState.MATCHED, "Loyer de la salle")
    assert numbers(db, first.fund_id).funded == 100_000


def test_shares_that_cannot_be(
    db: Session, engine: Engine, line: LineView, first: Promised
) -> None:
    db.rollback()
    before = everything(engine)
    for shares, refusal in (
        ([], errors.NothingChosen),
        ([share(first, 0)], errors.NothingChosen),
        ([share(first, 125_001)], errors.MoreThanTheLine),
        ([Share(999, Cents(125_000))], NoSuchObject),
    ):
        with pytest.raises(refusal):
            match(db, line, *shares)
    assert everything(engine) == before


def test_a_refused_share_leaves_the_others_out(
    db: Session, line: LineView, first: Promised, second: Promised
) -> None:
    with unit_of_work(db):
        contributions.cancel(db, second.id, motive="Refus", actor=OPERATOR, now=NOON)
    with pytest.raises(PromiseCancelled):
        match(db, line, share(first, 100_000), share(second, 25_000))
    assert (the_line(db).state, numbers(db, first.fund_id).funded) == (LineState.NEW, 0)


def test_a_line_is_decided_once(db: Session, line: LineView, first: Promised) -> None:
    match(db, line, share(first, 125_000))
    with pytest.raises(errors.LineDone):
        match(db, line, share(first, 125_000))
    with pytest.raises(errors.LineDone), unit_of_work(db):
        deciding.set_aside(db, [line.id], motive="Autre", actor=OPERATOR, now=NOON)
    assert numbers(db, first.fund_id).funded == 125_000


def test_a_match_taken_back_takes_its_money_back(
    db: Session, engine: Engine, line: LineView, first: Promised, second: Promised
) -> None:
    match(db, line, share(first, 100_000), share(second, 25_000))
    with unit_of_work(db):
        deciding.take_back(db, line.id, motive="Autre financeur", actor=OPERATOR, now=NOON)
    assert (the_line(db).state, the_line(db).why) == (LineState.NEW, Why.TAKEN_BACK)
    assert standing(db, first.public_id).standing is Standing.RETURNED
    found = numbers(db, first.fund_id)
    assert (found.funded, found.available) == (0, 0)
    with engine.connect() as connection:
        assert list(drifts(connection)) == []
    match(db, line, share(first, 125_000))
    assert numbers(db, first.fund_id).funded == 125_000
    kinds = [one.kind for one in history(db, [("bank_line", line.id)])]
    assert kinds == ["matched", "taken_back", "matched"]


def test_what_was_taken_back_is_not_matched_again_by_itself(db: Session, first: Promised) -> None:
    line = a_line(db, first.reference, "1000.00")
    with unit_of_work(db):
        deciding.take_back(db, line.id, motive="Erreur", actor=OPERATOR, now=NOON)
        service.look_again(db, actor=OPERATOR, now=NOON)
    assert (the_line(db).state, numbers(db, first.fund_id).funded) == (LineState.NEW, 0)


def test_money_already_promised_in_vouchers_is_not_taken_back_as_a_slip(
    db: Session, first: Promised
) -> None:
    line = a_line(db, first.reference, "1000.00")
    issue_vouchers(db, a_parent(db, "Amina"), first.fund_id, vouchers=3)
    with pytest.raises(ArrivalSpent) as refusal, unit_of_work(db):
        deciding.take_back(db, line.id, motive="Erreur", actor=OPERATOR, now=NOON)
    assert (refusal.value.available_cents, refusal.value.shortage_cents) == (97_000, 3_000)
    assert the_line(db).state is LineState.MATCHED


def test_a_linked_line_taken_back_leaves_what_was_typed(db: Session, first: Promised) -> None:
    with unit_of_work(db):
        typed = Received(Cents(125_000), TODAY, "A")
        arrival_id = contributions.arrive(db, first.id, typed, actor=OPERATOR, now=NOON)
    line = a_line(db, "SUBVENTION")
    with unit_of_work(db):
        deciding.link_entered(db, line.id, arrival_id, actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        deciding.take_back(db, line.id, motive="Pas celle-là", actor=OPERATOR, now=NOON)
    assert (the_line(db).state, numbers(db, first.fund_id).funded) == (LineState.NEW, 125_000)


def test_one_typed_sum_is_one_line(db: Session, first: Promised) -> None:
    with unit_of_work(db):
        typed = Received(Cents(125_000), TODAY, "A")
        arrival_id = contributions.arrive(db, first.id, typed, actor=OPERATOR, now=NOON)
    line, other = a_line(db, "A", reference="E1"), a_line(db, "B", reference="E2")
    short = a_line(db, "C", "1249.99", reference="E3")
    db.rollback()
    with unit_of_work(db):
        deciding.link_entered(db, line.id, arrival_id, actor=OPERATOR, now=NOON)
    for wrong, refusal in ((other, errors.ArrivalDiffers), (short, NoSuchObject)):
        with pytest.raises(refusal), unit_of_work(db):
            deciding.link_entered(db, wrong.id, arrival_id, actor=OPERATOR, now=NOON)


def test_lines_are_set_aside_together_and_taken_back_one_by_one(db: Session) -> None:
    send(db, camt(*(Entry("9.00", "DBIT", reference=f"E{n}") for n in range(3))))
    wanted = [one.id for one in queries.lines(db).items]
    db.rollback()
    with unit_of_work(db):
        assert deciding.set_aside(db, wanted, motive="Frais", actor=OPERATOR, now=NOON) == 3
    with unit_of_work(db):
        deciding.take_back(db, wanted[0], motive="À revoir", actor=OPERATOR, now=NOON)
    aside = queries.lines(db, LineFilter(state="set_aside"))
    assert (aside.total, {one.motive for one in aside.items}) == (2, {"Frais"})
    assert queries.waiting(db).money_out == 1


def test_nothing_is_taken_back_of_a_line_that_waits(db: Session, line: LineView) -> None:
    db.rollback()
    with pytest.raises(errors.LineNew), unit_of_work(db):
        deciding.take_back(db, line.id, motive="Rien", actor=OPERATOR, now=NOON)


def test_what_went_out_pays_no_contribution(db: Session, first: Promised) -> None:
    send(db, camt(Entry("9.00", "DBIT")))
    line = the_line(db)
    db.rollback()
    with pytest.raises(errors.NotMoneyIn):
        match(db, line, share(first, 900))


def test_a_promise_of_the_sum_or_the_sender_comes_first(
    db: Session, line: LineView, first: Promised
) -> None:
    same = a_promise(db, 125_000, fund_id=first.fund_id)
    assert queries.suggested(db, line)[0].public_id == same.public_id
    assert queries.suggested(db, line, "rien de tel") == []
