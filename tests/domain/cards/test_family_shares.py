"""What Stripe tells of families' payments, and the worker that gives them back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.actors import job
from repit.domain.bookings import paying
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.models import Booking
from repit.domain.bookings.share_facts import Pays
from repit.domain.cards.errors import StripeUnreachable
from repit.domain.cards.events import TakenIn, take_in
from repit.domain.cards.family_task import send_share_refunds, square_shares
from repit.domain.cards.gateway import CheckoutAsked, Way
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.jobs.worker import JobContext
from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes.models import Programme
from repit.integrations.stripe_payments import StripePayments
from repit.integrations.stripe_stand_in import KEY, WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.client import REPLY_LOST, UNREACHABLE, StandInClient
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Town
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import Evening, an_evening, asked, books

SHARE = 200


class Line:
    """Amina's booking, and both ends of the line."""

    def __init__(self, db: Session, engine: Engine) -> None:
        """Let a programme ask two euros a child online."""
        self.db, self.engine = db, engine
        shelf = Shelf()
        self.client = StandInClient(shelf, KEY, moment=lambda: NOON)
        self.stripe = StripePayments(KEY, WEBHOOK_SECRET, self.client)
        self.town = Town(shelf, WEBHOOK_SECRET, moment=lambda: NOON)
        self.evening: Evening = an_evening(db, care={"family_share_cents": SHARE})
        with unit_of_work(db):
            db.execute(update(Programme).values(share_online=True))

    def books(self) -> str:
        wanted = asked(self.evening, self.evening.town.amina, self.evening.leo, pays=Pays.ONLINE)
        return str(books(self.db, wanted).public_id)

    def page(self, booking: str) -> str:
        """Return Stripe's name for the page of a booking."""
        self.db.rollback()
        with unit_of_work(self.db):
            page = paying.open_page(self.db, booking, parent_id=None, now=NOON)
        opened = self.stripe.open_checkout(
            CheckoutAsked(
                page.key,
                page.amount,
                Way.CARD,
                "Participation",
                "https://repit.example/",
                "https://repit.example/",
                page.closes_at,
            )
        )
        with unit_of_work(self.db):
            paying.keep_page(self.db, page.key, session_id=opened.session_id, url=opened.url)
        return opened.session_id

    def hears(self, *events: dict[str, object]) -> list[TakenIn]:
        heard = []
        self.db.rollback()
        for event in events:
            sent = self.town.signed(event)
            happening = self.stripe.read_event(sent.body, sent.signature, now=NOON)
            with unit_of_work(self.db):
                heard.append(take_in(self.db, happening, now=NOON))
        return heard

    def paid(self) -> str:
        """Book and pay; return Stripe's name for the payment."""
        booking = self.books()
        session = self.page(booking)
        assert {one.state for one in self.hears(*self.town.pay(session))} <= {"applied", "idle"}
        return str(self.town.session(session)["payment_intent"])

    def cancels(self) -> None:
        booking = self.db.scalars(select(Booking.public_id)).first() or ""
        self.db.rollback()
        with unit_of_work(self.db):
            cancel(self.db, booking, by="parent", parent_id=None, actor=OPERATOR, now=NOON)

    def context(self) -> JobContext:
        self.db.rollback()
        return JobContext(
            db=self.db,
            engine=self.engine,
            job_id=1,
            facts={},
            actor=job(1),
            now=NOON,
            progress=lambda _done, _total: None,
        )

    def refund(self) -> FamilyRefund:
        self.db.rollback()
        return self.db.scalars(select(FamilyRefund)).one()

    def state(self) -> str:
        self.db.rollback()
        return self.db.scalars(select(Booking.state)).one()


@pytest.fixture
def line(db: Session, engine: Engine) -> Iterator[Line]:
    yield Line(db, engine)
    db.rollback()
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def test_a_payment_that_stripe_tells_books_the_place(line: Line) -> None:
    line.paid()

    assert line.state() == "confirmed"


def test_the_same_news_again_changes_nothing(line: Line) -> None:
    session = line.page(line.books())
    events = line.town.pay(session)

    first, again = line.hears(*events), line.hears(*events)

    assert all(one.first for one in first)
    assert not any(one.first for one in again)
    paid = line.db.scalars(select(FamilyPayment.state)).all()
    assert paid == ["paid"]


def test_a_page_that_ran_out_leaves_the_place_and_another_page(line: Line) -> None:
    booking = line.books()
    session = line.page(booking)

    line.hears(*line.town.expire(session))

    assert line.state() == "offered"
    assert line.page(booking) != session


def test_the_worker_gives_back_once_although_the_answer_was_lost(line: Line) -> None:
    intent = line.paid()
    line.cancels()
    line.client.troubles = [REPLY_LOST] * 3

    with pytest.raises(StripeUnreachable):
        send_share_refunds(line.context(), line.stripe)
    assert line.refund().state == "sent"
    line.client.troubles = []
    assert send_share_refunds(line.context(), line.stripe) == {"sent": 1}

    assert line.refund().state == "done"
    assert line.town.refunded(intent) == SHARE
    assert send_share_refunds(line.context(), line.stripe) == {"sent": 0}


def test_nothing_is_given_back_while_stripe_is_away(line: Line) -> None:
    intent = line.paid()
    line.cancels()
    line.client.troubles = [UNREACHABLE] * 3

    with pytest.raises(StripeUnreachable):
        send_share_refunds(line.context(), line.stripe)

    line.client.troubles = []
    assert line.town.refunded(intent) == 0
    send_share_refunds(line.context(), line.stripe)
    assert line.town.refunded(intent) == SHARE


def test_a_refund_that_fails_later_is_the_familys_money_again(line: Line) -> None:
    line.paid()
    line.cancels()
    send_share_refunds(line.context(), line.stripe)
    refund = line.refund().stripe_refund_id

    line.hears(*line.town.fail_refund(str(refund)))

    assert line.refund().state == "refused"
    fund_id = line.db.scalars(select(FamilyPayment.fund_id)).one() or 0
    numbers = fund_numbers(line.db, [fund_id])[fund_id]
    assert (numbers.funded, numbers.committed, numbers.returned) == (SHARE, SHARE, 0)


def test_the_worker_has_nothing_to_square_after_the_services(line: Line) -> None:
    line.paid()
    line.cancels()

    assert square_shares(line.context()) == {"squared": 0}
