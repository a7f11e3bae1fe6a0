from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.accounting.queries import books, total
from repit.domain.accounting.rules import FRAMES, WRITTEN
from repit.domain.ledger.models import Account, AccountKind, TransferKind
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.redemptions.reverse import undo
from repit.domain.settlements.by_hand import record_payout
from repit.domain.vouchers.expire import expire_some
from tests import cast
from tests.cast import NOON, OPERATOR, Town
from tests.domain.accounting.reading import YEAR, balance, entries
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import counted

PAID_ON = NOON + timedelta(days=10)


@pytest.fixture
def town(db: Session, engine: Engine) -> Town:
    """Ten vouchers in March: two taken and paid, one undone, seven lapsed in 2027."""
    town = cast.a_town(db)
    take(engine, town.roseraie, town.codes[:2], 1, minutes=120)
    take(engine, town.roseraie, town.codes[2:3], 2)
    with unit_of_work(db):
        undo(
            db,
            cast.redemption_id(2),
            provider_id=town.roseraie.id,
            actor=OPERATOR,
            now=NOON + timedelta(hours=1),
        )
    with unit_of_work(db):
        record_payout(
            db,
            town.roseraie.id,
            seen=Cents(2_000),
            paid_on=date(2026, 3, 25),
            reference="VIR 7",
            actor=OPERATOR,
            now=PAID_ON,
        )
    with unit_of_work(db):
        expire_some(db, actor=OPERATOR, now=datetime(2027, 4, 1, tzinfo=UTC))
    return town


def test_every_movement_and_every_balance_has_its_place_in_the_books() -> None:
    assert set(WRITTEN) == set(TransferKind)
    for chart in FRAMES.values():
        assert set(chart) == set(AccountKind)
        assert len({line.number for line in chart.values()}) == len(chart)


def test_every_piece_is_balanced_and_numbered_without_gaps(db: Session, town: Town) -> None:
    pieces = {
        number: list(lines)
        for number, lines in groupby(entries(db, town.programme_id), lambda one: one.number)
    }

    for lines in pieces.values():
        assert sum(line.debit for line in lines) == sum(line.credit for line in lines) > 0
    numbers = defaultdict(list)
    for number in pieces:
        journal, year, place = number.split("-")
        numbers[journal, year].append(int(place))
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))
    assert Counter({key: len(found) for key, found in numbers.items()}) == {
        ("BQ", "2026"): 2,  # what came, what was paid
        ("EM", "2026"): 1,  # ten vouchers are one piece
        ("EN", "2026"): 3,
        ("VI", "2026"): 1,
    }


def test_the_lines_say_what_moved_for_whom_and_where_it_is_written(db: Session, town: Town) -> None:
    found = {one.label: one for one in entries(db, town.programme_id) if one.debit}

    taken = found["Encaissement (2 chèques), La Roseraie"]
    assert (taken.account.number, taken.debit, taken.credit) == ("4671", 2_000, 0)
    assert taken.reference == str(cast.redemption_id(1))
    [paid] = [one for label, one in found.items() if label.startswith("Virement payé")]
    assert (paid.reference, paid.reference_day) == ("VIR 7", date(2026, 3, 25))
    assert paid.day == PAID_ON.date()


def test_the_balance_is_the_ledger_to_the_cent(db: Session, town: Town) -> None:
    always = balance(db, town.programme_id, Period(YEAR.first_day, date(2027, 12, 31)))

    stored: Counter[str] = Counter()
    for account in db.scalars(select(Account)):
        stored[account.kind] += account.debits_cents - account.credits_cents
    assert {kind: one.closing for kind, one in always.items()} == {
        kind: amount for kind, amount in stored.items() if kind in always
    }
    assert not any(amount for kind, amount in stored.items() if kind not in always)
    assert total(always.values())[3] == 0
    assert always["available"].closing == -98_000


def test_a_year_opens_with_what_the_one_before_closed_with(db: Session, town: Town) -> None:
    after = Period(date(2027, 1, 1), date(2027, 12, 31))

    closed, opened = balance(db, town.programme_id), balance(db, town.programme_id, after)

    carried = {kind: one.opening for kind, one in opened.items()}
    assert carried == {kind: one.closing for kind, one in closed.items()}
    written = entries(db, town.programme_id, after)
    opening = [one for one in written if one.journal.code == "AN"]
    assert sum(one.debit - one.credit for one in opening) == 0
    assert {one.number for one in opening} == {"AN-2027-000001"}
    by_account: Counter[str] = Counter()
    for one in written:
        by_account[one.account.number] += one.debit - one.credit
    assert by_account == {
        one.account.number: one.closing for one in opened.values() if one.closing or one.opening
    }


def test_a_period_cut_in_two_gives_the_same_entries_under_the_same_numbers(
    db: Session, town: Town
) -> None:
    whole = entries(db, town.programme_id)

    for day in (NOON.date(), NOON.date() + timedelta(days=1), PAID_ON.date()):
        first = Period(YEAR.first_day, day - timedelta(days=1))
        second = Period(day, YEAR.last_day)
        assert entries(db, town.programme_id, first) + entries(db, town.programme_id, second) == (
            whole
        )


def test_another_programme_has_its_own_books(db: Session, town: Town) -> None:
    other = cast.a_programme(db)
    cast.a_fund(db, other, funder_id=town.funder_id, cents=5_000)

    assert balance(db, other)["bank"].closing == 5_000
    assert len(entries(db, other)) == 2
    assert all("Roseraie" not in one.label for one in entries(db, other))


@pytest.mark.parametrize("minutes", [0, 1])
def test_the_day_of_an_entry_is_that_of_the_programmes_zone(db: Session, minutes: int) -> None:
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db), cents=0)
    almost = datetime(2026, 12, 31, 22, 59, tzinfo=UTC) + timedelta(minutes=minutes)
    cast.money_arrives(db, fund_id, 1_000, now=almost)

    days = {one.day for one in entries(db, programme_id)}

    assert days == (set() if minutes else {date(2026, 12, 31)})


def test_the_journal_costs_the_same_statements_whatever_its_length(
    db: Session, engine: Engine, town: Town
) -> None:
    def statements() -> int:
        books(db)
        with counted(engine) as sent:
            entries(db, town.programme_id)
        db.rollback()
        return len(sent)

    few = statements()
    for number in range(3, 9):
        take(engine, town.roseraie, [cast.a_voucher(db, town.amina, town.fund_id)], number)

    assert statements() == few
    assert few <= 5
