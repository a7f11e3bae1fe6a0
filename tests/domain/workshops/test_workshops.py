from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.queries import history
from repit.domain.bookings.changes import move_session
from repit.domain.errors import Refused
from repit.domain.people.models import Membership
from repit.domain.workshops import again, facilitators, queries, service, sessions
from repit.domain.workshops.errors import (
    DateInThePast,
    EndsBeforeStart,
    MinAboveMax,
    MissingHour,
    RepeatedHour,
    SessionNotDraft,
    SessionThereAlready,
    WorkshopInThatState,
    WorkshopNotOpen,
)
from repit.domain.workshops.models import Facilitator, Workshop, WorkshopSession
from repit.domain.workshops.queries import WorkshopFilter
from repit.domain.workshops.rules import Row
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.domain.workshops.staging import (
    DAYS,
    EVENING,
    HOUSE,
    a_place,
    a_workshop,
    an_outline,
    some_sessions,
)

BLAGNAC = [date(2023, 3, 15), date(2023, 5, 24), date(2023, 6, 28)]


@pytest.fixture
def workshop(db: Session) -> int:
    return a_workshop(db, cast.a_programme(db))


def public_id(db: Session, workshop_id: int) -> str:
    return db.scalars(select(Workshop.public_id).where(Workshop.id == workshop_id)).one()


def add(db: Session, workshop_id: int, *rows: Row) -> list[int]:
    with unit_of_work(db):
        return sessions.add(db, workshop_id, rows, actor=OPERATOR, now=NOON)


def test_dates_become_moments_on_both_sides_of_the_clock_change(db: Session, workshop: int) -> None:
    add(db, workshop, Row(date(2026, 3, 25), *EVENING), Row(date(2026, 4, 1), *EVENING))

    rows = db.scalars(select(WorkshopSession).order_by(WorkshopSession.day)).all()
    assert [row.starts_at for row in rows] == [
        datetime(2026, 3, 25, 17, tzinfo=UTC),
        datetime(2026, 4, 1, 16, tzinfo=UTC),
    ]
    assert rows[1].decide_at == datetime(2026, 3, 30, 16, tzinfo=UTC)
    assert {(row.min_people, row.max_people, row.state) for row in rows} == {(3, 12, "draft")}


def test_it_is_decided_on_at_the_same_time_two_days_earlier_across_the_change(
    db: Session, workshop: int
) -> None:
    add(db, workshop, Row(date(2026, 3, 30), *EVENING))

    row = db.scalars(select(WorkshopSession)).one()
    assert row.decide_at == datetime(2026, 3, 28, 17, tzinfo=UTC)  # 18 h there, 49 h before


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (Row(date(2026, 3, 13), *EVENING), DateInThePast),
        (Row(date(2026, 3, 14), time(12, 59), time(20)), DateInThePast),
        (Row(date(2026, 3, 29), time(2, 30), time(4)), MissingHour),
        (Row(date(2026, 10, 25), time(2, 30), time(4)), RepeatedHour),
        (Row(date(2026, 5, 20), time(20), time(18)), EndsBeforeStart),
        (Row(date(2026, 5, 21), time(18), time(18)), EndsBeforeStart),
        (Row(DAYS[0], *EVENING), SessionThereAlready),
    ],
)
def test_one_date_that_cannot_be_keeps_the_whole_list_out(
    db: Session, workshop: int, row: Row, refusal: type[Refused]
) -> None:
    good = Row(DAYS[0], *EVENING)

    with pytest.raises(refusal), unit_of_work(db):
        sessions.add(db, workshop, [good, row], actor=OPERATOR, now=NOON)

    assert db.scalar(select(func.count()).select_from(WorkshopSession)) == 0


def test_a_date_that_the_workshop_has_already_is_refused(db: Session, workshop: int) -> None:
    some_sessions(db, workshop)

    with pytest.raises(SessionThereAlready) as refused, unit_of_work(db):
        sessions.add(db, workshop, [Row(DAYS[1], *EVENING)], actor=OPERATOR, now=NOON)

    assert refused.value.day == DAYS[1]


