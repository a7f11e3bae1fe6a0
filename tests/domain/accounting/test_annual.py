from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.accounting import annual, service
from repit.domain.accounting.annual import Part, YearAccount, year_account
from repit.domain.accounting.deadlines import Step, deadlines
from repit.domain.accounting.errors import AccountGiven, NoLegalFrame, YearNotOver
from repit.domain.accounting.queries import given_accounts
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import Account
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.redemptions.reverse import reverse_by_operator, undo
from repit.domain.settlements.by_hand import record_payout
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import NOON, OPERATOR, Town
from tests.domain.redemptions.taking import take

LATER = NOON + timedelta(days=10)
FIRST_OF_MARCH = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def town(db: Session, engine: Engine) -> Town:
    """Ten vouchers: two paid, one to pay, one undone, one rejected after, one lost. 28 February."""
    town = cast.a_town(db)
    with unit_of_work(db):
        db.execute(update(Programme).values(profile="FR-CAP"))
        db.execute(update(Voucher).values(grace_until=date(2027, 2, 28)))
        vouchers.cancel(
            db,
            cast.voucher_id_of(db, town.codes[9]),
            motive="Perdu",
            actor=OPERATOR,
            now=NOON,
        )
    take(engine, town.roseraie, town.codes[:2], 1, minutes=120)
    pay(db, town, 2_000)
    take(engine, town.roseraie, town.codes[2:3], 2)
    take(engine, town.roseraie, town.codes[3:4], 3)
    take(engine, town.roseraie, town.codes[4:5], 4)
    with unit_of_work(db):
        provider: dict[str, Any] = {"provider_id": town.roseraie.id, "actor": OPERATOR}
        undo(db, cast.redemption_id(3), now=NOON, **provider)
        reverse_by_operator(
            db, cast.redemption_id(4), motive="Pas un service", actor=OPERATOR, now=LATER
        )
    return town


def pay(db: Session, town: Town, cents: int) -> None:
    with unit_of_work(db):
        record_payout(
            db,
            town.roseraie.id,
            seen=Cents(cents),
            paid_on=LATER.date(),
            reference=f"VIR {next(cast.numbers)}",
            actor=OPERATOR,
            now=LATER,
        )


def lapse(db: Session, now: datetime = FIRST_OF_MARCH) -> int:
    with unit_of_work(db):
        return expire_some(db, actor=OPERATOR, now=now)


def account(db: Session, town: Town) -> YearAccount:
    db.rollback()
    return year_account(db, town.programme_id, 2026)


def part(count: int) -> Part:
    return Part(count, Cents(count * 1_000))


def test_the_account_says_what_became_of_every_voucher(db: Session, town: Town) -> None:
    found = account(db, town)

    total = found.total
    assert (total.issued, total.paid, total.to_pay) == (part(10), part(2), part(1))
    assert (total.exchanged, total.lapsed, total.remaining) == (part(1), part(0), part(6))
    assert found.rejected == part(1)
    assert total.difference == part(8)


def test_the_lines_add_up_to_the_ledger(db: Session, town: Town) -> None:
    total = account(db, town).total

    stored = {
        kind: int(amount)
        for kind, amount in db.execute(
            select(Account.kind, func.sum(Account.credits_cents - Account.debits_cents)).group_by(
                Account.kind
            )
        )
    }
    assert total.remaining.amount == stored["outstanding"]
    assert total.to_pay.amount == stored["payable"]
    kept = total.issued - total.paid - total.to_pay - total.exchanged - total.lapsed
    assert kept == total.remaining


def test_what_nobody_claimed_by_the_28th_of_february_lapses(db: Session, town: Town) -> None:
    assert lapse(db, datetime(2027, 2, 28, 22, 59, tzinfo=UTC)) == 0

    lapse(db, datetime(2027, 2, 28, 23, 0, tzinfo=UTC))  # midnight in Paris

    total = account(db, town).total
    assert (total.lapsed, total.remaining) == (part(6), part(0))


def test_what_is_taken_back_when_it_has_lapsed_counts_as_lapsed(db: Session, town: Town) -> None:
    lapse(db)
    with unit_of_work(db):
        reverse_by_operator(
            db, cast.redemption_id(2), motive="Trop tard", actor=OPERATOR, now=FIRST_OF_MARCH
        )

    total = account(db, town).total
    assert (total.used, total.lapsed, total.remaining) == (part(2), part(7), part(0))


