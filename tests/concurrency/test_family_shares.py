"""Paying as the time runs out, cancelling while paying, the same message twice: one outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import offers, paying, shares
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.models import Booking
from repit.domain.bookings.paying import Outcome, Page
from repit.domain.bookings.share_facts import Pays
from repit.domain.family_shares import refunds
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from tests.cast import NOON, OPERATOR
from tests.concurrency.booking_races import engine_for
from tests.concurrency.together import Action, changing, the_books_agree, together
from tests.domain.bookings.workshop import Evening, a_child, an_evening, asked, books

pytestmark = pytest.mark.concurrency
RUNS = 12
SHARE = 200
OVER = NOON + timedelta(minutes=30)


@dataclass
class Stage:
    engine: Engine
    evening: Evening

    def kept(self) -> tuple[str, Page]:
        """Amina books for a child of this run alone, and opens the page."""
        with Session(self.engine) as db:
            child = a_child(db, self.evening.town.amina)
            wanted = asked(
                self.evening, self.evening.town.amina, child, seat=False, pays=Pays.ONLINE
            )
            booking = str(books(db, wanted).public_id)
            with unit_of_work(db):
                return booking, paying.open_page(db, booking, parent_id=None, now=NOON)

    def pays(self, page: Page) -> Action:
        return changing(
            self.engine,
            lambda db: paying.paid(
                db,
                page.key,
                amount=page.amount,
                stripe_payment_id=f"pi_{page.key}",
                actor=OPERATOR,
                now=OVER,
            ),
        )

    def state(self, booking: str) -> str:
        with Session(self.engine) as db:
            return db.scalars(select(Booking.state).where(Booking.public_id == booking)).one()

    def back(self, page: Page) -> int:
        """What is asked back of a payment."""
        with Session(self.engine) as db:
            query = select(FamilyPayment.refund_cents).where(FamilyPayment.public_id == page.key)
            return db.scalars(query).one()

    def clear(self) -> None:
        """Leave room for the next run."""
        with Session(self.engine) as db:
            for booking in db.scalars(select(Booking.public_id)).all():
                db.rollback()
                with unit_of_work(db):
                    cancel(db, booking, by="service", parent_id=None, actor=OPERATOR, now=NOON)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    engine = engine_for(database_url)
    with Session(engine) as db:
        evening = an_evening(db, care={"family_share_cents": SHARE})
        with unit_of_work(db):
            db.execute(update(Programme).values(share_online=True))
    yield Stage(engine, evening)
    the_books_agree(engine)
    engine.dispose()


def test_who_pays_as_the_time_runs_out_comes_or_is_paid_back(stage: Stage) -> None:
    for trial in range(1, RUNS):
        booking, page = stage.kept()
        expire = changing(stage.engine, lambda db: offers.expire_one(db, now=OVER))

        outcome, _ = together(stage.pays(page), expire, trial=trial)

        assert outcome in {Outcome.BOOKED, Outcome.BOOKED_AGAIN}
        assert (stage.state(booking) == "confirmed") == (outcome is Outcome.BOOKED)
        assert stage.back(page) == 0
        stage.clear()


def test_who_cancels_while_paying_is_paid_back_once(stage: Stage) -> None:
    for trial in range(1, RUNS):
        booking, page = stage.kept()
        give_back = changing(
            stage.engine,
            lambda db, one=booking: cancel(  # type: ignore[misc]
                db, one, by="parent", parent_id=None, actor=OPERATOR, now=NOON
            ),
        )

        together(stage.pays(page), give_back, trial=trial)

        assert stage.state(booking) == "cancelled"
        assert stage.back(page) == SHARE


def test_the_same_message_at_once_counts_once(stage: Stage) -> None:
    for trial in range(1, RUNS):
        booking, page = stage.kept()

        outcomes = together(*[stage.pays(page)] * 3, trial=trial)

        assert sorted(str(one) for one in outcomes) == ["booked", "known", "known"]
        assert stage.state(booking) == "confirmed"
        stage.clear()


def test_two_workers_square_and_send_once(stage: Stage) -> None:
    for trial in range(1, RUNS):
        booking, page = stage.kept()
        stage.pays(page)()
        stage.clear()
        with Session(stage.engine) as db:
            booking_id = db.scalars(select(Booking.id).where(Booking.public_id == booking)).one()
            public_id = db.scalars(
                select(FamilyRefund.public_id).order_by(FamilyRefund.id.desc())
            ).first()
        assert public_id

        def send(db: Session, one: str = public_id) -> object:
            return refunds.start(db, one, actor=OPERATOR, now=NOON)

        def square(db: Session, one: int = booking_id) -> Cents:
            return shares.square(db, one, now=NOON)

        engine = stage.engine
        together(*(changing(engine, one) for one in (send, square, send, square)), trial=trial)

        assert stage.back(page) == SHARE
