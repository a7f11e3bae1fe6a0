from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.care import assignments, queries, service
from repit.domain.care.details import SlotDetails, around, shifted
from repit.domain.care.errors import (
    AgesOutOfOrder,
    CarerBusy,
    NoAgreedPrice,
    PresetNotOffered,
    PriceAboveTariff,
    ShareAboveTariff,
    SlotCancelled,
    SlotIsBooked,
    SlotNotDraft,
    SlotWithoutName,
)
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.care.prices import Price, price
from repit.domain.errors import NoSuchObject, Refused
from repit.domain.money import Cents, Minutes
from repit.domain.providers.models import Tariff
from repit.domain.workshops.errors import DateInThePast, EndsBeforeStart, MissingHour, RepeatedHour
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import Evening, a_carer, a_session, an_evening, asked, books

AFTERNOON = date(2026, 5, 20)


@pytest.fixture
def evening(db: Session) -> Evening:
    return an_evening(db)


@pytest.fixture
def alone(evening: Evening) -> SlotDetails:
    """Two hours and a half at 20 € an hour: 50 € a child, five vouchers of 10 €."""
    return SlotDetails(
        programme_id=evening.town.programme_id,
        provider_id=evening.town.roseraie.id,
        place_id=evening.place_id,
        room="Salle verte",
        day=AFTERNOON,
        starts=time(14),
        ends=time(16, 30),
        zone="Europe/Paris",
        room_places=6,
        vouchers_per_child=5,
        public_title="Un après-midi pour souffler",
    )


def create(db: Session, details: SlotDetails) -> int:
    with unit_of_work(db):
        public_id = service.create(db, details, actor=OPERATOR, now=NOON)
    return db.scalars(select(CareSlot.id).where(CareSlot.public_id == public_id)).one()


def test_a_slot_standing_alone_is_a_draft_until_it_is_opened(
    db: Session, alone: SlotDetails
) -> None:
    slot_id = create(db, alone)
    row = db.get_one(CareSlot, slot_id)
    assert (row.state, row.starts_at) == ("draft", datetime(2026, 5, 20, 12, tzinfo=UTC))
    assert queries.slot(db, row.public_id).title == "Un après-midi pour souffler"
    db.rollback()

    with unit_of_work(db):
        service.publish(db, slot_id, actor=OPERATOR, now=NOON)
    with pytest.raises(SlotNotDraft), unit_of_work(db):
        service.publish(db, slot_id, actor=OPERATOR, now=NOON)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"public_title": None}, SlotWithoutName),
        ({"youngest_months": 48, "oldest_years": 3}, AgesOutOfOrder),
        ({"preset": "be_atl_18"}, PresetNotOffered),
        ({"preset": "invented"}, PresetNotOffered),
        ({"vouchers_per_child": 6}, PriceAboveTariff),
        ({"day": date(2024, 5, 22)}, DateInThePast),
        ({"day": date(2026, 3, 29), "starts": time(2, 30), "ends": time(5)}, MissingHour),
        ({"day": date(2026, 10, 25), "starts": time(2, 30), "ends": time(5)}, RepeatedHour),
        ({"starts": time(17), "ends": time(16)}, EndsBeforeStart),
    ],
)
def test_what_no_slot_can_be_is_refused(
    db: Session, alone: SlotDetails, changes: dict[str, object], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal), unit_of_work(db):
        service.create(db, replace(alone, **changes), actor=OPERATOR, now=NOON)  # type: ignore[arg-type]


def test_without_a_tariff_care_is_free_or_refused(
    db: Session, evening: Evening, alone: SlotDetails
) -> None:
    with unit_of_work(db):
        for row in db.scalars(select(Tariff).where(Tariff.provider_id == alone.provider_id)):
            row.last_day = date(2026, 4, 30)
    with pytest.raises(NoAgreedPrice), unit_of_work(db):
        service.create(db, alone, actor=OPERATOR, now=NOON)

    assert create(db, replace(alone, vouchers_per_child=0))
    assert price(db, evening.town.roseraie.id, AFTERNOON, Minutes(150), Cents(1_000)) is None


@pytest.mark.parametrize(
    ("minutes", "face", "expected"),
    [
        (150, 1_000, Price(Cents(5_000), 5, Cents(250), Cents(1_000))),
        (149, 1_000, Price(Cents(4_967), 4, Cents(249), Cents(1_000))),
        (61, 2_034, Price(Cents(2_034), 1, Cents(102), Cents(2_034))),
        (20, 1_000, Price(Cents(667), 0, Cents(34), Cents(1_000))),
    ],
)
def test_the_price_is_the_whole_vouchers_in_the_cost_of_one_child(
    db: Session, evening: Evening, minutes: int, face: int, expected: Price
) -> None:
    found = price(db, evening.town.roseraie.id, AFTERNOON, Minutes(minutes), Cents(face))

    assert found == expected


def test_a_price_per_session_does_not_depend_on_the_hours(db: Session, evening: Evening) -> None:
    with unit_of_work(db):
        for row in db.scalars(select(Tariff)):
            row.unit, row.unit_cents = "session", 2_500

    found = price(db, evening.town.roseraie.id, AFTERNOON, Minutes(600), Cents(1_000))
    assert found == Price(Cents(2_500), 2, Cents(100), Cents(1_000))


