"""Issue runs on both databases: who is served, what is made, and what a second run adds."""

from datetime import date

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.entitlements.models import Allowance
from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.errors import OutsideProgramme
from repit.domain.vouchers.models import Voucher
from repit.domain.vouchers.run import Outcome, issue_period
from tests.cast import NOON, OPERATOR, VAULT, a_fund, a_funder, a_parent, a_programme
from tests.domain.vouchers.issuing import a_scale, alone, entitle, run


def given(db: Session) -> dict[int, int]:
    counts: dict[int, int] = {}
    for parent_id in db.scalars(select(Voucher.parent_id)):
        counts[parent_id] = counts.get(parent_id, 0) + 1
    db.rollback()
    return counts


@pytest.fixture
def programme_id(db: Session) -> int:
    found = a_programme(db)
    a_scale(db, found)
    return found


def test_an_isolated_parent_gets_more_and_the_lines_say_why(
    db: Session, engine: Engine, programme_id: int
) -> None:
    fund_id = a_fund(db, programme_id, funder_id=a_funder(db), cents=100_000)
    amina, bruno = a_parent(db, "Amina"), a_parent(db, "Bruno")
    alone(db, amina)
    for parent_id in (amina, bruno):
        entitle(db, parent_id, programme_id)

    outcome = run(db, programme_id)

    assert outcome == Outcome(vouchers=18, parents=2, waiting=0)
    assert given(db) == {amina: 12, bruno: 6}
    lines = db.scalars(select(Allowance.explanation).where(Allowance.parent_id == amina)).one()
    assert [(line["label"], line["vouchers"]) for line in lines] == [
        ("base", 6),
        ("parent isolé", 6),
    ]
    numbers = fund_numbers(db, [fund_id])[fund_id]
    assert (numbers.available, numbers.committed) == (82_000, 18_000)
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def test_running_it_again_changes_nothing(db: Session, programme_id: int) -> None:
    a_fund(db, programme_id, funder_id=a_funder(db))
    amina = a_parent(db, "Amina")
    entitle(db, amina, programme_id)
    run(db, programme_id)

    assert run(db, programme_id) == Outcome(vouchers=0, parents=0, waiting=0)
    assert given(db) == {amina: 6}


def test_a_situation_that_gets_harder_brings_only_the_difference(
    db: Session, programme_id: int
) -> None:
    a_fund(db, programme_id, funder_id=a_funder(db))
    amina = a_parent(db, "Amina")
    entitle(db, amina, programme_id)
    run(db, programme_id)
    alone(db, amina)

    assert run(db, programme_id).vouchers == 6
    assert given(db) == {amina: 12}


def test_isolated_parents_are_served_first_and_the_rest_wait_with_the_reason(
    db: Session, engine: Engine, programme_id: int
) -> None:
    fund_id = a_fund(db, programme_id, funder_id=a_funder(db), cents=15_500)
    early, amina = a_parent(db, "Bruno"), a_parent(db, "Amina")
    alone(db, amina)
    entitle(db, early, programme_id, requested_on=date(2025, 1, 1))
    entitle(db, amina, programme_id)

    assert run(db, programme_id).waiting == 1
    assert given(db) == {amina: 12, early: 3}
    waits = db.scalars(select(Allowance).where(Allowance.parent_id == early)).one()
    assert (waits.waits_for, waits.granted, waits.issued) == ("money_short", 6, 3)
    assert fund_numbers(db, [fund_id])[fund_id].available == 500
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def test_money_for_isolated_parents_goes_to_nobody_else(db: Session, programme_id: int) -> None:
    a_fund(db, programme_id, funder_id=a_funder(db), only_isolated=True)
    bruno = a_parent(db, "Bruno")
    entitle(db, bruno, programme_id)

    assert run(db, programme_id).waiting == 1
    waits = db.scalars(select(Allowance).where(Allowance.parent_id == bruno)).one()
    assert waits.waits_for == "no_fund_for_them"


@pytest.mark.parametrize(
    ("profile", "last_day", "grace_until"),
    [
        ("FR-CAP", date(2026, 12, 31), date(2027, 2, 28)),
        (None, date(2027, 3, 13), date(2027, 5, 12)),
    ],
)
def test_a_legal_frame_decides_until_when_vouchers_serve(
    db: Session, programme_id: int, profile: str | None, last_day: date, grace_until: date
) -> None:
    with unit_of_work(db):
        db.execute(update(Programme).values(profile=profile))
    a_fund(db, programme_id, funder_id=a_funder(db))
    entitle(db, a_parent(db, "Amina"), programme_id)

    run(db, programme_id)

    days = {(one.last_day, one.grace_until) for one in db.scalars(select(Voucher))}
    assert days == {(last_day, grace_until)}


def test_nothing_is_issued_outside_the_programmes_days(db: Session, programme_id: int) -> None:
    with pytest.raises(OutsideProgramme):
        issue_period(db, programme_id, date(2027, 3, 1), vault=VAULT, actor=OPERATOR, now=NOON)
