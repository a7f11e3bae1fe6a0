from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.care import assignments, carers, queries
from repit.domain.care.counting import carers_counted
from repit.domain.care.details import CarerDetails, CheckDetails
from repit.domain.care.errors import (
    CarerAskedAlready,
    CarerBusy,
    CarerGone,
    CarerOfAnother,
    CheckDaysOutOfOrder,
    CheckSeenLater,
)
from repit.domain.care.models import Carer, CarerAssignment, CareSlot
from repit.domain.care.papers import Paper, PaperState, standing
from repit.domain.care.queries import CarerFilter
from repit.domain.care.standing import Assigned, WhyNot, assigned, valid_carers
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Provider
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.bookings.workshop import DAY, Evening, a_carer, a_slot, an_evening

PAPER = CheckDetails("honorability", date(2026, 1, 1), date(2026, 12, 31), TODAY)


@pytest.fixture
def evening(db: Session) -> Evening:
    return an_evening(db)


def first_assigned(db: Session, evening: Evening) -> Assigned:
    public_id = db.get_one(CareSlot, evening.slot_id).public_id
    return assigned(db, queries.slot(db, public_id))[0]


def the_first(db: Session, evening: Evening) -> Carer:
    return db.scalars(
        select(Carer)
        .join(CarerAssignment, CarerAssignment.carer_id == Carer.id)
        .where(CarerAssignment.slot_id == evening.slot_id)
        .order_by(Carer.name)
    ).first()  # type: ignore[return-value]  # the stage has two


def nothing(_db: Session, _evening: Evening) -> None:
    """Everything is in order."""


def leaves(db: Session, evening: Evening) -> None:
    the_first(db, evening).left_on = DAY


def leaves_later(db: Session, evening: Evening) -> None:
    the_first(db, evening).left_on = DAY + timedelta(days=1)


def is_on_call(db: Session, evening: Evening) -> None:
    row = assignment(db, evening)
    row.role = "on_call"


def withdraws(db: Session, evening: Evening) -> None:
    assignment(db, evening).state = "withdrawn"


def is_only_asked(db: Session, evening: Evening) -> None:
    assignment(db, evening).state = "asked"


def assignment(db: Session, evening: Evening) -> CarerAssignment:
    return db.scalars(
        select(CarerAssignment).where(
            CarerAssignment.slot_id == evening.slot_id,
            CarerAssignment.carer_id == the_first(db, evening).id,
        )
    ).one()


def papers_lapse(db: Session, evening: Evening) -> None:
    del evening
    db.scalars(select(Programme)).one().carer_checks = ["honorability", "insurance"]


def provider_is_suspended(db: Session, evening: Evening) -> None:
    db.get_one(Provider, evening.town.roseraie.id).state = "suspended"


def accreditation_is_withdrawn(db: Session, evening: Evening) -> None:
    rows = select(Accreditation).where(Accreditation.provider_id == evening.town.roseraie.id)
    for row in db.scalars(rows):
        row.withdrawn_on = DAY


def volunteers(db: Session, evening: Evening) -> None:
    the_first(db, evening).kind = "volunteer"
    db.get_one(CareSlot, evening.slot_id).preset = "prudent"


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (nothing, ()),
        (leaves_later, ()),
        (leaves, (WhyNot.GONE,)),
        (is_on_call, (WhyNot.ON_CALL,)),
        (withdraws, (WhyNot.WITHDRAWN,)),
        (is_only_asked, (WhyNot.ASKED,)),
        (papers_lapse, (WhyNot.PAPERS,)),
        (provider_is_suspended, (WhyNot.SUSPENDED,)),
        (accreditation_is_withdrawn, (WhyNot.NOT_ACCREDITED,)),
        (volunteers, (WhyNot.VOLUNTEER,)),
    ],
)
def test_what_keeps_a_carer_from_counting_is_said_and_agrees_with_the_count(
    db: Session, evening: Evening, happens: object, why: tuple[WhyNot, ...]
) -> None:
    assert callable(happens)
    with unit_of_work(db):
        happens(db, evening)

    everyone = {
        one.carer.name: one.carer.why_not
        for one in assigned(db, queries.slot(db, db.get_one(CareSlot, evening.slot_id).public_id))
    }
    assert everyone["Intervenante 0"] == why
    preset_counts = happens is not volunteers
    counted = [
        one
        for one in carers_counted(db, [evening.slot_id]).get(evening.slot_id, [])
        if preset_counts or not one.volunteer
    ]
    assert len(counted) == sum(not reasons for reasons in everyone.values())