@pytest.mark.parametrize(
    ("vouchers", "share", "most"),
    [
        (4, 251, 250),  # 1 € an hour was agreed, for two hours and a half
        (5, 1, 0),  # five vouchers of 10 € pay all of 50 €
        (0, 100, 0),  # nobody would write it down
    ],
)
def test_a_family_is_never_asked_more_than_was_agreed(
    db: Session, alone: SlotDetails, vouchers: int, share: int, most: int
) -> None:
    asked = replace(alone, vouchers_per_child=vouchers, family_share_cents=share)
    with pytest.raises(ShareAboveTariff) as refused, unit_of_work(db):
        service.create(db, asked, actor=OPERATOR, now=NOON)
    assert (refused.value.asked, refused.value.most) == (share, most)

    assert not most or create(db, replace(asked, family_share_cents=most))


def test_usual_hours_lie_around_the_session_and_never_leave_its_day() -> None:
    assert around(time(18), time(20)) == (time(17, 45), time(20, 15))
    assert around(time(0, 5), time(23, 50)) == (time(0, 0), time(23, 59))
    assert shifted(time(17, 45), time(18), time(9, 30)) == time(9, 15)


def test_once_children_are_booked_hours_and_price_stay_and_the_rest_may_change(
    db: Session, evening: Evening
) -> None:
    books(db, asked(evening, evening.town.amina, evening.mia))
    public_id = db.get_one(CareSlot, evening.slot_id).public_id
    details = queries.slot(db, public_id).details
    db.rollback()
    for changes in ({"starts": time(17, 30)}, {"vouchers_per_child": 2}, {"provider_id": 99}):
        wanted = replace(details, **changes)
        with pytest.raises(SlotIsBooked), unit_of_work(db):
            service.change(db, evening.slot_id, wanted, actor=OPERATOR, now=NOON)

    wanted = replace(details, room="Salle rouge", preset="prudent", room_places=3)
    with unit_of_work(db):
        changed = service.change(db, evening.slot_id, wanted, actor=OPERATOR, now=NOON)

    assert set(changed) == {"room", "preset"}  # the room's size is for `bookings.changes`
    assert db.get_one(CareSlot, evening.slot_id).room_places == 8


def test_a_free_slot_is_changed_whole_unless_a_carer_is_elsewhere_then(
    db: Session, evening: Evening, alone: SlotDetails
) -> None:
    slot_id = create(db, alone)
    irene = a_carer(db, alone.provider_id)
    other = create(db, replace(alone, starts=time(17), ends=time(18), vouchers_per_child=2))
    with unit_of_work(db):
        for one in (slot_id, other):
            assignments.ask(db, one, irene, actor=OPERATOR, now=NOON)
            assignments.confirm(db, one, irene, actor=OPERATOR, now=NOON)

    late = replace(alone, starts=time(15), ends=time(17, 30), vouchers_per_child=0)
    with pytest.raises(CarerBusy), unit_of_work(db):
        service.change(db, slot_id, late, actor=OPERATOR, now=NOON)
    assert db.get_one(CareSlot, slot_id).ends == time(16, 30)
    db.rollback()
    with unit_of_work(db):
        early = replace(alone, starts=time(13), ends=time(15), vouchers_per_child=4)
        service.change(db, slot_id, early, actor=OPERATOR, now=NOON)
    assert db.get_one(CareSlot, slot_id).starts_at == datetime(2026, 5, 20, 11, tzinfo=UTC)


def test_a_cancelled_slot_stays_as_it_was(db: Session, alone: SlotDetails) -> None:
    slot_id = create(db, alone)
    with unit_of_work(db):
        row = db.get_one(CareSlot, slot_id)
        row.state, row.cancelled_at = "cancelled", NOON

    with pytest.raises(SlotCancelled), unit_of_work(db):
        service.change(db, slot_id, replace(alone, room="X"), actor=OPERATOR, now=NOON)


def test_the_same_care_is_offered_at_every_date_to_come_that_has_none(
    db: Session, evening: Evening
) -> None:
    next_week = evening_day(db, evening) + timedelta(days=7)
    later = a_session(db, evening.workshop_id, day=next_week, starts=time(9), ends=time(11, 30))
    with unit_of_work(db):
        assert service.repeat(db, evening.slot_id, actor=OPERATOR, now=NOON) == 1
    with unit_of_work(db):
        assert service.repeat(db, evening.slot_id, actor=OPERATOR, now=NOON) == 0

    copy = db.scalars(select(CareSlot).where(CareSlot.session_id == later)).one()
    assert (copy.state, copy.starts, copy.ends) == ("draft", time(8, 45), time(11, 45))
    asked_too = select(func.count()).where(
        CarerAssignment.slot_id == copy.id, CarerAssignment.state == "asked"
    )
    assert db.scalar(asked_too) == 2
    db.rollback()
    with unit_of_work(db):
        assert service.publish_beside(db, later, actor=OPERATOR, now=NOON) == 1


def test_care_that_stands_alone_is_repeated_nowhere(db: Session, alone: SlotDetails) -> None:
    slot_id = create(db, alone)

    with pytest.raises(NoSuchObject), unit_of_work(db):
        service.repeat(db, slot_id, actor=OPERATOR, now=NOON)


def evening_day(db: Session, evening: Evening) -> date:
    return db.scalars(
        select(WorkshopSession.day).where(WorkshopSession.id == evening.session_id)
    ).one()
