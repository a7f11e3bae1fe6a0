"""Notes about Amina's children, by one phone and by two."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.attendance import queries, service
from repit.domain.attendance.errors import (
    AlreadyNoted,
    MayNeverCollect,
    NotedTooLate,
    NoteReused,
    NotExpected,
    OnlyByAPerson,
    ReasonMissing,
    TooEarlyToNote,
)
from repit.domain.attendance.reading import Scope
from repit.domain.attendance.service import Noted
from repit.domain.bookings.errors import UnknownBooking
from repit.domain.presence.models import Attendance
from tests import cast
from tests.domain.attendance.stage import FACILITATOR, Scene, a_scene, end_booking
from tests.domain.bookings import workshop


@pytest.fixture
def scene(db: Session) -> Scene:
    return a_scene(db)


def test_the_same_tap_sent_twice_is_noted_once(scene: Scene) -> None:
    tap = scene.noted("arrived")
    first = scene.send(tap)
    again = scene.send(tap, now=tap.at + timedelta(hours=3))

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.kind, again.at, again.state) == (first.kind, first.at, first.state)
    assert len(scene.log()) == 1


def test_a_page_without_a_clock_may_be_sent_twice_too(scene: Scene) -> None:
    tap = scene.noted("arrived", timed=False)
    first = scene.send(tap)
    again = scene.send(replace(tap, at=tap.at + timedelta(seconds=2)))
    assert (again.replayed, again.at) == (True, first.at)


def test_a_repeat_is_answered_after_a_week_too(scene: Scene) -> None:
    tap = scene.noted("arrived")
    scene.send(tap)
    assert scene.send(tap, now=tap.at + timedelta(days=30)).replayed


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "excused", "motive": "ill"},
        {"at": "later"},
        {"child_place_public_id": None},
        {"person_name": "Somebody Else"},
    ],
)
def test_the_same_nonce_with_other_content_is_refused(
    scene: Scene, change: dict[str, object]
) -> None:
    tap = scene.noted("arrived")
    scene.send(tap)
    if "at" in change:
        change = {"at": tap.at + timedelta(minutes=1)}
    with pytest.raises(NoteReused):
        scene.send(replace(tap, **change), now=tap.at + timedelta(minutes=5))  # type: ignore[arg-type]


def test_a_repeat_may_name_the_same_person_otherwise(scene: Scene) -> None:
    zoe = scene.person("Zoé N’Diaye", "may")
    scene.note("arrived")
    tap = scene.noted("left", collector_public_id=zoe, at=scene.starts + timedelta(hours=2))
    scene.send(tap)
    by_name = replace(tap, collector_public_id=None, person_name="zoé n’diaye")
    assert scene.send(by_name).replayed


def test_two_phones_without_network_take_the_same_child(scene: Scene) -> None:
    later = scene.starts + timedelta(hours=3)
    one = scene.noted("arrived", offline=True, device="stay:1")
    two = replace(
        one,
        nonce=cast.redemption_id(next(cast.numbers)),
        device="stay:2",
        at=one.at + timedelta(minutes=1),
    )
    scene.send(one, now=later)
    scene.send(two, now=later)

    [row] = queries.disagreements(scene.db, now=later)
    assert len(scene.log()) == 2
    assert (row.name, row.parent_name) == ("Léo", "Amina Dupont")
    assert [(c.first.device, c.second.device) for c in row.conflicts] == [("stay:1", "stay:2")]
    sheet = queries.sheet(scene.db, Scope(session_id=scene.evening.session_id))
    assert sheet.disagreements == 1
    assert [child.noting.state.kind for child in sheet.children if child.first_name == "Léo"] == [
        "arrived"
    ]


def test_a_phone_with_network_is_told_instead(scene: Scene) -> None:
    scene.note("arrived", device="stay:1")
    with pytest.raises(AlreadyNoted):
        scene.note("arrived", device="stay:2")
    assert len(scene.log()) == 1


def test_somebody_annuls_the_second_and_nobody_disagrees_any_more(scene: Scene) -> None:
    at = scene.starts + timedelta(minutes=10)
    scene.note("arrived", offline=True, device="stay:1")
    scene.note("arrived", offline=True, device="stay:2", at=at)
    scene.note("annulled", device="stay:2", at=at + timedelta(minutes=1))

    assert queries.disagreements(scene.db, now=at) == []
    assert [row.kind for row in scene.log()] == ["arrived", "arrived", "annulled"]


def test_a_blocked_person_is_refused_by_force_and_the_refusal_is_kept(scene: Scene) -> None:
    scene.person("Karim Éloïse-Petit", "never")
    scene.note("arrived")
    tap = scene.noted("left", person_name="ELOISE PETIT KARIM", forced=True, motive="Il insiste")
    with pytest.raises(MayNeverCollect) as refused:
        scene.send(tap)
    with unit_of_work(scene.db):
        service.keep_refusal(scene.db, tap, refused.value, actor=FACILITATOR, now=tap.at)
    with pytest.raises(MayNeverCollect):
        scene.send(tap)  # the first answer again
    with unit_of_work(scene.db):
        service.keep_refusal(scene.db, tap, refused.value, actor=FACILITATOR, now=tap.at)

    kept = scene.log()[1:]
    assert [(row.kind, row.person_name) for row in kept] == [("refused", "ELOISE PETIT KARIM")]
    [leo] = [
        child
        for child in queries.sheet(scene.db, Scope(slot_id=scene.evening.slot_id)).children
        if child.first_name == "Léo"
    ]
    assert leo.noting.state.inside


def test_a_blocked_person_is_refused_without_network_too(scene: Scene) -> None:
    scene.person("Karim Petit", "never")
    with pytest.raises(MayNeverCollect):
        scene.note("left", person_name="petit karim", forced=True, motive="Oui", offline=True)


@pytest.mark.parametrize("seen", [False, True])
def test_the_other_home_blocks_once_the_decision_is_seen(scene: Scene, *, seen: bool) -> None:
    blocked = scene.person("Karim Petit", "never", parent_id=scene.evening.town.bruno)
    if seen:
        scene.decide(blocked)
    scene.note("arrived")
    tap = scene.noted("left", person_name="Petit Karim", forced=True, motive="Appelé")
    if not seen:
        assert scene.send(tap).person_name == "Petit Karim"
        return
    with pytest.raises(MayNeverCollect):
        scene.send(tap)


def test_the_other_homes_list_gives_no_right_to_collect(scene: Scene) -> None:
    theirs = scene.person("Zoé N’Diaye", "may", parent_id=scene.evening.town.bruno)
    scene.note("arrived")
    with pytest.raises(Exception, match="NameMissing"):
        scene.note("left", collector_public_id=theirs)


def test_a_child_leaves_with_the_parent_who_booked(scene: Scene) -> None:
    scene.note("arrived")
    kept = scene.note("left", at=scene.starts + timedelta(hours=2))
    assert (kept.person_name, kept.state.inside) == ("Amina Dupont", False)


def test_who_forced_it_and_why_is_written_down(scene: Scene) -> None:
    scene.note("arrived")
    scene.note("left", person_name="Paul Durand", forced=True, motive="Amina a appelé")
    last = scene.log()[-1]
    assert (last.forced, last.motive, last.actor) == (True, "Amina a appelé", FACILITATOR)


def test_a_no_show_comes_after_the_grace_and_from_a_person(scene: Scene) -> None:
    early = scene.starts + timedelta(minutes=29)
    with pytest.raises(TooEarlyToNote):
        scene.note("no_show", at=early)
    late = scene.noted("no_show", at=scene.starts + timedelta(minutes=30))
    with pytest.raises(OnlyByAPerson):
        scene.send(late, actor=actors.job(3))
    assert scene.send(late).state.kind == "no_show"


def test_excused_asks_for_a_reason_of_the_list(scene: Scene) -> None:
    for motive in (None, "grippe"):
        with pytest.raises(ReasonMissing):
            scene.note("excused", motive=motive)
    before = scene.starts - timedelta(days=2)
    assert scene.note("excused", motive="ill", at=before).state.motive == "ill"


def test_a_note_from_last_week_is_refused(scene: Scene) -> None:
    tap = scene.noted("arrived", offline=True)
    with pytest.raises(NotedTooLate):
        scene.send(tap, now=tap.at + timedelta(days=8))


def test_a_cancelled_booking_is_not_noted_unless_it_happened_before(scene: Scene) -> None:
    tap = scene.noted("arrived", offline=True)
    end_booking(scene, tap.at + timedelta(minutes=10))
    with pytest.raises(NotExpected):
        scene.note("arrived", at=tap.at + timedelta(minutes=20))
    assert scene.send(tap).kind == "arrived"


def test_only_what_is_on_the_sheet_is_noted(scene: Scene) -> None:
    evening = scene.evening
    place, programme = evening.place_id, evening.town.programme_id
    other_slot = workshop.a_slot(
        scene.db, evening.town.roseraie.id, programme_id=programme, place_id=place
    )
    other_session = workshop.a_session(
        scene.db, evening.workshop_id, day=workshop.DAY.replace(day=8)
    )
    parent = scene.noted("arrived", child_place_public_id=None)
    wrong = [
        (scene.noted("arrived"), Scope(slot_id=other_slot)),
        (scene.noted("arrived"), Scope(session_id=other_session)),
        (parent, Scope(slot_id=evening.slot_id)),
        (scene.noted("arrived", booking_public_id="nobody"), Scope(slot_id=evening.slot_id)),
        (scene.noted("arrived", child_place_public_id="nobody"), Scope(slot_id=evening.slot_id)),
    ]
    for tap, scope in wrong:
        with pytest.raises(UnknownBooking):
            scene.send(tap, within=scope)
    assert scene.send(parent, within=Scope(session_id=evening.session_id)).kind == "arrived"
    assert scene.send(scene.noted("arrived"), within=Scope(slot_id=evening.slot_id))
    assert len(scene.log()) == 2


def test_nothing_in_the_log_ever_changes(scene: Scene) -> None:
    scene.note("arrived")
    for change in (update(Attendance).values(kind="left"), delete(Attendance)):
        with pytest.raises(DBAPIError), unit_of_work(scene.db):
            scene.db.execute(change.execution_options(synchronize_session=False))
    assert [row.kind for row in scene.log()] == ["arrived"]


def test_the_sheet_says_what_the_home_that_booked_wrote(scene: Scene) -> None:
    scene.person("Zoé N’Diaye", "may")
    scene.person("Autre Personne", "may", parent_id=scene.evening.town.bruno)
    [party] = queries.sheet(scene.db, Scope(session_id=scene.evening.session_id)).parties

    assert party.parent_name == "Amina Dupont"
    assert [(child.first_name, child.age, child.held) for child in party.children] == [
        ("Mia", 5, 1),
        ("Léo", 4, 1),
    ]
    leo = party.children[1]
    assert [person.name for person in leo.sheet.may] == ["Zoé N’Diaye"]


def test_a_tap_says_which_kind_it_is(scene: Scene) -> None:
    wrong: Noted = scene.noted("refused")
    with pytest.raises(NotExpected):
        scene.send(wrong)
