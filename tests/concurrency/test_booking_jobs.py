"""Two workers, and people, over the same booking: each message and each voucher once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.attendance import forgotten
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.redeeming import take_held
from repit.domain.care.models import CareSlot
from repit.domain.notices.models import Notice
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.models import Redemption
from repit.domain.reminders.bookings import enqueue_booking_reminders
from repit.domain.retrying import retrying
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from tests.cast import OPERATOR, a_parent, a_person
from tests.concurrency.together import Action, changing, the_books_agree, together
from tests.domain.attendance.stage import Scene, a_scene
from tests.domain.bookings.workshop import an_evening, asked, books

pytestmark = pytest.mark.concurrency
TRIALS = 6


def ending(engine: Engine, now: datetime) -> Action:
    """Return an action that does the whole hourly work."""

    def end_all() -> list[str]:
        outcomes: list[str] = []
        after = 0
        while True:
            looked = retrying(partial(_next, engine, after, now))
            if looked is None:
                return outcomes
            outcomes.append(looked.outcome)
            after = looked.child_place_id

    return end_all


def _next(engine: Engine, after: int, now: datetime) -> forgotten.Looked | None:
    with Session(engine) as db, unit_of_work(db):
        return forgotten.end_next(db, after=after, now=now)


def taking(engine: Engine, scene: Scene, place_id: int, now: datetime) -> Action:
    """Return the carer's own act."""

    def take(db: Session) -> object:
        standing = standing_of_newest(db, scene.evening.town.roseraie.id)
        assert standing
        return take_held(db, place_id, standing=standing, now=now)

    once: Callable[[], object] = changing(engine, take)
    return lambda: retrying(once)


@pytest.mark.parametrize("trial", range(TRIALS))
def test_held_vouchers_are_taken_once_whoever_takes_them(
    db: Session, engine: Engine, trial: int
) -> None:
    scene = a_scene(db)
    scene.note("arrived")
    scene.note("arrived", child_place_public_id=scene.mia)
    places = list(db.scalars(select(Hold.child_place_id).distinct()))
    now = db.get_one(CareSlot, scene.evening.slot_id).ends_at + timedelta(hours=13)
    db.rollback()

    together(
        ending(engine, now),
        ending(engine, now),
        *(taking(engine, scene, place_id, now) for place_id in places),
        trial=trial,
    )
    ending(engine, now)()

    assert db.scalar(select(func.count()).select_from(Redemption)) == 2
    assert set(db.scalars(select(Hold.state))) == {"redeemed"}
    db.rollback()
    the_books_agree(engine)


def test_two_workers_remind_everybody_once(db: Session, engine: Engine) -> None:
    evening = an_evening(db)
    for number in range(8):
        person_id = a_person(db, f"Parent {number}")
        books(db, asked(evening, a_parent(db, f"P{number}", person_id=person_id)))
    week_before = db.get_one(WorkshopSession, evening.session_id).starts_at - timedelta(days=7)
    db.rollback()

    def remind(db: Session) -> int:
        return enqueue_booking_reminders(db, now=week_before)

    together(changing(engine, remind), changing(engine, remind), changing(engine, remind))

    reminders = select(func.count()).where(Notice.dedupe.startswith("reminder:"))
    assert db.scalar(reminders) == 8


@pytest.mark.parametrize("trial", range(TRIALS))
def test_nothing_announces_what_is_being_cancelled(db: Session, engine: Engine, trial: int) -> None:
    evening = an_evening(db)
    done = books(db, asked(evening, evening.town.amina))
    week_before = db.get_one(WorkshopSession, evening.session_id).starts_at - timedelta(days=7)
    db.rollback()

    def give_back(db: Session) -> object:
        return cancel(
            db, done.public_id, by="parent", parent_id=None, actor=OPERATOR, now=week_before
        )

    def remind(db: Session) -> int:
        return enqueue_booking_reminders(db, now=week_before)

    together(changing(engine, remind), changing(engine, give_back), trial=trial)

    reminders = select(func.count()).where(Notice.dedupe.startswith("reminder:"))
    assert db.scalar(reminders) == 0
    db.rollback()
    the_books_agree(engine)
