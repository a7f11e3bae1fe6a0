"""The decision in SQL and its explanation in Python say yes to the same vouchers."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, update
from sqlalchemy.orm import Session

from repit.db.engine import WRITE
from repit.domain.categories import ALL_CATEGORIES, Category
from repit.domain.clock import day_in
from repit.domain.errors import DomainError
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing, standing_of_device
from repit.domain.redemptions import reading
from repit.domain.redemptions.redeem import Asked, take_at_once
from repit.domain.redemptions.rules import Service, check_vouchers, cost_of
from repit.domain.vouchers.models import Voucher
from tests.cast import (
    NOON,
    TODAY,
    VAULT,
    Town,
    a_provider,
    a_town,
    redemption_id,
    vouchers_for,
)
from tests.domain.redemptions.taking import take

MOST = 3
HERE, ELSEWHERE = redemption_id(1), redemption_id(2)
ASKED_ID = redemption_id(3)


@dataclass(frozen=True)
class Held:
    """What one voucher is like; days count from today."""

    of_amina: bool = True
    spent: UUID | None = None
    ended: str | None = None
    first: int = -30
    last: int = 60
    grace: int = 90
    blocked: bool = False
    held_for: str | None = None
    categories: int = ALL_CATEGORIES


@dataclass
class Stage:
    """Two parents with vouchers, two providers who each took one already."""

    engine: Engine
    town: Town
    here: Standing
    elsewhere_id: int
    aminas: list[str]
    chloes: list[str]

    def standing(self, *, own_amina: bool) -> Standing:
        """Return La Roseraie's standing, perhaps in Amina's household."""
        return replace(self.here, own_parent_ids=(self.town.amina,) if own_amina else ())

    def arrange(self, connection: Connection, held: list[Held]) -> tuple[bytes, ...]:
        """Make the vouchers what they are drawn to be; return their look-up keys."""
        codes = {True: iter(self.aminas), False: iter(self.chloes)}
        hashes = tuple(VAULT.hash(next(codes[one.of_amina])) for one in held)
        for key, one in zip(hashes, held, strict=True):
            connection.execute(
                update(Voucher).where(Voucher.code_hash == key).values(self._values(one))
            )
        return hashes

    def _values(self, one: Held) -> dict[str, Any]:
        last = max(one.first, min(one.last, one.grace))
        days = {"first_day": one.first, "last_day": last, "grace_until": max(last, one.grace)}
        holders = {None: None, "here": self.here.provider_id, "elsewhere": self.elsewhere_id}
        return {
            "state": "redeemed" if one.spent else one.ended or "issued",
            "redemption_id": one.spent,
            **{name: TODAY + timedelta(days=offset) for name, offset in days.items()},
            "blocked_at": NOON if one.blocked else None,
            "held_for_id": holders[one.held_for],
            "categories": one.categories,
        }


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    town = a_town(db)
    other = a_provider(db, "Le Tilleul")
    take(engine, town.roseraie, town.codes[:1], 1)
    take(engine, other, town.codes[1:2], 2)
    chloes = vouchers_for(db, town.chloe, town.fund_id, vouchers=MOST)
    here = standing_of_device(db, town.roseraie.device_id)
    assert here is not None
    db.rollback()
    return Stage(engine, town, here, other.id, town.codes[2 : 2 + MOST], chloes)


# Mostly one trouble at a time, often on its very edge: that is where twins part.
TROUBLES: list[dict[str, Any]] = [
    *({"first": day} for day in (-1, 0, 1)),
    *({"last": day} for day in (-3, -1, 0)),
    *({"grace": day} for day in (-1, 0, 1)),
    *({"last": -3, "grace": day} for day in (-1, 0, 1)),
    {"spent": HERE},
    {"spent": ELSEWHERE},
    {"ended": "expired"},
    {"ended": "cancelled"},
    {"blocked": True},
    {"held_for": "here"},
    {"held_for": "elsewhere"},
    {"categories": Category.BABYSITTING.bit},
    {"categories": Category.WELL_BEING.bit},
    {"of_amina": False},
]
vouchers = st.lists(st.sampled_from(TROUBLES), max_size=1).map(
    lambda troubles: Held(**(troubles[0] if troubles else {}))
)
services = st.builds(
    Service,
    category=st.sampled_from([Category.BABYSITTING, Category.WELL_BEING]),
    service_on=st.sampled_from([0, 0, 0, -1, -3, -31, 1]).map(
        lambda days: TODAY + timedelta(days=days)
    ),
    minutes=st.sampled_from([29, 30, 59, 60, 60, 61, 90, 120]),
    sessions=st.none(),
    family_share=st.sampled_from([0, 0, 1, 50, 100, 101]).map(Cents),
)
# Around midnight in Paris, where the day of the claim changes before the one in UTC.
LAST_SECOND = datetime(2026, 3, 14, 22, 59, 59, tzinfo=UTC)
moments = st.sampled_from([NOON, LAST_SECOND, LAST_SECOND + timedelta(seconds=1)])


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    held=st.lists(vouchers, min_size=1, max_size=MOST),
    service=services,
    now=moments,
    own_amina=st.sampled_from([False] * 5 + [True]),
)
@example(
    held=[Held(), Held(of_amina=False)],
    service=Service(Category.BABYSITTING, TODAY, 120, None, Cents(0)),
    now=NOON,
    own_amina=False,
)
def test_both_twins_decide_alike(
    stage: Stage, held: list[Held], service: Service, now: datetime, *, own_amina: bool
) -> None:
    standing = stage.standing(own_amina=own_amina)
    with stage.engine.connect().execution_options(**{WRITE: True}) as connection:
        change = connection.begin()
        hashes = stage.arrange(connection, held)
        explained = explain(connection, hashes, service, standing, now)
        taken = decide(connection, hashes, service, standing, now)
        change.rollback()

    event("yes" if taken else f"no: {explained}")
    assert taken == (explained is None)


def explain(
    connection: Connection,
    hashes: tuple[bytes, ...],
    service: Service,
    standing: Standing,
    now: datetime,
) -> str | None:
    """Return why Python says no, None when it says yes."""
    claim = reading.claim(connection, hashes, take=None, now=now)
    today = day_in(claim.zone, now)
    try:
        cost = cost_of(standing, service)
        check_vouchers(claim.vouchers, service, standing=standing, cost=cost, today=today)
    except DomainError as refusal:
        return refusal.code
    return None


def decide(
    connection: Connection,
    hashes: tuple[bytes, ...],
    service: Service,
    standing: Standing,
    now: datetime,
) -> bool:
    """Tell whether SQL takes them."""
    try:
        receipt = take_at_once(
            connection, Asked(ASKED_ID, hashes, service), standing=standing, now=now
        )
    except DomainError:
        return False
    assert receipt is None or receipt.vouchers == len(hashes)
    return receipt is not None
