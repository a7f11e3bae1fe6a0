"""What a booking writes, row by row: the same from one statement as from many."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.models import Event
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.people.models import Person
from repit.domain.vouchers.errors import NotEnoughToHold
from repit.domain.vouchers.models import Hold, Voucher
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import DAY, Evening, a_slot, an_evening, asked, books


def _rows(db: Session, model: Any, *without: str) -> list[dict[str, Any]]:
    """Return the rows of a table, in order, without what is drawn at random."""
    columns = [column for column in model.__table__.columns if column.name not in without]
    found = db.execute(select(*columns).order_by(model.id))
    return [dict(row) for row in found.mappings()]


def _reads_mail(db: Session, evening: Evening) -> None:
    """Give Amina an address of her own, in Dutch."""
    person = Person(public_id="p", name="Amina", email="a@exemple.test", locale="nl")
    person.created_at = NOON
    with unit_of_work(db):
        db.add(person)
        db.flush()
        whose = update(Parent).where(Parent.id == evening.town.amina)
        db.execute(whose.values(person_id=person.id))


def _a_second_room(db: Session, evening: Evening, provider_id: int, **changes: Any) -> int:
    return a_slot(
        db,
        provider_id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        session_id=evening.session_id,
        **changes,
    )


def test_every_column_of_a_booking_is_written(db: Session) -> None:
    evening = an_evening(db)
    _reads_mail(db, evening)
    wish = asked(evening, evening.town.amina, evening.leo, evening.mia)
    done = books(db, wish)

    [booking] = _rows(db, Booking)
    assert booking == {
        "id": done.id,
        "public_id": done.public_id,
        "request_id": wish.request_id,
        "parent_id": evening.town.amina,
        "programme_id": evening.town.programme_id,
        "session_id": evening.session_id,
        "seat": True,
        "state": "confirmed",
        "origin": "self",
        "made_by": OPERATOR,
        "made_at": NOON,
        "late": False,
        "version": 0,
    } | dict.fromkeys(
        booking.keys() & {"expires_at", "ended_at", "ended_by", "lead_id", "taken_at"}
    )
    places = _rows(db, ChildPlace, "id", "public_id")
    of_both = {
        "booking_id": done.id,
        "slot_id": evening.slot_id,
        "vouchers": 1,
        "ended_at": None,
    } | {"share_cents": 0}
    assert places == [of_both | {"child_id": child} for child in (evening.leo, evening.mia)]
    [event] = [row for row in _rows(db, Event, "id") if row["object_kind"] == "booking"]
    assert event == {
        "at": NOON,
        "actor": OPERATOR,
        "for_parent_id": evening.town.amina,
        "kind": "booked",
        "object_kind": "booking",
        "object_id": done.id,
        "motive": None,
        "facts": {"children": 2, "seat": True, "forced": False},
    }


def test_the_message_is_written_with_it(db: Session) -> None:
    evening = an_evening(db)
    _reads_mail(db, evening)
    done = books(db, asked(evening, evening.town.amina, evening.leo))

    [letter] = _rows(db, Notice, "id", "person_id", "redemption_id")
    facts = letter.pop("facts")
    assert (facts["booking"], facts["place"]) == (done.public_id, "Espace Famille")
    assert letter == {
        "kind": "booked",
        "to_address": "a@exemple.test",
        "locale": "nl",
        "dedupe": f"booking:{done.id}:booked:0.0",
        "booking_id": done.id,
        "created_at": NOON,
        "send_at": NOON,
        "state": "waiting",
        "attempts": 0,
    } | dict.fromkeys(("sent_at", "trouble", "subject", "body"))


def test_each_place_holds_its_own_vouchers_and_those_that_end_first(db: Session) -> None:
    evening = an_evening(db, care={"vouchers_per_child": 2})
    soon = DAY + timedelta(days=1)
    cast.a_voucher(db, evening.town.amina, evening.town.fund_id, last_day=soon)
    books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    holds = _rows(db, Hold, "id", "voucher_id")
    places = db.scalars(select(ChildPlace.id).order_by(ChildPlace.id)).all()
    assert sorted(row["child_place_id"] for row in holds) == sorted([*places, *places])
    assert {row["service_on"] for row in holds} == {DAY}
    of_holds = select(Voucher.id, Voucher.held_for_id).where(Voucher.booked).order_by(Voucher.id)
    assert db.execute(of_holds).all() == [
        (voucher_id, evening.town.roseraie.id)
        for voucher_id in db.scalars(select(Hold.voucher_id).order_by(Hold.voucher_id))
    ]
    ends = db.scalars(select(Voucher.last_day).where(Voucher.booked)).all()
    assert min(ends) == soon


def test_vouchers_for_two_providers_are_held_for_each(db: Session) -> None:
    evening = an_evening(db)
    other = cast.a_provider(db, "Le Tilleul")
    room = _a_second_room(db, evening, other.id)
    children = ((evening.leo, evening.slot_id), (evening.mia, room))
    books(db, asked(evening, evening.town.amina, children=children))

    held = db.execute(select(Hold.provider_id, ChildPlace.child_id).join(ChildPlace)).all()
    assert sorted(held) == sorted(
        [(evening.town.roseraie.id, evening.leo), (other.id, evening.mia)]
    )


@pytest.mark.parametrize("providers", [1, 2])
def test_too_few_vouchers_leave_nothing_behind(db: Session, providers: int) -> None:
    evening = an_evening(db, care={"vouchers_per_child": 50})
    room = evening.slot_id
    if providers > 1:
        other = cast.a_provider(db, "Le Tilleul")
        room = _a_second_room(db, evening, other.id, vouchers_per_child=50)
    children = ((evening.leo, evening.slot_id), (evening.mia, room))

    with pytest.raises(NotEnoughToHold) as refused:
        books(db, asked(evening, evening.town.amina, children=children))

    assert refused.value.left < refused.value.wanted == 100
    assert [_rows(db, left) for left in (Booking, ChildPlace, Hold)] == [[], [], []]
    assert db.scalars(select(WorkshopSession.seats_taken)).all() == [0]
    assert set(db.scalars(select(CareSlot.places_taken))) == {0}


def test_care_without_a_price_holds_nothing(db: Session) -> None:
    evening = an_evening(db, care={"vouchers_per_child": 0})
    done = books(db, asked(evening, evening.town.amina, evening.leo))

    assert done.vouchers == 0
    assert [row["vouchers"] for row in _rows(db, ChildPlace)] == [0]
    assert not _rows(db, Hold)
    assert not db.scalars(select(Voucher.id).where(Voucher.booked)).all()