def test_a_minimum_above_the_maximum_is_refused_before_anything_is_written(db: Session) -> None:
    outline = replace(an_outline(cast.a_programme(db), a_place(db)), min_people=13)

    with pytest.raises(MinAboveMax), unit_of_work(db):
        service.create(db, outline, actor=OPERATOR, now=NOON)


def test_a_change_of_the_workshop_leaves_its_dates_as_they_were(db: Session, workshop: int) -> None:
    [first, *_] = some_sessions(db, workshop)
    outline = queries.workshop(db, public_id(db, workshop)).outline
    wanted = replace(outline, max_people=8, starts=time(9), ends=time(11), only_towns=("Lens",))

    with unit_of_work(db):
        changed = service.change(db, workshop, wanted, actor=OPERATOR, now=NOON)

    assert set(changed) == {"max_people", "starts", "ends", "only_towns"}
    assert queries.workshop(db, public_id(db, workshop)).outline == wanted
    assert db.get_one(WorkshopSession, first).max_people == 12
    assert history(db, [("workshop", workshop)])[0].facts["starts"] == ["18:00:00", "09:00:00"]


def test_only_an_open_workshop_has_open_sessions_and_only_drafts_are_opened(db: Session) -> None:
    workshop = a_workshop(db, cast.a_programme(db), opened=False)
    [first, *_] = some_sessions(db, workshop, published=False)
    with pytest.raises(WorkshopNotOpen), unit_of_work(db):
        sessions.publish(db, first, actor=OPERATOR, now=NOON)

    with unit_of_work(db):
        service.open_to_parents(db, workshop, actor=OPERATOR, now=NOON)
        assert len(sessions.publish_all(db, workshop, actor=OPERATOR, now=NOON)) == 3

    with pytest.raises(SessionNotDraft), unit_of_work(db):
        sessions.publish(db, first, actor=OPERATOR, now=NOON)
    with pytest.raises(WorkshopInThatState), unit_of_work(db):
        service.open_to_parents(db, workshop, actor=OPERATOR, now=NOON)


def test_a_session_that_began_is_not_opened(db: Session, workshop: int) -> None:
    [first, *_] = some_sessions(db, workshop, published=False)

    late = datetime(2026, 5, 20, 16, tzinfo=UTC)
    with pytest.raises(DateInThePast), unit_of_work(db):
        sessions.publish(db, first, actor=OPERATOR, now=late)


def test_last_years_workshop_starts_again_with_its_dates_moved(db: Session, workshop: int) -> None:
    with unit_of_work(db):
        long_ago = datetime(2023, 1, 1, tzinfo=UTC)
        rows = [Row(day, *EVENING, theme="Le sommeil") for day in BLAGNAC]
        sessions.add(db, workshop, rows, actor=OPERATOR, now=long_ago)
        facilitators.add(
            db, workshop, name="Sonia", email="sonia@exemple.test", actor=OPERATOR, now=NOON
        )
        programme = db.get_one(Workshop, workshop).programme_id

    moved = again.proposed(db, workshop, 2027).rows
    with unit_of_work(db):
        new = service.duplicate(
            db,
            workshop,
            moved,
            title="Entreparent’aise 2027",
            programme_id=programme,
            actor=OPERATOR,
            now=NOON,
        )

    assert [row.day for row in moved] == [date(2027, 3, 17), date(2027, 5, 26), date(2027, 6, 30)]
    assert all(row.day.weekday() == 2 and row.theme is None for row in moved)
    found = queries.workshop(db, new)
    assert (found.state, found.outline.title) == ("draft", "Entreparent’aise 2027")
    assert [one.name for one in found.facilitators] == ["Sonia"]


