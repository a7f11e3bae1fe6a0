"""Both sides of a redemption are told, once, a little later."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.categories import Category
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.notices.models import Notice
from repit.domain.people.models import Person
from repit.domain.providers.models import Provider
from repit.domain.redemptions import reverse
from repit.domain.reminders.receipts import enqueue_receipts
from tests.cast import NOON, Town, a_parent, a_town, redemption_id, vouchers_for
from tests.domain.redemptions.taking import take


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


def told(db: Session) -> dict[str, Notice]:
    db.expire_all()
    return {notice.kind: notice for notice in db.scalars(select(Notice))}


def enqueue(db: Session, *, later: timedelta = timedelta()) -> int:
    with unit_of_work(db):
        return enqueue_receipts(db, now=NOON + later)


def test_a_redemption_is_told_to_both_sides_once(db: Session, engine: Engine, town: Town) -> None:
    take(engine, town.roseraie, town.codes[:2], family_share=Cents(100), minutes=120)

    assert enqueue(db) == 2
    assert enqueue(db) == 0

    notices = told(db)
    parent, provider = notices["redeemed_parent"], notices["redeemed_provider"]
    assert parent.to_address == "amina.dupont@exemple.test"
    assert parent.facts == {
        "vouchers": 2,
        "family_share_cents": 100,
        "share_online_cents": 0,
        "provider": "La Roseraie",
        "service_on": "2026-03-14",
    }
    assert provider.person_id is None
    assert provider.to_address == db.get_one(Provider, town.roseraie.id).email
    assert provider.facts["amount_cents"] == 2_000
    assert not any("Amina" in str(value) for value in provider.facts.values())


def test_a_reversal_is_told_to_both_sides_once(db: Session, engine: Engine, town: Town) -> None:
    take(engine, town.roseraie, town.codes[:1])
    enqueue(db)
    with unit_of_work(db):
        reverse.undo(
            db,
            redemption_id(1),
            provider_id=town.roseraie.id,
            actor=actors.COMMAND,
            now=NOON + timedelta(minutes=3),
        )

    assert enqueue(db, later=timedelta(minutes=4)) == 2
    assert enqueue(db, later=timedelta(minutes=5)) == 0
    assert {"reversed_parent", "reversed_provider"} <= set(told(db))


def test_a_parent_without_an_address_is_told_nothing(
    db: Session, engine: Engine, town: Town
) -> None:
    on_paper = a_parent(db, "Denise")
    [code] = vouchers_for(db, on_paper, town.fund_id)
    take(engine, town.roseraie, [code])

    assert enqueue(db) == 1
    assert set(told(db)) == {"redeemed_provider"}


@pytest.mark.parametrize("discretion", ["silent", "hidden"])
def test_nothing_tells_of_care_to_who_wants_nothing_sent(
    db: Session, engine: Engine, town: Town, discretion: str
) -> None:
    with unit_of_work(db):
        db.execute(update(Parent).values(discretion=discretion))
    take(engine, town.roseraie, town.codes[:1], category=Category.WORKSHOP_CHILDCARE)
    take(engine, town.roseraie, town.codes[1:2], 2)  # at home: no booking stands behind it

    assert enqueue(db) == 3
    parents = db.scalars(select(Notice.redemption_id).where(Notice.kind == "redeemed_parent"))
    assert parents.all() == [redemption_id(2)]


def test_a_closed_account_is_told_nothing(db: Session, engine: Engine, town: Town) -> None:
    take(engine, town.roseraie, town.codes[:1])
    with unit_of_work(db):
        for person in db.scalars(select(Person)):
            person.disabled_at = NOON

    assert enqueue(db) == 1


def test_old_news_is_no_news(db: Session, engine: Engine, town: Town) -> None:
    take(engine, town.roseraie, town.codes[:1])

    assert enqueue(db, later=timedelta(days=8)) == 0


def test_the_number_of_statements_does_not_grow(db: Session, engine: Engine, town: Town) -> None:
    for number, code in enumerate(town.codes[:4], start=1):
        take(engine, town.roseraie, [code], number)
    statements: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )

    assert enqueue(db) == 8
    assert len([one for one in statements if not one.startswith("BEGIN")]) <= 6
