"""What happened at the door and waits for the operator: « remise refusée », taken for nobody."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.programmes.models import Programme
from tests.web.facilitators.conftest import hall as hall  # noqa: PLC0414  (a fixture)
from tests.web.facilitators.stage import TOKEN, Hall
from tests.web.operators.desk import words

ALERTS = "/porteur/presences/a-regarder/"


def says(hall: Hall, address: str) -> str:
    return words(hall.odile.get(address))


def sees(hall: Hall) -> None:
    """Odile taps the only « Vu » on the page."""
    page = hall.odile.get(ALERTS).text
    [action] = re.findall(r'action="([^"]+/a-regarder/[^"]+)"', page)
    found = TOKEN.search(page)
    assert found
    assert hall.odile.post(action, data={"csrf_token": found.group(1)}).status_code == 303


@pytest.mark.parametrize("name", ["Karim Éloïse-Petit", "K. Petit"])
def test_a_refused_departure_reaches_the_operator(hall: Hall, name: str) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    asked = {"whom": "another", "person_name": name, "agreed": "y", "motive": "Il insiste"}
    hall.tap(hall.rose, hall.kept, "left", script=True, **asked)

    assert "1 remise refusée" in says(hall, "/porteur/")
    seen = says(hall, ALERTS)
    for said in ("Léo", "Amina Dupont", name, "Rose Martin", "Il insiste"):
        assert said in seen
    assert "Remise d’un enfant refusée" in says(hall, "/porteur/journal/")
    sees(hall)
    assert "remise refusée" not in says(hall, "/porteur/")
    assert name not in says(hall, ALERTS)
    assert "Alerte vue" in says(hall, "/porteur/journal/")


def test_a_departure_after_a_call_to_the_operator_is_shown_too(hall: Hall) -> None:
    hall.tap(hall.rose, hall.kept, "arrived")
    asked = {"whom": "another", "person_name": "K. Petit", "agreed": "y", "motive": "Appelé"}
    done = hall.tap(hall.rose, hall.kept, "left", script=True, cleared="y", **asked)
    assert done.status_code == 200
    assert "après un appel au porteur" in says(hall, ALERTS)


@pytest.mark.parametrize("away", ["annulled", "excused", "no_show"])
@pytest.mark.parametrize("paid", [False, True])
def test_vouchers_taken_for_a_child_who_did_not_come_are_said_and_flagged(
    hall: Hall, away: str, *, paid: bool
) -> None:
    with unit_of_work(hall.db):
        hall.db.execute(update(Programme).values(no_show_is_paid=paid))
    hall.tap(hall.rose, hall.kept, "arrived")
    found = TOKEN.search(hall.rose.get(hall.kept).text)
    assert found
    hall.rose.post(f"{hall.kept}/encaisser", data={"csrf_token": found.group(1)})
    assert "chèques encaissés" not in says(hall, "/porteur/")

    hall.tap(hall.rose, hall.kept, "annulled", script=True)
    if away != "annulled":
        at = (clock.now() + timedelta(seconds=1)).isoformat()
        hall.tap(hall.rose, hall.kept, away, script=True, reason="ill", at=at)
    sheet = words(hall.rose.get(hall.kept))
    owed = paid and away == "no_show"
    assert ("sont déjà encaissés" in sheet) is not owed
    assert ("mais pas noté présent" in sheet) is not owed
    assert ("1 enfant absent, chèques encaissés" in says(hall, "/porteur/")) is not owed
    if owed:
        return
    assert "Léo" in says(hall, ALERTS)
    sees(hall)
    assert "enfant absent" not in says(hall, "/porteur/")
