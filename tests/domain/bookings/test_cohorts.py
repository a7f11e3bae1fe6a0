"""A fixed group waits, is offered a place and answers for all of its sessions, or for none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings import closing, offers, waiting
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.errors import AlreadyWaiting, OfferOver
from repit.domain.bookings.models import Booking, ChildPlace, WaitingChild, WaitingParty
from repit.domain.bookings.promote import promote
from repit.domain.bookings.queries import bookings_of
from repit.domain.care.models import CareSlot
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests.cast import NOON, OPERATOR, a_parent, a_voucher
from tests.concurrency.together import the_books_agree
from tests.domain.bookings.workshop import (
    DAY,
    Evening,
    a_child,
    a_session,
    a_slot,
    an_evening,
    asked,
    books,
)

WEEK = timedelta(days=7)
STAFF: dict[str, Any] = {"parent_id": None, "actor": OPERATOR}


@dataclass
class Group:
    """A fixed group of one seat in three sessions a week apart, taken; care beside each."""

    evening: Evening
    sessions: list[int]
    slots: list[int]
    booked: list[str]
    """The bookings of who has the seat, by session."""


@pytest.fixture
def group(db: Session, engine: Engine) -> Iterable[Group]:
    evening = an_evening(db, seats=1)
    town = evening.town
    with unit_of_work(db):
        db.get_one(Workshop, evening.workshop_id).format = "cohort"
    sessions, slots = [evening.session_id], [evening.slot_id]
    for number in (1, 2):
        day = DAY + number * WEEK
        sessions.append(a_session(db, evening.workshop_id, day=day))
        slots.append(
            a_slot(
                db,
                town.roseraie.id,
                programme_id=town.programme_id,
                place_id=evening.place_id,
                session_id=sessions[-1],
                day=day,
            )
        )
    books(db, asked(evening, town.chloe))
    yield Group(evening, sessions, slots, offers_of(db, "confirmed"))
    db.rollback()
    the_books_agree(engine)


def offers_of(db: Session, state: str = "offered", parent_id: int | None = None) -> list[str]:
    found = select(Booking.public_id).where(Booking.state == state).order_by(Booking.session_id)
    if parent_id is not None:
        found = found.where(Booking.parent_id == parent_id)
    names = list(db.scalars(found))
    db.rollback()
    return names


def waits(db: Session, group: Group, parent_id: int, *children: int, **changes: Any) -> str:
    with unit_of_work(db):
        wanted = asked(group.evening, parent_id, *children, **changes)
        return waiting.wait(db, wanted, actor=OPERATOR, now=NOON)


def gives_back(db: Session, names: Iterable[str], now: datetime = NOON) -> None:
    for name in names:
        with unit_of_work(db):
            cancel(db, name, by="service", now=now, **STAFF)


def parties(db: Session) -> list[str]:
    db.expire_all()
    found = list(db.scalars(select(WaitingParty.state).order_by(WaitingParty.id)))
    db.rollback()
    return found


def told(db: Session, kind: Kind) -> int:
    count = db.scalar(select(func.count()).where(Notice.kind == kind)) or 0
    db.rollback()
    return count


def test_a_place_is_offered_once_every_session_has_one(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina, group.evening.leo)

    gives_back(db, group.booked[:2])
    before = parties(db), offers_of(db)
    gives_back(db, group.booked[2:])

    assert before == (["waiting"], [])
    assert parties(db) == ["offered"]
    assert len(offers_of(db)) == 3
    assert told(db, Kind.PLACE_OFFERED) == 1
    assert db.scalar(select(func.count()).where(Hold.state == "held")) == 3
    assert len(set(db.scalars(select(ChildPlace.slot_id)))) == 3


def test_one_yes_is_for_all_sessions_whichever_is_answered(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    gives_back(db, group.booked)
    offered = offers_of(db)

    for name in (offered[2], offered[0]):
        with unit_of_work(db):
            offers.accept(db, name, now=NOON, **STAFF)

    assert offers_of(db, "confirmed") == offered
    assert parties(db) == ["served"]
    assert told(db, Kind.BOOKED) == 1


def test_one_no_gives_all_sessions_to_the_next(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    waits(db, group, a_parent(db, "Nadia"))
    gives_back(db, group.booked)
    offered = offers_of(db)

    with unit_of_work(db):
        offers.decline(db, offered[1], now=NOON, **STAFF)

    assert parties(db) == ["left", "offered"]
    assert len(offers_of(db)) == 3
    assert not set(offers_of(db)) & set(offered)


def test_an_offer_runs_out_for_all_sessions_at_once(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    waits(db, group, a_parent(db, "Nadia"))
    gives_back(db, group.booked)
    offered = offers_of(db)
    ends = db.scalars(select(Booking.expires_at).where(Booking.state == "offered")).first()
    assert ends is not None

    with unit_of_work(db):
        offers.expire_one(db, now=ends)
    with pytest.raises(OfferOver), unit_of_work(db):
        offers.accept(db, offered[0], now=ends, **STAFF)

    assert parties(db) == ["left", "offered"]
    assert told(db, Kind.OFFER_OVER) == 1
    assert len(offers_of(db)) == 3


def test_who_books_meets_an_offer_that_ran_out_in_every_session(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    gives_back(db, group.booked)
    ends = db.scalars(select(Booking.expires_at).where(Booking.state == "offered")).first()
    assert ends is not None
    nadia = a_parent(db, "Nadia")

    books(db, asked(group.evening, nadia), now=ends)

    assert len(offers_of(db, "confirmed", nadia)) == 3
    assert parties(db) == ["left"]


def test_one_waits_once_for_the_whole_group(db: Session, group: Group) -> None:
    amina = group.evening.town.amina
    waits(db, group, amina)

    with pytest.raises(AlreadyWaiting):
        waits(db, group, amina, session_id=group.sessions[2])


def test_without_the_vouchers_for_every_session_nothing_is_offered(
    db: Session, group: Group
) -> None:
    town = group.evening.town
    dora = a_parent(db, "Dora")
    for _ in range(2):
        a_voucher(db, dora, town.fund_id)
    waits(db, group, dora, a_child(db, dora, name="Tom"))
    waits(db, group, a_parent(db, "Nadia"))

    gives_back(db, group.booked)

    assert parties(db) == ["waiting", "offered"]
    assert db.scalars(select(WaitingParty.why)).first() == "vouchers"
    assert db.scalar(select(func.count()).where(Hold.state == "held")) == 0


def test_a_strict_line_keeps_the_group_for_its_first(db: Session, group: Group) -> None:
    with unit_of_work(db):
        db.get_one(Workshop, group.evening.workshop_id).promotion = "strict"
    waits(db, group, group.evening.town.amina, group.evening.leo, group.evening.mia)
    waits(db, group, a_parent(db, "Nadia"))
    with unit_of_work(db):
        db.get_one(CareSlot, group.slots[2]).room_places = 1

    gives_back(db, group.booked)

    assert parties(db) == ["waiting", "waiting"]
    assert offers_of(db) == []


def test_who_gave_one_session_back_is_offered_that_one_alone(db: Session, group: Group) -> None:
    chloe, nadia = group.evening.town.chloe, a_parent(db, "Nadia")
    second = group.sessions[1]
    gives_back(db, group.booked[1:2])
    walks_in = asked(group.evening, nadia, session_id=second, origin="walk_in")
    taken = books(db, walks_in)
    waits(db, group, chloe, session_id=second)

    gives_back(db, [taken.public_id])

    [offered] = offers_of(db)
    assert parties(db) == ["offered"]
    with unit_of_work(db):
        offers.accept(db, offered, now=NOON, **STAFF)
    assert len(offers_of(db, "confirmed", chloe)) == 3


def test_a_session_called_off_leaves_the_offer_of_the_others(db: Session, group: Group) -> None:
    amina = group.evening.town.amina
    waits(db, group, amina, group.evening.leo)
    gives_back(db, group.booked)
    lead, *others = offers_of(db)

    with unit_of_work(db):
        closing.cancel_session(
            db, group.sessions[0], motive="Salle fermée", actor=OPERATOR, now=NOON
        )
    with unit_of_work(db):
        offers.accept(db, lead, now=NOON, parent_id=amina, actor=OPERATOR)

    assert offers_of(db, "confirmed") == others
    assert parties(db) == ["served"]


def test_when_the_full_session_is_called_off_the_group_is_offered(
    db: Session, group: Group
) -> None:
    amina = group.evening.town.amina
    waits(db, group, amina, group.evening.leo)
    gives_back(db, group.booked[1:])

    with unit_of_work(db):
        closing.cancel_session(
            db, group.sessions[0], motive="Salle fermée", actor=OPERATOR, now=NOON
        )

    assert parties(db) == ["offered"]
    assert len(offers_of(db)) == 2
    named = set(db.scalars(select(WaitingChild.slot_id)))
    assert named <= set(group.slots[1:])


def test_the_list_of_a_group_closes_with_its_last_session(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    first, last = (
        db.get_one(WorkshopSession, group.sessions[which]).starts_at for which in (0, -1)
    )

    with unit_of_work(db):
        after_the_first = waiting.close_past(db, now=first)
    with unit_of_work(db):
        after_the_last = waiting.close_past(db, now=last)

    assert (after_the_first, after_the_last) == (0, 1)
    assert parties(db) == ["closed"]


def test_after_the_first_session_the_rest_is_offered(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    first = db.get_one(WorkshopSession, group.sessions[0]).starts_at

    gives_back(db, group.booked[1:], now=first)

    assert parties(db) == ["offered"]
    assert len(offers_of(db)) == 2


def test_nobody_is_promoted_to_a_group_that_is_over(db: Session, group: Group) -> None:
    waits(db, group, group.evening.town.amina)
    last = db.get_one(WorkshopSession, group.sessions[-1]).ends_at

    with unit_of_work(db):
        assert promote(db, f"group:{group.evening.workshop_id}", now=last) == 0


def test_the_parent_is_shown_one_offer_with_all_its_dates(db: Session, group: Group) -> None:
    amina = group.evening.town.amina
    waits(db, group, amina)
    gives_back(db, group.booked)

    [shown] = bookings_of(db, amina, locale="fr")

    assert [one.day for one in shown.together] == [DAY, DAY + WEEK, DAY + 2 * WEEK]