def test_one_year_starts_again_without_what_stands_there_already(
    db: Session, workshop: int
) -> None:
    first, second, next_year = date(2026, 12, 2), date(2026, 12, 9), date(2027, 12, 1)
    with unit_of_work(db):
        rows = [Row(day, *EVENING) for day in (first, second, next_year)]
        sessions.add(db, workshop, rows, actor=OPERATOR, now=NOON)

    found = again.proposed(db, workshop, 2027)

    assert [row.day for row in found.rows] == [date(2027, 12, 8)]
    assert found.there == (next_year,)
    assert [row.day for row in again.proposed(db, workshop, 2028).rows] == [date(2028, 11, 29)]


def test_a_session_that_was_put_off_starts_again_on_its_first_day(
    db: Session, workshop: int
) -> None:
    with unit_of_work(db):
        sessions.add(db, workshop, [Row(date(2026, 12, 2), *EVENING)], actor=OPERATOR, now=NOON)
    row = db.scalars(select(WorkshopSession)).one()
    session_id, place_id = row.id, row.place_id
    db.rollback()
    for day in (4, 11):  # a Friday, then the next
        with unit_of_work(db):
            move_session(
                db,
                session_id,
                day=date(2026, 12, day),
                starts=time(10),
                ends=time(11),
                place_id=place_id,
                actor=OPERATOR,
                now=NOON,
            )

    [again_on] = again.proposed(db, workshop, 2027).rows

    assert (again_on.day, again_on.starts) == (date(2027, 12, 1), EVENING[0])


def test_a_facilitator_gets_the_role_once_and_loses_it_with_the_last_thing_they_lead(
    db: Session, workshop: int
) -> None:
    [first, *_] = some_sessions(db, workshop)
    sonia = {"name": "Sonia", "email": "Sonia@exemple.test", "actor": OPERATOR, "now": NOON}
    with unit_of_work(db):
        facilitators.add(db, workshop, **sonia)  # type: ignore[arg-type]  # one set of facts
        facilitators.add(db, workshop, **sonia)  # type: ignore[arg-type]
        facilitators.add(db, workshop, session_id=first, **sonia)  # type: ignore[arg-type]
    rows = db.scalars(select(Facilitator.id).order_by(Facilitator.id)).all()
    live = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.role == "facilitator", Membership.ended_at.is_(None))
    )
    assert (len(rows), db.scalar(live)) == (2, 1)
    db.rollback()

    with unit_of_work(db):
        facilitators.remove(db, workshop, rows[0], actor=OPERATOR, now=NOON)
    assert db.scalar(live) == 1
    db.rollback()
    with unit_of_work(db):
        facilitators.remove(db, workshop, rows[1], actor=OPERATOR, now=NOON)
    assert db.scalar(live) == 0


def test_the_list_counts_what_is_to_come_and_filters(db: Session, workshop: int) -> None:
    some_sessions(db, workshop, published=False)
    after_the_first = datetime(2026, 5, 21, tzinfo=UTC)

    [row] = queries.workshops(db, WorkshopFilter(), now=after_the_first, number=1).items

    assert (row.dates, row.to_come, row.drafts) == (3, 2, 2)
    assert row.next_at == datetime(2026, 6, 24, 16, tzinfo=UTC)
    assert not queries.workshops(db, WorkshopFilter(text="100%"), now=NOON, number=1).items
    assert queries.workshops(db, WorkshopFilter(text="MERCREDI"), now=NOON, number=1).items
    assert not queries.workshops(db, WorkshopFilter(state="closed"), now=NOON, number=1).items


def test_a_place_is_corrected_and_counts_its_workshops(db: Session, workshop: int) -> None:
    [place] = queries.places(db)
    with unit_of_work(db):
        details = replace(HOUSE, access="Bus 17, arrêt Odyssud")
        changed = service.change_place(db, place.id, details, actor=OPERATOR, now=NOON)

    del workshop
    found = queries.place(db, place.public_id)
    assert (changed, found.workshops) == (["access"], 1)
    assert found.details.access == "Bus 17, arrêt Odyssud"
