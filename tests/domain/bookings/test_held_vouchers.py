"""Vouchers wait for their booking, wherever the service moves it, and never leave their year."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings.changes import move_session
from repit.domain.bookings.redeeming import take_held
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.errors import VoucherExpired
from repit.domain.redemptions.redeem import Receipt
from repit.domain.vouchers.errors import HeldForItsYear
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.holds import release
from repit.domain.vouchers.models import Hold, Voucher, VoucherState
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.bookings.workshop import BEGINS, DAY, ENDS, Evening, an_evening, asked, books

GRACE = timedelta(days=60)
"""Of the cast's programme, and of its vouchers."""


@pytest.fixture
def evening(db: Session) -> Evening:
    """Amina comes with Léo; the voucher that is held for him ends on the very day."""
    evening = an_evening(db)
    with unit_of_work(db):
        db.execute(update(Accreditation).values(last_day=date(2028, 12, 31)))
        db.execute(update(Programme).values(grace_days=GRACE.days))
        ends = {"last_day": DAY, "grace_until": DAY + GRACE}
        db.execute(update(Voucher).values(first_day=TODAY, **ends))
    books(db, asked(evening, evening.town.amina, evening.leo))
    return evening


def noon_of(day: date) -> datetime:
    return datetime.combine(day, NOON.timetz())


def moves(db: Session, evening: Evening, day: date, *, now: datetime = NOON) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=day,
            starts=BEGINS,
            ends=ENDS,
            place_id=evening.place_id,
            actor=OPERATOR,
            now=now,
        )


def takes(db: Session, evening: Evening, on: date) -> Receipt:
    place_id = db.scalars(select(Hold.child_place_id)).one()
    standing = standing_of_newest(db, evening.town.roseraie.id)
    assert standing is not None
    with unit_of_work(db):
        return take_held(db, place_id, standing=standing, now=noon_of(on))


def expires(db: Session, on: date) -> int:
    with unit_of_work(db):
        return expire_some(db, actor=OPERATOR, now=noon_of(on))


def held(db: Session) -> Voucher:
    return db.scalars(select(Voucher).join(Hold, Hold.voucher_id == Voucher.id)).one()


def frame(db: Session) -> None:
    """Put the programme under the law of 31 December, and its vouchers with it."""
    year = TODAY.year
    days = {"last_day": date(year, 12, 31), "grace_until": date(year + 1, 2, 28)}
    with unit_of_work(db):
        db.execute(update(Programme).values(profile="FR-CAP"))
        db.execute(update(Voucher).values(days))


def test_a_session_moved_past_a_voucher_is_paid_however_late_it_is_noted(
    db: Session, engine: Engine, evening: Evening
) -> None:
    new = DAY + timedelta(days=14)
    moves(db, evening, new)
    long_after = new + GRACE + timedelta(days=30)

    assert expires(db, long_after) == len(evening.town.codes) - 1  # the others, not the held one
    receipt = takes(db, evening, long_after)

    assert receipt.vouchers == 1
    assert held(db).state == VoucherState.REDEEMED
    db.rollback()
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def test_a_session_moved_before_a_voucher_begins_is_paid(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        db.execute(update(Voucher).values(first_day=DAY))
    new = DAY - timedelta(days=7)
    moves(db, evening, new)

    assert takes(db, evening, new).vouchers == 1


def test_what_is_let_go_after_its_days_expires_the_same_night(
    db: Session, evening: Evening
) -> None:
    over = DAY + GRACE + timedelta(days=1)
    assert expires(db, over) == len(evening.town.codes) - 1

    with unit_of_work(db):
        release(db, db.scalars(select(Hold.child_place_id)).all(), now=noon_of(over))

    assert expires(db, over) == 1


def test_the_law_keeps_a_session_in_the_year_of_its_vouchers(db: Session, evening: Evening) -> None:
    frame(db)

    with pytest.raises(HeldForItsYear) as refused:
        moves(db, evening, date(DAY.year + 1, 1, 6))

    assert (refused.value.vouchers, refused.value.year) == (1, DAY.year)
    assert db.get_one(WorkshopSession, evening.session_id).day == DAY
    assert held(db).last_day == date(DAY.year, 12, 31)


def test_within_the_year_it_moves_as_it_likes(db: Session, evening: Evening) -> None:
    frame(db)
    last = date(DAY.year, 12, 31)
    moves(db, evening, last)

    assert takes(db, evening, date(DAY.year + 1, 2, 28)).vouchers == 1


def test_without_children_a_session_leaves_the_year(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina))
    frame(db)
    new = date(DAY.year + 1, 1, 6)

    moves(db, evening, new)

    assert db.get_one(WorkshopSession, evening.session_id).day == new


def test_the_law_ends_the_claims_of_held_vouchers_too(db: Session, evening: Evening) -> None:
    frame(db)

    with pytest.raises(VoucherExpired):
        takes(db, evening, date(DAY.year + 1, 3, 1))

    assert held(db).booked  # for the operator to give back
