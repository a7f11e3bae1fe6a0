"""What is left of a closed fund goes back by the payments it came by, once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards import refunds
from repit.domain.cards.errors import NothingToRefund, StripeUnreachable
from repit.domain.cards.gateway import Way
from repit.domain.cards.models import OnlineRefund
from repit.domain.cards.queries import refunds_of
from repit.domain.cards.task import send_refunds
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.programmes import funds
from repit.domain.programmes.errors import FundOpen, NothingLeft
from repit.integrations.stripe_stand_in.client import BROKEN, REPLY_LOST
from tests import cast
from tests.cast import OPERATOR
from tests.domain.cards.scene import Scene


@pytest.fixture
def scene(db: Session) -> Iterator[Scene]:
    scene = Scene(db)
    yield scene
    scene.no_drift()


def close(scene: Scene) -> None:
    scene.db.rollback()
    with unit_of_work(scene.db):
        funds.close_fund(scene.db, scene.fund, motive="fini", actor=OPERATOR, now=scene.now)


def give_back(scene: Scene) -> Cents:
    scene.db.rollback()
    with unit_of_work(scene.db):
        return refunds.give_back(
            scene.db, scene.fund, motive="fin du dispositif", actor=OPERATOR, now=scene.now
        )


def send(scene: Scene) -> None:
    scene.db.rollback()
    send_refunds(scene.job(), scene.stripe)


def states(scene: Scene) -> list[str]:
    scene.db.rollback()
    return [one.state for one in refunds_of(scene.db, scene.fund)]


def test_what_is_left_goes_back_latest_payment_first(scene: Scene) -> None:
    first, second = scene.paid(scene.promise(60_000)), scene.paid(scene.promise(40_000))
    scene.spend(30_000)
    close(scene)
    assert give_back(scene) == 70_000
    send(scene)
    assert [scene.town.refunded(name) for name in (first, second)] == [30_000, 40_000]
    numbers = scene.numbers()
    assert (numbers.available, numbers.returned, states(scene)) == (0, 70_000, ["done"] * 2)


def test_what_came_by_bank_stays_for_the_bank(scene: Scene) -> None:
    scene.paid(scene.promise(60_000))
    scene.paid(scene.promise(10_000), Way.BANK_TRANSFER)
    cast.money_arrives(scene.db, scene.fund, 30_000)
    close(scene)
    assert give_back(scene) == 60_000
    with pytest.raises(NothingToRefund):
        give_back(scene)
    assert scene.numbers().available == 40_000


def test_an_open_fund_keeps_its_money(scene: Scene) -> None:
    scene.paid(scene.promise())
    with pytest.raises(FundOpen):
        give_back(scene)


def test_no_fund_no_refund(scene: Scene) -> None:
    scene.fund = 987_654
    with pytest.raises(NoSuchObject):
        give_back(scene)
    scene.fund = 1


def test_a_payment_taken_back_is_not_refunded_as_well(scene: Scene) -> None:
    disputed, _kept = scene.paid(scene.promise(60_000)), scene.paid(scene.promise(40_000))
    scene.hear(*scene.town.dispute(disputed))
    close(scene)
    assert give_back(scene) == 40_000


def test_an_answer_that_is_lost_refunds_once(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    close(scene)
    give_back(scene)
    scene.line.troubles[:] = [REPLY_LOST] * 3
    with pytest.raises(StripeUnreachable):
        send(scene)
    assert states(scene) == ["asked"]
    send(scene)
    assert scene.town.refunded(intent) == 100_000
    assert (scene.numbers().returned, states(scene)) == (100_000, ["done"])


def test_a_stripe_that_is_down_leaves_the_refund_for_later(scene: Scene) -> None:
    scene.paid(scene.promise())
    close(scene)
    give_back(scene)
    scene.line.troubles[:] = [BROKEN] * 3
    with pytest.raises(StripeUnreachable):
        send(scene)
    assert (scene.numbers().available, states(scene)) == (0, ["asked"])


def test_a_refund_that_stripe_refuses_is_money_of_the_fund_again(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    close(scene)
    give_back(scene)
    scene.town.dispute(intent)  # the news of it have not come yet
    send(scene)
    numbers = scene.numbers()
    assert (numbers.available, numbers.returned, states(scene)) == (100_000, 0, ["failed"])


def test_a_refund_may_fail_after_it_seemed_done(scene: Scene) -> None:
    scene.paid(scene.promise())
    close(scene)
    give_back(scene)
    send(scene)
    refund = scene.db.scalars(select(OnlineRefund.refund_id)).one()
    scene.db.rollback()
    assert refund
    events = scene.town.fail_refund(refund)
    assert [one.state for one in scene.hear(*events, *events)] == ["applied", "applied"]
    numbers = scene.numbers()
    assert (numbers.available, numbers.returned, numbers.funded) == (100_000, 0, 100_000)
    scene.db.rollback()
    with unit_of_work(scene.db):
        rest = funds.give_back_rest(
            scene.db, scene.fund, motive="par banque", actor=OPERATOR, now=scene.now
        )
    assert (rest, scene.numbers().returned) == (100_000, 100_000)


def test_what_goes_back_online_does_not_go_back_by_bank_too(scene: Scene) -> None:
    scene.paid(scene.promise())
    close(scene)
    give_back(scene)
    with pytest.raises(NothingLeft), unit_of_work(scene.db):
        funds.give_back_rest(
            scene.db, scene.fund, motive="par banque", actor=OPERATOR, now=scene.now
        )


def test_a_refund_made_on_stripes_own_pages_is_shown(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    scene.stripe.refund(intent, Cents(5_000), name="ailleurs", tries=1)
    [event] = scene.town.tell("refund.created", "refund")
    assert scene.hear(event)[0].state == "contradicts"
    assert scene.events()[-1].why == "refund_elsewhere"
