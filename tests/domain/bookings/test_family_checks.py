"""Every invariant of families' shares sees its own disagreement, made behind the services' back."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings import paying
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.redeeming import take_held
from repit.domain.bookings.share_facts import Pays
from repit.domain.care.models import CareSlot
from repit.domain.family_shares import refunds
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.standing import standing_of_newest
from repit.domain.settlements.by_hand import record_payout
from repit.domain.vouchers.models import Hold
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.bookings.test_checks import unguarded
from tests.domain.bookings.workshop import (
    Evening,
    a_child,
    a_session,
    a_slot,
    an_evening,
    asked,
    books,
)

SHARE = 200
LATER = NOON + timedelta(days=60)


def _pays(db: Session, evening: Evening, children: tuple[tuple[int, int], ...], where: int) -> str:
    wanted = asked(
        evening,
        evening.town.amina,
        session_id=where,
        children=children,
        seat=False,
        pays=Pays.ONLINE,
    )
    booking = str(books(db, wanted).public_id)
    with unit_of_work(db):
        page = paying.open_page(db, booking, parent_id=None, now=NOON)
    with unit_of_work(db):
        paying.paid(
            db,
            page.key,
            amount=page.amount,
            stripe_payment_id=f"pi_{page.key}",
            actor=OPERATOR,
            now=NOON,
        )
    return booking


@pytest.fixture
def world(db: Session) -> Evening:
    """Léo's share was paid on to Roseraie, in a payout; Mia's was given back; Noé's is kept."""
    evening = an_evening(db, care={"family_share_cents": SHARE})
    with unit_of_work(db):
        db.execute(update(Programme).values(share_online=True))
    session = evening.session_id
    _pays(db, evening, ((evening.leo, evening.slot_id),), session)
    given_up = _pays(db, evening, ((evening.mia, evening.slot_id),), session)
    with unit_of_work(db):
        cancel(db, given_up, by="parent", parent_id=None, actor=OPERATOR, now=NOON)
    [public_id] = refunds.waiting(db)
    db.rollback()
    with unit_of_work(db):
        refunds.start(db, public_id, actor=OPERATOR, now=NOON)
    _take(db, evening)
    _keep_one(db, evening)
    db.rollback()
    return evening


def _take(db: Session, evening: Evening) -> None:
    standing = standing_of_newest(db, evening.town.roseraie.id)
    place = db.scalars(select(Hold.child_place_id).where(Hold.state == "held")).one()
    ends_at = db.get_one(CareSlot, evening.slot_id).ends_at
    db.rollback()
    assert standing
    with unit_of_work(db):
        take_held(db, place, standing=standing, now=ends_at)
    with unit_of_work(db):
        record_payout(
            db,
            evening.town.roseraie.id,
            seen=Cents(1_000 + SHARE),
            paid_on=TODAY,
            reference="VIR-1",
            actor=OPERATOR,
            now=LATER,
        )


def _keep_one(db: Session, evening: Evening) -> None:
    town, day = evening.town, TODAY + timedelta(days=90)
    session = a_session(db, evening.workshop_id, day=day)
    slot = a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=evening.place_id,
        session_id=session,
        day=day,
        family_share_cents=SHARE,
    )
    _pays(db, evening, ((a_child(db, town.amina, name="Noé"), slot),), session)


def test_what_the_services_did_agrees(engine: Engine, world: Evening) -> None:
    assert world
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


LAST = "(SELECT max(id) FROM family_payment)"
FAMILIES = "(SELECT id FROM fund WHERE funder_id IS NULL)"
BREAKS = [
    ("F1", f"UPDATE family_payment SET passed_cents = 100 WHERE id = {LAST}"),
    ("F1", f"UPDATE family_payment SET refund_cents = 100 WHERE id = {LAST}"),
    ("F1", f"UPDATE family_payment SET amount_cents = 300 WHERE id = {LAST}"),
    ("F1", "UPDATE family_refund SET state = 'refused'"),
    ("F1", "DELETE FROM family_refund"),
    (
        "F2",
        (
            "UPDATE account SET credits_cents = credits_cents + 100 WHERE kind = 'family_share';"
            "UPDATE account SET debits_cents = debits_cents + 100"
            f" WHERE kind = 'bank' AND fund_id = {FAMILIES}"
        ),
    ),
    ("F3", "UPDATE child_place SET share_cents = 300 WHERE ended_at IS NULL"),
    (
        "F4",
        (
            "INSERT INTO reversal (redemption_id, motive, actor, at)"
            " SELECT redemption_id, 'x', 'x', '2026-03-14 12:00:00.000000' FROM transfer"
            "  WHERE kind = 'share_due'"
        ),
    ),
    ("F5", f"UPDATE fund SET funder_id = (SELECT min(id) FROM funder) WHERE id = {FAMILIES}"),
    ("F5", f"UPDATE voucher SET fund_id = {FAMILIES}"),
    (
        "I6",
        (
            "UPDATE account SET credits_cents = credits_cents + 100"
            f" WHERE kind = 'payable' AND credits_cents > 0 AND fund_id = {FAMILIES}"
        ),
    ),
    ("I8", f"UPDATE payout SET amount_cents = amount_cents - {SHARE}"),
    ("I13", "UPDATE account SET credits_cents = credits_cents + 1 WHERE kind = 'family_share'"),
]


@pytest.mark.parametrize(("named", "breaks"), BREAKS)
def test_a_disagreement_is_named(engine: Engine, world: Evening, named: str, breaks: str) -> None:
    assert world
    with unguarded(engine) as connection:
        for statement in breaks.split(";"):
            connection.execute(text(statement))
        assert named in {one.invariant for one in checks.drifts(connection)}