def test_the_providers_paid_are_listed_with_what_they_got(db: Session, town: Town) -> None:
    pay(db, town, 1_000)

    found = account(db, town)
    assert [(one.name, one.paid) for one in found.providers] == [("La Roseraie", part(3))]
    assert found.total.paid == part(3)
    assert found.total.to_pay == part(0)


def test_a_paid_voucher_taken_back_is_not_paid_any_more(db: Session, town: Town) -> None:
    with unit_of_work(db):
        reverse_by_operator(
            db, cast.redemption_id(1), motive="Jamais venu", actor=OPERATOR, now=LATER
        )

    found = account(db, town)
    assert (found.total.paid, found.rejected, found.providers) == (part(0), part(3), [])


def test_a_year_without_vouchers_has_no_account(db: Session, town: Town) -> None:
    with pytest.raises(NoSuchObject):
        year_account(db, town.programme_id, 2025)
    assert annual.years(db, town.programme_id) == [2026]


def give(db: Session, town: Town, now: datetime) -> YearAccount:
    with unit_of_work(db):
        return service.give_account(db, town.programme_id, 2026, actor=OPERATOR, now=now)


def test_an_account_is_given_once_and_stays_as_it_was(db: Session, town: Town) -> None:
    lapse(db)
    given = give(db, town, FIRST_OF_MARCH)

    with pytest.raises(AccountGiven):
        give(db, town, FIRST_OF_MARCH)
    pay(db, town, 1_000)

    kept = annual.thawed(given_accounts(db, town.programme_id)[2026].figures)
    assert kept == given
    assert kept != account(db, town)


@pytest.mark.parametrize(
    ("moment", "over"),
    [("2027-02-28T22:59:59+00:00", False), ("2027-02-28T23:00:00+00:00", True)],
)
def test_no_account_before_the_last_claim_is_past(
    db: Session, town: Town, moment: str, *, over: bool
) -> None:
    now = datetime.fromisoformat(moment)
    if over:
        assert give(db, town, now).year == 2026
        return
    with pytest.raises(YearNotOver):
        give(db, town, now)


def test_nothing_asks_a_programme_without_a_frame_for_an_account(db: Session, town: Town) -> None:
    with unit_of_work(db):
        db.execute(update(Programme).values(profile=None))
    with pytest.raises(NoLegalFrame):
        give(db, town, FIRST_OF_MARCH)


@pytest.mark.parametrize(
    ("day", "step", "passed"),
    [
        ("2026-11-29", None, False),
        ("2026-11-30", Step.USE, False),
        ("2026-12-31", Step.USE, False),
        ("2027-01-01", Step.CLAIM, False),
        ("2027-02-28", Step.CLAIM, False),
        ("2027-03-01", Step.ACCOUNT, False),
        ("2027-05-31", Step.ACCOUNT, False),
        ("2027-06-01", Step.ACCOUNT, True),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Brussels"])
def test_the_days_of_the_law_are_announced(
    db: Session, town: Town, day: str, step: Step | None, *, passed: bool, zone: str
) -> None:
    del town
    with unit_of_work(db):
        db.execute(update(Programme).values(zone=zone))

    found = deadlines(db, now=datetime.fromisoformat(f"{day}T12:00:00+00:00"))

    assert [(one.step, one.passed) for one in found] == ([(step, passed)] if step else [])
    if step in {Step.USE, Step.CLAIM}:
        assert (found[0].vouchers, found[0].amount) == (6, 6_000)


def test_a_year_without_vouchers_asks_for_nothing(db: Session, town: Town) -> None:
    with unit_of_work(db):
        db.execute(
            update(Programme)
            .where(Programme.id == town.programme_id)
            .values(first_day=date(2024, 1, 1))
        )

    found = deadlines(db, now=datetime(2027, 6, 1, 12, tzinfo=UTC))

    assert [(one.year, one.step) for one in found] == [(2026, Step.ACCOUNT)]


def test_a_given_account_is_not_asked_for_again(db: Session, town: Town) -> None:
    give(db, town, FIRST_OF_MARCH)

    assert deadlines(db, now=FIRST_OF_MARCH) == []
    assert deadlines(db, now=datetime(2027, 6, 1, 12, tzinfo=UTC)) == []
