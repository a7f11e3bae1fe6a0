"""A child who was noted there is not cancelled away: its place stays until it is handed over."""

from datetime import timedelta
from typing import Literal

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.attendance import queries
from repit.domain.attendance.errors import NotExpected
from repit.domain.attendance.queries import ChildLine
from repit.domain.attendance.reading import Scope
from repit.domain.bookings import closing
from repit.domain.bookings.cancel import Cancelled, cancel, cancel_child, foretell
from repit.domain.bookings.errors import ChildCame
from tests.cast import OPERATOR
from tests.domain.attendance.stage import Scene, a_scene

EARLY = timedelta(minutes=-6)
"""The care was open, the session had not begun."""
WAYS: tuple[Literal["parent", "service"], ...] = ("parent", "service")


@pytest.fixture
def scene(db: Session) -> Scene:
    return a_scene(db)


def ends(scene: Scene, by: Literal["parent", "service"], place: str | None = None) -> Cancelled:
    now, amina = scene.starts - timedelta(minutes=2), scene.evening.town.amina
    about = {"parent_id": amina, "actor": OPERATOR, "now": now}
    with unit_of_work(scene.db):
        if place is None:
            return cancel(scene.db, scene.booking, by=by, **about)  # type: ignore[arg-type]
        return cancel_child(scene.db, scene.booking, place, by=by, **about)  # type: ignore[arg-type]


def on_the_sheet(scene: Scene) -> dict[str, ChildLine]:
    found = queries.sheet(scene.db, Scope(slot_id=scene.evening.slot_id)).children
    scene.db.rollback()
    return {child.first_name: child for child in found}


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("left", [False, True])
def test_who_came_is_not_cancelled(
    scene: Scene, by: Literal["parent", "service"], *, left: bool
) -> None:
    scene.note("arrived", at=scene.starts + EARLY)
    if left:
        scene.note("left", at=scene.starts + EARLY + timedelta(minutes=1))
    for place in (None, scene.leo):
        with pytest.raises(ChildCame) as refused:
            ends(scene, by, place)
        assert refused.value.children == 1
    with pytest.raises(ChildCame):
        foretell(scene.db, scene.booking, now=scene.starts + EARLY)
    assert on_the_sheet(scene)["Léo"].held == 1


def test_the_child_who_did_not_come_may_be_cancelled_beside(scene: Scene) -> None:
    scene.note("arrived", at=scene.starts + EARLY)
    foretell(scene.db, scene.booking, place=scene.mia, now=scene.starts + EARLY)
    ends(scene, "service", scene.mia)
    assert set(on_the_sheet(scene)) == {"Léo"}


def test_a_note_that_was_taken_back_keeps_nobody(scene: Scene) -> None:
    scene.note("arrived", at=scene.starts + EARLY)
    scene.note("annulled", at=scene.starts + EARLY + timedelta(seconds=30))
    assert ends(scene, "service").given_back == 2
    assert on_the_sheet(scene) == {}


def test_neither_the_care_nor_the_session_is_called_off_over_their_heads(scene: Scene) -> None:
    scene.note("arrived", at=scene.starts + EARLY)
    about = {"motive": "Fuite", "actor": OPERATOR, "now": scene.starts}
    with pytest.raises(ChildCame), unit_of_work(scene.db):
        closing.cancel_slot(scene.db, scene.evening.slot_id, **about)  # type: ignore[arg-type]
    with pytest.raises(ChildCame), unit_of_work(scene.db):
        closing.cancel_session(scene.db, scene.evening.session_id, **about)  # type: ignore[arg-type]
    assert set(on_the_sheet(scene)) == {"Léo", "Mia"}


@pytest.mark.parametrize("place", [None, "leo"])
@pytest.mark.parametrize("minutes", [-1, 1])
def test_who_came_unknown_to_us_stays_on_the_sheet_until_handed_over(
    scene: Scene, place: str | None, minutes: int
) -> None:
    ends(scene, "service", place and scene.leo)
    cancelled = scene.starts - timedelta(minutes=2)
    assert "Léo" not in on_the_sheet(scene)

    scene.note("arrived", at=cancelled + timedelta(minutes=minutes), offline=True)
    leo = on_the_sheet(scene)["Léo"]
    assert (leo.cancelled, leo.noting.state.inside) == (True, True)
    kept = scene.note("left", at=scene.starts + timedelta(hours=2))
    assert kept.person_name == "Amina Dupont"


def test_nobody_arrives_where_they_cancelled_two_days_ago(scene: Scene) -> None:
    ends(scene, "service")
    with pytest.raises(NotExpected):
        scene.note("arrived", at=scene.starts + timedelta(days=3), offline=True)