def test_those_who_may_be_asked_are_valid_on_the_day_and_not_only_today(
    db: Session, evening: Evening
) -> None:
    provider_id, programme_id = evening.town.roseraie.id, evening.town.programme_id

    def names(day: date) -> list[str]:
        return [one.name for one in valid_carers(db, provider_id, day, programme_id)]

    assert names(DAY) == ["Intervenante 0", "Intervenante 1"]
    assert names(date(2027, 1, 1)) == []  # every paper and the accreditation lapsed


def test_a_paper_is_noted_with_who_saw_it_and_lapses_by_itself(
    db: Session, evening: Evening
) -> None:
    with unit_of_work(db):
        details = CarerDetails("Fatou Ndiaye", "childminder", 4)
        public_id = carers.add(db, evening.town.roseraie.id, details, actor=OPERATOR, now=NOON)
        row = db.scalars(select(Carer).where(Carer.public_id == public_id)).one()
        carers.note_check(db, row.id, PAPER, today=TODAY, actor=OPERATOR, now=NOON)
        fatou = row.id

    def state(day: date) -> PaperState:
        return queries.carer(db, public_id, today=day).row.worst()

    assert state(TODAY) is PaperState.VALID
    assert state(date(2026, 10, 31)) is PaperState.VALID
    assert state(date(2026, 11, 1)) is PaperState.LAPSING
    assert state(date(2027, 1, 1)) is PaperState.LAPSED
    [check] = queries.carer(db, public_id, today=TODAY).checks
    assert check.seen_by == OPERATOR
    db.rollback()
    with unit_of_work(db):
        carers.drop_check(db, fatou, check.id, actor=OPERATOR, now=NOON)
    assert state(TODAY) is PaperState.MISSING


def test_a_renewed_paper_follows_without_a_gap() -> None:
    first = Paper("insurance", date(2026, 1, 1), date(2026, 3, 31))
    second = Paper("insurance", date(2026, 4, 1), date(2027, 3, 31))
    late = Paper("insurance", date(2026, 4, 3), date(2027, 3, 31))

    assert standing([first, second], "insurance", TODAY).until == date(2027, 3, 31)
    with_gap = standing([first, late], "insurance", TODAY)
    assert (with_gap.state, with_gap.until) == (PaperState.LAPSING, date(2026, 3, 31))
    to_come = standing([late], "insurance", TODAY)
    assert (to_come.state, to_come.until) == (PaperState.TO_COME, date(2026, 4, 3))


def test_papers_that_cannot_be_are_refused(db: Session, evening: Evening) -> None:
    carer = a_carer(db, evening.town.roseraie.id)
    backwards = CheckDetails("insurance", TODAY, TODAY - timedelta(days=1), TODAY)
    tomorrow = CheckDetails("insurance", TODAY, TODAY, TODAY + timedelta(days=1))

    for details, refusal in ((backwards, CheckDaysOutOfOrder), (tomorrow, CheckSeenLater)):
        with pytest.raises(refusal), unit_of_work(db):
            carers.note_check(db, carer, details, today=TODAY, actor=OPERATOR, now=NOON)
    with pytest.raises(NoSuchObject), unit_of_work(db):
        carers.note_check(db, 987_654, PAPER, today=TODAY, actor=OPERATOR, now=NOON)


