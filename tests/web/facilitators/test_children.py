"""Who leads a session notes the adults; the children are for those who keep them."""

from typing import Any

import pytest

from tests.web.facilitators.stage import Hall


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("arrived", {}),
        ("left", {"whom": "parent"}),
        ("excused", {"reason": "ill"}),
        ("left", {"whom": "another", "person_name": "Karim Petit", "refused_there": "y"}),
    ],
)
def test_no_button_and_no_hand_made_request_of_hers_notes_a_child(
    hall: Hall, kind: str, fields: dict[str, Any]
) -> None:
    answer = hall.tap(hall.fanny, hall.led, kind, script=True, **fields)

    assert answer.status_code == 409
    assert answer.json is not None
    assert "notés par la personne qui le garde" in answer.json["said"]
    assert hall.log() == []


def test_on_paper_every_child_has_a_line_to_write_on(hall: Hall) -> None:
    page = hall.fanny.get(hall.led).text
    child = page[page.index(f'id="p-{hall.leo}"') :]
    line = child[child.index("only-print by-hand") :].split("</p>")[0]
    assert all(word in line for word in ("Arrivée", "Départ", "avec"))
    assert "Zoé" not in page  # who may collect is for those who keep the children


def test_without_a_script_the_sheet_says_so(hall: Hall) -> None:
    assert hall.tap(hall.fanny, hall.led, "arrived").status_code == 303
    assert "notés par la personne qui le garde" in hall.fanny.get(hall.led).text
    assert hall.log() == []


def test_she_notes_the_parent(hall: Hall) -> None:
    assert hall.tap(hall.fanny, hall.led, "arrived", script=True, place="").status_code == 200
    assert hall.log() == [("arrived", None)]


def test_who_keeps_them_too_notes_the_children(hall: Hall) -> None:
    hall.fanny_keeps_too()

    assert hall.tap(hall.fanny, hall.led, "arrived", script=True).status_code == 200
    assert hall.log() == [("arrived", None)]


def test_the_operator_notes_everybody(hall: Hall) -> None:
    assert hall.tap(hall.odile, hall.operators, "arrived", script=True).status_code == 200
    assert hall.log() == [("arrived", None)]
