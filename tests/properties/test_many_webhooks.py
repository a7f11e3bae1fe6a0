"""Ten thousand deliveries, shuffled, tripled, some forged, some five days late: books exact.

The normal run takes a tenth of them; `REPIT_TEST_WEBHOOKS=10000` takes them all.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.cards.errors import EventRefused
from repit.domain.cards.events import take_in
from repit.domain.cards.gateway import Way
from repit.domain.cards.models import StripeEvent
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Delivery, Town
from tests.domain.cards.scene import Event, Scene

DELIVERIES = int(os.environ.get("REPIT_TEST_WEBHOOKS", "1000"))  # noqa: TID251
COPIES = 3
FORGED = 0.05
LATE = timedelta(days=5)


@dataclass
class Story:
    """What was done at Stripe, and what the books must say of it in the end."""

    events: list[Event]
    arrived: int = 0


def play(scene: Scene, dice: random.Random, wanted: int) -> Story:
    """Pay, fail, expire, dispute, win and lose until there are enough events."""
    story = Story([])
    while len(story.events) < wanted:
        cents = dice.randrange(1, 40) * 1_000
        session = scene.ask(scene.promise(cents), dice.choice(list(Way)))
        fate = dice.random()
        if fate < 0.1:
            story.events += scene.town.expire(session)
            continue
        story.events += scene.town.pay(session)
        if "card" not in scene.town.session(session)["payment_method_types"]:
            if fate < 0.2:
                story.events += scene.town.fail(session)
                continue
            story.events += scene.town.settle(session)
        story.arrived += cents
        if fate > 0.7:
            taken = scene.town.dispute(scene.intent(session))
            won = fate > 0.85
            dispute = str(taken[0]["data"]["object"]["id"])
            story.events += taken + scene.town.close_dispute(dispute, won=won)
            story.arrived -= 0 if won else cents
    return story


def deliveries(scene: Scene, story: Story, dice: random.Random) -> list[tuple[Delivery, bool]]:
    """Return every event three times over, in any order; False: one that nobody at Stripe sent."""
    forger = Town(Shelf(), "whsec_of_somebody_else", moment=lambda: scene.now)
    sent: list[tuple[Delivery, bool]] = []
    for event in story.events * COPIES:
        sent.append((scene.town.signed(event), True))
        if dice.random() < FORGED:
            bigger = {**event, "id": f"evt_forged_{len(sent)}"}
            sent.append((forger.signed(bigger), False))
    dice.shuffle(sent)
    return sent


@pytest.mark.parametrize("seed", [20261121])
def test_the_books_are_exact_and_no_event_is_lost(db: Session, seed: int) -> None:
    dice, scene = random.Random(seed), Scene(db)  # noqa: S311  (a story, no secret)
    story = play(scene, dice, DELIVERIES // COPIES + 1)
    scene.now += LATE  # Stripe signs each delivery anew, whenever the event happened
    outcomes: Counter[str] = Counter()
    for delivery, genuine in deliveries(scene, story, dice):
        try:
            told = scene.stripe.read_event(delivery.body, delivery.signature, now=scene.now)
        except EventRefused:
            outcomes["forged" if not genuine else "lost"] += 1
            continue
        with unit_of_work(db):
            first = take_in(db, told, now=scene.now).first
        outcomes["first" if first else "repeated"] += 1
    assert outcomes["lost"] == 0
    assert outcomes["forged"] > 0
    assert outcomes["first"] == len(story.events)
    assert outcomes["repeated"] == len(story.events) * (COPIES - 1)
    assert set(db.scalars(select(StripeEvent.state).distinct())) <= {"applied", "idle"}
    numbers = scene.numbers()
    assert (numbers.funded, numbers.available, numbers.lost) == (story.arrived, story.arrived, 0)
    scene.no_drift()
