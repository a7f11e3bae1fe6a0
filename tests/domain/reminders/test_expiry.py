"""Six and three weeks before the end, once each, and not at night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import outside_quiet_hours
from repit.domain.reminders.expiry import enqueue_expiry_reminders
from repit.domain.reminders.queries import parents_without_address
from repit.domain.vouchers.models import Voucher
from tests.cast import Town, a_parent, a_town, vouchers_for

LAST_DAY = date(2026, 12, 31)


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


def noon_before(days: int) -> datetime:
    return datetime(2026, 12, 31, 11, tzinfo=UTC) - timedelta(days=days)


def remind(db: Session, now: datetime) -> list[tuple[str, dict[str, object]]]:
    with unit_of_work(db):
        enqueue_expiry_reminders(db, now=now)
    db.expire_all()
    return [(n.kind, n.facts) for n in db.scalars(select(Notice).order_by(Notice.id))]


def test_a_parent_is_reminded_six_and_three_weeks_before(db: Session, town: Town) -> None:
    facts = {"vouchers": 10, "last_day": "2026-12-31"}

    assert remind(db, noon_before(43)) == []
    assert remind(db, noon_before(42)) == [("expiring_six_weeks", facts)]
    assert remind(db, noon_before(30)) == [("expiring_six_weeks", facts)]
    after = remind(db, noon_before(21))
    assert [kind for kind, _ in after] == ["expiring_six_weeks", "expiring_three_weeks"]
    assert remind(db, noon_before(0)) == after


def test_a_worker_that_slept_sends_only_the_reminder_of_the_day(db: Session, town: Town) -> None:
    assert [kind for kind, _ in remind(db, noon_before(20))] == ["expiring_three_weeks"]


def test_on_the_last_day_there_is_still_time_and_then_no_more(db: Session, town: Town) -> None:
    assert remind(db, noon_before(-1)) == []
    assert len(remind(db, noon_before(0))) == 1


def test_only_what_can_still_be_used_counts(db: Session, town: Town) -> None:
    with unit_of_work(db):
        some = select(Voucher.id).order_by(Voucher.id)
        blocked, cancelled = some.limit(3), some.offset(3).limit(2)
        db.execute(
            update(Voucher).where(Voucher.id.in_(blocked)).values(blocked_at=noon_before(60))
        )
        db.execute(update(Voucher).where(Voucher.id.in_(cancelled)).values(state="cancelled"))

    [(_, facts)] = remind(db, noon_before(42))

    assert facts["vouchers"] == 5


def test_each_last_day_has_its_own_reminder(db: Session, town: Town) -> None:
    vouchers_for(db, town.amina, town.fund_id, vouchers=2, last_day=date(2027, 1, 5))

    kinds = remind(db, noon_before(37))

    assert [facts["last_day"] for _, facts in kinds] == ["2026-12-31", "2027-01-05"]


def test_parents_on_paper_are_counted_for_the_operator(db: Session, town: Town) -> None:
    vouchers_for(db, a_parent(db, "Denise"), town.fund_id)

    assert len(remind(db, noon_before(42))) == 1
    assert parents_without_address(db) == 1


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        ("2026-11-19 20:59", "2026-11-19 20:59"),
        ("2026-11-19 21:00", "2026-11-20 08:00"),
        ("2026-11-19 23:30", "2026-11-20 08:00"),
        ("2026-11-20 00:10", "2026-11-20 08:00"),
        ("2026-11-20 07:59", "2026-11-20 08:00"),
        ("2026-11-20 08:00", "2026-11-20 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"),  # the night the clock goes back
    ],
)
def test_nobody_is_woken(hour: str, expected: str) -> None:
    paris = ZoneInfo("Europe/Paris")
    moment = datetime.fromisoformat(hour).replace(tzinfo=paris).astimezone(UTC)

    found = outside_quiet_hours(moment, "Europe/Paris")

    assert found.astimezone(paris).strftime("%Y-%m-%d %H:%M") == expected


def test_a_reminder_written_at_night_waits_for_the_morning(db: Session, town: Town) -> None:
    night = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # 0 h 30 on the 20th in Paris

    remind(db, night)

    [send_at] = db.scalars(select(Notice.send_at))
    assert send_at == datetime(2026, 11, 20, 7, tzinfo=UTC)
