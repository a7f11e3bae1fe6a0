"""Hand-made cases: forty vouchers of ten euros, of a fund of 600 euros, given on 14 March 2026."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Allowance
from repit.domain.periods import Period
from repit.domain.programmes.funds import close_fund
from repit.domain.programmes.queries import programme_by_id
from repit.domain.reports.forecast import Forecast, FundForecast, forecast
from repit.domain.reports.pace import Answer, End
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import OPERATOR
from tests.domain.figures.stage import Stage, a_stage
from tests.web.operators.desk import counted

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Used: 4 in April, 6 in August, 6 in September, 8 in October, and 1 in November."""
    stage = a_stage(db, engine)
    stage.fund_id = cast.a_fund(
        db, stage.programme_id, funder_id=stage.funder_id, cents=60_000, title="Petite"
    )
    codes = stage.parent("Amina", vouchers=40)
    for used, day in (
        (4, date(2026, 4, 8)),
        (6, date(2026, 8, 31)),
        (6, date(2026, 9, 1)),
        (8, date(2026, 10, 20)),
        (1, date(2026, 11, 3)),
    ):
        stage.use([codes.pop() for _ in range(used)], day)
    return stage


def seen(stage: Stage, now: datetime = NOW) -> Forecast:
    return forecast(stage.db, programme_by_id(stage.db, stage.programme_id), now=now)


def small(found: Forecast) -> FundForecast:
    return next(one for one in found.funds if one.fund.title == "Petite")


def test_the_pace_is_that_of_the_three_complete_months_before(stage: Stage) -> None:
    found = seen(stage)

    assert found.window == Period(date(2026, 8, 1), date(2026, 10, 31))
    assert small(found).used == round(20 * 1_000 / 3)
    assert small(found).issued == 0


def test_money_is_used_up_at_the_pace_of_those_months(stage: Stage) -> None:
    # 200 € are available and 150 € promised; 92 days took 200 €: 161 days more.
    found = small(seen(stage))

    assert (found.numbers.available, found.numbers.committed) == (20_000, 15_000)
    assert found.no_more_to_use == End(Answer.DAY, date(2027, 5, 1))
    assert found.no_more_to_issue.answer == Answer.NEVER  # none was given in those months


def test_use_is_what_was_used_of_what_could_be(stage: Stage) -> None:
    # 36 could be used in August, 30 in September, 24 in October.
    assert small(seen(stage)).use == pytest.approx(20 / 90)


def test_what_nobody_will_have_used_lapses(stage: Stage) -> None:
    # 15 are open for 41 days more: each month 70 of 90 are not used.
    [ending] = small(seen(stage)).endings

    unused = (70 / 90) ** (41 / (365.25 / 12))
    assert (ending.month, ending.vouchers, ending.cents) == (date(2026, 12, 1), 15, 15_000)
    assert ending.lapsing == round(15 * unused) == 11
    assert ending.lapsing_cents == 11_000
    assert small(seen(stage)).lapsing_cents == ending.lapsing_cents


def test_each_month_of_last_days_stands_apart(stage: Stage, db: Session) -> None:
    cast.vouchers_for(
        db, cast.a_parent(db, "Chloé"), stage.fund_id, vouchers=3, last_day=date(2027, 2, 10)
    )

    endings = small(seen(stage)).endings

    assert [(one.month, one.vouchers) for one in endings] == [
        (date(2026, 12, 1), 15),
        (date(2027, 2, 1), 3),
    ]
    found = small(seen(stage))
    assert (found.open_cents, found.open_vouchers) == (18_000, 18)
    assert found.use is not None
    kept, month = 1 - found.use, 365.25 / 12
    unused = [15 * kept ** (41 / month), 3 * kept ** (82 / month)]
    assert found.lapsing == round(sum(unused))
    assert found.lapsing_cents == 1_000 * round(sum(unused))


def test_a_voucher_kept_for_a_booking_does_not_lapse(stage: Stage, db: Session) -> None:
    first = db.scalars(select(func.min(Voucher.id)).where(Voucher.state == "issued")).one()
    with unit_of_work(db):
        db.execute(
            update(Voucher)
            .where(Voucher.id == first)
            .values(booked=True, held_for_id=stage.roseraie.id)
        )

    found = small(seen(stage))

    assert [one.vouchers for one in found.endings] == [14]
    assert (found.booked, found.booked_cents, found.families_cents) == (1, 1_000, 0)
    assert found.open_cents + found.booked_cents == found.numbers.committed
    assert found.use == pytest.approx(20 / 90)  # it could be used in each of those months


def test_who_waits_is_counted(stage: Stage, db: Session) -> None:
    assert (seen(stage).waiting_parents, seen(stage).waiting_vouchers) == (0, 0)

    with unit_of_work(db):
        db.execute(
            update(Allowance).values(
                granted=Allowance.issued + 3, waits_for="money_short", waits_since=NOW
            )
        )

    assert (seen(stage).waiting_parents, seen(stage).waiting_vouchers) == (1, 3)


def test_before_three_complete_months_nothing_is_said(stage: Stage) -> None:
    found = small(seen(stage, datetime(2026, 5, 21, 9, tzinfo=UTC)))

    assert found.first_issued_on == date(2026, 3, 14)
    assert found.use is None
    assert found.used is None
    assert found.no_more_to_use.answer == Answer.UNKNOWN
    assert found.lapsing_cents is None


def test_a_fund_that_gave_nothing_yet_has_no_pace(stage: Stage) -> None:
    [other] = [one for one in seen(stage).funds if one.fund.title != "Petite"]

    assert other.first_issued_on is None
    assert other.no_more_to_issue.answer == Answer.UNKNOWN
    assert other.endings == ()
    assert other.lapsing_cents == 0


def test_less_than_a_voucher_is_nothing_left(stage: Stage, db: Session) -> None:
    cast.vouchers_for(db, cast.a_parent(db, "Chloé"), stage.fund_id, vouchers=20)

    assert small(seen(stage)).no_more_to_issue.answer == Answer.GONE


def test_a_closed_fund_has_no_forecast(stage: Stage, db: Session) -> None:
    with unit_of_work(db):
        close_fund(db, stage.fund_id, motive="fin", actor=OPERATOR, now=NOW)

    assert "Petite" not in {one.fund.title for one in seen(stage).funds}


def test_more_funds_ask_no_more_of_the_database(stage: Stage, engine: Engine) -> None:
    with counted(engine) as before:
        seen(stage)
    for _ in range(3):
        fund_id = cast.a_fund(stage.db, stage.programme_id, funder_id=stage.funder_id)
        stage.parent("Chloé", fund_id=fund_id, vouchers=2)
    stage.db.rollback()
    with counted(engine) as after:
        seen(stage)

    assert len(after) <= len(before)
