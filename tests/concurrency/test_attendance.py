"""Phones that tap at the same instant."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.attendance import service
from repit.domain.attendance.errors import AlreadyNoted, NoteReused
from repit.domain.attendance.service import Kept, Noted
from tests.concurrency.together import changing, together
from tests.domain.attendance.stage import FACILITATOR, Scene, a_scene

pytestmark = pytest.mark.concurrency


@pytest.fixture
def scene(db: Session) -> Scene:
    return a_scene(db)


def noting(tap: Noted) -> Callable[[Session], Kept]:
    return lambda db: service.note(db, tap, actor=FACILITATOR, now=tap.at)


def test_one_tap_sent_many_times_at_once_is_noted_once(scene: Scene, engine: Engine) -> None:
    tap = scene.noted("arrived")
    answers = together(*[changing(engine, noting(tap))] * 6)

    assert sorted(one.replayed for one in answers if isinstance(one, Kept)) == [False] + [True] * 5
    assert [row.kind for row in scene.log()] == ["arrived"]


@pytest.mark.parametrize("offline", [False, True])
def test_two_phones_at_once(scene: Scene, engine: Engine, *, offline: bool) -> None:
    taps = [scene.noted("arrived", device=f"stay:{number}", offline=offline) for number in range(2)]
    answers = together(*[changing(engine, noting(tap)) for tap in taps])

    refused = [one for one in answers if isinstance(one, AlreadyNoted)]
    assert len(refused) == (0 if offline else 1)
    assert len(scene.log()) == (2 if offline else 1)


def test_one_nonce_for_two_children_notes_one(scene: Scene, engine: Engine) -> None:
    leo = replace(scene.noted("arrived"), nonce=ids.request_id())
    mia = replace(leo, child_place_public_id=scene.mia)
    answers = together(changing(engine, noting(leo)), changing(engine, noting(mia)))

    assert [type(one) for one in answers].count(NoteReused) == 1
    assert len(scene.log()) == 1
