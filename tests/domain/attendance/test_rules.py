"""What a log says, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from repit.domain.attendance import rules
from repit.domain.attendance.errors import (
    AlreadyNoted,
    LooksLikeBlocked,
    MayNeverCollect,
    MotiveMissing,
    NameMissing,
    NotedInTheFuture,
    NotedTooLate,
    NothingToAnnul,
    NotOnTheList,
    NotThere,
    TooEarlyToNote,
)
from repit.domain.attendance.rules import ChildLists, HandOver, Named
from repit.domain.errors import Refused
from repit.domain.presence.notes import Entry, State, state_of

SIX = datetime(2026, 4, 1, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def log(*notes: str) -> list[Entry]:
    """« 1:arrived@5 » is a note of the first phone, five minutes past."""
    found = []
    for number, note in enumerate(notes, start=1):
        device, rest = note.split(":")
        kind, minute = rest.split("@")
        at = SIX + int(minute) * MINUTE
        found.append(Entry(number, kind, at, at, device))
    return found


@pytest.mark.parametrize(
    ("notes", "state"),
    [
        ([], "expected"),
        (["1:arrived@0"], "arrived"),
        (["1:arrived@0", "1:left@60"], "left"),
        (["1:left@60", "1:arrived@0"], "left"),  # sent in another order
        (["1:arrived@0", "1:left@30", "1:arrived@45"], "arrived"),
        (["1:arrived@0", "1:annulled@1"], "expected"),
        (["1:arrived@0", "1:left@60", "1:annulled@61"], "arrived"),
        (["1:arrived@0", "1:left@60", "1:annulled@61", "1:annulled@62"], "expected"),
        (["1:annulled@0", "1:arrived@1"], "arrived"),
        (["1:no_show@30", "1:arrived@40"], "arrived"),
        (["1:excused@-300"], "excused"),
        (["1:arrived@0", "1:refused@60"], "arrived"),
        (["1:arrived@0", "1:refused@60", "1:annulled@61"], "expected"),
        (["1:arrived@0", "2:left@0"], "left"),  # a tie: the later one to come in
        (["2:left@0", "1:arrived@0"], "arrived"),
    ],
)
def test_the_state_is_what_the_last_standing_note_says(notes: list[str], state: str) -> None:
    assert state_of(log(*notes)).kind == state


def test_somebody_inside_is_never_outside_too() -> None:
    for kind in ("expected", "arrived", "left", "no_show", "excused"):
        state = State(kind)
        assert state.inside is (kind == "arrived")


@pytest.mark.parametrize(
    ("notes", "pairs"),
    [
        (["1:arrived@0", "2:left@60"], 0),
        (["1:arrived@0", "1:arrived@1"], 0),  # one phone cannot disagree with itself
        (["1:arrived@0", "2:arrived@1"], 1),
        (["1:left@60", "2:left@61"], 1),
        (["1:arrived@0", "2:no_show@31"], 1),
        (["1:excused@0", "2:no_show@31"], 1),
        (["1:no_show@31", "2:arrived@35"], 0),
        (["1:arrived@0", "2:arrived@1", "2:annulled@2"], 0),
        (["1:arrived@0", "2:arrived@1", "1:left@60", "2:left@61"], 2),
        (["1:arrived@0", "2:refused@1"], 0),
    ],
)
def test_two_devices_disagree_when_what_they_say_does_not_follow(
    notes: list[str], pairs: int
) -> None:
    assert len(rules.conflicts(log(*notes))) == pairs


@pytest.mark.parametrize(
    ("kind", "state", "refusal"),
    [
        ("arrived", "expected", None),
        ("arrived", "arrived", AlreadyNoted),
        ("arrived", "left", None),
        ("arrived", "no_show", None),
        ("arrived", "excused", None),
        ("left", "expected", NotThere),
        ("left", "arrived", None),
        ("left", "left", AlreadyNoted),
        ("left", "no_show", AlreadyNoted),
        ("no_show", "expected", None),
        ("no_show", "arrived", AlreadyNoted),
        ("no_show", "left", AlreadyNoted),
        ("excused", "no_show", None),
        ("excused", "arrived", AlreadyNoted),
        ("annulled", "expected", NothingToAnnul),
        ("annulled", "left", None),
    ],
)
def test_what_may_follow(kind: str, state: str, refusal: type[Refused] | None) -> None:
    now = State(state, since=None if state == "expected" else SIX)
    if refusal is None:
        rules.check_follows(kind, now)
        return
    with pytest.raises(refusal):
        rules.check_follows(kind, now)


@pytest.mark.parametrize(
    ("kind", "minutes", "fits"),
    [
        ("arrived", -181, False),
        ("arrived", -180, True),
        ("left", -181, False),
        ("no_show", 29, False),
        ("no_show", 30, True),
        ("excused", -5000, True),
        ("annulled", -5000, True),
    ],
)
def test_what_can_have_happened_yet(kind: str, minutes: int, *, fits: bool) -> None:
    at = SIX + minutes * MINUTE
    if fits:
        rules.check_since(kind, at, SIX, 30)
        return
    with pytest.raises(TooEarlyToNote):
        rules.check_since(kind, at, SIX, 30)


def test_a_moment_is_at_most_two_minutes_ahead_and_a_week_behind() -> None:
    rules.check_moment(SIX + 2 * MINUTE, SIX)
    rules.check_moment(SIX - timedelta(days=7), SIX)
    with pytest.raises(NotedInTheFuture):
        rules.check_moment(SIX + 3 * MINUTE, SIX)
    with pytest.raises(NotedTooLate):
        rules.check_moment(SIX - timedelta(days=7, seconds=1), SIX)


@pytest.mark.parametrize(
    ("minutes", "visible"),
    [
        (-48 * 60 - 1, False),
        (-48 * 60, True),
        (0, True),
        (120 + 24 * 60, True),
        (120 + 24 * 60 + 1, False),
    ],
)
def test_a_carer_reads_names_from_two_days_before_to_one_day_after(
    minutes: int, *, visible: bool
) -> None:
    ends = SIX + 120 * MINUTE
    assert rules.names_visible(SIX, ends, SIX + minutes * MINUTE) is visible


AMINA = ChildLists(
    "Léo",
    "Amina Dupont",
    may=(Named("Zoé N’Diaye", "zoe"),),
    never=(Named("Karim Éloïse-Petit", "karim"),),
)


@pytest.mark.parametrize(
    "written",
    [
        "Karim Éloïse-Petit",
        "karim eloise petit",
        "ÉLOÏSE-PETIT Karim",
        "KARIM ELOISE PETIT",
        "Petit, Karim Eloise",
        "Karim Eloïse Petit",  # typed with a combining accent
        "M. Karim Éloïse-Petit",
        "M. Karim Petit",
        "Karim",
        "Karim Petit",
        "KarimÉloïsePetit",
    ],
)
@pytest.mark.parametrize("forced", [False, True])
def test_a_blocked_name_is_refused_however_it_is_written(written: str, *, forced: bool) -> None:
    asked = HandOver(name=written, forced=forced, motive="Le parent est d’accord")
    with pytest.raises(MayNeverCollect):
        rules.check_hand_over(AMINA, asked)


@pytest.mark.parametrize(
    ("written", "alarms"),
    [
        ("K. Lefebvre", True),
        ("Carim Lefevre", True),
        ("Lefevre", True),
        ("Lefebre Karim", True),
        ("Karima Lefebvre", True),
        ("Lina Lefebvre", False),
        ("Paul Durand", False),
        ("Karl Durand", False),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_what_looks_like_a_blocked_name_waits_for_a_telephone_call(
    written: str, *, alarms: bool, beside: bool
) -> None:
    blocked = (Named("Karim Lefebvre"),)
    lists = ChildLists("Léo", "Amina Dupont", **{"never_beside" if beside else "never": blocked})
    asked = HandOver(name=written, forced=True, motive="Appelé")
    assert rules.check_hand_over(lists, replace(asked, cleared=True)).cleared is alarms
    if not alarms:
        assert rules.check_hand_over(lists, asked).name == written
        return
    with pytest.raises(LooksLikeBlocked):
        rules.check_hand_over(lists, asked)


def test_a_block_of_a_brother_alone_does_not_forbid_it() -> None:
    lists = ChildLists(
        "Léo", "Amina", may=(Named("Karim Petit", "k"),), never_beside=(Named("karim petit"),)
    )
    assert rules.check_hand_over(lists, HandOver(collector="k")).name == "Karim Petit"


@pytest.mark.parametrize(
    ("asked", "name", "forced"),
    [
        (HandOver(), "Amina Dupont", False),
        (HandOver(collector="zoe"), "Zoé N’Diaye", False),
        (HandOver(name="ndiaye zoe"), None, False),
        (HandOver(name="N'DIAYE ZOE"), "Zoé N’Diaye", False),
        (HandOver(name="dupont AMINA"), "Amina Dupont", False),
        (HandOver(name="Paul Durand", forced=True, motive="Appelé"), "Paul Durand", True),
    ],
)
def test_who_may_take_the_child(asked: HandOver, name: str | None, *, forced: bool) -> None:
    if name is None:
        with pytest.raises(NotOnTheList):
            rules.check_hand_over(AMINA, asked)
        return
    taken = rules.check_hand_over(AMINA, asked)
    assert (taken.name, taken.forced) == (name, forced)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (HandOver(name="Paul Durand"), NotOnTheList),
        (HandOver(name="Paul Durand", forced=True), MotiveMissing),
        (HandOver(name="Paul Durand", forced=True, motive=" … "), MotiveMissing),
        (HandOver(name="   ", forced=True, motive="Appelé"), NameMissing),
        (HandOver(name="…"), NameMissing),
        (HandOver(collector="karim"), NameMissing),
        (HandOver(collector="gone"), NameMissing),
    ],
)
def test_who_may_not(asked: HandOver, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        rules.check_hand_over(AMINA, asked)


@pytest.mark.parametrize("decided", [False, True])
def test_the_parent_who_booked_is_stopped_by_a_decision_alone(*, decided: bool) -> None:
    lists = ChildLists("Léo", "Amina Dupont", never=(Named("DUPONT Amina", decided=decided),))
    for asked in (HandOver(), HandOver(name="Amina Dupont")):
        if not decided:
            assert rules.check_hand_over(lists, asked).name == "Amina Dupont"
            continue
        with pytest.raises(MayNeverCollect):
            rules.check_hand_over(lists, asked)


def test_a_decision_comes_before_the_other_list() -> None:
    lists = ChildLists(
        "Léo", "Amina", may=(Named("Karim Petit", "k"),), never=(Named("petit karim"),)
    )
    with pytest.raises(MayNeverCollect):
        rules.check_hand_over(lists, HandOver(collector="k"))
