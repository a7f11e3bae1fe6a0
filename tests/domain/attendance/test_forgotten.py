"""Vouchers that nobody took after the care: the job ends each promise once, or leaves it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.attendance import forgotten
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.redeeming import take_held
from repit.domain.care.models import CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Device, Provider
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Hold, Voucher
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.commands.work import work
from tests.domain.attendance.stage import Scene, a_scene
from tests.domain.bookings.workshop import a_child, asked, books


@pytest.fixture
def scene(db: Session, engine: Engine) -> Iterator[Scene]:
    """Amina booked for Léo and Mia, a voucher each. However it ends, the books agree."""
    yield a_scene(db)
    db.rollback()
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []


def over(scene: Scene) -> datetime:
    """The next morning."""
    ends_at = scene.db.get_one(CareSlot, scene.evening.slot_id).ends_at
    scene.db.rollback()
    return ends_at + timedelta(hours=13)


def run(scene: Scene, engine: Engine, *, later: timedelta = timedelta()) -> dict[str, Any] | None:
    return work(scene.db, engine, "redeem_held", over(scene) + later)


def holds(scene: Scene) -> list[str]:
    return sorted(scene.db.scalars(select(Hold.state)))


def taken(scene: Scene) -> int:
    return scene.db.scalar(select(func.count()).select_from(Redemption)) or 0


def policy(scene: Scene, **changes: Any) -> None:
    with unit_of_work(scene.db):
        scene.db.execute(update(Programme).values(**changes))


HOUR = timedelta(hours=1)


def test_what_was_attended_and_forgotten_is_taken_once(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")
    scene.note("arrived", child_place_public_id=scene.mia)
    scene.note("left", at=scene.starts + HOUR)

    assert run(scene, engine) == {"taken": 2}
    assert run(scene, engine, later=HOUR) == {}

    assert holds(scene) == ["redeemed", "redeemed"]
    assert taken(scene) == 2
    db = scene.db
    slot = db.get_one(CareSlot, scene.evening.slot_id)
    assert set(db.scalars(select(Redemption.service_on))) == {slot.day}
    assert not db.scalars(select(Voucher.id).where(Voucher.booked)).all()


def test_a_worker_that_died_in_between_takes_no_more(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")
    with unit_of_work(scene.db):
        looked = forgotten.end_next(scene.db, after=0, now=over(scene))
    assert looked
    assert looked.outcome == "taken"

    assert run(scene, engine) == {"left": 1}
    assert taken(scene) == 1


def test_the_carer_who_takes_them_is_first(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")
    place_id = scene.db.scalars(select(Hold.child_place_id).order_by(Hold.id)).first()
    assert place_id
    standing = standing_of_newest(scene.db, scene.evening.town.roseraie.id)
    assert standing
    with unit_of_work(scene.db):
        take_held(scene.db, place_id, standing=standing, now=scene.starts + 3 * HOUR)

    assert run(scene, engine) == {"left": 1}
    assert taken(scene) == 1


def test_the_same_evening_it_is_left_to_the_carer(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")

    assert run(scene, engine, later=timedelta(hours=-2)) == {}
    assert holds(scene) == ["held", "held"]


def test_where_nobody_noted_anything_nothing_moves(scene: Scene, engine: Engine) -> None:
    assert run(scene, engine, later=timedelta(days=30)) == {"left": 2}
    assert holds(scene) == ["held", "held"]


@pytest.mark.parametrize(("paid", "outcome"), [(True, "taken"), (False, "given_back")])
def test_who_did_not_come_is_paid_for_by_the_published_policy(
    scene: Scene, engine: Engine, *, paid: bool, outcome: str
) -> None:
    policy(scene, no_show_is_paid=paid)
    scene.note("no_show", at=scene.starts + HOUR)

    assert run(scene, engine) == {outcome: 1, "left": 1}
    assert taken(scene) == int(paid)
    assert run(scene, engine, later=HOUR) == {"left": 1}


def test_who_was_excused_gets_the_vouchers_back_whatever_the_policy(
    scene: Scene, engine: Engine
) -> None:
    policy(scene, no_show_is_paid=True)
    scene.note("excused", motive="ill")

    assert run(scene, engine) == {"given_back": 1, "left": 1}
    assert holds(scene) == ["held", "released"]


def test_who_was_noted_away_and_came_is_paid_for(scene: Scene, engine: Engine) -> None:
    scene.note("no_show", at=scene.starts + HOUR)
    scene.note("arrived", at=scene.starts + HOUR * 1.2)

    assert run(scene, engine) == {"taken": 1, "left": 1}


def test_a_note_taken_back_counts_for_nothing(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")
    scene.note("annulled", at=scene.starts + HOUR)

    assert run(scene, engine) == {"left": 2}


def test_two_phones_that_disagree_whether_a_child_came_move_nothing(
    scene: Scene, engine: Engine
) -> None:
    scene.note("arrived")
    later = scene.starts + HOUR
    scene.note("no_show", at=later, device="stay:2", offline=True)

    assert run(scene, engine) == {"left": 2}


def test_two_phones_that_both_saw_it_arrive_agree_enough(scene: Scene, engine: Engine) -> None:
    scene.note("arrived")
    scene.note("arrived", at=scene.starts + HOUR, device="stay:2", offline=True)

    assert run(scene, engine) == {"taken": 1, "left": 1}


def gives_back_late(scene: Scene) -> None:
    with unit_of_work(scene.db):
        cancel(
            scene.db,
            scene.booking,
            by="parent",
            parent_id=scene.evening.town.amina,
            actor=OPERATOR,
            now=scene.starts - HOUR,
        )


def test_a_late_cancellation_is_paid_when_the_policy_says_so(scene: Scene, engine: Engine) -> None:
    policy(scene, late_is_paid=True)
    gives_back_late(scene)
    assert holds(scene) == ["held", "held"]

    assert run(scene, engine) == {"taken": 2}
    assert taken(scene) == 2


def test_a_policy_that_became_kinder_gives_them_back(scene: Scene, engine: Engine) -> None:
    policy(scene, late_is_paid=True)
    gives_back_late(scene)
    policy(scene, late_is_paid=False)

    assert run(scene, engine) == {"given_back": 2}
    assert holds(scene) == ["released", "released"]


@pytest.mark.parametrize("trouble", ["device", "suspended", "lapsed"])
def test_a_provider_who_may_not_be_paid_waits_for_people(
    scene: Scene, engine: Engine, trouble: str
) -> None:
    scene.note("arrived")
    with unit_of_work(scene.db):
        if trouble == "device":
            scene.db.execute(update(Device).values(locked_at=NOON))
        elif trouble == "suspended":
            scene.db.execute(update(Provider).values(state="suspended"))
        else:
            scene.db.execute(update(Accreditation).values(withdrawn_on=cast.TODAY))

    assert run(scene, engine) == {"refused": 1, "left": 1}
    assert holds(scene) == ["held", "held"]


def test_each_place_is_looked_at_whatever_became_of_the_one_before(
    scene: Scene, engine: Engine
) -> None:
    chloe = scene.evening.town.chloe
    cast.vouchers_for(scene.db, chloe, scene.evening.town.fund_id, vouchers=1)
    child = a_child(scene.db, chloe, name="Noé")
    done = books(scene.db, asked(scene.evening, chloe, child))
    scene.note("excused", motive="work", child_place_public_id=scene.mia)
    scene.db.rollback()
    place = scene.db.scalars(select(Hold.child_place_id).order_by(Hold.id.desc()).limit(1)).one()
    public_id = scene.db.get_one(ChildPlace, place).public_id
    scene.note("arrived", booking_public_id=done.public_id, child_place_public_id=public_id)

    assert run(scene, engine) == {"left": 1, "given_back": 1, "taken": 1}


def test_a_parent_who_stayed_away_stayed_away_with_the_children(
    scene: Scene, engine: Engine
) -> None:
    scene.note("excused", child_place_public_id=None, motive="ill")
    scene.note("arrived", child_place_public_id=scene.mia)  # with her grandmother

    assert run(scene, engine) == {"given_back": 1, "taken": 1}


def test_what_the_family_pays_is_noted_where_the_child_came(scene: Scene, engine: Engine) -> None:
    policy(scene, no_show_is_paid=True)
    with unit_of_work(scene.db):
        scene.db.execute(update(CareSlot).values(family_share_cents=150))
    scene.note("arrived", child_place_public_id=scene.leo)
    scene.note("left", child_place_public_id=scene.leo, at=scene.starts + HOUR)
    scene.note("no_show", child_place_public_id=scene.mia, at=scene.starts + HOUR)

    assert run(scene, engine) == {"taken": 2}
    assert sorted(scene.db.scalars(select(Redemption.family_share_cents))) == [0, 150]

    places = scene.db.scalars(select(Hold.child_place_id).order_by(Hold.id)).all()
    standing = standing_of_newest(scene.db, scene.evening.town.roseraie.id)
    assert standing
    for place_id in places:  # a carer who takes them by hand afterwards is given the same answer
        assert take_held(scene.db, place_id, standing=standing, now=over(scene)).replayed
