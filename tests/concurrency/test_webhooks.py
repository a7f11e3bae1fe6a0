"""Stripe tells several things at once, or one thing several times: the money moves once."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.cards import payments, refunds
from repit.domain.cards.events import take_in, take_one_waiting
from repit.domain.cards.gateway import Happening, Way
from repit.domain.cards.models import EventState
from repit.domain.programmes import funds
from repit.domain.retrying import retrying
from tests.cast import NOON, OPERATOR
from tests.concurrency.together import Action, changing, the_books_agree, together, won
from tests.domain.cards.scene import Event, Scene

pytestmark = pytest.mark.concurrency
ROUNDS = 6
BY_US: dict[str, Any] = {"actor": OPERATOR, "now": NOON}
WHY = BY_US | {"motive": "fini"}


@pytest.fixture
def scene(db: Session) -> Scene:
    return Scene(db)


def told(scene: Scene, event: Event) -> Happening:
    sent = scene.town.signed(event)
    return scene.stripe.read_event(sent.body, sent.signature, now=scene.now)


def hearing(engine: Engine, scene: Scene, event: Event) -> Action:
    """Take an event in as the door does: tried again when the database was busy."""
    happening, now = told(scene, event), scene.now

    def take(db: Session) -> object:
        return take_in(db, happening, now=now)

    return partial(retrying, changing(engine, take))


def test_one_event_brought_six_times_at_once_counts_once(scene: Scene, engine: Engine) -> None:
    for round_ in range(1, ROUNDS + 1):
        [event] = scene.town.pay(scene.ask(scene.promise(10_000)))
        scene.db.close()
        answers: list[Any] = together(*[hearing(engine, scene, event)] * 6)
        assert sorted(answer.first for answer in answers) == [False] * 5 + [True]
        assert scene.numbers().funded == 10_000 * round_
        scene.db.close()
    the_books_agree(engine)


def test_a_payment_and_its_dispute_at_once_come_to_nothing(scene: Scene, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        session = scene.ask(scene.promise(10_000))
        paid = scene.town.pay(session)
        taken = scene.town.dispute(scene.intent(session))
        scene.db.close()
        together(*(hearing(engine, scene, event) for event in paid + taken), trial=trial)
        apply_what_waits(engine, scene.now)
        assert scene.numbers().available == 0, trial
        assert all(event.state != EventState.WAITING for event in scene.events())
        scene.db.close()
    the_books_agree(engine)


def apply_what_waits(engine: Engine, now: datetime) -> None:
    """What came at the very same moment neither saw the other: the worker comes after."""
    while changing(engine, partial(take_one_waiting, now=now))():
        pass


def test_a_page_asked_for_while_the_one_before_is_paid(scene: Scene, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        promise = scene.promise(10_000)
        session = scene.ask(promise)
        [event] = scene.town.pay(session)
        scene.db.close()
        asked = partial(payments.ask, contribution_public_id=promise, way=Way.CARD, **BY_US)
        again = partial(retrying, changing(engine, asked))
        together(hearing(engine, scene, event), again, trial=trial)
        assert scene.payment(session).state == "paid"
        assert scene.numbers().funded == 10_000 * trial
        scene.db.close()
    the_books_agree(engine)


def test_what_is_left_goes_back_once_by_card_or_by_bank(scene: Scene, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        stage = Scene(scene.db, shelf=scene.shelf)
        stage.paid(stage.promise(10_000))
        changing(engine, partial(funds.close_fund, fund_id=stage.fund, **WHY))()
        stage.db.close()
        answers = together(
            changing(engine, partial(refunds.give_back, fund_id=stage.fund, **WHY)),
            changing(engine, partial(refunds.give_back, fund_id=stage.fund, **WHY)),
            changing(engine, partial(funds.give_back_rest, fund_id=stage.fund, **WHY)),
            trial=trial,
        )
        assert sum(won(answers)) == 1
        assert stage.numbers().returned == 10_000
        stage.db.close()
    the_books_agree(engine)
