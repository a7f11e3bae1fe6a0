"""A contribution paid online: what counts, when, and what never counts twice."""

from collections.abc import Iterator
from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards.errors import NothingMissing, TooLittleOnline
from repit.domain.cards.events import look_at, take_again
from repit.domain.cards.gateway import Way
from repit.domain.cards.queries import unsettled_events
from repit.domain.errors import NoSuchObject
from repit.domain.programmes import funds
from repit.web.wording import WORDING
from tests.cast import OPERATOR
from tests.domain.cards.scene import Scene


@pytest.fixture
def scene(db: Session) -> Iterator[Scene]:
    scene = Scene(db)
    yield scene
    scene.no_drift()


def test_a_card_counts_at_once(scene: Scene) -> None:
    session = scene.ask(scene.promise())
    assert scene.numbers().funded == 0
    scene.hear(*scene.town.pay(session))
    assert scene.numbers().available == 100_000
    assert scene.payment(session).state == "paid"


@pytest.mark.parametrize("way", [Way.SEPA_DEBIT, Way.BANK_TRANSFER])
def test_a_debit_or_a_transfer_counts_only_when_the_bank_paid(scene: Scene, way: Way) -> None:
    session = scene.ask(scene.promise(), way)
    scene.hear(*scene.town.pay(session))
    assert (scene.numbers().funded, scene.payment(session).state) == (0, "processing")
    scene.later(days=6)
    scene.hear(*scene.town.settle(session))
    assert (scene.numbers().funded, scene.payment(session).state) == (100_000, "paid")


def test_a_debit_that_fails_counts_for_nothing_and_may_be_tried_again(scene: Scene) -> None:
    promise = scene.promise()
    session = scene.ask(promise, Way.SEPA_DEBIT)
    scene.hear(*scene.town.pay(session), *scene.town.fail(session))
    assert (scene.numbers().funded, scene.payment(session).state) == (0, "failed")
    scene.paid(promise)
    assert scene.numbers().funded == 100_000


def test_a_debit_under_way_is_not_asked_for_a_second_time(scene: Scene) -> None:
    promise = scene.promise()
    scene.hear(*scene.town.pay(scene.ask(promise, Way.SEPA_DEBIT)))
    with pytest.raises(NothingMissing):
        scene.ask(promise)


def test_a_page_left_open_expires(scene: Scene) -> None:
    session = scene.ask(scene.promise())
    scene.later(hours=24)
    scene.hear(*scene.town.expire(session))
    assert scene.payment(session).state == "expired"


def test_a_new_page_replaces_the_one_before(scene: Scene) -> None:
    promise = scene.promise()
    first, second = scene.ask(promise), scene.ask(promise)
    assert (scene.payment(first).state, scene.payment(second).state) == ("expired", "open")


def test_the_page_given_up_but_paid_all_the_same_counts(scene: Scene) -> None:
    promise = scene.promise()
    first, second = scene.ask(promise), scene.ask(promise)
    scene.hear(*scene.town.pay(first), *scene.town.pay(second))
    assert scene.numbers().funded == 200_000


def test_what_arrived_already_is_not_asked_for(scene: Scene) -> None:
    promise = scene.promise()
    scene.paid(promise)
    with pytest.raises(NothingMissing):
        scene.ask(promise)


def test_nothing_is_asked_for_a_closed_fund(scene: Scene) -> None:
    promise = scene.promise()
    close(scene)
    with pytest.raises(NothingMissing):
        scene.ask(promise)


def test_a_few_cents_go_by_bank(scene: Scene) -> None:
    with pytest.raises(TooLittleOnline):
        scene.ask(scene.promise(49))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_three_times_over_comes_to_the_same(scene: Scene, order: tuple[int, ...]) -> None:
    session = scene.ask(scene.promise(), Way.SEPA_DEBIT)
    events = [*scene.town.pay(session), *scene.town.settle(session)]
    events.append({**events[1], "id": "evt_again", "type": "checkout.session.completed"})
    for _ in range(3):
        heard = scene.hear(*(events[place] for place in order))
    assert not any(one.first for one in heard)
    assert (scene.numbers().funded, len(scene.events())) == (100_000, 3)


def test_an_event_about_something_else_is_kept_and_shown(scene: Scene) -> None:
    session = scene.ask(scene.promise())
    [event] = scene.town.pay(session)
    event["data"]["object"] |= {"client_reference_id": "vente-7", "metadata": {}}
    assert scene.hear(event)[0].state == "waiting"
    [shown] = unsettled_events(scene.db)
    assert (shown.why, scene.numbers().funded) == ("unknown_payment", 0)
    with unit_of_work(scene.db):
        look_at(scene.db, shown.id, actor=OPERATOR, now=scene.now)
    assert unsettled_events(scene.db) == []


def test_an_event_of_a_kind_we_do_not_read_is_kept(scene: Scene) -> None:
    [event] = scene.town.pay(scene.ask(scene.promise()))
    assert scene.hear({**event, "type": "invoice.paid"})[0].state == "idle"
    assert len(scene.events()) == 1


def test_another_amount_than_asked_changes_nothing(scene: Scene) -> None:
    session = scene.ask(scene.promise())
    [event] = scene.town.pay(session)
    event["data"]["object"]["amount_total"] = 1
    assert scene.hear(event)[0].state == "contradicts"
    assert scene.numbers().funded == 0


def test_the_same_page_paid_by_two_payments_is_shown(scene: Scene) -> None:
    session = scene.ask(scene.promise())
    [event] = scene.town.pay(session)
    twin = {**event, "id": "evt_twin", "data": {"object": dict(event["data"]["object"])}}
    twin["data"]["object"]["payment_intent"] = "pi_other"
    assert [one.state for one in scene.hear(event, twin)] == ["applied", "contradicts"]
    assert scene.numbers().funded == 100_000


def test_money_for_a_closed_fund_waits_until_it_is_open_again(scene: Scene) -> None:
    session = scene.ask(scene.promise(), Way.SEPA_DEBIT)
    scene.hear(*scene.town.pay(session))
    close(scene)
    assert scene.hear(*scene.town.settle(session))[0].state == "contradicts"
    [shown] = unsettled_events(scene.db)
    assert shown.why in WORDING
    scene.db.rollback()
    with unit_of_work(scene.db):
        funds.reopen_fund(
            scene.db, scene.fund, motive="argent arrivé", actor=OPERATOR, now=scene.now
        )
    with unit_of_work(scene.db):
        take_again(scene.db, shown.id, actor=OPERATOR, now=scene.now)
    assert scene.numbers().funded == 100_000


def test_what_was_applied_is_not_taken_again(scene: Scene) -> None:
    scene.paid(scene.promise())
    [event] = scene.events()
    scene.db.rollback()
    with pytest.raises(NoSuchObject), unit_of_work(scene.db):
        take_again(scene.db, event.id, actor=OPERATOR, now=scene.now)


def close(scene: Scene) -> None:
    scene.db.rollback()
    with unit_of_work(scene.db):
        funds.close_fund(scene.db, scene.fund, motive="fini", actor=OPERATOR, now=scene.now)
