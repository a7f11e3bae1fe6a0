"""Money taken back weeks later: the fund never goes below zero, and its shortage is handled."""

from collections.abc import Iterator
from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards.gateway import Way
from repit.domain.cards.queries import disputes_of
from repit.domain.money import Cents
from repit.domain.programmes import shortages
from repit.domain.programmes.errors import MoreThanShort, NoShortage
from tests.cast import OPERATOR
from tests.domain.cards.scene import Event, Scene


@pytest.fixture
def scene(db: Session) -> Iterator[Scene]:
    scene = Scene(db)
    yield scene
    scene.no_drift()


def dispute_id(events: list[Event]) -> str:
    return str(events[0]["data"]["object"]["id"])


def test_what_is_still_available_goes_first(scene: Scene) -> None:
    intent = scene.paid(scene.promise(), Way.SEPA_DEBIT)
    scene.later(days=50)
    scene.hear(*scene.town.dispute(intent))
    numbers = scene.numbers()
    assert (numbers.available, numbers.lost, numbers.funded) == (0, 0, 0)


def test_what_was_promised_on_is_a_shortage_and_vouchers_are_honoured(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    scene.spend(60_000)
    scene.hear(*scene.town.dispute(intent))
    numbers = scene.numbers()
    assert (numbers.available, numbers.committed, numbers.lost) == (0, 60_000, 60_000)


def test_a_shortage_is_covered_in_parts_and_no_further(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    scene.spend(60_000)
    scene.hear(*scene.town.dispute(intent))
    cover(scene, 20_000)
    assert scene.numbers().lost == 40_000
    with pytest.raises(MoreThanShort):
        cover(scene, 40_001)
    cover(scene, 40_000)
    with pytest.raises(NoShortage):
        cover(scene, 1)


def test_a_dispute_that_is_won_fills_the_shortage_and_the_rest_is_there_again(
    scene: Scene,
) -> None:
    intent = scene.paid(scene.promise())
    scene.spend(60_000)
    taken = scene.town.dispute(intent)
    scene.hear(*taken)
    scene.hear(*scene.town.close_dispute(dispute_id(taken), won=True))
    numbers = scene.numbers()
    assert (numbers.available, numbers.lost, numbers.funded) == (40_000, 0, 100_000)
    assert disputes_of(scene.db, scene.fund)[0].state == "won"


def test_a_dispute_that_is_lost_moves_nothing_more(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    taken = scene.town.dispute(intent)
    scene.hear(*taken)
    scene.hear(*scene.town.close_dispute(dispute_id(taken), won=False))
    [shown] = disputes_of(scene.db, scene.fund)
    assert (shown.state, shown.posted, scene.numbers().funded) == ("lost", True, 0)


def test_an_inquiry_takes_no_money(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    created, _withdrawn = scene.town.dispute(intent)
    created["data"]["object"]["status"] = "warning_needs_response"
    scene.hear(created)
    assert scene.numbers().available == 100_000


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_the_news_of_a_payment_taken_back_and_won_again_may_come_in_any_order(
    scene: Scene, order: tuple[int, ...]
) -> None:
    session = scene.ask(scene.promise())
    paid = scene.town.pay(session)
    taken = scene.town.dispute(scene.intent(session))
    won = scene.town.close_dispute(dispute_id(taken), won=True)
    events = [*paid, *taken, *won]
    scene.hear(*(events[place] for place in order))
    numbers = scene.numbers()
    assert (numbers.available, numbers.funded, numbers.lost) == (100_000, 100_000, 0)


def test_a_fund_that_is_spent_whole_can_still_lose_its_money(scene: Scene) -> None:
    """Its bank has nothing left to give: what Stripe took is other money of the operator's."""
    intent = scene.paid(scene.promise())
    scene.spend_and_pay(100_000)
    scene.hear(*scene.town.dispute(intent))
    numbers = scene.numbers()
    assert (numbers.available, numbers.paid, numbers.lost) == (0, 100_000, 100_000)
    cover(scene, 100_000)
    assert scene.numbers().lost == 0


def cover(scene: Scene, cents: int) -> None:
    scene.db.rollback()
    with unit_of_work(scene.db):
        shortages.cover(
            scene.db,
            scene.fund,
            Cents(cents),
            motive="fonds propres",
            actor=OPERATOR,
            now=scene.now,
        )
