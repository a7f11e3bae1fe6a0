"""Who promises vouchers, or moves the promise, locks them by ascending id, as a redemption does.

Only PostgreSQL locks rows; on SQLite a writer is alone from before its first read.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import ChildPlace
from repit.domain.vouchers import holds
from repit.domain.vouchers.models import Hold, Voucher
from tests import cast
from tests.concurrency.waiting import PATIENCE_SECONDS, is_locked, lock_row, somebody_waits
from tests.domain.bookings.workshop import DAY, Evening, a_child, a_slot, an_evening, asked, books

pytestmark = pytest.mark.concurrency


@pytest.fixture
def postgresql(database_url: str) -> Iterator[Engine]:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no row to wait for")
    engine = create_engine(database_url)
    prepare(engine)
    yield engine
    engine.dispose()


def _two_vouchers(db: Session, evening: Evening) -> tuple[int, list[int]]:
    """Return a parent with two vouchers, the newer of which ends first, and their ids."""
    parent_id = cast.a_parent(db, "Dora")
    for days in (2, 1):
        cast.a_voucher(db, parent_id, evening.town.fund_id, last_day=DAY + timedelta(days=days))
    whose = select(Voucher.id).where(Voucher.parent_id == parent_id).order_by(Voucher.id)
    return parent_id, list(db.scalars(whose))


def _rooms(db: Session, evening: Evening, providers: int) -> list[int]:
    """Return the slots for two children, kept by one provider or by two."""
    if providers == 1:
        return [evening.slot_id, evening.slot_id]
    other = a_slot(
        db,
        cast.a_provider(db, "Le Tilleul").id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        session_id=evening.session_id,
    )
    return [evening.slot_id, other]


@pytest.mark.parametrize("providers", [1, 2])
def test_a_booking_waits_for_the_lower_voucher_without_the_higher(
    postgresql: Engine, providers: int
) -> None:
    with Session(postgresql) as db:
        evening = an_evening(db)
        parent_id, (lower, higher) = _two_vouchers(db, evening)
        children = [a_child(db, parent_id, name=name) for name in ("Ada", "Zoé")]
        pairs = tuple(zip(children, _rooms(db, evening, providers), strict=True))
    wish = asked(evening, parent_id, children=pairs)

    with ThreadPoolExecutor(1) as parent, Session(postgresql) as theirs:
        with postgresql.begin() as somebody:
            lock_row(somebody, "voucher", lower)
            booking = parent.submit(books, theirs, wish)
            somebody_waits(postgresql)
            held = is_locked(postgresql, "voucher", higher)
        assert booking.result(PATIENCE_SECONDS).vouchers == 2

    assert not held


def test_who_moves_a_promise_waits_for_the_vouchers_before_the_holds(postgresql: Engine) -> None:
    with Session(postgresql) as db:
        evening = an_evening(db)
        books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))
        vouchers = db.scalars(select(Voucher.id).where(Voucher.booked).order_by(Voucher.id)).all()
        promises = db.scalars(select(Hold.id)).all()
        places = db.scalars(select(ChildPlace.id)).all()

    def move() -> None:
        with Session(postgresql) as db, unit_of_work(db):
            holds.move(db, places, DAY + timedelta(days=1))

    with ThreadPoolExecutor(1) as staff:
        with postgresql.begin() as somebody:
            lock_row(somebody, "voucher", vouchers[0])
            moving = staff.submit(move)
            somebody_waits(postgresql)
            held = [is_locked(postgresql, "hold", one) for one in promises]
        moving.result(PATIENCE_SECONDS)

    assert held == [False, False]