def test_somebody_elses_paper_is_not_dropped(db: Session, evening: Evening) -> None:
    other = a_carer(db, evening.town.roseraie.id)
    found = queries.carers(db, CarerFilter(text="intervenante 0"), today=TODAY)[0]
    check = queries.carer(db, found.public_id, today=TODAY).checks[0]
    db.rollback()

    with pytest.raises(NoSuchObject), unit_of_work(db):
        carers.drop_check(db, other, check.id, actor=OPERATOR, now=NOON)


def test_nobody_is_in_two_rooms_at_a_time(db: Session, evening: Evening) -> None:
    other = a_slot(
        db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        carers=0,
    )
    first = the_first(db, evening).id
    db.rollback()

    with pytest.raises(CarerBusy), unit_of_work(db):
        assignments.ask(db, other, first, actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        assignments.withdraw(db, evening.slot_id, first, actor=OPERATOR, now=NOON)
        assignments.ask(db, other, first, actor=OPERATOR, now=NOON)
        assignments.confirm(db, other, first, actor=OPERATOR, now=NOON)
        assignments.confirm(db, other, first, actor=OPERATOR, now=NOON)
    with pytest.raises(CarerBusy), unit_of_work(db):
        assignments.confirm(db, evening.slot_id, first, actor=OPERATOR, now=NOON)


def test_only_the_providers_own_people_who_are_still_there_are_asked(
    db: Session, evening: Evening
) -> None:
    stranger = a_carer(db, evening.town.sureau.id, "Paul")
    gone = a_carer(db, evening.town.roseraie.id, "Zita", left_on=DAY)

    for carer_id, refusal in ((stranger, CarerOfAnother), (gone, CarerGone)):
        with pytest.raises(refusal), unit_of_work(db):
            assignments.ask(db, evening.slot_id, carer_id, actor=OPERATOR, now=NOON)


def test_a_carer_is_asked_once_and_again_after_a_no(db: Session, evening: Evening) -> None:
    zoe = a_carer(db, evening.town.roseraie.id, "Zoé")
    with unit_of_work(db):
        assignments.ask(db, evening.slot_id, zoe, on_call=True, actor=OPERATOR, now=NOON)
    with pytest.raises(CarerAskedAlready), unit_of_work(db):
        assignments.ask(db, evening.slot_id, zoe, actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        assignments.withdraw(db, evening.slot_id, zoe, actor=OPERATOR, now=NOON)
        assignments.ask(db, evening.slot_id, zoe, actor=OPERATOR, now=NOON)
        assignments.confirm(db, evening.slot_id, zoe, actor=OPERATOR, now=NOON)
        assignments.let_count(db, evening.slot_id, zoe, counts=False, actor=OPERATOR, now=NOON)

    rows = db.execute(
        select(CarerAssignment.state, CarerAssignment.role).where(CarerAssignment.carer_id == zoe)
    )
    assert rows.all() == [("confirmed", "on_call")]


def test_a_carer_who_left_leaves_the_list_and_may_come_back(db: Session, evening: Evening) -> None:
    carer = a_carer(db, evening.town.roseraie.id, "Zoé")
    with unit_of_work(db):
        carers.leave(db, carer, TODAY, actor=OPERATOR, now=NOON)
    assert not queries.carers(db, CarerFilter(text="zoe"), today=TODAY)
    assert queries.carers(db, CarerFilter(text="zoe", gone=True), today=TODAY)
    db.rollback()
    with unit_of_work(db):
        carers.leave(db, carer, None, actor=OPERATOR, now=NOON)
    assert queries.carers(db, CarerFilter(text="zoe"), today=TODAY)


def test_what_a_carer_or_a_paper_changes_is_found_among_the_open_slots_to_come(
    db: Session, evening: Evening
) -> None:
    first = the_first(db, evening).id
    assert queries.slots_to_count(db, now=NOON, carer_id=first) == [evening.slot_id]
    assert queries.slots_to_count(db, now=NOON, provider_id=evening.town.sureau.id) == []
    assert queries.slots_to_count(db, now=NOON + timedelta(days=60), carer_id=first) == []
