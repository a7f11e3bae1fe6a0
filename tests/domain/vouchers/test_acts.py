"""What an operator does to one voucher: a second press of the same button is no second act."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.queries import history
from repit.domain.programmes.models import Programme
from repit.domain.vouchers import service
from repit.domain.vouchers.errors import AlreadyHeld, BeyondItsYear, NotOpen
from repit.domain.vouchers.models import Voucher
from tests.cast import NOON, OPERATOR, Town, a_town, voucher_id_of

SAID: dict[str, Any] = {"motive": "essai", "actor": OPERATOR, "now": NOON}


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


@pytest.fixture
def first(db: Session, town: Town) -> int:
    return voucher_id_of(db, town.codes[0])


def kinds(db: Session, voucher_id: int) -> list[str]:
    """Return what the history says, oldest first."""
    return [line.kind for line in reversed(history(db, [("voucher", voucher_id)]))]


def test_blocking_and_unblocking_twice_is_once(db: Session, first: int) -> None:
    for act in (service.block, service.block, service.unblock, service.unblock):
        with unit_of_work(db):
            act(db, first, **SAID)

    assert kinds(db, first) == ["blocked", "unblocked"]
    assert db.get_one(Voucher, first, populate_existing=True).blocked_at is None


def test_a_second_block_keeps_the_moment_of_the_first(db: Session, first: int) -> None:
    for minute in (0, 5):
        with unit_of_work(db):
            service.block(db, first, **SAID | {"now": NOON.replace(minute=minute)})

    assert db.get_one(Voucher, first, populate_existing=True).blocked_at == NOON


def test_promising_and_releasing_twice_is_once(db: Session, town: Town, first: int) -> None:
    with unit_of_work(db):
        service.release(db, first, **SAID)
    for _again in range(2):
        with unit_of_work(db):
            service.hold(db, first, provider_id=town.roseraie.id, **SAID)
    with pytest.raises(AlreadyHeld), unit_of_work(db):
        service.hold(db, first, provider_id=town.sureau.id, **SAID)
    for _again in range(2):
        with unit_of_work(db):
            service.release(db, first, **SAID)

    assert kinds(db, first) == ["held", "released"]


def test_what_is_over_is_not_blocked(db: Session, first: int) -> None:
    with unit_of_work(db):
        service.cancel(db, first, **SAID)

    with pytest.raises(NotOpen), unit_of_work(db):
        service.block(db, first, **SAID)
    assert kinds(db, first) == ["cancelled"]


def test_the_law_ends_a_voucher_with_its_year_whoever_extends_it(db: Session, first: int) -> None:
    with unit_of_work(db):
        db.execute(update(Programme).values(profile="FR-CAP"))
        db.execute(update(Voucher).values(last_day=date(2026, 6, 30)))

    with pytest.raises(BeyondItsYear), unit_of_work(db):
        service.extend(db, first, last_day=date(2027, 1, 1), **SAID)
    with unit_of_work(db):
        service.extend(db, first, last_day=date(2026, 12, 31), **SAID)

    voucher = db.get_one(Voucher, first)
    assert (voucher.last_day, voucher.grace_until) == (date(2026, 12, 31), date(2027, 2, 28))
